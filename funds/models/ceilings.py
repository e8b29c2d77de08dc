"""Ceilings: what may stand against an indicator, a budget, an allocation, a loan, and what does.

The database alone writes them (`funds.models.ceilings_sql`): every insert that spends adds to `used` under the row's own lock, and the
check refuses what would pass the ceiling. No reading beforehand can be overtaken, and no writer has to remember.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q


class Balance(models.Model):
    """One ceiling: the row it belongs to, how much may be used and how much is."""

    class Kind(models.TextChoices):
        INDICATOR = "indicator", "指标"
        BUDGET = "budget", "项目批复"
        ALLOCATION = "allocation", "分配"
        LOAN = "loan", "贷款本金"

    kind = models.CharField("种类", max_length=10, choices=Kind)
    key = models.BigIntegerField("所属记录")
    ceiling = models.DecimalField("上限(元)", max_digits=14, decimal_places=2)
    used = models.DecimalField("已用(元)", max_digits=14, decimal_places=2, default=Decimal(0))

    class Meta:
        verbose_name = "余额"
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="balance_one_a_record"),
            models.CheckConstraint(name="balance_within_ceiling", condition=Q(used__lte=F("ceiling"))),
            models.CheckConstraint(name="balance_used_not_negative", condition=Q(used__gte=0)),
        ]

    @property
    def left(self) -> Decimal:
        return self.ceiling - self.used
