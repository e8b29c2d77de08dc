"""One field changed for many records: the preview, what was written, and its undoing."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from villages.models import Village
from workflow.models.jobs import Job
from workflow.querysets import BulkChangeQuerySet, BulkChangeRowQuerySet


class BulkChange(models.Model):
    """A new value for the records chosen in a list. It belongs to who looked at its preview."""

    class State(models.TextChoices):
        PREVIEW = "preview", "待确认"
        DONE = "done", "已完成"
        UNDONE = "undone", "已撤销"

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    key = models.CharField("修改项", max_length=40)
    value = models.JSONField("新值", null=True)
    value_label = models.CharField("新值", max_length=120)
    reason = models.CharField("修改原因", max_length=200)
    state = models.CharField("状态", max_length=8, choices=State, default=State.PREVIEW)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="任务")
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    done_at = models.DateTimeField("完成时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    undo_reason = models.CharField("撤销原因", max_length=200, blank=True)

    objects = BulkChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "批量修改"
        indexes = [models.Index(fields=["owner", "-id"], name="bulk_change_by_owner")]
        constraints = [
            models.CheckConstraint(
                name="bulk_change_dated_iff_done",
                condition=Q(state="preview", done_at=None, undone_at=None)
                | Q(state="done", done_at__isnull=False, undone_at=None)
                | (Q(state="undone", done_at__isnull=False, undone_at__isnull=False) & ~Q(undo_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.value_label

    def get_absolute_url(self) -> str:
        return reverse("workflow:change-detail", args=[self.pk])


class BulkChangeRow(models.Model):
    """One record of a change: what it held, what was written, or why not."""

    change = models.ForeignKey(BulkChange, models.CASCADE, related_name="rows", verbose_name="批量修改")
    row_id = models.BigIntegerField("记录")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    label = models.CharField("记录名称", max_length=120)
    before = models.JSONField("改前")
    after = models.JSONField("改后", null=True)
    before_label = models.CharField("改前", max_length=120, blank=True)
    after_label = models.CharField("改后", max_length=120, blank=True)
    refusal = models.CharField("没有修改的原因", max_length=300, blank=True)
    undone = models.BooleanField("已撤销", default=False)

    wall_village = "village_id"
    wall_household = "household_id"
    objects = BulkChangeRowQuerySet.as_manager()

    class Meta:
        verbose_name = "批量修改的记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["household_id"], name="bulk_change_row_by_household")]
        constraints = [
            models.UniqueConstraint(fields=["change", "row_id"], name="bulk_change_row_once"),
        ]
