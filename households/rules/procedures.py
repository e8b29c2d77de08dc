"""The steps a household's case goes through as they are first set up; officials change the rows (`domain.md` §3.1, §3.4, §3.6, §3.7).

Who acts and how long it may take are [assumed]; the order of identification, exit and monitoring is that of the documents named.
"""

from dataclasses import dataclass, field
from datetime import date

VILLAGE, TOWNSHIP, CITY = "village", "township", "city"


@dataclass(frozen=True)
class StepDefault:
    """One step: the acting role at a level, days until late, what must be there before it can be passed."""

    code: str
    title: str
    word: str
    role: str
    level: str
    days: int
    requirements: tuple[str, ...] = ()
    evidence: tuple[tuple[str, str], ...] = ()  # (label, kinds accepted)
    needs_signed_sheet: bool = False
    return_to: str = "applicant"


@dataclass(frozen=True)
class ProcedureDefault:
    title: str
    basis: str
    steps: tuple[StepDefault, ...] = field(default_factory=tuple)
    valid_from: date = date(2014, 1, 1)


def _survey(**more: object) -> StepDefault:
    return StepDefault("survey", "入户调查", "handle", "village_cadre", VILLAGE, 7, requirements=("survey",), **more)  # type: ignore[arg-type]


REVIEW = StepDefault("review", "民主评议", "review", "village_cadre", VILLAGE, 10, requirements=("review",))
NOTICE = StepDefault("notice", "村内公示", "handle", "village_cadre", VILLAGE, 15, requirements=("notice",))
TOWNSHIP_CHECK = StepDefault("township", "乡镇审核", "check", "township_checker", TOWNSHIP, 7)
COMPARISON = StepDefault("comparison", "信息比对", "handle", "bureau_clerk", CITY, 15, requirements=("comparison",))
DECISION = StepDefault("decision", "市级审定", "decide", "bureau_approver", CITY, 10, requirements=("document",))
ANNOUNCE = StepDefault("announcement", "公告", "handle", "bureau_clerk", CITY, 15, requirements=("notice",))

PROCEDURES: dict[str, ProcedureDefault] = {
    "identification": ProcedureDefault("贫困户识别", "国开办发〔2014〕24号", (
        StepDefault("application", "农户申请", "handle", "", "applicant", 3,
                    evidence=(("申请书", "any"), ("信息比对授权书", "any"))),
        _survey(),
        REVIEW,
        NOTICE,
        TOWNSHIP_CHECK,
        COMPARISON,
        StepDefault("second_notice", "乡镇公示", "handle", "township_clerk", TOWNSHIP, 15, requirements=("notice",)),
        DECISION,
        ANNOUNCE,
        StepDefault("registration", "建档立卡", "handle", "township_clerk", TOWNSHIP, 7, requirements=("registration",)),
    )),
    "exit": ProcedureDefault("贫困户退出", "厅字〔2016〕16号", (
        REVIEW,
        _survey(),
        StepDefault("consent", "农户认可", "confirm", "village_cadre", VILLAGE, 5, requirements=("exit_checks",),
                    evidence=(("户主认可书(签字或手印)", "any"),)),
        NOTICE,
        TOWNSHIP_CHECK,
        DECISION,
        ANNOUNCE,
        StepDefault("marking", "系统标注", "handle", "township_clerk", TOWNSHIP, 7),
    )),
    "removal": ProcedureDefault("清退(识别不准)", "动态管理办法(数值待核定)", (
        _survey(evidence=(("识别不准的证据", "any"),)),
        REVIEW,
        NOTICE,
        TOWNSHIP_CHECK,
        DECISION,
    )),
    "return": ProcedureDefault("返贫认定", "动态管理办法(数值待核定)", (
        _survey(),
        REVIEW,
        NOTICE,
        TOWNSHIP_CHECK,
        COMPARISON,
        DECISION,
        ANNOUNCE,
    )),
    "monitoring": ProcedureDefault("防返贫监测", "国乡振发〔2021〕7号(文号待核实)", (
        _survey(),
        StepDefault("consent", "承诺授权", "confirm", "village_cadre", VILLAGE, 1, evidence=(("承诺授权书", "any"),)),
        COMPARISON,
        REVIEW,
        NOTICE,
        TOWNSHIP_CHECK,
        DECISION,
        StepDefault("recording", "信息录入", "handle", "township_clerk", TOWNSHIP, 2),
    )),
    "clearing": ProcedureDefault("风险消除", "国乡振发〔2021〕7号(文号待核实)", (
        _survey(),
        REVIEW,
        NOTICE,
        TOWNSHIP_CHECK,
        StepDefault("decision", "市级审定", "decide", "bureau_approver", CITY, 7, requirements=("risk_gone",)),
    )),
}  # fmt: skip

# Kinds of case that are not a household's proceeding.
CORRECTION = ProcedureDefault("信息更正", "个人信息保护法第四十六条(期限待核定)", (
    StepDefault("check", "乡镇核对", "check", "township_checker", TOWNSHIP, 15, requirements=("correction",)),
))  # fmt: skip

# Steps whose passing is a notice that has run: which kind of notice they publish.
NOTICE_STEPS = {"notice": "village", "second_notice": "township", "announcement": "announcement"}
