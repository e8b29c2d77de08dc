"""How a kind of case is decided: procedures and their steps, rows that officials edit."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Least

from accounts.permissions import Role
from workflow.models.regulations import Clause
from workflow.querysets import ProcedureQuerySet

_DAYS = Func(Least("valid_from", "valid_to"), F("valid_to"), Value("[]"), function="daterange", output_field=DateRangeField())
FROZEN = "已有办件按这个流程办理,不能再改。请填停用日期,另建一个新流程。"


class Procedure(models.Model):
    """One version of how a kind of case goes. A running case keeps the version it started with."""

    key = models.SlugField("办件种类", max_length=40)
    title = models.CharField("流程名称", max_length=60)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    is_assumed = models.BooleanField("待核定", default=False, help_text="没有文件依据、暂按本系统约定的,请勾选")
    first_used_on = models.DateField("首次使用日期", null=True, blank=True, editable=False)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = "办理流程"
        ordering = ["key", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="procedure_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="停用日期不能早于启用日期。",
            ),
            ExclusionConstraint(
                name="procedure_one_valid_a_day", expressions=[("key", "="), (_DAYS, "&&")],
                violation_error_message="同一种办件在同一天只能有一个有效流程,请先填原流程的停用日期。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}({self.valid_from:%Y-%m-%d} 起)" if self.valid_from else self.title

    def clean(self) -> None:
        """What a running case rests on stays; only its end may still be set."""
        if self.pk and self.first_used_on:
            stored = type(self).objects.get(pk=self.pk)
            if (stored.key, stored.valid_from) != (self.key, self.valid_from):
                raise ValidationError(FROZEN)


class Step(models.Model):
    """One step: whose it is, how many must pass it, within what time, on what evidence."""

    class Word(models.TextChoices):
        """审核, 审批 and 审定 are three different words (glossary). 办理 is work that is recorded (a survey, minutes of a vote) and judges nothing:
        it alone may be done by who started the case.
        """

        CHECK = "check", "审核"
        APPROVE = "approve", "审批"
        DECIDE = "decide", "审定"
        REVIEW = "review", "评议"
        CONFIRM = "confirm", "确认"
        FILE = "file", "备案"
        HANDLE = "handle", "办理"

    class Level(models.TextChoices):
        """Where the step is done: at the case's village, its township, its work committee, in the city, by the applicant or the applicant's unit."""

        VILLAGE = "village", "村"
        TOWNSHIP = "township", "乡镇(街道)"
        COMMITTEE = "committee", "工委"
        CITY = "city", "市"
        APPLICANT = "applicant", "本人"
        UNIT = "unit", "派出单位"

    class DayKind(models.TextChoices):
        CALENDAR = "calendar", "自然日"
        WORKING = "working", "工作日"

    class ReturnTo(models.TextChoices):
        APPLICANT = "applicant", "发起人"
        PREVIOUS = "previous", "上一步"

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="steps", verbose_name="流程")
    number = models.PositiveSmallIntegerField("序号")
    code = models.SlugField("步骤代码", max_length=40)
    title = models.CharField("步骤名称", max_length=40)
    word = models.CharField("办理方式", max_length=10, choices=Word)
    role = models.CharField("办理角色", max_length=20, choices=Role, blank=True)
    level = models.CharField("办理层级", max_length=10, choices=Level)
    needed = models.PositiveSmallIntegerField("须通过人数", default=1)
    days = models.PositiveSmallIntegerField("办理时限(天)", null=True, blank=True, help_text="不填为不限时")
    day_kind = models.CharField("时限按", max_length=10, choices=DayKind, default=DayKind.WORKING)
    return_to = models.CharField("退回到", max_length=10, choices=ReturnTo, default=ReturnTo.APPLICANT)
    requirements = ArrayField(models.CharField(max_length=60), verbose_name="通过条件", default=list, blank=True)
    needs_signed_sheet = models.BooleanField("须签字盖章", default=False)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")

    class Meta:
        verbose_name = "流程步骤"
        ordering = ["procedure", "number"]
        constraints = [
            models.UniqueConstraint(fields=["procedure", "number"], name="step_number_unique_in_procedure", violation_error_message="这个流程已有同序号的步骤。"),
            models.UniqueConstraint(fields=["procedure", "code"], name="step_code_unique_in_procedure", violation_error_message="这个流程已有同代码的步骤。"),
            models.CheckConstraint(name="step_needs_one_or_more", condition=Q(needed__gte=1), violation_error_message="须通过人数至少为 1。"),
            models.CheckConstraint(
                name="step_role_unless_applicants", condition=Q(level="applicant", role="", needed=1) | (~Q(level="applicant") & ~Q(role="")),
                violation_error_message="本人办理的步骤不填角色、只须一人;其他步骤要填办理角色。",
            ),
            models.UniqueConstraint(fields=["id", "level", "word"], name="step_with_its_level"),  # decisions point at both
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.procedure.title} {self.number} {self.title}"

    @property
    def judges(self) -> bool:
        """Whether the step is a judgement, which is never one's own to make."""
        return self.level != self.Level.APPLICANT and self.word != self.Word.HANDLE

    def clean(self) -> None:
        if self.procedure_id and self.procedure.first_used_on:
            raise ValidationError(FROZEN)


class StepEvidence(models.Model):
    """Evidence a step asks: at least so many files of a kind under this label."""

    class Accept(models.TextChoices):
        PHOTO = "photo", "照片"
        PDF = "pdf", "PDF"
        ANY = "any", "照片或 PDF"

    step = models.ForeignKey(Step, models.PROTECT, related_name="wanted", verbose_name="步骤")
    label = models.CharField("材料名称", max_length=60)
    accept = models.CharField("格式", max_length=5, choices=Accept, default=Accept.ANY)
    least = models.PositiveSmallIntegerField("至少份数", default=1)

    class Meta:
        verbose_name = "步骤材料"
        ordering = ["step", "id"]
        constraints = [
            models.UniqueConstraint(fields=["step", "label"], name="step_evidence_label_unique_in_step", violation_error_message="这一步已有同名的材料。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        if self.step_id and self.step.procedure.first_used_on:
            raise ValidationError(FROZEN)
