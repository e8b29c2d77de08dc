"""What each of the six gates asks (`domain.md` §7.3; steps, document sets and time limits [assumed], rows once installed).

The words of documents are labels of evidence; `asks` are codes of conditions (`funds.approvals`). The rules of the project library and of notices
(国开办发〔2018〕10号, 11号) are asked of a gate that starts on their day of effect or later: older projects go by the older version.
"""

from dataclasses import dataclass
from datetime import date

BEGIN = date(2017, 7, 1)  # [assumed] the city's own six gates; what began before goes without
LIBRARY_RULES = date(2018, 6, 1)  # [assumed day within the year of the two documents]
DAYS = 10  # working days for each step [assumed]


@dataclass(frozen=True)
class GateStep:
    code: str
    title: str
    word: str
    role: str
    level: str
    needed: int = 1


@dataclass(frozen=True)
class GateRule:
    """`lead` says who brings it (经办); `later` are conditions that came into effect with the library and notice rules."""

    number: int
    title: str
    lead: str
    steps: tuple[GateStep, ...]
    documents: tuple[str, ...]
    asks: tuple[str, ...]
    later: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"gate{self.number}"


def _finance(needed: int = 1) -> GateStep:
    return GateStep("finance", "发改、财政把关", "check", "finance", "city", needed)


GATES = (
    GateRule(1, "选项", "村两委和驻村工作队", (GateStep("township", "乡镇审核", "check", "township_checker", "township"), _finance()),
             ("四议两公开记录",), ("gate_need", "gate_beneficiaries", "gate_not_forbidden"), ("gate_notice_before",)),
    GateRule(2, "立项", "乡镇或行业部门", (GateStep("bureau", "县级论证", "check", "bureau_approver", "city"), _finance()),
             ("项目建议书或实施方案", "用地和环境意见"), ("gate_not_forbidden", "gate_budget"), ()),
    GateRule(3, "申报", "农牧和扶贫开发局", (GateStep("bureau", "局内审批", "approve", "bureau_approver", "city"), _finance()),
             ("申报书",), ("gate_budget", "gate_source", "gate_target", "gate_mechanism"), ("gate_library",)),
    GateRule(4, "审批", "发改、财政和领导小组", (_finance(2), GateStep("leader", "领导小组审定", "decide", "city_leader", "city")),
             ("批复文件", "招标、采购或一事一议文件"), ("gate_source", "gate_document"), ("gate_library",)),
    GateRule(5, "发放", "财政", (GateStep("bureau", "局内审核", "check", "bureau_approver", "city"), _finance()),
             ("进度或验收单", "报账单"), ("gate_contract", "gate_money", "gate_payees"), ("gate_notice_before",)),
    GateRule(6, "效益", "局和村", (GateStep("bureau", "绩效审核", "check", "bureau_approver", "city"), _finance()),
             ("竣工验收材料",), ("gate_accepted", "gate_assets", "gate_evaluated", "gate_benefits", "gate_in_time"), ("gate_notice_after",)),
)  # fmt: skip


def rule_of(number: int) -> GateRule:
    return GATES[number - 1]
