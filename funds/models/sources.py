"""Where the money comes from and what it is meant for: indicators, allocations, what goes back (`domain.md` §7.2)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization
from funds.models.money import signed_yuan, yuan
from funds.models.projects import Project
from funds.querysets import AllocationQuerySet
from funds.rules.codes import Source
from villages.models import Village


class FundIndicator(models.Model):
    """One sum given by one document 资金指标: where from, for which year, when it arrived."""

    class Category(models.TextChoices):
        SPECIAL = "special", "扶贫专项"
        INFRASTRUCTURE = "infrastructure", "基础设施"
        TEAM = "team", "工作队经费"
        SECTOR = "sector", "行业部门项目"
        OTHER = "other", "其他"

    class Counting(models.TextChoices):
        SEPARATE = "separate", "单列"
        INSIDE = "inside", "含在另一指标内"
        UNDECIDED = "undecided", "是否含在另一指标内,待核定"

    document = models.CharField("文号", max_length=60)
    title = models.CharField("名称", max_length=100)
    source = models.CharField("资金来源", max_length=2, choices=Source)
    category = models.CharField("资金类别", max_length=16, choices=Category, default=Category.SPECIAL)
    year = models.PositiveSmallIntegerField("年度", validators=[MinValueValidator(2000), MaxValueValidator(2100)])
    amount = yuan("金额(元)")
    issued_on = models.DateField("下达日期")
    received_on = models.DateField("到账日期", null=True, blank=True)
    provider = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下达(筹集)单位")
    counting = models.CharField("口径", max_length=10, choices=Counting, default=Counting.SEPARATE)
    part_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name="所含于的指标")
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="carried_to", verbose_name="结转自")
    note = models.CharField("说明", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = "资金指标"
        ordering = ["-year", "source", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "source", "year", "category"],
                name="fund_indicator_document_once",
                violation_error_message="这个文号、来源、年度和类别的指标已登记。",
            ),
            models.CheckConstraint(name="fund_indicator_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于零。"),
            models.CheckConstraint(
                name="fund_indicator_days_in_order",
                condition=Q(received_on=None) | Q(received_on__gte=F("issued_on")),
                violation_error_message="到账日期不能早于下达日期。",
            ),
            models.CheckConstraint(
                name="fund_indicator_part_iff_counted_so",
                condition=Q(counting="separate", part_of=None) | (~Q(counting="separate") & Q(part_of__isnull=False)),
                violation_error_message="单列的指标不填所含于的指标;其他口径必须填写。",
            ),
            models.CheckConstraint(
                name="fund_indicator_not_part_of_itself",
                condition=Q(part_of=None) | ~Q(part_of=F("id")),
                violation_error_message="指标不能含在自己里面。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("funds:indicator-detail", args=[self.pk])


class IndicatorReturn(models.Model):
    """Money of an indicator that is not spent here: carried over to the next year, or given back. Never changed."""

    class Kind(models.TextChoices):
        CARRIED = "carried", "结转下年"
        RETURNED = "returned", "收回"

    indicator = models.ForeignKey(FundIndicator, models.PROTECT, related_name="returns", verbose_name="资金指标")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    amount = yuan("金额(元)")
    document = models.CharField("依据文号", max_length=60)
    happened_on = models.DateField("日期")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    class Meta:
        verbose_name = "结转和收回"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="indicator_return_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于零。"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount}"


class FundAllocation(models.Model):
    """Money of an indicator given to a project, or to a body for a team's costs. A cut is a further, negative row."""

    indicator = models.ForeignKey(FundIndicator, models.PROTECT, related_name="allocations", verbose_name="资金指标")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="allocations", verbose_name="项目")
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="fund_allocations", verbose_name="用款单位(工作队经费)"
    )
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="村")
    amount = signed_yuan("金额(元)")
    document = models.CharField("分配文号", max_length=60)
    allocated_on = models.DateField("分配日期")
    purpose = models.CharField("用途", max_length=100, blank=True)
    reverses = models.ForeignKey("self", models.PROTECT, null=True, blank=True, editable=False, related_name="cuts", verbose_name="调减的分配")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "资金分配"
        ordering = ["-allocated_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="fund_allocation_to_one",
                condition=Q(project__isnull=False, organization=None, village__isnull=False)
                | Q(project=None, organization__isnull=False, village=None),
                violation_error_message="分配给一个项目,或者一个单位作工作队经费,二者填一。",
            ),
            models.CheckConstraint(
                name="fund_allocation_negative_iff_cut",
                condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0),
                violation_error_message="金额应大于零。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.project or self.organization}"

    def get_absolute_url(self) -> str:
        return self.project.get_absolute_url() if self.project else self.indicator.get_absolute_url()
