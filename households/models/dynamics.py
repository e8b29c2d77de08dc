"""The yearly window 动态管理 (`domain.md` §3.6): when changes are taken, what changed, and the register as a year left it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Least
from django.urls import reverse

from accounts.models import User
from households.models.register import Household, Member
from households.querysets import ChangeQuerySet, HouseholdRowQuerySet, WindowQuerySet
from households.rules.codes import Attribute, Cause, PovertyStatus
from households.rules.dynamics import ChangeKind
from villages.models import Village
from workflow.models import Attachment

_PERIOD = Func(Least("starts_on", "closes_on"), F("closes_on"), Value("[]"), function="daterange", output_field=DateRangeField())


class DynamicWindow(models.Model):
    """The days of a year in which changes are recorded, from which day on they count, and who records them."""

    class Level(models.TextChoices):
        """Who: whoever edits households in an area of this size or above."""

        VILLAGE = "village", "村、乡镇和市"
        TOWNSHIP = "township", "乡镇和市"
        CITY = "city", "市"

    year = models.PositiveSmallIntegerField("年度", unique=True, error_messages={"unique": "这个年度已经设立。"})
    starts_on = models.DateField("变动起算日期", help_text="这一天及以后发生的变动在本年度登记。")
    opens_on = models.DateField("开放日期")
    closes_on = models.DateField("关闭日期")
    level = models.CharField("登记层级", max_length=10, choices=Level, default=Level.VILLAGE)
    document = models.CharField("依据", max_length=200)
    rolled_over_on = models.DateField("结转日期", null=True, blank=True, editable=False)
    rolled_over_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结转人", editable=False)

    objects = WindowQuerySet.as_manager()

    class Meta:
        verbose_name = "动态管理年度"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(name="dynamic_window_days_in_order", condition=Q(starts_on__lte=F("opens_on"), opens_on__lte=F("closes_on")),
                                   violation_error_message="变动起算、开放、关闭日期要依次排列。"),
            ExclusionConstraint(name="dynamic_window_periods_apart", expressions=[(_PERIOD, "&&")],
                                violation_error_message="与另一年度的变动期间重叠,请改日期。"),
            models.CheckConstraint(name="dynamic_window_year_in_range", condition=Q(year__gte=2014, year__lte=2100)),
            models.CheckConstraint(name="dynamic_window_rolled_over_by_somebody", condition=Q(rolled_over_on=None, rolled_over_by=None)
                                   | Q(rolled_over_on__isnull=False, rolled_over_by__isnull=False)),
            models.CheckConstraint(name="dynamic_window_rolled_over_after_its_end",
                                   condition=Q(rolled_over_on=None) | Q(rolled_over_on__gt=F("closes_on"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年动态管理"

    def get_absolute_url(self) -> str:
        return reverse("households:window", args=[self.pk])


class RegisterChange(models.Model):
    """One change of a person or a household, with its own day, reason and evidence. Insert-only."""

    window = models.ForeignKey(DynamicWindow, models.PROTECT, related_name="changes", verbose_name="年度")
    kind = models.CharField("变动", max_length=12, choices=ChangeKind)
    household = models.ForeignKey(Household, models.PROTECT, related_name="changes", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    other = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="另一户")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="成员")
    people = models.CharField("涉及人员", max_length=400)
    joined = models.PositiveSmallIntegerField("增加人数", default=0)
    left = models.PositiveSmallIntegerField("减少人数", default=0)
    happened_on = models.DateField("发生日期")
    reason = models.CharField("事由", max_length=300)
    evidence = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="依据材料")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "人员变动"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="register_change_other_is_another", condition=Q(other=None) | ~Q(other=F("household"))),
            models.CheckConstraint(name="register_change_two_households_iff_split_or_merged",
                                   condition=Q(kind__in=["split", "merged"], other__isnull=False) | (~Q(kind__in=["split", "merged"]) & Q(other=None))),
            models.CheckConstraint(name="register_change_with_reason", condition=~Q(reason="") & ~Q(people="")),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["window", "village", "-id"], name="register_change_by_window"),
            models.Index(fields=["household", "-id"], name="register_change_by_household"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.people}"

    def get_absolute_url(self) -> str:
        return reverse("households:changes", args=[self.household_id])


class HouseholdYear(models.Model):
    """A household as a year left it, taken once at the year's rollover; the database refuses any change (migration 0012).

    Its village is that of the year: a household that moves later leaves its past where it was.
    """

    household = models.ForeignKey(Household, models.PROTECT, related_name="years", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    year = models.PositiveSmallIntegerField("年度")
    household_code = models.CharField("户编号", max_length=16)
    head_name = models.CharField("户主", max_length=50, blank=True)
    population = models.PositiveSmallIntegerField("人口")
    attribute = models.CharField("贫困户属性", max_length=2, choices=Attribute)
    cause_main = models.CharField("主要致贫原因", max_length=2, choices=Cause)
    poverty_status = models.CharField("脱贫状态", max_length=2, choices=PovertyStatus)
    exit_year = models.PositiveSmallIntegerField("脱贫年度", null=True)
    per_capita = models.DecimalField("人均纯收入", max_digits=14, decimal_places=2, null=True)
    low_income_members = models.PositiveSmallIntegerField("低保人数")
    members = models.JSONField("成员")  # name, relation, sex, birth date, labour of each; no numbers
    joined = models.PositiveSmallIntegerField("年内增加")
    left = models.PositiveSmallIntegerField("年内减少")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "年度档案"
        ordering = ["household_id", "-year"]
        constraints = [models.UniqueConstraint(fields=["household", "year"], name="household_year_once")]
        indexes = [models.Index(fields=["year", "village"], name="household_year_by_village")]

    def __str__(self) -> str:
        return f"{self.year}年 {self.household_code}"
