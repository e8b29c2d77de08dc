"""Workbooks that came in: who brought them, what the check said, who confirmed, what was stored; and columns people named."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from core.fields import EncryptedTextField
from households.models.register import Household, Member
from households.querysets import HouseholdRowQuerySet, ImportBatchQuerySet
from villages.models import Village
from workflow.models import Job, Todo


class ImportBatch(models.Model):
    """One workbook: kept with its comment, the person, the check's answer and the result.

    The wall of this table is its own (`households.apps`): its maker's, and theirs who reach all its villages. What the check
    found names people, so it is kept encrypted.
    """

    class Purpose(models.TextChoices):
        IMPORT = "import", "导入"
        COMPARE = "compare", "与国家系统核对"

    class State(models.TextChoices):
        CHECKING = "checking", "检查中"
        COLUMNS = "columns", "待对列"
        CHECKED = "checked", "已检查"
        SUBMITTED = "submitted", "待复核"
        RETURNED = "returned", "已退回"
        CONFIRMED = "confirmed", "已复核,导入中"
        DONE = "done", "已导入"
        UNDONE = "undone", "已撤销"
        DROPPED = "dropped", "已放弃"

    number = models.CharField("批次号", max_length=20, unique=True)
    purpose = models.CharField("用途", max_length=10, choices=Purpose, default=Purpose.IMPORT)
    state = models.CharField("状态", max_length=10, choices=State, default=State.CHECKING)
    title = models.CharField("文件名", max_length=120)
    kind = models.CharField("格式", max_length=4)
    file = models.FileField("文件", max_length=120)
    sha256 = models.CharField("摘要", max_length=64)
    size = models.PositiveIntegerField("大小(字节)")
    comment = models.CharField("说明", max_length=200)
    year = models.PositiveSmallIntegerField("年度", help_text="表中没有年度列时,生产生活条件和收入按这一年")
    blank_clears = models.BooleanField("空白格清空原有内容", default=False)
    valid_only = models.BooleanField("只导入无误的户", default=False)
    villages = ArrayField(models.IntegerField(), verbose_name="涉及的村", default=list)
    needs_city = models.BooleanField("须市级复核", default=False)
    headings = models.JSONField("列", default=dict)
    counts = models.JSONField("数量", default=dict)
    report = EncryptedTextField("检查结果", blank=True)
    plan_sha256 = models.CharField("方案摘要", max_length=64, blank=True)
    annotated = models.FileField("标注错误的表格", max_length=120, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="上传人")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, related_name="+", verbose_name="上传单位")
    made_at = models.DateTimeField("上传时间", auto_now_add=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    confirmed_at = models.DateTimeField("复核时间", null=True)
    opinion = models.CharField("复核意见", max_length=200, blank=True)
    imported_at = models.DateTimeField("导入时间", null=True)
    transaction = models.BigIntegerField("事务", null=True)
    first_event = models.BigIntegerField("首条变更", null=True)
    last_event = models.BigIntegerField("末条变更", null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="撤销人")
    undone_at = models.DateTimeField("撤销时间", null=True)
    undo_reason = models.CharField("撤销原因", max_length=200, blank=True)
    todo = models.ForeignKey(Todo, models.SET_NULL, null=True, related_name="+", verbose_name="待办")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name="任务")

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "表格导入批次"
        constraints = [
            models.CheckConstraint(
                name="import_batch_confirmed_by_another", condition=Q(made_by=None) | Q(confirmed_by=None) | ~Q(confirmed_by=F("made_by")),
                violation_error_message="上传人不能复核自己的批次。",
            ),
            models.CheckConstraint(
                name="import_batch_done_iff_imported",
                condition=Q(state__in=["done", "undone"], imported_at__isnull=False, transaction__isnull=False)
                | (~Q(state__in=["done", "undone"]) & Q(imported_at=None)) | Q(purpose="compare"),
            ),
            models.CheckConstraint(
                name="import_batch_undone_iff_by_whom",
                condition=Q(state="undone", undone_at__isnull=False) & ~Q(undo_reason="") | (~Q(state="undone") & Q(undone_at=None)),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["-id"], name="import_batch_newest")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("households:import-detail", args=[self.pk])


class ColumnMapping(models.Model):
    """What an organization said a heading means; proposed again the next time."""

    organization = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="+", verbose_name="单位")
    heading = models.CharField("列标题", max_length=80)
    column = models.CharField("对应的列", max_length=60)
    said_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="对列人")
    said_at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = "列对应"
        constraints = [models.UniqueConstraint(fields=["organization", "heading"], name="column_mapping_once_per_heading", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column}"


class Reentry(models.Model):
    """One line of the list of what is still to be typed into the national system (待回录)."""

    batch = models.ForeignKey(ImportBatch, models.PROTECT, related_name="reentries", verbose_name="核对批次")
    household = models.ForeignKey(Household, models.PROTECT, related_name="reentries", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name="成员")
    place = models.PositiveIntegerField("顺序")
    subject = models.CharField("对象", max_length=60)
    item = models.CharField("项目", max_length=60)
    theirs = models.CharField("国家系统", max_length=200, blank=True)
    ours = models.CharField("本系统", max_length=200, blank=True)
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="回录人")
    done_on = models.DateField("回录日期", null=True)

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "待回录"
        ordering = ["batch_id", "place"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="reentry_place_once"),
            models.CheckConstraint(
                name="reentry_done_iff_by_whom", condition=Q(done_by=None, done_on=None) | Q(done_by__isnull=False, done_on__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["village", "id"], name="reentry_by_village")]

    def __str__(self) -> str:
        return f"{self.subject} {self.item}"

    def get_absolute_url(self) -> str:
        return self.household.get_absolute_url()
