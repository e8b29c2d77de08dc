"""The six gates: what each lacks, starting one, what passing makes of the project (`domain.md` §7.3)."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import Min, Sum

from accounts.models import User
from core.clock import today
from core.scope import because
from funds.models import Acceptance, Gate, Project, ProjectNotice, SubsidyItem
from funds.rules import gates as rules
from funds.services.disclosure import disclose
from funds.services.errors import FundsError
from funds.services.payees import PROBLEMS, Wanted, check_payees
from workflow import services as flow
from workflow.models import Case, Procedure, Step, StepEvidence

MOST_TOLD = 5


# --- what a gate asks --------------------------------------------------------------------------------
def _need(project: Project) -> list[str]:
    return [] if project.need else ["没有填写对应的脱贫意愿或退出需求"]


def _beneficiaries(project: Project) -> list[str]:
    return [] if project.beneficiaries.exists() else ["没有受益户名单"]


def _not_forbidden(project: Project) -> list[str]:
    return [f"属于负面清单“{project.get_forbidden_use_display()}”"] if project.forbidden_use else []


def _budget(project: Project) -> list[str]:
    total = project.budget.aggregate(total=Sum("amount"))["total"] or 0
    return [] if total == project.amount else [f"预算合计 {total:,.2f} 元,与资金规模 {project.amount:,.2f} 元不一致"]


def _source(project: Project) -> list[str]:
    """The budget of each source fits what its indicators have left."""
    lacking = []
    for source, wanted in project.budget.order_by().values_list("source").annotate(Sum("amount")):
        with connection.cursor() as cursor:
            cursor.execute(
                "select coalesce(sum(b.ceiling - b.used), 0) from funds_balance b join funds_fundindicator i on b.kind = 'indicator' and b.key = i.id "
                "where i.source = %s", [source],
            )  # fmt: skip
            left = cursor.fetchone()[0]
        if wanted > left + project.ceiling_used:
            label = project.budget.filter(source=source)[0].get_source_display()
            lacking.append(f"{label}指标只余 {left:,.2f} 元,预算 {wanted:,.2f} 元")
    return lacking or ([] if project.budget.exists() else ["没有分来源的预算"])


def _target(project: Project) -> list[str]:
    return [] if hasattr(project, "performance") else ["没有绩效目标"]


def _mechanism(project: Project) -> list[str]:
    return [] if project.benefit else ["没有填写联农带农机制"]


def _library(project: Project) -> list[str]:
    return [] if project.library_number else ["没有入库,没有项目库编号"]


def _document(project: Project) -> list[str]:
    return [] if project.approval_document else ["没有填写批复文号"]


def _contract(project: Project) -> list[str]:
    return [] if project.contracts.exists() else ["没有合同"]


def _money(project: Project) -> list[str]:
    return [] if project.ceiling_used else ["还没有分配资金"]


def _payees(project: Project) -> list[str]:
    """Everyone on the list of beneficiaries could be paid today."""
    homes = list(project.beneficiaries.values_list("household_id", flat=True))
    if not homes:
        return []
    asked = SubsidyItem(pk=0, standard=None, every=SubsidyItem.Every.ONCE)
    found = check_payees([Wanted(pk, project.amount) for pk in homes], project=project, item=asked, period_on=today(), day=today())
    wrong = [payee for payee in found if payee.problems]
    told = [f"{payee.household_code} {payee.person_name}:{'、'.join(PROBLEMS[code] for code in payee.problems)}" for payee in wrong[:MOST_TOLD]]
    return [*told, f"收款人核验不通过的共 {len(wrong)} 户"] if len(wrong) > MOST_TOLD else told


def _accepted(project: Project) -> list[str]:
    return [] if project.acceptances.filter(result=Acceptance.Result.PASSED).exists() else ["没有验收合格"]


def _assets(project: Project) -> list[str]:
    bare = list(project.assets.filter(owner="").values_list("name", flat=True)[:MOST_TOLD])
    return [f"资产没有确权:{'、'.join(bare)}"] if bare else []


def _evaluated(project: Project) -> list[str]:
    done = hasattr(project, "performance") and project.performance.score is not None
    return [] if done else ["没有绩效自评"]


def _benefits(project: Project) -> list[str]:
    without = project.beneficiaries.filter(amount=None).count()
    return [f"{without} 户没有登记受益金额"] if without else []


def _in_time(project: Project) -> list[str]:
    late = project.finished_on is not None and today() > project.finished_on + timedelta(days=366)
    return ["竣工已超过 12 个月,请在绩效自评说明中写明原因"] if late and not (hasattr(project, "performance") and project.performance.note) else []


def _notice(stage: str) -> Callable[[Project], list[str]]:
    def check(project: Project) -> list[str]:
        label = ProjectNotice.Stage(stage).label
        found = ProjectNotice.objects.filter(project=project, stage=stage).select_related("notice").order_by("-id").first()
        return [f"没有{label}"] if found is None else flow.notice_problems(found.notice, today())

    return check


CONDITIONS: dict[str, tuple[str, Callable[[Project], list[str]]]] = {
    "gate_need": ("对应意愿或需求", _need), "gate_beneficiaries": ("受益户名单", _beneficiaries), "gate_not_forbidden": ("不在负面清单", _not_forbidden),
    "gate_budget": ("预算与规模一致", _budget), "gate_source": ("预算不超过来源", _source), "gate_target": ("绩效目标", _target),
    "gate_mechanism": ("联农带农机制", _mechanism), "gate_library": ("已入项目库", _library), "gate_document": ("批复文号", _document),
    "gate_contract": ("合同", _contract), "gate_money": ("已分配资金", _money), "gate_payees": ("收款人核验", _payees),
    "gate_accepted": ("验收合格", _accepted), "gate_assets": ("资产确权", _assets), "gate_evaluated": ("绩效自评", _evaluated),
    "gate_benefits": ("到户受益记录", _benefits), "gate_in_time": ("竣工后12个月内", _in_time), "gate_notice_before": ("事前公示期满", _notice("before")),
    "gate_notice_after": ("竣工公示期满", _notice("after")),
}  # fmt: skip


def problems_of(case: Case, code: str) -> list[str]:
    """What a case of a gate lacks of one condition."""
    gate = Gate.objects.filter(case=case).select_related("project").first()
    return CONDITIONS[code][1](gate.project) if gate else ["办件没有对应的项目"]


def lacking(project: Project, number: int) -> list[str]:
    """What the gate would still lack if it were brought today: the gates before it, its conditions; its documents come with the case."""
    told = [f"第{each.number}关“{each.title}”还没有通过" for each in rules.GATES[: number - 1] if each.number not in passed_gates(project)]
    procedure = Procedure.objects.valid_on(today()).filter(key=rules.rule_of(number).key).first()
    if procedure is None:
        return [*told, "没有可用的办理流程,请系统管理员设置"]
    codes = dict.fromkeys(code for step in procedure.steps.all() for code in step.requirements if code in CONDITIONS)
    for code in codes:
        told += CONDITIONS[code][1](project)
    return told


# --- order ---------------------------------------------------------------------------------------------
def passed_gates(project: Project) -> set[int]:
    return set(Gate.objects.filter(project=project, state=Gate.State.PASSED).values_list("number", flat=True))


def gates_apply(project: Project) -> bool:
    """Whether the project goes through the gates: it began on or after the day their procedure came into force."""
    begun = project.applied_on or project.approved_on or today()
    first: date | None = Procedure.objects.filter(key="gate1").aggregate(first=Min("valid_from"))["first"]
    return first is not None and begun >= first


def refuse_before(project: Project, number: int, what: str) -> None:
    """Raises FundsError unless the gate is passed, or the project is older than the gates."""
    if gates_apply(project) and number not in passed_gates(project):
        rule = rules.rule_of(number)
        raise FundsError(f"六道关的第{number}关“{rule.title}”还没有通过,不能{what}。")


@transaction.atomic
def start_gate(*, project: Project, number: int, by: User) -> Gate:
    """Bring a project to a gate (送审). Raises FundsError naming the gate before it that is open."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    if number not in Gate.Number.values:
        raise FundsError("没有这一关。")
    if project.state == Project.State.DROPPED:
        raise FundsError("项目已移出,不能送审。")
    earlier = [each for each in rules.GATES[: number - 1] if each.number not in passed_gates(project)]
    if earlier:
        raise FundsError(f"第{earlier[0].number}关“{earlier[0].title}”还没有通过,请按顺序办理。")
    if Gate.objects.filter(project=project, number=number).exclude(state=Gate.State.FAILED).exists():
        raise FundsError("这一关已在办理或已通过。")
    rule = rules.rule_of(number)
    because(f"第{number}关{rule.title}送审:{project.name}")
    case = flow.start_case(kind=rule.key, title=f"{rule.title}:{project.name}", village=project.village, by=by, day=today())
    gate = Gate(project=project, village=project.village, number=number, case=case, handler=by, started_on=today())
    gate.full_clean()
    gate.save()
    return gate


def gate_passed(case: Case, by: User) -> None:
    """The last step was passed: the project moves on."""
    gate = Gate.objects.select_for_update().get(case=case)
    project = Project.objects.select_for_update().get(pk=gate.project_id)
    gate.state, gate.passed_on = Gate.State.PASSED, today()
    gate.save()
    if gate.number == 1:
        project.state = Project.State.CHECKED
    elif gate.number == 2:
        year = today().year
        serial = flow.take_numbers(key=f"library {year}")[0]
        project.state, project.listed_on, project.library_number = Project.State.LISTED, today(), f"XMK{year}-{serial:04d}"
    elif gate.number == 3:
        project.state = Project.State.PLANNED
    elif gate.number == 4:
        project.state, project.approved_on = Project.State.RUNNING, today()
    elif gate.number == 6:
        project.state = Project.State.CLOSED
    project.save()


def gate_ended(case: Case, state: str, by: User) -> None:
    """Refused or withdrawn: the gate may be tried again by another row."""
    Gate.objects.filter(case=case).update(state=Gate.State.FAILED)


@transaction.atomic
def publish_notice(*, project: Project, stage: str, by: User) -> ProjectNotice:
    """Publish the project before it starts or after it is finished: what, where, how much, whose money, who carries it out.

    Over an open difference of its money only with the written explanation, which is part of the notice. Raises FundsError.
    """
    project = Project.objects.select_for_update(of=("self",)).select_related("village", "department").get(pk=project.pk)
    if stage == ProjectNotice.Stage.AFTER and project.finished_on is None:
        raise FundsError("项目还没有竣工,不能发布竣工公示。")
    running = ProjectNotice.objects.filter(project=project, stage=stage, notice__state="running").first()
    if running:
        raise FundsError(f"{running.notice.number} 正在公示。")
    because(f"项目{ProjectNotice.Stage(stage).label}:{project.name}")
    kind = f"project_{stage}"
    values = {"village": project.village.name, "project": project.name}
    explained = disclose(project)
    title, body = flow.notice_text(kind=kind, values=values, starts_on=today())
    body = f"{body}{explained}"
    source = project.get_source_display()
    cells = [project.name, source, f"{project.amount:,.2f}", str(project.department), str(project.beneficiary_households), project.content or "—"]
    line = {"key": project.code, "cells": cells}
    record = flow.Record("funds_project", project.pk, project.village_id, None, project.code)
    notice = flow.publish(kind=kind, title=title, body=body, lines=[line], records=[record], level="village", village=project.village, starts_on=today(),
                          by=by, day=today())  # fmt: skip
    return ProjectNotice.objects.create(project=project, village=project.village, stage=stage, notice=notice)


# --- rows ----------------------------------------------------------------------------------------------
def install_procedures() -> int:
    """Give every gate its first procedures where it has none: as the city began them, and with the library and notice rules from their day."""
    made = 0
    known = set(Procedure.objects.filter(key__startswith="gate").values_list("key", flat=True))
    for rule in rules.GATES:
        if rule.key in known:
            continue
        versions: list[tuple[date, date | None, tuple[str, ...]]] = [(rules.BEGIN, None, rule.asks)]
        if rule.later:
            versions = [(rules.BEGIN, rules.LIBRARY_RULES - timedelta(days=1), rule.asks), (rules.LIBRARY_RULES, None, (*rule.asks, *rule.later))]
        for since, until, asks in versions:
            procedure = Procedure.objects.create(
                key=rule.key, title=f"第{rule.number}关 {rule.title}", valid_from=since, valid_to=until, is_assumed=True
            )
            for number, step in enumerate(rule.steps, start=1):
                row = Step.objects.create(procedure=procedure, number=number, code=step.code, title=step.title, word=step.word, role=step.role,
                                          level=step.level, needed=step.needed, days=rules.DAYS, requirements=list(asks))  # fmt: skip
                if number == 1:
                    StepEvidence.objects.bulk_create(StepEvidence(step=row, label=label, accept="any", least=1) for label in rule.documents)
            made += 1
    return made
