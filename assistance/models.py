"""Who helps whom and with what: leaders, units, helpers, pairings, measures, wishes and needs (`domain.md` §4, §8)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from assistance import querysets
from core.fields import EncryptedTextField
from households.models import Household
from villages.models import Village


def _order(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{name}_days_in_order",
        condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
        violation_error_message="结束日期不能早于开始日期。",
    )


class Leader(models.Model):
    """A city leader who takes charge of villages 联点领导."""

    name = models.CharField("姓名", max_length=50)
    post = models.CharField("职务", max_length=60)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="leaders", verbose_name="单位")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = "联点领导"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}({self.post})"

    def get_absolute_url(self) -> str:
        return reverse("assistance:leader-detail", args=[self.pk])


class LeaderVillage(models.Model):
    leader = models.ForeignKey(Leader, models.PROTECT, related_name="links", verbose_name="领导")
    village = models.ForeignKey(Village, models.PROTECT, related_name="leader_links", verbose_name="村")
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = querysets.VillageLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "领导联点"
        ordering = ["village_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["leader", "village"], condition=Q(ended_on=None), name="leader_village_once", violation_error_message="这位领导已联系本村。"
            ),  # fmt: skip
            _order("leader_village"),
        ]


class HelpUnit(models.Model):
    """A unit that helps villages 联村单位; its nature and its level are two things."""

    class Nature(models.TextChoices):
        ADMIN = "admin", "行政事业单位"
        MILITARY_POLICE = "military_police", "军警部队"
        ENTERPRISE = "enterprise", "企业"

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="help_unit", verbose_name="单位")
    nature = models.CharField("类别", max_length=16, choices=Nature)
    joined_on = models.DateField("参与日期")
    left_on = models.DateField("退出日期", null=True, blank=True)

    class Meta:
        verbose_name = "联村单位"
        ordering = ["organization__name", "id"]

    def __str__(self) -> str:
        return self.organization.name

    def get_absolute_url(self) -> str:
        return reverse("assistance:unit-detail", args=[self.pk])


class UnitVillage(models.Model):
    unit = models.ForeignKey(HelpUnit, models.PROTECT, related_name="links", verbose_name="联村单位")
    village = models.ForeignKey(Village, models.PROTECT, related_name="unit_links", verbose_name="村")
    started_on = models.DateField("开始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = querysets.VillageLinkQuerySet.as_manager()

    class Meta:
        verbose_name = "单位联村"
        ordering = ["village_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "village"], condition=Q(ended_on=None), name="unit_village_once", violation_error_message="该单位已联系本村。"
            ),  # fmt: skip
            _order("unit_village"),
        ]


class Helper(models.Model):
    """A cadre or worker of a unit who is paired with households 帮扶责任人."""

    name = models.CharField("姓名", max_length=50)
    unit = models.ForeignKey(HelpUnit, models.PROTECT, related_name="helpers", verbose_name="单位")
    post = models.CharField("职务", max_length=40, blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="helper", verbose_name="用户")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = querysets.HelperQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶责任人"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("assistance:helper-detail", args=[self.pk])


class Pairing(models.Model):
    """A helper and a household 结对; one helper is the main one, an ended pairing stays."""

    helper = models.ForeignKey(Helper, models.PROTECT, related_name="pairings", verbose_name="帮扶责任人")
    household = models.ForeignKey(Household, models.PROTECT, related_name="pairings", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    is_main = models.BooleanField("主要帮扶责任人", default=False)
    started_on = models.DateField("结对日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    end_reason = models.CharField("结束原因", max_length=100, blank=True)

    objects = querysets.PairingQuerySet.as_manager()

    class Meta:
        verbose_name = "结对帮扶"
        ordering = ["household_id", "-is_main", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(is_main=True, ended_on=None),
                name="pairing_one_main_per_household",
                violation_error_message="这户已有主要帮扶责任人,请先更换。",
            ),  # fmt: skip
            models.UniqueConstraint(
                fields=["helper", "household"],
                condition=Q(ended_on=None),
                name="pairing_once",
                violation_error_message="这位帮扶责任人已与该户结对。",
            ),  # fmt: skip
            models.CheckConstraint(
                name="pairing_ended_iff_reason",
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                violation_error_message="结束结对要同时写明日期和原因。",
            ),
            _order("pairing"),
        ]


class PolicyDocument(models.Model):
    """A document of the city's "1+7+10" policy system; titles in the demo are [assumed]."""

    class Layer(models.IntegerChoices):
        MASTER = 1, "实施方案"
        ACTION = 7, "行动计划"
        SPECIAL = 10, "专项方案"

    layer = models.PositiveSmallIntegerField("层次", choices=Layer)
    number = models.PositiveSmallIntegerField("序号")
    title = models.CharField("名称", max_length=100)
    lead_department = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="牵头部门")
    is_title_assumed = models.BooleanField("名称待核实", default=True)
    valid_from = models.DateField("施行日期", null=True, blank=True)
    valid_to = models.DateField("废止日期", null=True, blank=True)

    class Meta:
        verbose_name = "政策文件"
        verbose_name_plural = "政策文件"
        ordering = ["layer", "number"]
        constraints = [models.UniqueConstraint(fields=["layer", "number"], name="policy_document_numbered_once")]

    def __str__(self) -> str:
        return self.title


class MeasureType(models.Model):
    """A row of the measure catalogue (`domain.md` §4, codes [assumed]); officials edit it, nothing is deleted."""

    code = models.CharField("编码", max_length=4, unique=True)
    name = models.CharField("名称", max_length=40)
    examples = models.CharField("举例", max_length=200, blank=True)
    causes = ArrayField(models.CharField(max_length=2), verbose_name="适用致贫原因", default=list, blank=True)
    evidence = models.CharField("佐证", max_length=60, blank=True)
    policy = models.ForeignKey(PolicyDocument, models.PROTECT, null=True, blank=True, related_name="measure_types", verbose_name="政策依据")
    valid_from = models.DateField("启用日期", null=True, blank=True)
    valid_to = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "措施类别"
        verbose_name_plural = "措施类别"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """A measure given to a household: planned, given, with its result 帮扶措施."""

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        RUNNING = "running", "实施中"
        DONE = "done", "已落实"
        STOPPED = "stopped", "已终止"

    household = models.ForeignKey(Household, models.PROTECT, related_name="measures", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="measures", verbose_name="村")
    measure_type = models.ForeignKey(MeasureType, models.PROTECT, related_name="measures", verbose_name="措施类别")
    content = models.CharField("内容", max_length=200)
    planned_on = models.DateField("计划日期")
    given_on = models.DateField("落实日期", null=True, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2, null=True, blank=True)
    result = models.CharField("成效", max_length=200, blank=True)
    state = models.CharField("进度", max_length=8, choices=State, default=State.PLANNED)

    objects = querysets.MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "帮扶措施"
        ordering = ["household_id", "-planned_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="measure_done_iff_given",
                condition=Q(state="done", given_on__isnull=False) | ~Q(state="done"),
                violation_error_message="已落实的措施要填落实日期。",
            ),
            models.CheckConstraint(name="measure_amount_not_negative", condition=Q(amount=None) | Q(amount__gte=0)),
        ]

    def __str__(self) -> str:
        return self.content


class Wish(models.Model):
    """What a household wishes for, in one of eight aspects (six named by the seed, two [assumed])."""

    class Aspect(models.TextChoices):
        INDUSTRY = "W1", "产业"
        EMPLOYMENT = "W2", "就业"
        EDUCATION = "W3", "教育"
        MEDICAL = "W4", "医疗"
        ECOLOGY = "W5", "生态"
        FINANCE = "W6", "金融"
        LOW_INCOME = "W7", "低保"
        HOUSING = "W8", "住房"

    class State(models.TextChoices):
        OPEN = "open", "未落实"
        RUNNING = "running", "落实中"
        MET = "met", "已落实"

    household = models.ForeignKey(Household, models.PROTECT, related_name="wishes", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="wishes", verbose_name="村")
    aspect = models.CharField("方面", max_length=2, choices=Aspect)
    content = models.CharField("内容", max_length=200, blank=True)
    recorded_on = models.DateField("登记日期")
    state = models.CharField("落实情况", max_length=8, choices=State, default=State.OPEN)
    measure = models.ForeignKey(Measure, models.PROTECT, null=True, blank=True, related_name="wishes", verbose_name="对应措施")
    result = models.CharField("落实说明", max_length=200, blank=True)

    objects = querysets.MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = "脱贫意愿"
        ordering = ["household_id", "aspect"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "aspect"], name="wish_one_per_aspect", violation_error_message="这一户这个方面的意愿已登记,请直接修改。"
            )
        ]


class ExitNeed(models.Model):
    """What a village still needs to exit, in one of ten aspects (three named by the seed, seven [assumed])."""

    class Aspect(models.TextChoices):
        ROAD = "N01", "道路"
        WATER = "N02", "饮水"
        POWER = "N03", "用电"
        HOUSING = "N04", "住房"
        COMMUNICATION = "N05", "通信"
        CULTURE = "N06", "文化广电"
        HEALTH = "N07", "医疗卫生"
        EDUCATION = "N08", "教育"
        OFFICE = "N09", "综合服务中心"
        INDUSTRY = "N10", "产业与集体经济"

    village = models.ForeignKey(Village, models.PROTECT, related_name="exit_needs", verbose_name="村")
    aspect = models.CharField("方面", max_length=3, choices=Aspect)
    gap = models.CharField("差距", max_length=200, blank=True)
    target_on = models.DateField("目标日期", null=True, blank=True)
    state = models.CharField("落实情况", max_length=8, choices=Wish.State, default=Wish.State.OPEN)
    recorded_on = models.DateField("登记日期", null=True, blank=True)
    result = models.CharField("落实说明", max_length=200, blank=True)

    objects = querysets.VillageNeedQuerySet.as_manager()

    class Meta:
        verbose_name = "退出需求"
        ordering = ["village_id", "aspect"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "aspect"], name="exit_need_one_per_aspect", violation_error_message="本村这个方面的需求已登记,请直接修改。"
            )
        ]
