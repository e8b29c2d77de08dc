"""Cases: where a subject stands in its procedure, who decided what, on what evidence."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import Organization, User
from villages.models import Village
from workflow.models.files import Attachment
from workflow.models.procedures import Procedure, Step
from workflow.querysets import CaseQuerySet, OfCaseQuerySet


class Case(models.Model):
    """One thing going through its steps. The subject (an application, a leave) points here, never the reverse."""

    class State(models.TextChoices):
        OPEN = "open", "办理中"
        RETURNED = "returned", "已退回"
        DONE = "done", "已办结"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    RUNNING = (State.OPEN, State.RETURNED)

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="cases", verbose_name="流程")
    kind = models.SlugField("办件种类", max_length=40)
    title = models.CharField("办件名称", max_length=120)
    number = models.CharField("办件编号", max_length=20, unique=True)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    area = models.CharField("范围代码", max_length=12)
    unit = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申请人单位")
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="发起人")
    applicant = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    started_at = models.DateTimeField("发起时间", auto_now_add=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.OPEN)
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="当前步骤")
    round = models.PositiveSmallIntegerField("轮次", default=1)
    version = models.PositiveIntegerField("版本", default=1)
    due_on = models.DateField("办理期限", null=True, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    wall_household = "household_id"
    wall_owner = ("started_by_id", "applicant_id")
    wall_place = "area"
    wall_unit = "unit_id"
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "办件"
        indexes = [
            models.Index(fields=["started_by", "-id"], name="case_by_starter"),
            models.Index(fields=["kind", "-id"], name="case_by_kind"),
            models.Index(fields=["household_id", "-id"], name="case_by_household", condition=~Q(household_id=None)),
        ]
        constraints = [
            models.CheckConstraint(name="case_at_a_step_iff_open", condition=Q(state="open", step__isnull=False) | (~Q(state="open") & Q(step=None))),
            models.CheckConstraint(
                name="case_ended_iff_dated",
                condition=Q(state__in=["open", "returned"], ended_at=None) | Q(state__in=["done", "refused", "withdrawn"], ended_at__isnull=False),
            ),
            models.CheckConstraint(name="case_has_an_area", condition=~Q(area="")),
            models.UniqueConstraint(fields=["id", "applicant"], name="case_with_its_applicant"),  # decisions point at both
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:case", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in self.RUNNING

    @property
    def steps(self) -> list[Step]:
        """The procedure's steps in their order, read once."""
        if "_steps" not in self.__dict__:
            self._steps: list[Step] = list(self.procedure.steps.order_by("number"))
        return self._steps

    def step_after(self, step: Step) -> Step | None:
        return next((each for each in self.steps if each.number > step.number), None)

    def step_before(self, step: Step) -> Step | None:
        return next((each for each in reversed(self.steps) if each.number < step.number), None)


class OfCase(models.Model):
    """A row of one step of a case; whoever reaches the case reaches it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss", verbose_name="办件")
    step = models.ForeignKey(Step, models.PROTECT, related_name="+", verbose_name="步骤")

    wall_parent = "case"
    objects = OfCaseQuerySet.as_manager()

    class Meta:
        abstract = True


class Decision(OfCase):
    """One voice at one step in one round. Insert-only."""

    class Result(models.TextChoices):
        PASS = "pass", "通过"
        RETURN = "return", "退回"
        REFUSE = "refuse", "不通过"

    round = models.PositiveSmallIntegerField("轮次")
    level = models.CharField("办理层级", max_length=10, choices=Step.Level)
    word = models.CharField("办理方式", max_length=10, choices=Step.Word)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代办")
    applicant = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申请人")
    result = models.CharField("结果", max_length=6, choices=Result)
    opinion = models.CharField("意见", max_length=500, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "办理意见"
        indexes = [models.Index(fields=["case", "id"], name="decision_by_case")]
        constraints = [
            models.UniqueConstraint(fields=["case", "round", "step", "user"], name="decision_one_vote_a_person"),
            models.UniqueConstraint("case", "round", "step", Coalesce("on_behalf_of", "user"), name="decision_one_a_voice"),
            models.CheckConstraint(
                name="decision_never_ones_own",
                condition=Q(level="applicant", user=F("applicant"), on_behalf_of=None)
                | (~Q(level="applicant") & (Q(word="handle") | ~Q(user=F("applicant")) & (Q(on_behalf_of=None) | ~Q(on_behalf_of=F("applicant"))))),
            ),
            models.CheckConstraint(name="decision_for_another", condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("user"))),
            models.CheckConstraint(name="decision_says_why_not", condition=Q(result="pass") | ~Q(opinion="")),
        ]

    def __str__(self) -> str:
        return f"{self.step.title} {self.get_result_display()}"

    @property
    def voice(self) -> str:
        """Who spoke, and for whom."""
        return f"{self.user}(代 {self.on_behalf_of})" if self.on_behalf_of_id else str(self.user)


class Evidence(OfCase):
    """A file a step asks for. Insert-only: a wrong one is joined by the right one."""

    label = models.CharField("材料名称", max_length=60)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="文件")
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提交人")
    added_at = models.DateTimeField("提交时间", auto_now_add=True)

    class Meta:
        verbose_name = "办件材料"
        indexes = [models.Index(fields=["case", "step"], name="evidence_by_case")]

    def __str__(self) -> str:
        return self.label


class SignedSheet(OfCase):
    """The printed form of a step, and the scan of it that came back signed."""

    round = models.PositiveSmallIntegerField("轮次")
    content_sha256 = models.CharField("内容摘要", max_length=64)
    printed_at = models.DateTimeField("打印时间", auto_now_add=True)
    printed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="打印人")
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签字扫描件")
    scanned_at = models.DateTimeField("回传时间", null=True, blank=True)
    scanned_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="回传人")

    class Meta:
        verbose_name = "签字表"
        constraints = [
            models.UniqueConstraint(fields=["case", "step", "round", "content_sha256"], name="signed_sheet_one_a_content"),
            models.CheckConstraint(
                name="signed_sheet_scanned_iff_filed",
                condition=Q(attachment=None, scanned_at=None, scanned_by=None)
                | Q(attachment__isnull=False, scanned_at__isnull=False, scanned_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step.title}签字表"

    @property
    def short_hash(self) -> str:
        return self.content_sha256[:12]


class Signature(models.Model):
    """Who signed a sheet and by what means, as read off the paper by the person who brings it back. Insert-only."""

    class Means(models.TextChoices):
        HANDWRITTEN = "handwritten", "签字"
        SEAL = "seal", "盖章"
        THUMBPRINT = "thumbprint", "手印"
        PHONE_TRACE = "phone_trace", "手机签名(仅作留痕,不代替签字盖章)"

    sheet = models.ForeignKey(SignedSheet, models.PROTECT, related_name="signatures", verbose_name="签字表")
    party = models.CharField("身份", max_length=40)
    name = models.CharField("姓名或单位", max_length=60)
    means = models.CharField("方式", max_length=12, choices=Means)
    can_sign = models.BooleanField("本人会写字", default=True)
    witness = models.CharField("见证人", max_length=60, blank=True)
    signed_on = models.DateField("签字日期")

    wall_parent = "sheet"
    objects: Any = models.Manager()

    class Meta:
        verbose_name = "签字"
        constraints = [
            models.CheckConstraint(
                name="signature_thumbprint_of_who_cannot_sign_is_witnessed",
                condition=Q(can_sign=True) | Q(means="thumbprint") & ~Q(witness=""),
                violation_error_message="本人不会写字的,应按手印并有见证人。",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.get_means_display()}"
