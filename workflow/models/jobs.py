"""Long work with its progress, and half-filled forms."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from core.fields import EncryptedTextField
from workflow.models.files import Attachment
from workflow.querysets import OwnQuerySet


class Job(models.Model):
    """Long work somebody started: seen with its progress, cancelled, its result found again."""

    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        RUNNING = "running", "处理中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    owner = models.ForeignKey(User, models.CASCADE, related_name="jobs", verbose_name="发起人")
    kind = models.CharField("类别", max_length=40)
    title = models.CharField("名称", max_length=120)
    parameters = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField("已完成", default=0)
    total = models.PositiveIntegerField("共", default=0)
    message = models.CharField("说明", max_length=500, blank=True)
    cancel_requested = models.BooleanField("请求取消", default=False)
    result = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="结果文件")
    result_url = models.CharField("结果页", max_length=200, blank=True)
    created_at = models.DateTimeField("发起时间", auto_now_add=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "任务"
        indexes = [models.Index(fields=["owner", "-id"], name="job_by_owner")]
        constraints = [
            models.CheckConstraint(name="job_done_within_total", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="job_finished_iff_ended",
                condition=Q(state__in=["done", "failed", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["waiting", "running"], finished_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("workflow:job-detail", args=[self.pk])

    @property
    def ended(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


class Draft(models.Model):
    """A half-filled form, kept on the server as it is typed; encrypted, and its writer's alone."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="drafts", verbose_name="填写人")
    form = models.CharField("表单", max_length=80)
    label = models.CharField("标题", max_length=120, blank=True)
    data = EncryptedTextField("内容")
    updated_at = models.DateTimeField("保存时间", auto_now=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = "草稿"
        constraints = [models.UniqueConstraint(fields=["owner", "form"], name="draft_one_per_form_and_owner")]

    def __str__(self) -> str:
        return self.label or self.form

    def as_dict(self) -> dict[str, Any]:
        import json

        return json.loads(self.data)
