"""Leave, trips and their return (`domain.md` §6.2): who approves is a table of rows, overlapping leave a constraint."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.urls import reverse

from accounts.models import User
from cadres.models.people import Cadre, Posting
from cadres.querysets import LeaveQuerySet, LeaveRuleQuerySet
from villages.models import Village
from workflow.models import Attachment, Case, Clause


class LeaveRule(models.Model):
    """Length × role → which procedure approves, who else is informed. Rows, because the national text leaves them to the place."""

    class Group(models.TextChoices):
        MEMBER = "member", "队员"
        LEADER = "leader", "第一书记、队长"

    group = models.CharField("适用", max_length=8, choices=Group)
    days_from = models.PositiveSmallIntegerField("天数自")
    days_to = models.PositiveSmallIntegerField("天数至", null=True, blank=True)
    procedure_key = models.CharField("审批流程", max_length=40)
    informed = models.CharField("备案(只告知)", max_length=100, blank=True, help_text="角色代码,用空格分开")
    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=200, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    is_assumed = models.BooleanField("数值待核定", default=True)

    objects = LeaveRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "请假审批表"
        ordering = ["group", "days_from"]
        constraints = [
            models.CheckConstraint(name="leave_rule_days_in_order", condition=Q(days_to=None) | Q(days_to__gte=F("days_from")),
                                   violation_error_message="天数止不能小于天数起。"),
            ExclusionConstraint(
                name="leave_rule_one_for_a_length",
                expressions=[
                    ("group", "="),
                    (Func(F("days_from"), F("days_to"), Value("[]"), function="int4range"), "&&"),
                    (Func(F("valid_from"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField()), "&&"),
                ],
                violation_error_message="同一时期内,这一天数已有审批规则。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_group_display()} {self.days_from}–{self.days_to or '以上'}天"


class Leave(models.Model):
    """A leave or a reported trip of a cadre. It counts from the approval on; it is over when the return is written down (销假)."""

    class Kind(models.TextChoices):
        PERSONAL = "P", "事假"
        SICK = "S", "病假"
        PAID = "Y", "带薪休假"
        REST = "T", "轮休"
        BUSINESS = "B", "因公外出"
        REPORTED = "R", "外出报备"

    class State(models.TextChoices):
        PENDING = "pending", "审批中"
        APPROVED = "approved", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"
        CANCELLED = "cancelled", "已取消"

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="leaves", verbose_name="派驻干部")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", verbose_name="派驻")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("类别", max_length=1, choices=Kind)
    starts_on = models.DateField("起始日期")
    planned_until_on = models.DateField("申请至")
    ends_on = models.DateField("实际至")
    workdays = models.PositiveSmallIntegerField("工作日数")
    reason = models.CharField("事由", max_length=200)
    destination = models.CharField("去向", max_length=100, blank=True)
    for_village = models.BooleanField("为本村办事", default=False)
    substitute = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="顶岗人员")
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    returned_on = models.DateField("返岗日期", null=True, blank=True)
    cleared_on = models.DateField("销假日期", null=True, blank=True)
    cleared_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="销假登记人")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件")
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="申请人")
    applied_on = models.DateField("申请日期")
    created_at = models.DateTimeField("录入时间", auto_now_add=True)

    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = "请假"
        ordering = ["-starts_on", "-id"]
        indexes = [models.Index(fields=["village", "-starts_on"], name="leave_by_village"),
                   models.Index(fields=["cadre", "starts_on"], name="leave_by_cadre")]  # fmt: skip
        constraints = [
            models.CheckConstraint(name="leave_days_in_order", condition=Q(ends_on__gte=F("starts_on"), planned_until_on__gte=F("starts_on")),
                                   violation_error_message="截止日期不能早于起始日期。"),
            models.CheckConstraint(name="leave_returned_iff_cleared",
                                   condition=Q(returned_on=None, cleared_on=None) | Q(returned_on__isnull=False, cleared_on__isnull=False)),
            models.CheckConstraint(name="leave_substitute_is_another", condition=Q(substitute=None) | ~Q(substitute=F("cadre")),
                                   violation_error_message="顶岗人员不能是本人。"),
            ExclusionConstraint(
                name="leave_does_not_overlap",
                expressions=[
                    ("cadre", "="),
                    (Func(F("starts_on"), F("ends_on"), Value("[]"), function="daterange", output_field=DateRangeField()), "&&"),
                ],
                condition=Q(state__in=["pending", "approved"]),
                violation_error_message="这段时间已有请假或外出报备,请先撤回或销假。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_on:%Y-%m-%d} 至 {self.ends_on:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:leave-detail", args=[self.pk])
