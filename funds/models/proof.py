"""Proof of balance (`domain.md` §7.2): every night from each appropriation down to household receipts and up again.

What cannot be explained is a row, until it is gone; a fund notice over it needs the bureau's written word (`explanation`).
"""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from funds.models.projects import Project
from funds.querysets import AllocationQuerySet
from villages.models import Village


def _sum(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=16, decimal_places=2, default=Decimal(0))


class BalanceProof(models.Model):
    """One run: the sums of the whole city on a day, and what was left unexplained."""

    ran_on = models.DateField("核对日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    issued, allocated, paid, way, received = _sum("下达"), _sum("分配"), _sum("支付"), _sum("在途"), _sum("到户到单位")
    differences = models.PositiveIntegerField("差异笔数", default=0)
    difference = _sum("差异金额")
    milliseconds = models.PositiveIntegerField("用时(毫秒)", default=0)

    class Meta:
        verbose_name = "资金平衡核对"
        ordering = ["-id"]


class BalanceDifference(models.Model):
    """A sum that is not explained by the rows under it, or money on its way for too long."""

    class Kind(models.TextChoices):
        INDICATOR = "indicator", "指标已用与分配、结转不符"
        BUDGET = "budget", "项目已安排与分配不符"
        ALLOCATION = "allocation", "分配已用与支付明细不符"
        BATCH = "batch", "批次合计与明细不符"
        ANSWER = "answer", "已对账批次的明细没有全部回单"
        LOAN = "loan", "贷款已还与还款明细不符"
        BROKEN = "broken", "完整性校验不符"
        UNANSWERED = "unanswered", "已送银行,逾期没有回单"
        FAILED = "failed", "发放失败,逾期没有补发"
        NOT_ARRIVED = "not_arrived", "指标没有到账日期,已支付"

    kind = models.CharField("差异", max_length=12, choices=Kind)
    key = models.BigIntegerField("所属记录")
    about = models.CharField("对象", max_length=120)
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="项目")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    expected = models.DecimalField("应为(元)", max_digits=16, decimal_places=2)
    found = models.DecimalField("查得(元)", max_digits=16, decimal_places=2)
    found_on = models.DateField("发现日期")
    gone_on = models.DateField("消除日期", null=True, blank=True)
    explanation = models.CharField("书面说明", max_length=300, blank=True)
    explained_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="说明人")
    explained_at = models.DateTimeField("说明时间", null=True, blank=True)

    objects = AllocationQuerySet.as_manager()

    class Meta:
        verbose_name = "资金差异"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], condition=Q(gone_on=None), name="balance_difference_open_once"),
            models.CheckConstraint(
                name="balance_difference_explained_by_somebody",
                condition=Q(explanation="", explained_by=None, explained_at=None)
                | (~Q(explanation="") & Q(explained_by__isnull=False, explained_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}:{self.about}"

    def get_absolute_url(self) -> str:
        return reverse("funds:difference", args=[self.pk])

    @property
    def difference(self) -> Decimal:
        return self.found - self.expected

    @property
    def state(self) -> str:
        return "已消除" if self.gone_on else "已说明" if self.explanation else "未解释"
