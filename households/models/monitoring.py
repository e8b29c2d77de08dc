"""Households watched against a return to poverty 防返贫监测对象 (`domain.md` §3.7)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from households.models.proceedings import Proceeding
from households.models.register import Household
from households.querysets import HouseholdRowQuerySet
from households.rules.monitoring import Category, Clearing, Risk, Source
from villages.models import Village


class MonitorCase(models.Model):
    """A household with its risks, from the warning to their end. Cleared ones stay."""

    proceeding = models.OneToOneField(Proceeding, models.PROTECT, related_name="monitor", verbose_name="办理事项")
    household = models.ForeignKey(Household, models.PROTECT, related_name="monitor_cases", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    category = models.CharField("监测对象类别", max_length=1, choices=Category)
    risks = ArrayField(models.CharField(max_length=2, choices=Risk), verbose_name="风险类型(首项为主要)")
    source = models.CharField("线索来源", max_length=1, choices=Source)
    warned_on = models.DateField("预警日期")
    recognised_on = models.DateField("认定日期", null=True, blank=True)
    clearing = models.OneToOneField(Proceeding, models.PROTECT, null=True, blank=True, related_name="clears", verbose_name="风险消除办理")
    cleared_on = models.DateField("风险消除日期", null=True, blank=True)
    cleared_how = models.CharField("消除方式", max_length=1, choices=Clearing, blank=True)
    no_workforce = models.BooleanField("整户无劳动能力", default=False, help_text="兜底户暂不标注风险消除")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "监测对象"
        constraints = [
            models.CheckConstraint(
                name="monitor_case_one_to_five_risks",
                condition=Q(risks__len__gte=1, risks__len__lte=5),
                violation_error_message="风险类型选 1 至 5 项,第一项为主要风险。",
            ),
            models.CheckConstraint(
                name="monitor_case_cleared_says_how",
                condition=Q(cleared_on=None) | ~Q(cleared_how=""),
            ),
            models.CheckConstraint(
                name="monitor_case_cleared_after_recognised",
                condition=Q(cleared_on=None) | (Q(recognised_on__isnull=False) & Q(cleared_on__gte=F("recognised_on"))),
            ),
            models.CheckConstraint(
                name="monitor_case_without_workforce_not_cleared",
                condition=Q(no_workforce=False) | Q(cleared_on=None),
                violation_error_message="整户无劳动能力的兜底户暂不标注风险消除。",
            ),
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(recognised_on__isnull=False, cleared_on=None),
                name="monitor_case_one_open_per_household",
                violation_error_message="这一户已是监测对象。",
            ),
        ]
        indexes = [models.Index(fields=["village", "id"], name="monitor_case_open", condition=Q(cleared_on=None))]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.household}"

    @property
    def risk_labels(self) -> str:
        return "、".join(Risk(code).label for code in self.risks)
