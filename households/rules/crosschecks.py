"""Comparing applicants with other offices' records 信息比对 (`domain.md` §3.3): a result for every person and item, hits or not."""

from dataclasses import dataclass

from django.db.models import TextChoices


class Effect(TextChoices):
    """What a hit of a source means."""

    VETO = "veto", "一票否决"
    VERIFY = "verify", "核实"
    RECONCILE = "reconcile", "校正"


class Result(TextChoices):
    PENDING = "pending", "待查"
    NONE = "none", "无记录"
    HIT = "hit", "命中"


class Judgement(TextChoices):
    """What a person decided about a hit."""

    OPEN = "open", "待确认"
    CONFIRMED = "confirmed", "属实"
    WAIVED = "waived", "豁免"


@dataclass(frozen=True)
class SourceDefault:
    code: str
    office: str
    item: str
    effect: str
    needs_number: bool = True
    is_required: bool = False


SOURCES = (
    SourceDefault("farming", "农牧", "农牧补贴、草场承包、牲畜", Effect.RECONCILE, is_required=True),
    SourceDefault("police", "公安(户籍)", "户籍、存亡、证件有效性", Effect.RECONCILE, is_required=True),
    SourceDefault("housing", "房管(不动产)", "商品房、商铺", Effect.VETO, is_required=True),
    SourceDefault("vehicles", "车管(公安交警)", "机动车", Effect.VETO, is_required=True),
    SourceDefault("machinery", "农机", "大型农机", Effect.VETO),
    SourceDefault("market", "市场监管", "企业、个体工商户", Effect.VETO),
    SourceDefault("payroll", "编办(财政、人社)", "财政供养", Effect.VETO),
    SourceDefault("banks", "各大银行", "存款等金融资产超标准", Effect.VERIFY, is_required=True),
    SourceDefault("tax", "税务", "经常性工资", Effect.VERIFY),
    SourceDefault("housing_fund", "公积金", "缴存记录", Effect.VERIFY),
    SourceDefault("social_insurance", "社保", "职工参保", Effect.VERIFY),
    SourceDefault("civil_affairs", "民政", "低保、特困、死亡、婚姻", Effect.RECONCILE),
    SourceDefault("disabled", "残联", "残疾证", Effect.RECONCILE),
    SourceDefault("medical", "医保(卫健)", "参保、大病、慢病", Effect.RECONCILE),
    SourceDefault("education", "教育", "学籍", Effect.RECONCILE),
)

# code, text, effect, evidence asked, source whose hit points here ('' none). All [assumed].
VETO_RULES = (
    ("V1", "家庭成员由财政供养或为国有企业正式职工", Effect.VETO, "编制或工资证明", "payroll"),
    ("V2", "有商品房、商铺、别墅(政府安置房除外)", Effect.VETO, "不动产登记", "housing"),
    ("V3", "有轿车、工程机械、经营用大型农机", Effect.VETO, "车辆或农机登记", "vehicles"),
    ("V4", "经营注册企业或雇工经营", Effect.VETO, "工商登记", "market"),
    ("V5", "长期在外联系不上一年以上、空挂户", Effect.VETO, "村委会证明", ""),
    ("V6", "存款或金融资产超过标准", Effect.VERIFY, "银行回函", "banks"),
    ("V7", "自费出国留学或就读高收费私立学校", Effect.VETO, "学籍、缴费记录", "education"),
    ("V8", "村干部家庭(须乡镇专项审核)", Effect.VERIFY, "乡镇审核意见", ""),
    ("V9", "拒绝核查或申报不实", Effect.VETO, "核查记录", ""),
    ("V10", "恶意分户", Effect.VETO, "户籍记录", "police"),
)


def comparison_lacks(*, people: int, unasked: int, pending: int, open_hits: int, confirmed_vetoes: int) -> list[str]:
    """What keeps a case at its comparison, from counts over persons × items of its household."""
    found = []
    if people == 0:
        return ["这一户没有在册成员,无法比对。"]
    if unasked:
        found.append(f"还有 {unasked} 项(人 × 必查项)没有发函比对。")
    if pending:
        found.append(f"还有 {pending} 项(人 × 比对项)待查。")
    if open_hits:
        found.append(f"有 {open_hits} 项命中没有确认或豁免。")
    if confirmed_vetoes:
        found.append(f"有 {confirmed_vetoes} 项否决情形已查实,应作不通过处理。")
    return found
