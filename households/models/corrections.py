"""Corrections 信息更正: what somebody asks to be changed in a registered household, field by field, with a document."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.fields import EncryptedTextField
from households.models.register import Household
from households.querysets import HouseholdRowQuerySet
from villages.models import Village
from workflow.models import Attachment, Case


class Correction(models.Model):
    """One request. Its way is a case (kind `correction`); what was accepted is written when the case is done."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="corrections", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    case = models.OneToOneField(Case, models.PROTECT, related_name="correction", verbose_name="办件")
    year = models.PositiveSmallIntegerField("年度")
    reason = models.CharField("更正理由", max_length=200)
    document = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="证明材料")
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    requested_on = models.DateField("申请日期")
    closed_on = models.DateField("办结日期", null=True, blank=True)

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "信息更正"
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(closed_on=None), name="correction_one_open_per_household",
                violation_error_message="这一户已有一件信息更正正在办理。",
            ),
            models.UniqueConstraint(fields=["id", "village", "household"], name="correction_with_its_household"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.household} 信息更正"

    def get_absolute_url(self) -> str:
        return self.case.get_absolute_url()


class CorrectionItem(models.Model):
    """One value to be changed: old and new as stored (encrypted) and as shown (numbers masked)."""

    class Table(models.TextChoices):
        HOUSEHOLD = "household", "户"
        MEMBER = "member", "成员"
        NEW_MEMBER = "new_member", "增加成员"
        LIVING = "living", "生产生活"
        INCOME = "income", "收入"

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", "采纳"
        REFUSED = "refused", "不采纳"

    correction = models.ForeignKey(Correction, models.CASCADE, related_name="items", verbose_name="更正")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    table = models.CharField("表", max_length=10, choices=Table)
    record = models.BigIntegerField("成员记录", null=True, blank=True)
    field = models.CharField("字段", max_length=40, blank=True)
    label = models.CharField("项目", max_length=120)
    before = EncryptedTextField("原值", blank=True)
    after = EncryptedTextField("新值", blank=True)
    before_label = models.CharField("原来", max_length=500, blank=True)
    after_label = models.CharField("改为", max_length=500, blank=True)
    decision = models.CharField("核对", max_length=8, choices=Decision, blank=True)
    reason = models.CharField("不采纳理由", max_length=200, blank=True)

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "更正项"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="correction_item_refused_with_reason",
                condition=~Q(decision="refused") | ~Q(reason=""),
                violation_error_message="不采纳的要写明理由。",
            )
        ]
