"""Petitions 信访件: what somebody complains of, how it came in, whether it is true, what was answered."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from core.fields import EncryptedTextField
from households.models.register import Household
from households.querysets import ComplaintQuerySet
from villages.models import Village
from workflow.models import Attachment, Todo


class Complaint(models.Model):
    """One petition. Whom it is about never sees it: neither in a list (`visible_to`) nor through the wall (`households.apps`).

    It belongs to an area (code prefix), perhaps to a village and a household of it; `handled_area` is where it is answered.
    """

    class Channel(models.TextChoices):
        HOTLINE = "hotline", "12317 电话"
        LETTER = "letter", "来信"
        VISIT = "visit", "来访"
        NETWORK = "network", "网络"
        PASSED_ON = "passed_on", "上级转办"

    class Cause(models.TextChoices):
        MISIDENTIFIED = "misidentified", "识别不准(漏评、错评、错退)"
        HELP = "help", "帮扶不落实"
        FUNDS = "funds", "资金和补贴发放"
        PROJECT = "project", "项目建设"
        CONDUCT = "conduct", "干部作风"
        POLICY = "policy", "政策咨询"
        OTHER = "other", "其他"

    class Finding(models.TextChoices):
        TRUE = "true", "属实"
        PARTLY = "partly", "部分属实"
        FALSE = "false", "不属实"
        NOTHING_TO_VERIFY = "none", "不涉及核实(咨询、建议)"

    number = models.CharField("信访件编号", max_length=20, unique=True)
    channel = models.CharField("来源", max_length=10, choices=Channel)
    received_on = models.DateField("收到日期")
    area = models.CharField("所属地区", max_length=12)
    handled_area = models.CharField("办理地区", max_length=12)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name="户")
    person = EncryptedTextField("反映人", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    cause = models.CharField("反映事项", max_length=14, choices=Cause)
    content = EncryptedTextField("反映内容")
    about = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被反映人账号")
    about_name = models.CharField("被反映人", max_length=50, blank=True)
    due_on = models.DateField("答复期限")
    finding = models.CharField("核实结果", max_length=8, choices=Finding, blank=True)
    answer = EncryptedTextField("处理和答复", blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人")
    reply = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复材料")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    todo = models.ForeignKey(Todo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待办")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    # A wall of its own (`households.apps`): the plain one knows no person a row is hidden from, and the trail of a
    # petition must not stand in the household's history, which its village reads.
    wall_village = ""
    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "信访件"
        constraints = [
            models.CheckConstraint(
                name="complaint_answered_iff_found",
                condition=Q(answered_on=None, answered_by=None, finding="") | (Q(answered_on__isnull=False, answered_by__isnull=False) & ~Q(finding="")),
                violation_error_message="答复要同时写明核实结果和日期。",
            ),
            models.CheckConstraint(
                name="complaint_not_answered_by_whom_it_is_about",
                condition=Q(about=None) | Q(answered_by=None) | ~Q(about=F("answered_by")),
                violation_error_message="被反映人不能办理反映自己的信访件。",
            ),
            models.CheckConstraint(name="complaint_household_in_a_village", condition=Q(household=None) | Q(village__isnull=False)),
            models.CheckConstraint(name="complaint_days_in_order", condition=Q(due_on__gte=F("received_on")) & (Q(answered_on=None) | Q(answered_on__gte=F("received_on"))),
                                   violation_error_message="答复日期不能早于收到日期。"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["area", "-id"], name="complaint_by_area"),
            models.Index(fields=["village", "-id"], name="complaint_by_village"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("households:complaint", args=[self.pk])

    @property
    def is_about_somebody(self) -> bool:
        return bool(self.about_id or self.about_name)

    @property
    def state_label(self) -> str:
        return "已答复" if self.answered_on else "待答复"
