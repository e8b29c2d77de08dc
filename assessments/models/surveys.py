"""Satisfaction surveys. What somebody answered is in a table that knows neither who nor when (`docs/adr/` says how)."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from assessments.models.periods import Assessment, Period
from assessments.querysets import BoxQuerySet
from villages.models import Village


class SurveyRound(models.Model):
    """A round of democratic appraisal (民主测评) of a period."""

    period = models.ForeignKey(Period, models.PROTECT, related_name="rounds", verbose_name="考核期")
    number = models.PositiveSmallIntegerField("轮次", default=1)
    opens_on = models.DateField("开始日期")
    closes_on = models.DateField("截止日期")
    closed_on = models.DateField("封箱日期", null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="封箱人")

    class Meta:
        verbose_name = "民主测评"
        ordering = ["period_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["period", "number"], name="survey_round_number_unique"),
            models.CheckConstraint(name="survey_round_days_in_order", condition=Q(closes_on__gte=F("opens_on")), violation_error_message="截止日期不能早于开始日期。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.period} 第{self.number}轮测评"

    def get_absolute_url(self) -> str:
        return reverse("assessments:round-detail", args=[self.pk])


class BallotBox(models.Model):
    """Where one group of one village drops its slips: on all cadres of the village, or (home unit) on one."""

    class Group(models.TextChoices):
        POOR = "C1", "贫困户代表"
        VILLAGE = "C2", "村两委、党员和村民代表"
        TOWNSHIP = "C3", "乡镇(街道)党委"
        UNIT = "C4", "派出单位"

    survey_round = models.ForeignKey(SurveyRound, models.PROTECT, related_name="boxes", verbose_name="轮次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    group = models.CharField("测评主体", max_length=2, choices=Group)
    assessment = models.ForeignKey(Assessment, models.PROTECT, null=True, blank=True, related_name="own_boxes", verbose_name="干部")
    electorate = models.PositiveIntegerField("应评人数")

    objects = BoxQuerySet.as_manager()

    class Meta:
        verbose_name = "票箱"
        ordering = ["survey_round_id", "village_id", "group", "id"]
        constraints = [
            models.UniqueConstraint(fields=["survey_round", "village", "group", "assessment"], name="ballot_box_once_per_group", nulls_distinct=False),
            models.CheckConstraint(name="ballot_box_of_unit_names_cadre", condition=Q(group="C4", assessment__isnull=False) | (~Q(group="C4") & Q(assessment=None))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.village} {self.get_group_display()}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:box-detail", args=[self.pk])


class Ballot(models.Model):
    """A one-time slip: the hash of its secret, and whether it was used. Not when, not by whom, not for what answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.ForeignKey(BallotBox, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    used = models.BooleanField(default=False)
    void = models.BooleanField(default=False)

    class Meta:
        verbose_name = "测评票"
        constraints = [models.CheckConstraint(name="ballot_used_or_void", condition=Q(used=False) | Q(void=False))]


class Answer(models.Model):
    """One answer about one cadre, out of the box. The application cannot read single rows, only counts."""

    class Value(models.TextChoices):
        SATISFIED = "satisfied", "满意"
        BASIC = "basic", "基本满意"
        UNSATISFIED = "unsatisfied", "不满意"
        UNKNOWN = "unknown", "不了解"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    box = models.ForeignKey(BallotBox, models.CASCADE, related_name="+")
    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="+")
    value = models.CharField(max_length=12, choices=Value)

    class Meta:
        verbose_name = "测评答案"
        constraints = [models.CheckConstraint(name="answer_is_one_of_four", condition=Q(value__in=["satisfied", "basic", "unsatisfied", "unknown"]))]


class PaperBatch(models.Model):
    """Paper slips typed in by two people who do not see each other's entry; equal entries go into the box, and are wiped here."""

    class State(models.TextChoices):
        FIRST = "first", "待第二人录入"
        DIFFERS = "differs", "两次不一致"
        DONE = "done", "已投入票箱"

    box = models.ForeignKey(BallotBox, models.PROTECT, related_name="batches", verbose_name="票箱")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    slips = models.PositiveSmallIntegerField("票数")
    first_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="第一录入人")
    first = models.JSONField("第一次", default=list)
    second_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="第二录入人")
    second = models.JSONField("第二次", default=list)
    state = models.CharField("状态", max_length=8, choices=State, default=State.FIRST)

    objects = BoxQuerySet.as_manager()

    class Meta:
        verbose_name = "纸质票录入"
        ordering = ["box_id", "id"]
        constraints = [
            models.CheckConstraint(name="paper_batch_entered_by_two", condition=~Q(first_by=F("second_by")), violation_error_message="两次录入要由两个人分别进行。"),
            models.CheckConstraint(name="paper_batch_second_iff_compared", condition=Q(state="first", second_by=None) | (~Q(state="first") & Q(second_by__isnull=False))),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return reverse("assessments:box-detail", args=[self.box_id])
