"""The trail: what changed, who changed it, why, before and after. Written by triggers alone (core.walls)."""

from django.db import models

from core.querysets import ScopedQuerySet


class EventQuerySet(ScopedQuerySet):
    village_path = "village_id"
    household_path = "household_id"

    def of(self, *records: models.Model) -> "EventQuerySet":
        """The history of these rows, newest first."""
        condition = models.Q()
        for record in records:
            condition |= models.Q(table=record._meta.db_table, row_id=record.pk)
        return self.filter(condition).order_by("-id") if records else self.none()


class Event(models.Model):
    """One changed row. Plain ids instead of foreign keys: history never blocks and never vanishes."""

    class Action(models.TextChoices):
        INSERT = "I", "新增"
        UPDATE = "U", "修改"
        DELETE = "D", "删除"

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField("时间")
    transaction = models.BigIntegerField("事务")
    user_id = models.BigIntegerField("操作人", null=True)
    login = models.CharField("数据库登录", max_length=63)
    reason = models.CharField("原因", max_length=500)
    table = models.CharField("表", max_length=63)
    row_id = models.BigIntegerField("行")
    village_id = models.BigIntegerField("村", null=True)
    household_id = models.BigIntegerField("户", null=True)
    action = models.CharField("动作", max_length=1, choices=Action)
    before = models.JSONField("改前", null=True)
    after = models.JSONField("改后", null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "变更记录"
        indexes = [
            models.Index(fields=["table", "row_id", "id"], name="event_by_row"),
            models.Index(fields=["household_id", "id"], name="event_by_household"),
            models.Index(fields=["transaction", "id"], name="event_by_transaction"),
        ]


class SealRow(models.Model):
    """A hash chain over a table: one row a sealed row, each digest over the one before (core.seal)."""

    id = models.BigAutoField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    transaction = models.BigIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True


class Seal(SealRow):
    """The chain over the trail."""

    class Meta:
        verbose_name = "封存"


class Setting(models.Model):
    """A value an official may change in the browser; each is declared in code with its default."""

    key = models.CharField("设置项", max_length=60, unique=True)
    value = models.JSONField("值")
    note = models.CharField("依据或说明", max_length=200, blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    class Meta:
        verbose_name = "设置"
        verbose_name_plural = "设置"

    def __str__(self) -> str:
        return self.key
