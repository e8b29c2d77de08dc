"""市委督查五人小组: its members, what it finds, what is done about it by when, and the rule that closes the gap (堵漏建制)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from funds.models.projects import Project
from funds.querysets import FindingQuerySet
from villages.models import Village
from workflow.models import Regulation, Todo


class Supervisor(models.Model):
    """A member of the supervision team, while they serve."""

    name = models.CharField("姓名", max_length=50)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    post = models.CharField("职务", max_length=60, blank=True)
    is_head = models.BooleanField("组长", default=False)
    since = models.DateField("起始日期")
    until = models.DateField("截止日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    class Meta:
        verbose_name = "督查组成员"
        ordering = ["-is_head", "id"]
        constraints = [
            models.UniqueConstraint(fields=["is_head"], condition=Q(is_head=True, until=None), name="supervisor_one_head", violation_error_message="已有组长。"),
            models.CheckConstraint(name="supervisor_days_in_order", condition=Q(until=None) | Q(until__gte=F("since"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Finding(models.Model):
    """A problem the team found. Who rectifies it is not who confirms it, and it ends in a rule adopted or changed."""

    class State(models.TextChoices):
        OPEN = "open", "待整改"
        RECTIFIED = "rectified", "已整改,待核验"
        CLOSED = "closed", "已销号"

    number = models.CharField("编号", max_length=20, unique=True, editable=False)
    title = models.CharField("问题", max_length=100)
    content = models.TextField("情况", max_length=2000)
    found_on = models.DateField("发现日期")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="涉及的村")
    project = models.ForeignKey(Project, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="涉及的项目")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="责任单位")
    due_on = models.DateField("整改期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN, editable=False)
    rectification = models.TextField("整改情况", max_length=2000, blank=True, editable=False)
    rectified_on = models.DateField("整改日期", null=True, blank=True, editable=False)
    rectified_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="整改登记人")
    rule = models.ForeignKey(
        Regulation, models.PROTECT, null=True, blank=True, editable=False, related_name="findings", verbose_name="建立或修订的制度"
    )
    rule_note = models.CharField("堵漏建制", max_length=300, blank=True, editable=False)
    checked_on = models.DateField("核验日期", null=True, blank=True, editable=False)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="核验人")
    todo = models.ForeignKey(Todo, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="待办")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "督查问题"
        ordering = ["-found_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="finding_due_after_found", condition=Q(due_on__gte=F("found_on")), violation_error_message="整改期限不能早于发现日期。"
            ),
            models.CheckConstraint(
                name="finding_rectified_iff_written",
                condition=Q(state="open", rectified_on=None, rectified_by=None, rule=None)
                | (~Q(state="open") & Q(rectified_on__isnull=False, rectified_by__isnull=False) & ~Q(rectification="")),
            ),
            models.CheckConstraint(
                name="finding_closed_with_a_rule",
                condition=~Q(state="closed") | Q(rule__isnull=False, checked_on__isnull=False, checked_by__isnull=False),
            ),
            models.CheckConstraint(name="finding_checked_by_another", condition=Q(checked_by=None) | ~Q(checked_by=F("rectified_by"))),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("funds:finding-detail", args=[self.pk])
