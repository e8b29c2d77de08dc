"""Quality samples 抽样核查: whom chance picked for a return call, and what they said."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from core.fields import EncryptedTextField
from households.models.register import Household
from households.querysets import HouseholdRowQuerySet, SampleQuerySet
from households.rules.sampling import Frame
from villages.models import Village


class Sample(models.Model):
    """One draw from a village, a township or the city. Its seed and the digest of its frame let anyone draw it again."""

    number = models.CharField("编号", max_length=20, unique=True)
    area = models.CharField("范围", max_length=12)
    area_name = models.CharField("范围名称", max_length=60)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    frame = models.CharField("抽取对象", max_length=8, choices=Frame)
    confidence = models.PositiveSmallIntegerField("置信度(%)", validators=[MinValueValidator(50), MaxValueValidator(99)])
    margin = models.PositiveSmallIntegerField("允许误差(%)", validators=[MinValueValidator(1), MaxValueValidator(50)])
    population = models.PositiveIntegerField("对象总数")
    size = models.PositiveIntegerField("样本数")
    seed = models.CharField("随机种子", max_length=40)
    frame_sha256 = models.CharField("对象名单摘要", max_length=64)
    drawn_on = models.DateField("抽取日期")
    drawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="抽取人")

    wall_place = "area"
    objects = SampleQuerySet.as_manager()

    class Meta:
        verbose_name = "抽样核查"
        constraints = [
            models.CheckConstraint(name="sample_within_its_population", condition=Q(size__gte=1, size__lte=F("population"))),
            models.UniqueConstraint(fields=["area", "frame", "drawn_on"], name="sample_once_a_day",
                                    violation_error_message="这个范围的同一类对象今天已抽取过一次,不能重抽到满意为止。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area_name} {self.get_frame_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("households:sample", args=[self.pk])


class SampleCall(models.Model):
    """One household of a sample: the call, its checklist, and whether the household was judged rightly."""

    class Reached(models.TextChoices):
        WAITING = "waiting", "待回访"
        ANSWERED = "answered", "已回访"
        UNREACHABLE = "unreachable", "联系不上"

    sample = models.ForeignKey(Sample, models.CASCADE, related_name="calls", verbose_name="抽样")
    household = models.ForeignKey(Household, models.PROTECT, related_name="sample_calls", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    rank = models.PositiveIntegerField("抽取次序")
    reached = models.CharField("回访", max_length=12, choices=Reached, default=Reached.WAITING)
    answers = models.JSONField("回访清单", default=dict)
    is_wrong = models.BooleanField("认定有误", null=True)
    note = EncryptedTextField("回访记录", blank=True)
    called_on = models.DateField("回访日期", null=True, blank=True)
    called_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回访人")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "抽样回访"
        ordering = ["sample_id", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "household"], name="sample_call_once_a_household"),
            models.CheckConstraint(
                name="sample_call_judged_iff_answered",
                condition=Q(reached="answered", is_wrong__isnull=False, called_on__isnull=False) | (~Q(reached="answered") & Q(is_wrong=None)),
                violation_error_message="已回访的要作出认定。",
            ),
        ]  # fmt: skip

    @property
    def outcome(self) -> str:
        return {True: "有误", False: "无误", None: ""}[self.is_wrong]

    def get_absolute_url(self) -> str:
        return reverse("households:sample-call", args=[self.pk])
