"""Releases of a village's six charts: versioned, frozen, recorded as posted (`domain.md` §5)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from core.fields import EncryptedTextField
from reports.querysets import ChartReleaseQuerySet
from villages.models import Village
from workflow.models import Attachment


class FullNamePermission(models.Model):
    """The decision that a village's charts may show householders' full names, with its legal ground."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="full_name_permissions", verbose_name="村")
    legal_ground = models.CharField("法律依据", max_length=200)
    approved_by = models.CharField("批准人", max_length=50)
    approved_on = models.DateField("批准日期")
    valid_to = models.DateField("有效至", null=True, blank=True)

    objects = ChartReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "实名公开批准"
        ordering = ["village_id", "-approved_on"]


class ChartRelease(models.Model):
    """One version of a village's six charts. Its snapshot and its files never change."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="chart_releases", verbose_name="村")
    version = models.PositiveSmallIntegerField("版次")
    number = models.CharField("文号", max_length=40, unique=True)
    data_on = models.DateField("数据日期")
    released_on = models.DateField("发布日期")
    snapshot = EncryptedTextField("数据快照")
    snapshot_sha256 = models.CharField("快照摘要", max_length=64)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    posted_on = models.DateField("张贴日期", null=True, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="张贴照片")
    taken_down_on = models.DateField("撤下日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)
    created_at = models.DateTimeField("生成时间", auto_now_add=True)

    objects = ChartReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "六张图版次"
        ordering = ["village_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["village", "version"], name="chart_release_version_once"),
            models.CheckConstraint(name="chart_release_down_after_posted",
                                   condition=Q(taken_down_on=None) | Q(taken_down_on__gte=F("posted_on"))),
            models.CheckConstraint(name="chart_release_data_not_later",
                                   condition=Q(data_on__lte=F("released_on"))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.village} 第{self.version}版"

    def get_absolute_url(self) -> str:
        return reverse("reports:release-detail", args=[self.pk])


class Chart(models.Model):
    """One sheet of a release: which of the six, and the message it carries."""

    class Number(models.IntegerChoices):
        VILLAGE = 1, "村情概况图"
        DISTRIBUTION = 2, "贫困户分布图"
        CAUSES = 3, "致贫原因图"
        RESPONSIBILITY = 4, "帮扶责任图"
        MEASURES = 5, "脱贫措施图"
        TIMELINE = 6, "脱贫时序图"

    release = models.ForeignKey(ChartRelease, models.PROTECT, related_name="charts", verbose_name="版次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    number = models.PositiveSmallIntegerField("图号", choices=Number)
    message = models.CharField("主旨", max_length=200)

    objects = ChartReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "图"
        ordering = ["release_id", "number"]
        constraints = [models.UniqueConstraint(fields=["release", "number"], name="chart_once_per_release")]


class ChartFile(models.Model):
    """The file of a release in one paper size and edition, kept with its hash: same release, same bytes."""

    release = models.ForeignKey(ChartRelease, models.PROTECT, related_name="files", verbose_name="版次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    paper = models.CharField("纸张", max_length=2, choices=[("A3", "A3"), ("A0", "A0")])
    edition = models.CharField("版本", max_length=6, choices=[("public", "公开版")])
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")

    objects = ChartReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = "六张图文件"
        constraints = [models.UniqueConstraint(fields=["release", "paper", "edition"], name="chart_file_once")]
