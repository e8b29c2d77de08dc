"""A project's six gates: where it stands, what each still lacks, bringing it to the next; and its notices."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.permissions import Permission
from core import pages
from core.listing import Column
from core.pages import Fact, Link
from funds import services
from funds.forms import SeenForm
from funds.models import Gate, Project, ProjectNotice
from funds.rules.gates import GATES, GateRule
from funds.views.parts import project_tabs
from workflow.models import Decision
from workflow.services import WorkflowError

COLUMNS = (
    Column("关口", lambda row: f"{row['rule'].number} {row['rule'].title}"),
    Column("主办", lambda row: row["rule"].lead),
    Column("状态", "state"),
    Column("经办人", lambda row: row["gate"].handler if row["gate"] else ""),
    Column("送审日期", lambda row: row["gate"].started_on if row["gate"] else None, "date"),
    Column("通过日期", lambda row: row["gate"].passed_on if row["gate"] else None, "date"),
    Column("办理期限", lambda row: row["gate"].case.due_on if row["gate"] else None, "date"),
    Column("还缺什么", lambda row: ";".join(row["lacking"]) or ("齐备" if row["open"] else ""), "long"),
)


class Row(dict):  # type: ignore[type-arg]
    """One gate as a line of the table."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


OPINIONS = (
    Column("关口", lambda row: row.case.gate.get_number_display()), Column("步骤", "step.title"), Column("办理人", "voice"), Column("结果", "get_result_display"),
    Column("意见", "opinion", "long"), Column("时间", "at"),
)  # fmt: skip
NOTICES = (
    Column("阶段", "get_stage_display"), Column("编号", "notice.number"), Column("起始日期", "notice.starts_on", "date"), Column("截止日期", "notice.ends_on", "date"),
    Column("状态", "notice.get_state_display"),
)  # fmt: skip


def _project(request: HttpRequest, pk: int, edit: str = "") -> Project:
    return pages.record_or_404(Project.objects.select_related("village"), request.user, pk, view=Permission.PROJECT_VIEW, edit=edit)


def _crumbs(project: Project) -> list[tuple[str, str]]:
    return [("项目", reverse("funds:project-list")), (project.name, project.get_absolute_url())]


def _rows(project: Project) -> list[Row]:
    gates = {gate.number: gate for gate in Gate.objects.filter(project=project).select_related("case__step", "handler").order_by("id")}
    passed, rows = services.passed_gates(project), []
    for rule in GATES:
        gate = gates.get(rule.number)
        open_now = rule.number not in passed and (gate is None or gate.state == Gate.State.FAILED) and all(n in passed for n in range(1, rule.number))
        lacking = services.lacking(project, rule.number) if open_now or (gate and gate.state == Gate.State.RUNNING) else []
        rows.append(Row(rule=rule, gate=gate, state=_state(gate, rule), lacking=lacking, open=open_now))
    return rows


def _state(gate: Gate | None, rule: GateRule) -> str:
    if gate is None:
        return "未送审"
    if gate.state == Gate.State.RUNNING:
        return f"{gate.case.get_state_display()}{f':{gate.case.step.title}' if gate.case.step else ''}"
    return gate.get_state_display()


@requires(Permission.PROJECT_VIEW)
@require_safe
def project_gates(request: HttpRequest, pk: int) -> HttpResponse:
    project = _project(request, pk)
    may_work = pages.may_change(Project.objects.all(), request.user, pk, Permission.PROJECT_WORK) and project.state != Project.State.DROPPED
    applies = services.gates_apply(project)

    def row_links(row: Row) -> list[Link]:
        if row.gate and row.gate.state == Gate.State.RUNNING:
            return [Link("办件", row.gate.case.get_absolute_url())]
        return [Link("送审", reverse(f"funds:project-gate-{row.rule.number}", args=[pk]))] if row.open and may_work else []

    rows = _rows(project) if applies else []
    opinions = (
        Decision.objects.filter(case__gate__project=project)
        .select_related("case__gate", "step", "user", "on_behalf_of")
        .order_by("id")[: pages.LIMIT]
    )
    notices = ProjectNotice.objects.filter(project=project).select_related("notice")
    notice_links = [
        Link("发布事前公示", reverse("funds:project-notice-before", args=[pk])),
        Link("发布竣工公示", reverse("funds:project-notice-after", args=[pk])),
    ]
    tables = [
        pages.table("六道关", COLUMNS, rows, row_links=row_links, empty="本项目早于六道关施行日期,按当时的办法办理。"),
        pages.table("把关意见", OPINIONS, opinions, url=lambda row: row.case.get_absolute_url(), empty="还没有意见。"),
        pages.table("公示", NOTICES, notices[: pages.LIMIT], url=lambda row: row.notice.get_absolute_url(), empty="还没有公示。", links=notice_links if may_work and project.state != Project.State.CLOSED else ()),
    ]  # fmt: skip
    done = len(services.passed_gates(project))
    figures = [Fact("已通过", f"{done} / 6", unit="关"), Fact("项目状态", project.get_state_display()), Fact("项目库编号", project.library_number)]
    return pages.record_page(request, title=project.name, subtitle=project.code, crumbs=[*_crumbs(project), ("六道关", "")], figures=figures,
                             tabs=project_tabs(request.user, project, "六道关"), tables=tables)  # fmt: skip


def _form(request: HttpRequest, project: Project, save: Any, title: str, **more: Any) -> HttpResponse:
    back = reverse("funds:project-gates", args=[project.pk])
    return pages.form_page(request, SeenForm(request.POST or None), save, title=title, back=back, crumbs=[*_crumbs(project), ("六道关", back)],
                           refusal=WorkflowError, **more)  # fmt: skip


@requires(Permission.PROJECT_WORK)
@require_http_methods(["GET", "POST"])
def gate_start(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    project = _project(request, pk, Permission.PROJECT_WORK)
    lacking = services.lacking(project, number)
    rule = GATES[number - 1]
    note = f"第{number}关“{rule.title}”,主办:{rule.lead}。送审后要交的材料:{'、'.join(rule.documents)}。"
    note += f"现在还缺:{';'.join(lacking)}。可以先送审,补齐后才能通过。" if lacking else "条件已齐备。"

    def save(**_: Any) -> str:
        return services.start_gate(project=project, number=number, by=request.user).case.get_absolute_url()

    return _form(request, project, save, f"送审:{rule.title}", note=note, save_label="送审", done="已送审,请在办件页提交材料。")


@requires(Permission.PROJECT_WORK)
@require_http_methods(["GET", "POST"])
def notice_publish(request: HttpRequest, pk: int, stage: str) -> HttpResponse:
    project = _project(request, pk, Permission.PROJECT_WORK)

    def save(**_: Any) -> str:
        return services.publish_notice(project=project, stage=stage, by=request.user).notice.get_absolute_url()

    label = ProjectNotice.Stage(stage).label
    note = "内容:项目名称、资金来源、资金规模、实施单位、受益户数、建设内容。公示期间项目不能修改;张贴后请在公示页上传照片。"
    return _form(request, project, save, f"发布{label}", note=note, save_label="发布", done="已发布。")
