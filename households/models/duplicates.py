"""Two rows that may be one person, and what somebody decided: remembered for good (`peers.md` 13–15)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from households.models.register import Member
from households.querysets import DuplicateQuerySet
from villages.models import Village


class DuplicatePair(models.Model):
    """A pair in the order of its numbers, once. Of one village it is the village's, across villages its area's: who reaches both sees it.

    The foreign keys to the members are the migration's own: an import that is undone takes its members away, and their pairs.
    """

    class State(models.TextChoices):
        OPEN = "open", "待认定"
        SAME = "same", "同一人,已合并"
        DIFFERENT = "different", "不是同一人"

    first = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", verbose_name="甲", db_constraint=False)
    second = models.ForeignKey(Member, models.DO_NOTHING, related_name="+", verbose_name="乙", db_constraint=False)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    area = models.CharField("范围代码", max_length=12)
    score = models.SmallIntegerField("相似度")
    grounds = models.CharField("依据", max_length=120)
    found_on = models.DateField("发现日期")
    state = models.CharField("认定", max_length=10, choices=State, default=State.OPEN)
    kept = models.ForeignKey(Member, models.DO_NOTHING, null=True, blank=True, related_name="+", verbose_name="保留", db_constraint=False)
    reason = models.CharField("认定理由", max_length=300, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人")
    decided_on = models.DateField("认定日期", null=True, blank=True)

    wall_place = "area"
    objects = DuplicateQuerySet.as_manager()

    class Meta:
        verbose_name = "疑似重复"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_pair_once"),
            models.CheckConstraint(name="duplicate_pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="duplicate_pair_decided_iff_by", condition=Q(state="open", decided_by=None, decided_on=None, reason="")
                | (~Q(state="open") & Q(decided_by__isnull=False, decided_on__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(name="duplicate_pair_keeps_one_of_the_two",
                                   condition=(Q(state="same") & (Q(kept=F("first")) | Q(kept=F("second")))) | (~Q(state="same") & Q(kept=None))),
            models.CheckConstraint(name="duplicate_pair_has_an_area", condition=~Q(area="")),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "-score", "id"], name="duplicate_pair_queue")]

    def __str__(self) -> str:
        return f"{self.first.name}、{self.second.name}"

    def get_absolute_url(self) -> str:
        return reverse("households:duplicate", args=[self.pk])
