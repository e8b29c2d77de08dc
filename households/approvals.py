"""What the one approval mechanism asks this room about a household's proceeding."""

from typing import Any

from django.urls import reverse

from core.listing import Column
from core.pages import LIMIT, Fact, Table, table
from households import services
from households.models import Correction, Proceeding, VillageExit
from households.rules import exits, monitoring, village_exits
from households.rules.procedures import NOTICE_STEPS, PROCEDURES
from workflow import kinds, requirements
from workflow.kinds import Kind, SubjectView
from workflow.services import WorkflowError

CHECK_COLUMNS = (
    Column("核查项", "get_item_display"),
    Column("结论", lambda row: "达标" if row.is_met else "不达标"),
    Column("档案所示", lambda row: {True: "达标", False: "不达标", None: "需实地核实"}[row.suggested]),
    Column("依据", "evidence", "long"),
)
RESULT_COLUMNS = (
    Column("成员", "member.name"),
    Column("比对项", "request.source"),
    Column("结果", "get_result_display"),
    Column("数据截至", "request.data_on", "date"),
    Column("查询所得", "found", "long"),
    Column("认定", "get_judgement_display"),
    Column("理由", "reason", "long"),
)
HANDBOOK_COLUMNS = (
    Column("手册", "get_kind_display"),
    Column("编号", "number"),
    Column("发放日期", "issued_on", "date"),
    Column("领取人", "received_by"),
)


def _of(case: Any) -> Proceeding | None:
    return Proceeding.objects.select_related("household__village__township").filter(case=case).first()


def subject(case: Any) -> SubjectView:
    """The household and everything its steps have recorded so far, from application to handbook number."""
    proceeding = _of(case)
    if proceeding is None:
        return SubjectView()
    return SubjectView(url=proceeding.household.get_absolute_url(), facts=_facts(proceeding), tables=_tables(proceeding))


def _facts(proceeding: Proceeding) -> list[Fact]:
    household = proceeding.household
    head = household.members.filter(relation="01", left_on=None).first() or household.members.filter(relation="01").first()
    at = proceeding.case.step.code if proceeding.case.step else ""
    facts = [
        Fact("户主", head.name if head else "", household.get_absolute_url()),
        Fact("户编号", household.household_code or "建档后生成"),
        Fact("村", f"{household.village.township.name} {household.village.name}", reverse("households:village-work", args=[household.village_id])),
        Fact("家庭人口", str(household.members.filter(left_on=None).count()), unit="人"),
        Fact("事由", proceeding.reason, wide=True),
    ]
    survey = getattr(proceeding, "survey", None)
    if survey or at == "survey":
        words = (
            f"{survey.surveyed_on} {survey.first_surveyor}、{survey.second_surveyor}。人口:{survey.population_note};财产:{survey.property_note};收入:{survey.income_note}"
            if survey
            else "未录入,点此录入"
        )
        facts.append(Fact("入户调查", words, reverse("households:survey", args=[proceeding.pk]), wide=True))
    vote = getattr(proceeding, "vote", None)
    if vote:
        meeting = vote.meeting
        words = f"{meeting.held_on},应到 {meeting.due_count} 人、实到 {meeting.present_count} 人,同意 {vote.agree}、反对 {vote.against}、弃权 {vote.abstain}"
        facts.append(Fact("民主评议", words, meeting.minutes.get_absolute_url(), wide=True))
    elif at == "review":
        facts.append(
            Fact("民主评议", "未录入,点此录入评议会", reverse("households:review", args=[proceeding.village_id, proceeding.kind]), wide=True)
        )
    facts += _notice_facts(proceeding, at)
    if proceeding.document_number or at == "decision":
        facts.append(Fact("审定文号", proceeding.document_number or "未填写,点此填写", reverse("households:document", args=[proceeding.pk])))
    if at == "registration":
        facts.append(Fact("建档立卡", "点此登记户编号和手册", reverse("households:registration", args=[proceeding.pk])))
    monitor = getattr(proceeding, "monitor", None) or getattr(proceeding, "clears", None)
    if monitor:
        facts += [Fact("监测对象类别", monitoring.Category(monitor.category).label), Fact("风险类型", monitor.risk_labels, wide=True)]
    return facts


def _notice_facts(proceeding: Proceeding, at: str) -> list[Fact]:
    found = []
    for step, title in (("notice", "村内公示"), ("second_notice", "乡镇公示"), ("announcement", "公告")):
        for notice in services.notices_about(proceeding, step):
            words = f"{notice.number},{notice.starts_on} 至 {notice.ends_on},{notice.get_state_display()}"
            found.append(Fact(title, words, notice.get_absolute_url(), wide=True))
        if at == step and services.notice_of(proceeding, step) is None:
            address = reverse("households:notice", args=[proceeding.village_id, proceeding.kind, step])
            found.append(Fact(title, "未发布,点此发布", address, wide=True))
    return found


def _tables(proceeding: Proceeding) -> list[Table]:
    found = []
    compared = proceeding.household.cross_checks.select_related("member", "request__source").order_by(
        "member__number", "request__source_id", "-request_id"
    )
    if compared.exists():
        found.append(table("信息比对(逐人逐项)", RESULT_COLUMNS, compared[:LIMIT]))
    if proceeding.kind == Proceeding.Kind.EXIT:
        rows = list(proceeding.exit_checks.all())
        found.append(table("退出核查表", CHECK_COLUMNS, rows, empty="还没有填写。入户核实后在“退出核查表”填写。"))
    if proceeding.kind == Proceeding.Kind.IDENTIFICATION and proceeding.household.is_registered:
        found.append(table("手册发放", HANDBOOK_COLUMNS, list(proceeding.household.handbooks.order_by("kind", "-issued_on"))))
    return found


# --- what a step asks -----------------------------------------------------------------------------
def _survey(case: Any) -> list[str]:
    proceeding = _of(case)
    return [] if proceeding and getattr(proceeding, "survey", None) else ["还没有录入入户调查(两人)。"]


def _review(case: Any) -> list[str]:
    proceeding = _of(case)
    vote = getattr(proceeding, "vote", None) if proceeding else None
    if vote is None:
        return ["还没有录入民主评议会和票数。"]
    return [] if vote.meeting.held_on >= proceeding.started_on else ["评议会早于这件事项的开始日期,请重新评议。"]  # type: ignore[union-attr]


def _exit_checks(case: Any) -> list[str]:
    proceeding = _of(case)
    return exits.missing_checks(dict(proceeding.exit_checks.values_list("item", "is_met"))) if proceeding else []


def _notice(case: Any) -> list[str]:
    proceeding = _of(case)
    if proceeding is None or case.step is None or case.step.code not in NOTICE_STEPS:
        return []
    notice = services.notice_of(proceeding, case.step.code)
    return services.notice_lacks(notice, proceeding) if notice else ["还没有发布公示。"]


def _document(case: Any) -> list[str]:
    proceeding = _of(case)
    return [] if proceeding and proceeding.document_number else ["还没有填写审定文号。"]


def _registration(case: Any) -> list[str]:
    proceeding = _of(case)
    return [] if proceeding and proceeding.household.is_registered else ["在“建档立卡、发放手册”页登记后自动办结。"]


def _risk_gone(case: Any) -> list[str]:
    proceeding = _of(case)
    return services.clearing_lacks(proceeding) if proceeding else []


requirements.register("survey", "入户调查已录入", _survey)
requirements.register("review", "民主评议已录入并过半数", _review)
requirements.register("exit_checks", "退出核查项全部达标", _exit_checks)
requirements.register("notice", "公示期满且无受理未结的异议", _notice)
requirements.register("comparison", "信息比对齐全、命中已认定", services.comparison_lacks)
requirements.register("document", "审定文号已填写", _document)
requirements.register("registration", "已建档立卡", _registration)
requirements.register("risk_gone", "风险消除条件已具备", _risk_gone)


def _passed(case: Any, step: Any, decision: Any) -> None:
    if step.code == "notice":
        services.mark_pre_exit(case)


for _key, _default in PROCEDURES.items():
    kinds.register(Kind(_key, _default.title, subject, on_step=_passed, on_done=services.finish, on_ended=services.end))


# --- a village's exit -----------------------------------------------------------------------------
VILLAGE_CHECK_COLUMNS = (
    Column("指标", "get_item_display"),
    Column("结论", lambda row: "达标" if row.is_met else "不达标"),
    Column("年度情况所示", lambda row: {True: "达标", False: "不达标", None: "待核实"}[row.suggested]),
    Column("依据", "evidence", "long"),
    Column("核实人", "checked_by.name"),
    Column("核实日期", "checked_on", "date"),
)


def _exit_of(case: Any) -> VillageExit | None:
    return VillageExit.objects.select_related("village__township", "case__step").filter(case=case).first()


def village_subject(case: Any) -> SubjectView:
    """The village, its rate, the ten items, its notices."""
    row = _exit_of(case)
    if row is None:
        return SubjectView()
    village, at = row.village, case.step.code if case.step else ""
    page = reverse("households:village-exit", args=[village.pk])
    facts = [Fact("村", f"{village.township.name} {village.name}", page), Fact("退出年度", str(row.year)), Fact("申请理由", row.reason, wide=True)]
    if row.outcome == VillageExit.Outcome.RUNNING:
        standing = services.village_standing(village, row.year)
        facts.append(Fact("贫困发生率", f"{standing.rate}(未脱贫 {standing.poor} 人,农业户籍人口 {standing.rural} 人)", wide=True))
    else:
        facts.append(Fact("贫困发生率", f"{row.rate}(未脱贫 {row.poor_population} 人,农业户籍人口 {row.rural_population} 人)", wide=True))
    if at in {"application", "verification"}:
        facts.append(Fact("退出指标", "点此填写或核实十项指标", reverse("households:village-checks", args=[row.pk])))
    if row.document_number or at == "verification":
        facts.append(Fact("核查文号", row.document_number or "未填写,点此填写", reverse("households:village-document", args=[row.pk])))
    for link in row.notices.select_related("notice")[:6]:
        notice = link.notice
        words = f"{notice.number},{notice.starts_on} 至 {notice.ends_on},{notice.get_state_display()}"
        facts.append(Fact("乡镇公示" if link.step == "notice" else "公告", words, notice.get_absolute_url(), wide=True))
    if at in village_exits.NOTICES and services.village_notice(row, at) is None:
        label = "乡镇公示" if at == "notice" else "公告"
        facts.append(Fact(label, "未发布,点此发布", reverse("households:village-notice", args=[row.pk]), wide=True))
    checks = table("退出指标核查表", VILLAGE_CHECK_COLUMNS, row.checks.select_related("checked_by"), empty="还没有填写。")
    return SubjectView(url=page, facts=facts, tables=[checks])


def _village_checks(case: Any) -> list[str]:
    row = _exit_of(case)
    return services.village_exit_lacks(row) if row else []


def _village_notice(case: Any) -> list[str]:
    row = _exit_of(case)
    return services.village_notice_lacks(row) if row else []


def _village_document(case: Any) -> list[str]:
    row = _exit_of(case)
    return [] if row and row.document_number else ["还没有填写核查文号。"]


requirements.register("village_exit_checks", "村退出指标全部达标、发生率不高于标准", _village_checks)
requirements.register("village_exit_notice", "村退出公示期满且无受理未结的异议", _village_notice)
requirements.register("village_exit_document", "核查文号已填写", _village_document)
kinds.register(
    Kind(
        village_exits.KEY, village_exits.DEFAULT.title, village_subject, on_step=lambda case, step, decision: services.village_step_passed(case),
        on_done=services.finish_village_exit, on_ended=services.end_village_exit, permission="village_view",
    )
)  # fmt: skip


# --- corrections: what differs, and what became of each value -------------------------------------
ITEM_COLUMNS = (
    Column("项目", "label"),
    Column("原来", "before_label", "long"),
    Column("改为", "after_label", "long"),
    Column("核对", "get_decision_display"),
    Column("不采纳理由", "reason", "long"),
)


def correction_view(case: Any) -> SubjectView:
    correction = Correction.objects.select_related("household__village__township", "document", "requested_by").filter(case=case).first()
    if correction is None:
        return SubjectView()
    household = correction.household
    facts = [
        Fact("户编号", str(household), household.get_absolute_url()), Fact("村", f"{household.village.township.name} {household.village.name}"),
        Fact("更正理由", correction.reason, wide=True), Fact("证明材料", correction.document.title, correction.document.get_absolute_url()),
    ]  # fmt: skip
    if correction.closed_on is None:
        facts.append(Fact("逐项核对", "由乡镇审核员在此逐项采纳或不采纳", reverse("households:correction-decide", args=[correction.pk]), wide=True))
    return SubjectView(household.get_absolute_url(), facts, [table("更正内容(号码已遮盖)", ITEM_COLUMNS, list(correction.items.all()))])


def _apply_correction(case: Any, by: Any) -> None:
    try:
        services.apply_correction(case, by)
    except services.HouseholdsError as error:
        raise WorkflowError(str(error)) from error


requirements.register("correction", "更正内容已逐项核对", services.correction_lacks)
kinds.register(Kind("correction", "信息更正", correction_view, on_done=_apply_correction, on_ended=lambda case, state, by: services.close_correction(case, by),
                    on_returned=lambda case, decision: services.reopen_correction(case)))  # fmt: skip
