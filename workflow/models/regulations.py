"""制度文件: the local rules and plans every rule row points to, by clause."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from workflow.models.files import Attachment
from workflow.querysets import RegulationQuerySet


class Regulation(models.Model):
    """A document that sets rules here: number, title, who issued it, from when until when it holds, and its text as a file."""

    number = models.CharField("文号", max_length=60, blank=True, help_text="如 格扶组〔2016〕12号;没有文号的留空")
    title = models.CharField("名称", max_length=120)
    issuer = models.CharField("制发机关", max_length=80)
    issued_on = models.DateField("制发日期", null=True, blank=True)
    valid_from = models.DateField("施行日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原文")
    is_assumed = models.BooleanField("待核实", default=False, help_text="文号或条文尚未与原件核对")

    objects = RegulationQuerySet.as_manager()

    class Meta:
        verbose_name = "制度文件"
        verbose_name_plural = "制度文件"
        ordering = ["-valid_from", "id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="regulation_number_once",
                                    violation_error_message="已有这个文号的制度文件。"),
            models.CheckConstraint(name="regulation_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                                   violation_error_message="失效日期不能早于施行日期。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"《{self.title}》{f'({self.number})' if self.number else ''}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:regulation-detail", args=[self.pk])


class Clause(models.Model):
    """One clause of a document: what a rule row rests on."""

    regulation = models.ForeignKey(Regulation, models.PROTECT, related_name="clauses", verbose_name="制度文件")
    number = models.CharField("条款", max_length=30, help_text="如 第五条第二款")
    text = models.TextField("条文", max_length=2000)

    class Meta:
        verbose_name = "条款"
        ordering = ["regulation_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["regulation", "number"], name="clause_number_once_in_regulation",
                                    violation_error_message="这份文件已有同号的条款。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.regulation}{self.number}"
