"""Schemes: what is scored, how, and for how much. An adopted scheme does not change; another version does."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from assessments.rules.scheme import WEIGHTS
from workflow.models import Clause


class AssessmentScheme(models.Model):
    """A version of the "331" method: three clarifications, three parts, bonus, vetoes, grades, quota."""

    class State(models.TextChoices):
        DRAFT = "draft", "草案"
        ADOPTED = "adopted", "已通过"
        RETIRED = "retired", "停用"

    name = models.CharField("名称", max_length=40, default="“331”工作法")
    version = models.PositiveSmallIntegerField("版本", unique=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    valid_from = models.DateField("起用日期")
    method = models.TextField("考核方式")
    content = models.TextField("考核内容")
    procedure = models.TextField("考核程序")
    basis = models.CharField("依据", max_length=200, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    bonus_points = models.JSONField("各级加分", default=dict)
    bonus_cap = models.DecimalField("加分上限", max_digits=4, decimal_places=2, default=Decimal(10), validators=[MinValueValidator(0)])
    quota_percent = models.DecimalField("优秀名额比例(%)", max_digits=5, decimal_places=2, default=Decimal(20),
                                        validators=[MinValueValidator(0), MaxValueValidator(100)])  # fmt: skip
    excellent_from = models.DecimalField("优秀起点分", max_digits=5, decimal_places=2, default=Decimal(90))
    competent_from = models.DecimalField("称职起点分", max_digits=5, decimal_places=2, default=Decimal(75))
    basic_from = models.DecimalField("基本称职起点分", max_digits=5, decimal_places=2, default=Decimal(60))
    least_days = models.PositiveSmallIntegerField("定等次至少驻村任职天数", default=180)
    appeal_days = models.PositiveSmallIntegerField("申诉期限(天)", default=10)
    publish_days = models.PositiveSmallIntegerField("公示工作日", default=5)
    is_assumed = models.BooleanField("数值待核定", default=True)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="通过人")
    adopted_on = models.DateField("通过日期", null=True, blank=True)

    class Meta:
        verbose_name = "考核方案"
        ordering = ["-version"]
        constraints = [
            models.CheckConstraint(
                name="assessment_scheme_grades_in_order",
                condition=Q(excellent_from__gt=models.F("competent_from"), competent_from__gt=models.F("basic_from"), basic_from__gt=0),
                violation_error_message="等次分数线应从高到低。",
            ),
            models.CheckConstraint(name="assessment_scheme_quota_is_a_share", condition=Q(quota_percent__gte=0, quota_percent__lte=100)),
            models.CheckConstraint(name="assessment_scheme_adopted_iff_dated", condition=Q(state="draft", adopted_on=None) | (~Q(state="draft") & Q(adopted_on__isnull=False))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}第 {self.version} 版"

    def get_absolute_url(self) -> str:
        return reverse("assessments:scheme-detail", args=[self.pk])


class AssessmentPart(models.Model):
    """One of the three: attendance, duty, satisfaction. 30 / 30 / 40 once adopted (held by a trigger of the database)."""

    class Code(models.TextChoices):
        ATTENDANCE = "A", "日常考勤管理"
        DUTY = "B", "履职情况"
        SATISFACTION = "C", "满意度测评"

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="parts", verbose_name="方案")
    code = models.CharField("代码", max_length=1, choices=Code)
    weight = models.DecimalField("权重", max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(100)])

    class Meta:
        verbose_name = "考核部分"
        ordering = ["scheme_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="assessment_part_once_per_scheme"),
            models.CheckConstraint(name="assessment_part_weight_within_hundred", condition=Q(weight__gt=0, weight__lte=100)),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} {self.weight:g}"

    @property
    def standard_weight(self) -> Decimal:
        return WEIGHTS[self.code]


class Indicator(models.Model):
    """One line of the scorecard (指标): how it is worked out from which inputs, or who judges it."""

    class Kind(models.TextChoices):
        RATIO = "ratio", "按完成比例"
        STEP = "step", "按档计分"
        DEDUCTION = "deduction", "按次扣分"
        JUDGED = "judged", "评分人评定"
        SURVEY = "survey", "测评"

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="indicators", verbose_name="方案")
    part = models.CharField("部分", max_length=1, choices=AssessmentPart.Code)
    code = models.CharField("代码", max_length=4)
    title = models.CharField("指标", max_length=40)
    maximum = models.DecimalField("满分", max_digits=5, decimal_places=2)
    kind = models.CharField("计分方法", max_length=10, choices=Kind)
    inputs = models.JSONField("数据来源", default=list, blank=True)
    rates = models.JSONField("每次扣分", default=dict, blank=True)
    steps = models.JSONField("分档", default=list, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = "考核指标"
        ordering = ["scheme_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code"], name="indicator_code_unique_in_scheme", violation_error_message="指标代码重复。"),
            models.CheckConstraint(name="indicator_maximum_positive", condition=Q(maximum__gt=0), violation_error_message="满分应大于 0。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class BonusKind(models.Model):
    """What may add points: its criterion, its proof, who certifies it."""

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="bonus_kinds", verbose_name="方案")
    code = models.CharField("代码", max_length=10)
    title = models.CharField("加分项", max_length=40)
    criterion = models.CharField("认定条件", max_length=200)
    proof = models.CharField("证明材料", max_length=100)
    certifier = models.CharField("认定单位", max_length=60)

    class Meta:
        verbose_name = "加分项"
        ordering = ["scheme_id", "id"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="bonus_kind_once_per_scheme")]

    def __str__(self) -> str:
        return self.title


class VetoKind(models.Model):
    """What bars a grade, whatever the points. `signal` is the input that hints at it; people confirm it."""

    class Effect(models.TextChoices):
        FAILED = "failed", "定为不称职"
        BASIC = "basic", "最高为基本称职"

    scheme = models.ForeignKey(AssessmentScheme, models.CASCADE, related_name="veto_kinds", verbose_name="方案")
    code = models.CharField("代码", max_length=4)
    title = models.CharField("情形", max_length=60)
    effect = models.CharField("结果", max_length=10, choices=Effect)
    signal = models.CharField("提示数据", max_length=30, blank=True)
    signal_from = models.DecimalField("达到", max_digits=8, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = "一票否决"
        ordering = ["scheme_id", "code"]
        constraints = [models.UniqueConstraint(fields=["scheme", "code"], name="veto_kind_once_per_scheme")]

    def __str__(self) -> str:
        return self.title
