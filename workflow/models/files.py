"""Stored files: photos, scans, PDFs, workbooks."""

from django.db import models
from django.urls import reverse

from accounts.models import User
from villages.models import Village
from workflow.querysets import AttachmentQuerySet


class Attachment(models.Model):
    """A stored file: its content is encrypted and addressed by its hash; its kind was decided by content."""

    class Kind(models.TextChoices):
        PHOTO = "jpg", "照片"
        PDF = "pdf", "PDF"
        WORKBOOK = "xlsx", "表格"

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    area = models.CharField("范围代码", max_length=12, blank=True)
    kind = models.CharField("类型", max_length=4, choices=Kind)
    title = models.CharField("名称", max_length=120)
    file = models.FileField("文件", max_length=120)
    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveIntegerField("大小(字节)")
    created_at = models.DateTimeField("上传时间", auto_now_add=True)
    expires_at = models.DateTimeField("到期时间", null=True, blank=True)

    wall_village = "village_id"
    wall_household = "household_id"
    wall_owner = "owner_id"
    wall_area = "area"
    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("workflow:attachment", args=[self.pk])
