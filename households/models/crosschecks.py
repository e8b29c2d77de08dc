"""Comparison with other offices' records 信息比对: sources, veto rules, requests to an office, and a result for every person and item."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from households.models.register import Household, Member
from households.querysets import HouseholdRowQuerySet, RequestQuerySet, ValidQuerySet
from households.rules.crosschecks import Effect, Judgement, Result
from villages.models import Village
from workflow.models import Attachment


class CrossCheckSource(models.Model):
    """An office's record that applicants are compared with; officials change the rows."""

    code = models.SlugField("代码", max_length=30, unique=True)
    office = models.CharField("部门", max_length=40)
    item = models.CharField("比对项", max_length=60)
    effect = models.CharField("命中的作用", max_length=10, choices=Effect)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="本市承办单位")
    needs_number = models.BooleanField("清单提供证件号码", default=True, help_text="只在按姓名无法查询时提供")
    is_required = models.BooleanField("识别必查", default=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = ValidQuerySet.as_manager()

    class Meta:
        verbose_name = "比对来源"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="cross_check_source_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.office}:{self.item}"


class VetoRule(models.Model):
    """A circumstance that keeps a household out 一票否决项. All are [assumed] until the city confirms its own list."""

    code = models.CharField("代码", max_length=6, unique=True)
    text = models.CharField("情形", max_length=120)
    effect = models.CharField("作用", max_length=10, choices=Effect)
    evidence_required = models.CharField("所需证据", max_length=100, blank=True)
    source = models.ForeignKey(CrossCheckSource, models.PROTECT, null=True, blank=True, related_name="veto_rules", verbose_name="比对来源")
    is_assumed = models.BooleanField("待核定", default=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)

    objects = ValidQuerySet.as_manager()

    class Meta:
        verbose_name = "否决情形"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="veto_rule_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class CrossCheckRequest(models.Model):
    """A numbered request to one office 协查函: about whom, until when; the list it filled, the scan of its reply."""

    class State(models.TextChoices):
        SENT = "sent", "待回复"
        ANSWERED = "answered", "已回复"
        CANCELLED = "cancelled", "已作废"

    number = models.CharField("函号", max_length=30, unique=True)
    source = models.ForeignKey(CrossCheckSource, models.PROTECT, related_name="requests", verbose_name="比对来源")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="承办单位")
    purpose = models.CharField("用途", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State, default=State.SENT)
    sent_on = models.DateField("发函日期")
    due_on = models.DateField("回复期限")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发函人")
    answered_on = models.DateField("回复日期", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回复人")
    data_on = models.DateField("数据截至", null=True, blank=True)
    reply = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="盖章回函")

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = "协查函"
        indexes = [models.Index(fields=["organization", "-id"], name="cross_check_by_office")]
        constraints = [
            models.CheckConstraint(name="cross_check_request_due_after_sent", condition=Q(due_on__gte=F("sent_on"))),
            models.CheckConstraint(
                name="cross_check_request_answered_iff_dated",
                condition=Q(state="answered", answered_on__isnull=False, answered_by__isnull=False, data_on__isnull=False)
                | (~Q(state="answered") & Q(answered_on=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.source.office}"

    def get_absolute_url(self) -> str:
        return reverse("households:crosscheck", args=[self.pk])


class CrossCheckResult(models.Model):
    """One person against one item. Waiting, nothing on record, or a hit that a person confirms or waives."""

    request = models.ForeignKey(CrossCheckRequest, models.PROTECT, related_name="results", verbose_name="协查函")
    line = models.PositiveIntegerField("序号")
    member = models.ForeignKey(Member, models.PROTECT, related_name="cross_checks", verbose_name="成员")
    household = models.ForeignKey(Household, models.PROTECT, related_name="cross_checks", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    result = models.CharField("结果", max_length=8, choices=Result, default=Result.PENDING)
    found = models.CharField("查询所得", max_length=300, blank=True)
    rule = models.ForeignKey(VetoRule, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="否决情形")
    judgement = models.CharField("认定", max_length=10, choices=Judgement, blank=True)
    reason = models.CharField("认定理由", max_length=300, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定证据")
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="录入人")
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人")
    judged_on = models.DateField("认定日期", null=True, blank=True)

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "比对结果"
        constraints = [
            models.UniqueConstraint(fields=["request", "member"], name="cross_check_result_one_per_person"),
            models.UniqueConstraint(fields=["request", "line"], name="cross_check_result_line_unique"),
            models.CheckConstraint(
                name="cross_check_hit_iff_judged", condition=(Q(result="hit") & ~Q(judgement="")) | (~Q(result="hit") & Q(judgement=""))
            ),
            models.CheckConstraint(
                name="cross_check_judgement_says_why",
                condition=~Q(judgement__in=["confirmed", "waived"]) | (~Q(reason="") & Q(judged_by__isnull=False, judged_on__isnull=False)),
                violation_error_message="认定命中要写明理由。",
            ),
            models.CheckConstraint(
                name="cross_check_waived_with_evidence",
                condition=~Q(judgement="waived") | Q(evidence__isnull=False),
                violation_error_message="豁免要上传证据。",
            ),
            models.CheckConstraint(
                name="cross_check_judge_not_reporter",
                condition=Q(judged_by=None) | Q(answered_by=None) | ~Q(judged_by=F("answered_by")),
                violation_error_message="录入比对结果的人不能认定自己录入的命中。",
            ),
        ]
        indexes = [
            models.Index(fields=["household", "request"], name="cross_check_by_household"),
            models.Index(fields=["village", "id"], name="cross_check_open_hits", condition=Q(judgement="open")),
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.get_result_display()}"
