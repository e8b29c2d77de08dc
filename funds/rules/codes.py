"""Code lists of this room (`domain.md` §7.1, §7.2)."""

from django.db.models import TextChoices


class Source(TextChoices):
    """Sources of funds, list L50."""

    CENTRAL = "1", "中央财政专项"
    PROVINCE = "2", "省级财政专项"
    PREFECTURE = "3", "州级财政专项"
    CITY = "4", "市级财政专项"
    PARTNER = "5", "对口援建"
    LINKED_UNIT = "6", "联点单位帮扶"
    HOME_UNIT = "7", "派出单位自筹"
    ORG_DEPARTMENT = "8", "组织部专项"
    DONATION = "9", "社会捐赠"
    LOAN = "10", "银行贷款"
    SECTOR = "11", "行业部门"
    MASSES = "12", "群众自筹"
    OTHER = "99", "其他"


class Forbidden(TextChoices):
    """What the money may not be spent on (财农〔2017〕8号, shortened): each blocks a project."""

    OFFICE = "office", "单位基本支出"
    BONUS = "bonus", "各种奖金、津贴、福利补助"
    LOSSES = "losses", "弥补企业亏损"
    BUILDINGS = "buildings", "修建楼堂馆所"
    DEBT = "debt", "偿还债务和垫资"
    URBAN = "urban", "城市基础设施建设"
    VEHICLES = "vehicles", "购买交通工具和通讯设备"
    UNRELATED = "unrelated", "其他与脱贫攻坚无关的支出"


class Grade(TextChoices):
    """Grades of a performance evaluation (财农〔2017〕115号)."""

    GOOD = "good", "优"
    FAIR = "fair", "良"
    PASS = "pass", "及格"
    FAIL = "fail", "不及格"


class LoanKind(TextChoices):
    """Kinds of loan product: the three the seed names, and the micro-credit of the policy."""

    GUARANTEED = "guaranteed", "担保贷款"
    STARTUP = "startup", "创业贷款"
    SUBSIDISED = "subsidised", "贴息贷款"
    MICRO = "micro", "扶贫小额信贷"


class BorrowerKind(TextChoices):
    HOUSEHOLD = "household", "农户"
    COOPERATIVE = "cooperative", "合作社"
    ENTERPRISE = "enterprise", "企业"
    OTHER = "other", "其他"
