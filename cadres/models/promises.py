"""年承诺、季报告: what a team and each cadre promised for a year, and what came of it each quarter (`domain.md` §6.2)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from cadres.models.people import Cadre
from cadres.querysets import VillageRowQuerySet
from villages.models import Village
from workflow.models import Attachment, Case


class Commitment(models.Model):
    """The yearly commitment of a team (no cadre) or of one cadre: three to eight items, signed and hung out."""

    LEAST, MOST = 3, 8

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SIGNED = "signed", "已签订"

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="commitments", verbose_name="派驻干部")
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    signed_on = models.DateField("签订日期", null=True, blank=True)
    posted_on = models.DateField("公示日期", null=True, blank=True)
    posted_photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示照片")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "年承诺"
        ordering = ["-year", "village_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "year"], condition=Q(cadre=None), name="commitment_one_a_team_and_year",
                                    violation_error_message="工作队本年度已有承诺。"),
            models.UniqueConstraint(fields=["cadre", "year"], condition=Q(cadre__isnull=False), name="commitment_one_a_cadre_and_year",
                                    violation_error_message="本人本年度已有承诺。"),
            models.CheckConstraint(name="commitment_signed_iff_dated",
                                   condition=Q(state="draft", signed_on=None) | Q(state="signed", signed_on__isnull=False)),
            models.CheckConstraint(name="commitment_posted_after_signing", condition=Q(posted_on=None) | Q(posted_on__gte=models.F("signed_on")),
                                   violation_error_message="公示日期不能早于签订日期。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年承诺:{self.whose}"

    @property
    def whose(self) -> str:
        return self.cadre.name if self.cadre else f"{self.village.name}驻村工作队"

    def get_absolute_url(self) -> str:
        return reverse("cadres:commitment-detail", args=[self.pk])


class CommitmentItem(models.Model):
    """One thing promised: what, how, until which quarter, with what weight."""

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="items", verbose_name="年承诺")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    number = models.PositiveSmallIntegerField("序号")
    text = models.CharField("承诺事项", max_length=200)
    measure = models.CharField("工作措施", max_length=200)
    due_quarter = models.PositiveSmallIntegerField("完成季度", choices=[(1, "一季度"), (2, "二季度"), (3, "三季度"), (4, "四季度")])
    weight = models.PositiveSmallIntegerField("权重(%)")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺事项"
        ordering = ["commitment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "number"], name="commitment_item_number_unique"),
            models.CheckConstraint(name="commitment_item_quarter", condition=Q(due_quarter__gte=1, due_quarter__lte=4)),
            models.CheckConstraint(
                name="commitment_item_weight", condition=Q(weight__gte=1, weight__lte=100), violation_error_message="权重应为 1 至 100。"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class QuarterReport(models.Model):
    """The report of a quarter on a commitment; its numbers are drawn from the system when it is handed in, and kept."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        RUNNING = "running", "审核中"
        ACCEPTED = "accepted", "审核通过"

    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reports", verbose_name="年承诺")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="quarter_reports", verbose_name="派驻干部")
    year = models.PositiveSmallIntegerField("年度")
    quarter = models.PositiveSmallIntegerField("季度", choices=[(1, "一季度"), (2, "二季度"), (3, "三季度"), (4, "四季度")])
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    due_on = models.DateField("应报日期")
    submitted_on = models.DateField("报送日期", null=True, blank=True)
    numbers = models.JSONField("系统数据", default=list)
    problems = models.TextField("存在问题", blank=True)
    next_plan = models.TextField("下季计划", blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "季报告"
        ordering = ["-year", "-quarter", "village_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["commitment", "quarter"], name="quarter_report_one_a_quarter", violation_error_message="本季度的报告已有。"),
            models.CheckConstraint(name="quarter_report_quarter", condition=Q(quarter__gte=1, quarter__lte=4)),
            models.CheckConstraint(name="quarter_report_submitted_iff_dated",
                                   condition=Q(state="draft") | Q(state__in=["running", "accepted"], submitted_on__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年第{self.quarter}季度报告:{self.commitment.whose}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:report-detail", args=[self.pk])


class QuarterProgress(models.Model):
    """How far one item had come by the end of a quarter."""

    report = models.ForeignKey(QuarterReport, models.PROTECT, related_name="progress", verbose_name="季报告")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    item = models.ForeignKey(CommitmentItem, models.PROTECT, related_name="progress", verbose_name="承诺事项")
    percent = models.PositiveSmallIntegerField("完成(%)", default=0)
    note = models.CharField("进展情况", max_length=300, blank=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "承诺进度"
        ordering = ["report_id", "item__number"]
        constraints = [
            models.UniqueConstraint(fields=["report", "item"], name="quarter_progress_one_an_item"),
            models.CheckConstraint(name="quarter_progress_percent", condition=Q(percent__lte=100), violation_error_message="完成比例应为 0 至 100。"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.percent}%"
