"""Care and incentive: allowances by month and person, insurance, the team's expense book, honours and promotion (seed, system 1)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.models.people import Cadre
from cadres.querysets import CityRowQuerySet, UnitRowQuerySet, VillageRowQuerySet
from villages.models import Village
from workflow.models import Clause


class AllowanceKind(models.Model):
    """A kind of allowance: three are named, the list is open (等)."""

    code = models.CharField("代码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=40)
    by_attendance = models.BooleanField("按考勤发放", default=True)
    is_insurance = models.BooleanField("属保险", default=False)
    basis = models.CharField("依据", max_length=200, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    is_assumed = models.BooleanField("数值待核定", default=True)
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "补助种类"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="allowance_kind_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                                   violation_error_message="失效日期不能早于生效日期。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Allowance(models.Model):
    """One allowance of one cadre for one month: due by the attendance of the month, paid by the home unit, the date reported back."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="allowances", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="派出单位")
    kind = models.ForeignKey(AllowanceKind, models.PROTECT, related_name="+", verbose_name="种类")
    month_on = models.DateField("月份")
    days = models.PositiveSmallIntegerField("驻村天数", null=True, blank=True)
    paid_on = models.DateField("发放日期", null=True, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(Decimal("0.01"))])
    policy_number = models.CharField("保单号", max_length=40, blank=True)
    insured_until_on = models.DateField("保险到期", null=True, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回填人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    wall_unit = "unit_id"
    objects = UnitRowQuerySet.as_manager()

    class Meta:
        verbose_name = "补助发放"
        ordering = ["-month_on", "cadre_id", "kind_id"]
        indexes = [models.Index(fields=["month_on", "cadre"], name="allowance_by_month")]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kind", "month_on"], name="allowance_once_a_month"),
            models.CheckConstraint(name="allowance_month_first_day", condition=Q(month_on__day=1)),
            models.CheckConstraint(name="allowance_paid_iff_amount", condition=Q(paid_on=None, amount=None) | Q(paid_on__isnull=False, amount__gt=0),
                                   violation_error_message="发放日期和金额要同时填写。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.cadre} {self.month_on:%Y-%m} {self.kind}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:care", args=[self.cadre_id])


class TeamExpense(models.Model):
    """One expense of a team: what the 22.5 and 13 万元 were spent on. Never edited; a wrong one is answered by its reversal (冲销)."""

    class Source(models.TextChoices):
        UNITS = "units", "派出单位筹集"
        ORG_DEPARTMENT = "org_department", "市委组织部筹集"
        OTHER = "other", "其他"

    class Use(models.TextChoices):
        OFFICE = "office", "办公"
        LIVING = "living", "食宿和取暖"
        TRAVEL = "travel", "交通通信"
        EQUIPMENT = "equipment", "生活设施"
        ACTIVITY = "activity", "活动"

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    source = models.CharField("来源", max_length=16, choices=Source)
    provider = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="筹集单位")
    use = models.CharField("用途", max_length=10, choices=Use)
    spent_on = models.DateField("支出日期")
    amount = models.DecimalField("金额(元)", max_digits=14, decimal_places=2)
    text = models.CharField("事由", max_length=200)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name="冲销")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "工作队经费支出"
        ordering = ["-spent_on", "-id"]
        constraints = [
            models.CheckConstraint(name="team_expense_negative_iff_reversal", condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                                   violation_error_message="金额应大于零。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.spent_on} {self.text}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:expense-detail", args=[self.pk])


class Honour(models.Model):
    """A commendation, an outstanding result, a typical case, or a promotion (能上能下)."""

    class Kind(models.TextChoices):
        COMMENDATION = "commendation", "上级表彰表扬"
        RESULT = "result", "扶贫突出成效"
        CASE = "case", "典型经验亮点"
        PROMOTION = "promotion", "提拔使用"

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCE = "province", "省级"
        PREFECTURE = "prefecture", "州级"
        CITY = "city", "市级"

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="honours", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("类别", max_length=12, choices=Kind)
    level = models.CharField("级别", max_length=10, choices=Level, default=Level.CITY)
    awarded_on = models.DateField("日期")
    title = models.CharField("名称", max_length=100)
    document = models.CharField("文号", max_length=60, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "表彰和使用"
        ordering = ["-awarded_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kind", "title", "awarded_on"], name="honour_once", violation_error_message="这一项已登记。"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cadres:care", args=[self.cadre_id])
