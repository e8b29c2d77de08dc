"""Handbooks handed out 手册发放登记: which number, to whom, when; lost and replaced."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from households.models.register import Household
from households.querysets import HouseholdRowQuerySet
from villages.models import Village
from workflow.models import Attachment


class HandbookIssue(models.Model):
    """One printed handbook in one household's hands. A lost one ends; its replacement points at it."""

    class Kind(models.TextChoices):
        NATIONAL = "national", "扶贫手册"
        PROVINCE = "province", "青海省建档立卡贫困户精准管理手册"

    class End(models.TextChoices):
        LOST = "lost", "遗失"
        DAMAGED = "damaged", "损坏"
        RETURNED = "returned", "收回"

    household = models.ForeignKey(Household, models.PROTECT, related_name="handbooks", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("手册", max_length=10, choices=Kind)
    number = models.CharField("手册编号", max_length=30)
    issued_on = models.DateField("发放日期")
    received_by = models.CharField("领取人", max_length=50)
    signature = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领取签字")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发放人")
    ended_on = models.DateField("作废日期", null=True, blank=True)
    end_reason = models.CharField("作废原因", max_length=10, choices=End, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name="补发前手册")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "手册发放"
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="handbook_number_unique", violation_error_message="这个手册编号已发放给其他户。"),
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(ended_on=None),
                name="handbook_one_in_hand_per_kind",
                violation_error_message="这一户手中已有一本,遗失或损坏请先登记作废再补发。",
            ),
            models.CheckConstraint(
                name="handbook_ended_iff_reason",
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
            ),
            models.CheckConstraint(name="handbook_ended_after_issued", condition=Q(ended_on=None) | Q(ended_on__gte=F("issued_on"))),
        ]

    @property
    def state_label(self) -> str:
        return self.get_end_reason_display() if self.ended_on else "在手"

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"
