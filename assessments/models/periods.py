"""Periods, and one assessment a cadre in each."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from assessments.models.schemes import AssessmentScheme
from assessments.querysets import AssessedQuerySet, AssessmentQuerySet
from cadres.models import Cadre, Posting
from villages.models import Village
from workflow.models import Case, PublicNotice


class Period(models.Model):
    """A stretch of time that is assessed under one scheme: it keeps the version it was opened with."""

    class State(models.TextChoices):
        OPEN = "open", "考核中"
        PUBLISHED = "published", "公示中"
        FROZEN = "frozen", "已定等次"

    code = models.CharField("代码", max_length=20, unique=True)
    title = models.CharField("名称", max_length=60)
    scheme = models.ForeignKey(AssessmentScheme, models.PROTECT, related_name="periods", verbose_name="方案")
    since = models.DateField("起")
    until = models.DateField("止")
    report_due_on = models.DateField("述职截止")
    scoring_due_on = models.DateField("乡镇评分截止")
    review_due_on = models.DateField("复核截止")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="启动人")
    opened_on = models.DateField("启动日期")
    published_on = models.DateField("公示起始", null=True, blank=True)
    publish_until_on = models.DateField("公示截止", null=True, blank=True)
    frozen_on = models.DateField("定等次日期", null=True, blank=True)
    appeal_until_on = models.DateField("申诉截止", null=True, blank=True)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="定等次人")
    notice = models.ForeignKey(PublicNotice, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="公示")
    computed_at = models.DateTimeField("算分时间", null=True, blank=True)

    class Meta:
        verbose_name = "考核期"
        ordering = ["-since", "-id"]
        constraints = [
            models.CheckConstraint(name="period_days_in_order", condition=Q(until__gte=F("since")), violation_error_message="考核期止日不能早于起日。"),
            models.CheckConstraint(
                name="period_deadlines_in_order",
                condition=Q(report_due_on__lte=F("scoring_due_on"), scoring_due_on__lte=F("review_due_on")),
                violation_error_message="述职、评分、复核的截止日期应依次向后。",
            ),
            models.CheckConstraint(
                name="period_frozen_iff_dated",
                condition=Q(state="frozen", frozen_on__isnull=False, appeal_until_on__isnull=False) | (~Q(state="frozen") & Q(frozen_on=None)),
            ),
            models.CheckConstraint(name="period_published_iff_dated", condition=Q(state="open", published_on=None) | (~Q(state="open") & Q(published_on__isnull=False))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("assessments:period-detail", args=[self.pk])


class Assessment(models.Model):
    """One cadre in one period: where it stands, who did what, and the card as last worked out."""

    class Stage(models.TextChoices):
        REPORT = "report", "待述职"
        SCORING = "scoring", "待乡镇评分"
        REVIEW = "review", "待组织部复核"
        REVIEWED = "reviewed", "已复核"
        GRADED = "graded", "已定等次"

    period = models.ForeignKey(Period, models.PROTECT, related_name="assessments", verbose_name="考核期")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="assessments", verbose_name="派驻干部")
    cadre_user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本人账号")
    village = models.ForeignKey(Village, models.PROTECT, related_name="assessments", verbose_name="村")
    role = models.CharField("驻村职务", max_length=16, choices=Posting.Role)
    home_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="派出单位")
    days_served = models.PositiveSmallIntegerField("期内任职天数")
    stage = models.CharField("办理环节", max_length=10, choices=Stage, default=Stage.REPORT)
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, related_name="assessment", verbose_name="办件")
    return_reason = models.CharField("退回原因", max_length=500, blank=True)
    report = models.TextField("个人述职", blank=True)
    reported_on = models.DateField("述职日期", null=True, blank=True)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="述职填报人")
    scored_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="乡镇评分人")
    scored_on = models.DateField("乡镇评分日期", null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核人")
    reviewed_on = models.DateField("复核日期", null=True, blank=True)
    card = models.JSONField("得分卡", default=dict)
    attendance = models.DecimalField("日常考勤管理", max_digits=5, decimal_places=2, null=True, blank=True)
    duty = models.DecimalField("履职情况", max_digits=5, decimal_places=2, null=True, blank=True)
    satisfaction = models.DecimalField("满意度测评", max_digits=5, decimal_places=2, null=True, blank=True)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2, default=0)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True, blank=True)
    grade = models.CharField("等次", max_length=10, blank=True)
    rank = models.PositiveIntegerField("名次", null=True, blank=True)
    place_words = models.CharField("等次说明", max_length=200, blank=True)
    is_chosen = models.BooleanField("并列研究定为优秀", default=False)
    chosen_reason = models.CharField("研究意见", max_length=200, blank=True)
    confirmed_on = models.DateField("本人确认日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = "干部考核"
        ordering = ["period_id", "id"]
        indexes = [models.Index(fields=["period", "rank", "id"], name="assessment_by_rank")]
        constraints = [
            models.UniqueConstraint(fields=["period", "cadre"], name="assessment_once_per_period"),
            models.CheckConstraint(name="assessment_scorer_is_not_scored", condition=~Q(scored_by=F("cadre_user")), violation_error_message="不能给自己评分。"),
            models.CheckConstraint(name="assessment_reviewer_is_not_scored", condition=~Q(reviewed_by=F("cadre_user")), violation_error_message="不能复核自己的得分。"),
            models.CheckConstraint(name="assessment_township_is_not_reviewer", condition=~Q(scored_by=F("reviewed_by")), violation_error_message="乡镇评分人不能再作复核人。"),
            models.CheckConstraint(name="assessment_total_within_bounds", condition=Q(total=None) | Q(total__gte=0, total__lte=200)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.cadre} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("assessments:detail", args=[self.pk])

    @property
    def is_institution(self) -> bool:
        return self.home_unit.nature == Organization.Nature.INSTITUTION


class Span(models.Model):
    """The part of a posting that lies in the period: a cadre may have served in two villages."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="spans", verbose_name="考核")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    role = models.CharField("驻村职务", max_length=16, choices=Posting.Role)
    since = models.DateField("起")
    until = models.DateField("止")

    objects = AssessedQuerySet.as_manager()

    class Meta:
        verbose_name = "期内任职"
        ordering = ["assessment_id", "since"]
        constraints = [
            models.CheckConstraint(name="span_days_in_order", condition=Q(until__gte=F("since"))),
            models.UniqueConstraint(fields=["assessment", "village", "since"], name="span_once_per_village_and_day"),
        ]  # fmt: skip

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1
