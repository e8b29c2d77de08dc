"""Alert rules as rows, what they found, and how each run went."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from accounts.models import Organization, User
from villages.models import Village
from workflow import alerts_registry as registry
from workflow.models.regulations import Clause
from workflow.querysets import AlertQuerySet, AlertRuleQuerySet

_DAYS = Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField())


class AlertRule(models.Model):
    """A version of a rule: its severity and parameters while it is in force. Officials edit it, nothing is deleted."""

    class Severity(models.TextChoices):
        NOTICE = "notice", "提示"
        WARNING = "warning", "预警"
        SERIOUS = "serious", "严重"

    code = models.CharField("编码", max_length=8)
    version = models.PositiveSmallIntegerField("版本", default=1)
    title = models.CharField("名称", max_length=80)
    room = models.CharField("所属", max_length=20)
    severity = models.CharField("级别", max_length=8, choices=Severity)
    parameters = models.JSONField("参数", default=dict, blank=True)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    is_assumed = models.BooleanField("数值待核定", default=True)

    objects = AlertRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "预警规则"
        verbose_name_plural = "预警规则"
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="alert_rule_version_once"),
            models.CheckConstraint(
                name="alert_rule_days_in_order",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="停用日期不能早于施行日期。",
            ),
            ExclusionConstraint(
                name="alert_rule_one_version_a_day",
                expressions=[("code", "="), (_DAYS, "&&")],
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="同一规则的两个版本不能在同一天都有效。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)

    def parameter_facts(self) -> list[tuple[str, str]]:
        """(label, value with its unit) of each parameter as this version holds it."""
        check = registry.find(self.code)
        stored: Mapping[str, Any] = self.parameters if isinstance(self.parameters, dict) else {}
        return [(each.label, each.show(stored.get(each.key, each.standard))) for each in check.parameters] if check else []

    @property
    def ground(self) -> str:
        """What the rule rests on, in words: its clause, or what was said when it was changed."""
        words = str(self.clause) if self.clause else self.basis or "本系统约定"
        return f"{words}(数值待核定)" if self.is_assumed else words

    @property
    def parameter_words(self) -> str:
        return ";".join(f"{label} {value}" for label, value in self.parameter_facts())


class Alert(models.Model):
    """A record that meets a rule's condition, found by the rule; what becomes of it a person says.

    While it is open or confirmed it is the only one of its rule, row and `about`: what changes in its inputs is written
    here, and `gone_on` is the day its condition was no longer met. What was judged false stays so while its inputs stay.
    """

    class State(models.TextChoices):
        OPEN = "open", "待核"
        TRUE = "true", "属实"
        FALSE = "false", "误报"
        RECTIFIED = "rectified", "已整改"

    LIVE = (State.OPEN, State.TRUE)

    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="alerts", verbose_name="规则")
    code = models.CharField("规则编码", max_length=8)
    table = models.CharField("表", max_length=63)
    row_id = models.BigIntegerField("记录")
    about = models.CharField("区分", max_length=60, blank=True)
    fingerprint = models.CharField("指纹", max_length=32)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    title = models.CharField("对象", max_length=120)
    inputs = models.JSONField("依据的事实", default=dict)
    found_on = models.DateField("发现日期")
    gone_on = models.DateField("消失日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人")
    closed_at = models.DateTimeField("认定时间", null=True, blank=True)
    reason = models.CharField("认定理由", max_length=300, blank=True)

    wall_village = "village_id"
    wall_household = "household_id"
    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = "预警"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="alert_by_state"),
            models.Index(fields=["village", "state", "-id"], name="alert_by_village"),
            models.Index(fields=["household_id", "-id"], name="alert_by_household"),
            models.Index(fields=["code", "row_id"], name="alert_judged_false", condition=Q(state="false")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["code", "table", "row_id", "about"], condition=Q(state__in=["open", "true"]), name="alert_live_once"),
            models.CheckConstraint(
                name="alert_judged_iff_closed",
                condition=Q(state="open", closed_by=None, closed_at=None, reason="")
                | (~Q(state="open") & Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(name="alert_gone_after_found", condition=Q(gone_on=None) | Q(gone_on__gte=F("found_on"))),
            models.CheckConstraint(name="alert_rectified_only_when_gone", condition=~Q(state="rectified") | Q(gone_on__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:alert-detail", args=[self.pk])

    @property
    def live(self) -> bool:
        return self.state in self.LIVE

    @property
    def sentence(self) -> str:
        """Why, in words, under the version of the rule it was found by."""
        check = registry.find(self.code)
        return check.sentence(self.inputs, self.rule.parameters) if check else ""

    @property
    def record_url(self) -> str:
        """The page of the record it is about, where its room has one."""
        check = registry.find(self.code)
        return check.url(self) if check and check.url else ""


class AlertRun(models.Model):
    """One nightly pass of one rule: how many rows met it, what was new, what was gone, how long it took."""

    code = models.CharField("规则编码", max_length=8)
    ran_on = models.DateField("运行日期")
    at = models.DateTimeField("时间", auto_now_add=True)
    found = models.PositiveIntegerField("查到", default=0)
    fresh = models.PositiveIntegerField("新增", default=0)
    gone = models.PositiveIntegerField("消失", default=0)
    milliseconds = models.PositiveIntegerField("用时(毫秒)", default=0)
    problem = models.CharField("没有运行的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = "预警运行"
        indexes = [models.Index(fields=["code", "-id"], name="alert_run_by_code")]
