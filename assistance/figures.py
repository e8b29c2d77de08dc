"""Figures of pairing and help."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.permissions import Permission
from assistance.models import ExitNeed, Helper, HelpUnit, Leader, LeaderVillage, Pairing, PolicyDocument, Wish
from core.figures import Figure, Number, register

P = Permission.PAIRING_VIEW


def leaders(as_of: date) -> QuerySet:
    """Leaders who have charge of a village on the day."""
    links = LeaderVillage.objects.active_on(as_of).filter(leader_id=OuterRef("pk"))
    return Leader.objects.filter(Exists(links))


def units(as_of: date) -> QuerySet:
    return HelpUnit.objects.filter(joined_on__lte=as_of).filter(Q(left_on=None) | Q(left_on__gt=as_of)).select_related("organization")


def helpers(as_of: date) -> QuerySet:
    """Helpers with at least one pairing that runs on the day."""
    return Helper.objects.filter(Exists(Pairing.objects.active_on(as_of).filter(helper_id=OuterRef("pk")))).select_related("unit__organization")


UNIT_COLUMNS = (("单位", "organization.name"), ("类别", "get_nature_display"), ("参与日期", "joined_on"))
register(
    Figure(
        "city_leaders", "联点市级领导", "名", leaders, P, columns=(("姓名", "name"), ("职务", "post")), source="全市31名市级领导牵头联点16个贫困村"
    )
)
for _nature, _key in (
    (HelpUnit.Nature.ADMIN, "units_admin"),
    (HelpUnit.Nature.MILITARY_POLICE, "units_military_police"),
    (HelpUnit.Nature.ENTERPRISE, "units_enterprise"),
):
    register(Figure(_key, _nature.label, "个", lambda d, nature=_nature: units(d).filter(nature=nature), P, columns=UNIT_COLUMNS,
                    source="63个行政事业单位、8个军警部队、69个企业"))  # fmt: skip
register(Figure("units_total", "联村单位", "个", units, P, columns=UNIT_COLUMNS, source="63+8+69"))
register(
    Figure(
        "pairing_cadres",
        "结对帮扶干部职工",
        "名",
        helpers,
        P,
        columns=(("姓名", "name"), ("单位", "unit.organization.name")),
        source="2197名干部职工",
    )
)


def policies(layer: int) -> object:
    def rows(as_of: date) -> QuerySet:
        return PolicyDocument.objects.filter(layer=layer).filter(Q(valid_to=None) | Q(valid_to__gt=as_of))

    return rows


for _key, _label, _layer in (("policy_master_plan", "实施方案", 1), ("policy_action_plans", "行动计划", 7), ("policy_special_plans", "专项方案", 10)):
    register(Figure(_key, _label, "个", policies(_layer), P, columns=(("序号", "number"), ("名称", "title")), source="“1+7+10”脱贫攻坚政策体系"))  # type: ignore[arg-type]


def wishes(as_of: date) -> QuerySet:
    """Wishes on record of households in the register on a day."""
    here = Wish.objects.filter(recorded_on__lte=as_of, household__identified_on__lte=as_of)
    return here.filter(Q(household__ended_on=None) | Q(household__ended_on__gt=as_of)).select_related("village", "household")


def needs(as_of: date) -> QuerySet:
    return ExitNeed.objects.filter(Q(recorded_on=None) | Q(recorded_on__lte=as_of)).select_related("village")


def aspects(rows: QuerySet) -> Number:
    """How many different aspects the rows speak of."""
    return rows.order_by().values("aspect").distinct().count()


M = Permission.MEASURE_VIEW
WISH_COLUMNS = (("户编号", "household.household_code"), ("村", "village.name"), ("方面", "get_aspect_display"), ("内容", "content"),
                ("登记日期", "recorded_on"), ("落实情况", "get_state_display"))  # fmt: skip
NEED_COLUMNS = (("村", "village.name"), ("方面", "get_aspect_display"), ("差距", "gap"), ("目标日期", "target_on"), ("落实情况", "get_state_display"))
register(
    Figure(
        "wish_aspects",
        "脱贫意愿方面",
        "个",
        wishes,
        M,
        value=aspects,
        columns=WISH_COLUMNS,
        source="产业、就业、教育、医疗、生态、金融等8个方面的脱贫意愿",
    )
)
register(
    Figure("exit_need_aspects", "退出需求方面", "个", needs, M, value=aspects, columns=NEED_COLUMNS, source="道路、饮水、用电等10个方面的退出需求")
)
register(Figure("wishes_open", "未落实的脱贫意愿", "条", lambda d: wishes(d).exclude(state=Wish.State.MET), M, columns=WISH_COLUMNS))
register(Figure("exit_needs_open", "未落实的退出需求", "条", lambda d: needs(d).exclude(state=Wish.State.MET), M, columns=NEED_COLUMNS))
