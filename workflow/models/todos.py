"""What waits for somebody, and what somebody was told."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast, NullIf
from django.urls import reverse

from accounts.models import Organization, User
from accounts.permissions import Role
from villages.models import Village
from workflow.models.cases import Case
from workflow.querysets import OwnMessageQuerySet, TodoQuerySet

_ACTING = Cast(
    NullIf(Func(Value("app.user"), Value(True), function="current_setting", output_field=models.TextField()), Value("")), models.BigIntegerField()
)


class Todo(models.Model):
    """One thing that waits: for one person, or for whoever holds a role in an area."""

    kind = models.SlugField("种类", max_length=40)
    title = models.CharField("事项", max_length=160)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="todos", verbose_name="办件")
    url = models.CharField("办理页", max_length=200, blank=True)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    role = models.CharField("角色", max_length=20, choices=Role, blank=True)
    area = models.CharField("等谁办:范围代码", max_length=12, blank=True)
    place = models.CharField("事项的范围代码", max_length=12, blank=True)
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="单位")
    user = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    without = ArrayField(models.BigIntegerField(), verbose_name="不能办的人", default=list, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    sorted_on = models.DateField("排序日期")
    created_at = models.DateTimeField("产生时间", auto_now_add=True)
    opened_by = models.BigIntegerField("产生人", null=True, db_default=_ACTING, editable=False)
    first_seen_at = models.DateTimeField("首次打开", null=True, blank=True)
    first_seen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="首次打开人")
    done_at = models.DateTimeField("办结时间", null=True, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人")
    dropped = models.BooleanField("不再需要", default=False)
    reminded = models.PositiveSmallIntegerField("已提醒到", default=0)

    wall_household = "household_id"
    wall_owner = ("user_id", "opened_by")
    wall_place = "place"
    wall_unit = "unit_id"
    objects = TodoQuerySet.as_manager()

    class Meta:
        verbose_name = "待办"
        indexes = [
            models.Index(fields=["role", "area", "sorted_on", "id"], name="todo_open_by_role", condition=Q(done_at=None)),
            models.Index(fields=["user", "sorted_on", "id"], name="todo_open_by_user", condition=Q(done_at=None)),
            models.Index(fields=["due_on", "id"], name="todo_open_by_due", condition=Q(done_at=None) & ~Q(due_on=None)),
            models.Index(fields=["done_by", "-id"], name="todo_done_by_user", condition=~Q(done_by=None)),
            models.Index(fields=["case", "id"], name="todo_by_case"),
        ]
        constraints = [
            models.CheckConstraint(name="todo_waits_for_somebody", condition=~Q(user=None) | (~Q(role="") & ~Q(area="")) | (~Q(role="") & ~Q(unit=None))),
            models.CheckConstraint(name="todo_sorted_by_due", condition=Q(due_on=None) | Q(due_on=F("sorted_on"))),
            models.CheckConstraint(name="todo_ended_when_dropped_or_done", condition=Q(dropped=False, done_by=None, done_at=None) | Q(done_at__isnull=False)),
            models.CheckConstraint(name="todo_leads_somewhere", condition=~Q(url="") | ~Q(case=None)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Through the inbox, so that it is known to have been opened."""
        return reverse("workflow:todo", args=[self.pk])


class Message(models.Model):
    """Something one person was told."""

    user = models.ForeignKey(User, models.CASCADE, related_name="messages", verbose_name="收件人")
    text = models.CharField("内容", max_length=300)
    url = models.CharField("相关页", max_length=200, blank=True)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    objects: Any = OwnMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "消息"
        indexes = [
            models.Index(fields=["user", "-id"], name="message_by_user"),
            models.Index(fields=["user"], name="message_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return reverse("workflow:message", args=[self.pk])
