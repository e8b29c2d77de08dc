"""The cases of this room: leave, monthly reports, quarterly reports, signs."""

from typing import Any

from accounts.permissions import Permission
from cadres import services
from cadres.models import AttendanceMonth, Leave, Nomination, Sign
from cadres.services.standard import LEAVE_KINDS
from core import pages
from core.listing import Column
from core.pages import Fact
from workflow import kinds, requirements
from workflow.kinds import Kind, SubjectView

LINE_COLUMNS = (
    Column("姓名", "cadre.name"), Column("应驻村", "required", "number"), Column("实际", "actual", "number"), Column("公出", "business", "number"),
    Column("事假", "personal", "number"), Column("病假", "sick", "number"), Column("年休", "paid", "number"), Column("旷岗", "absent", "number"),
    Column("抽查", "checks", "number"), Column("在岗", "checks_present", "number"), Column("本月主要工作", "main_work", "long"),
)  # fmt: skip
PROGRESS_COLUMNS = (Column("承诺事项", "item.text", "long"), Column("完成(%)", "percent", "number"), Column("进展情况", "note", "long"))


def leave_facts(leave: Leave) -> list[Fact]:
    """What everybody who decides on a leave must see."""
    found = [
        *pages.facts(leave, "cadre", "village", "kind", "starts_on", "planned_until_on", "workdays", "reason", "destination"),
        Fact("顶岗人员", str(leave.substitute or "无")),
        *pages.facts(leave, "applied_on"),
    ]
    if leave.ends_on != leave.planned_until_on:
        found.append(Fact("实际至", leave.ends_on.isoformat()))
    if leave.for_village:
        found.append(Fact("为本村办事", "是"))
    if leave.paper:
        found.append(Fact("证明材料", leave.paper.title, leave.paper.get_absolute_url()))
    if leave.kind == Leave.Kind.PAID:
        entitled, used = services.balance(cadre=leave.cadre, year=leave.starts_on.year)
        found.append(Fact("年休假", f"应休 {entitled} 天,已用和在批 {used} 天"))
    return found


def _leave(case: Any) -> SubjectView:
    leave = services.leave_of(case)
    return SubjectView(leave.get_absolute_url(), leave_facts(leave))


def _month(case: Any) -> SubjectView:
    month = AttendanceMonth.objects.select_related("village").get(case=case)
    rows = month.lines.select_related("cadre").order_by("posting_id")
    return SubjectView(month.get_absolute_url(), [Fact("村", month.village.name), Fact("月份", month.label), Fact("应报日期", month.due_on.isoformat())],
                       [pages.table("考勤月报", LINE_COLUMNS, rows)])  # fmt: skip


def number_facts(numbers: list[dict[str, Any]]) -> list[Fact]:
    return [Fact(row["label"], row["value"], unit=row["unit"]) for row in numbers]


def _report(case: Any) -> SubjectView:
    report = services.report_of(case)
    facts = [Fact("村", report.village.name), Fact("填报", report.commitment.whose), Fact("存在问题", report.problems, wide=True),
             Fact("下季计划", report.next_plan, wide=True)]  # fmt: skip
    numbers = [Fact(f"{row['label']}({row['unit']})", row["value"]) for row in report.numbers]
    rows = report.progress.select_related("item")
    return SubjectView(report.get_absolute_url(), [*facts, *numbers], [pages.table("承诺进度", PROGRESS_COLUMNS, rows)])


def sign_facts(sign: Sign) -> list[Fact]:
    found = [
        *pages.facts(sign, "cadre", "village", "kind", "proposed_on"), Fact("提出人", str(sign.proposed_by or "")),
        Fact("事实依据", sign.grounds, wide=True), Fact("申辩期限", sign.statement_due_on.isoformat()),
        Fact("本人申辩", sign.statement or "还没有申辩", wide=True),
    ]  # fmt: skip
    if sign.alert:
        found.append(Fact("预警", sign.alert.title, sign.alert.get_absolute_url()))
    return found


def _sign(case: Any) -> SubjectView:
    sign = services.sign_of(case)
    return SubjectView(sign.get_absolute_url(), sign_facts(sign))


def nomination_facts(nomination: Nomination) -> list[Fact]:
    return [*pages.facts(nomination, "unit", "name", "sex", "role", "village", "replaces", "post", "is_party_member", "party_joined_on", "working_since_on",
                         "health", "recommended_on"), Fact("推荐理由", nomination.reason, wide=True)]  # fmt: skip


def _nomination(case: Any) -> SubjectView:
    nomination = services.nomination_of(case)
    return SubjectView(nomination.get_absolute_url(), nomination_facts(nomination))


VIEW = Permission.CADRE_VIEW
kinds.register(Kind(services.SELECTION_KIND, "选派", _nomination, on_done=services.chosen, on_ended=services.not_chosen, on_returned=services.sent_back,
                    permission=Permission.CADRE_UNIT))  # fmt: skip
for _key, _label in LEAVE_KINDS:
    kinds.register(Kind(_key, _label, _leave, on_done=services.leave_approved, on_ended=services.leave_ended, permission=VIEW))
kinds.register(
    Kind(services.MONTH_KIND, "考勤月报", _month, on_done=services.month_filed, on_ended=services.month_open_again,
         on_returned=services.month_open_again, permission=VIEW)
)  # fmt: skip
kinds.register(
    Kind(services.REPORT_KIND, "季报告", _report, on_done=services.report_accepted, on_ended=services.report_open_again,
         on_returned=services.report_open_again, permission=VIEW)
)  # fmt: skip
kinds.register(Kind(services.SIGN_KIND, "走读、挂名认定", _sign, on_done=services.sign_confirmed, on_ended=services.sign_dismissed, permission=VIEW))
requirements.register("attendance_month_closed", "考勤月报已重新报送", services.month_lacks)
requirements.register("quarter_report_handed_in", "季报告已重新报送", services.report_lacks)
requirements.register("cadre_heard", "听取本人申辩", services.sign_lacks)
