"""What a household goes through: identification, exit, removal, return, monitoring. One case of `workflow` each (`domain.md` §3).

Who did which step when, with which opinion and papers, is the case's; here is what belongs to the household: the survey,
the village's votes, the sheet of checks, how it ended.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse

from accounts.models import User
from households.models.register import Household
from households.querysets import HouseholdRowQuerySet, ProceedingQuerySet
from households.rules.codes import Cause
from households.rules.exits import ExitItem
from villages.models import Village
from villages.querysets import VillageRowQuerySet
from workflow.models import Attachment, Case, PublicNotice


class Proceeding(models.Model):
    """One way through the office of one household, from what started it to how it ended."""

    class Kind(models.TextChoices):
        IDENTIFICATION = "identification", "贫困户识别"
        EXIT = "exit", "贫困户退出"
        REMOVAL = "removal", "清退(识别不准)"
        RETURN = "return", "返贫认定"
        MONITORING = "monitoring", "防返贫监测"
        CLEARING = "clearing", "风险消除"

    class Outcome(models.TextChoices):
        RUNNING = "running", "办理中"
        ADMITTED = "admitted", "通过"
        DECLINED = "declined", "未通过"
        WITHDRAWN = "withdrawn", "撤回"

    kind = models.CharField("事项", max_length=16, choices=Kind)
    household = models.ForeignKey(Household, models.PROTECT, related_name="proceedings", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    case = models.OneToOneField(Case, models.PROTECT, related_name="proceeding", verbose_name="办件")
    year = models.PositiveSmallIntegerField("年度")
    started_on = models.DateField("开始日期")
    reason = models.CharField("事由", max_length=300, blank=True)
    cause = models.CharField("返贫原因", max_length=2, choices=Cause, blank=True)
    document_number = models.CharField("审定文号", max_length=60, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.RUNNING)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closed_step = models.CharField("终止环节", max_length=60, blank=True)
    closed_reason = models.CharField("终止原因", max_length=300, blank=True)
    recover_benefits = models.BooleanField("追回已享受的政策", default=False)

    objects = ProceedingQuerySet.as_manager()

    class Meta:
        verbose_name = "识别退出办理"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind"],
                condition=Q(outcome="running"),
                name="proceeding_one_running_per_kind",
                violation_error_message="这一户已有同类事项正在办理。",
            ),
            models.CheckConstraint(
                name="proceeding_closed_iff_ended",
                condition=Q(outcome="running", closed_on=None) | (~Q(outcome="running") & Q(closed_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="proceeding_declined_with_reason",
                condition=~Q(outcome="declined") | (~Q(closed_reason="") & ~Q(closed_step="")),
                violation_error_message="未通过要写明在哪一步、什么原因。",
            ),
            models.CheckConstraint(name="proceeding_closed_after_started", condition=Q(closed_on=None) | Q(closed_on__gte=F("started_on"))),
            models.UniqueConstraint(fields=["id", "village"], name="proceeding_with_its_village"),
        ]
        indexes = [
            models.Index(fields=["kind", "outcome", "village", "id"], name="proceeding_by_kind"),
            models.Index(fields=["household", "-id"], name="proceeding_by_household"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.household}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:case", args=[self.case_id])

    @property
    def state_label(self) -> str:
        """Where it stands in one line: 识别:民主评议, 退出:通过."""
        if self.outcome != self.Outcome.RUNNING:
            return str(self.get_outcome_display())
        return self.case.step.title if self.case.step else str(self.case.get_state_display())


class HouseholdSurvey(models.Model):
    """A visit to the home by two people 入户调查: what they saw of people, property and income, beside the record they filled in."""

    ASPECTS = ("population_note", "property_note", "income_note")

    proceeding = models.OneToOneField(Proceeding, models.PROTECT, related_name="survey", verbose_name="办理事项")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    surveyed_on = models.DateField("调查日期")
    first_surveyor = models.CharField("调查人一", max_length=50)
    second_surveyor = models.CharField("调查人二", max_length=50)
    population_note = models.CharField("人口情况", max_length=500)
    property_note = models.CharField("财产情况", max_length=500)
    income_note = models.CharField("收入情况", max_length=500)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="入户照片")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "入户调查"
        constraints = [
            models.CheckConstraint(
                name="household_survey_two_people",
                condition=~Q(first_surveyor="") & ~Q(second_surveyor="") & ~Q(first_surveyor=F("second_surveyor")),
                violation_error_message="入户调查至少两人,请填写两位不同的调查人。",
            )
        ]

    def __str__(self) -> str:
        return f"入户调查 {self.surveyed_on}"


class ReviewMeeting(models.Model):
    """A meeting of a village's representatives 民主评议: who should come, who came, the minutes."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("评议事项", max_length=16, choices=Proceeding.Kind)
    held_on = models.DateField("会议日期")
    place = models.CharField("地点", max_length=100)
    chair = models.CharField("主持人", max_length=50)
    due_count = models.PositiveIntegerField("应到人数", validators=[MinValueValidator(1)])
    present_count = models.PositiveIntegerField("实到人数")
    minutes = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="会议记录")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="录入人")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "民主评议会"
        constraints = [
            models.CheckConstraint(
                name="review_meeting_quorum",
                condition=Q(due_count__gt=0, present_count__lte=F("due_count")) & Q(LessThanOrEqual(F("due_count") * 2, F("present_count") * 3)),
                violation_error_message="实到人数不足应到人数的三分之二,这次会议不能评议。",
            ),
            models.UniqueConstraint(fields=["id", "village", "present_count"], name="review_meeting_with_its_presence"),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.held_on} {self.get_kind_display()}评议会"


class ReviewVote(models.Model):
    """The ballot on one household at a meeting. Who was present is the meeting's, held by a composite key."""

    meeting = models.ForeignKey(ReviewMeeting, models.PROTECT, related_name="votes", verbose_name="评议会")
    proceeding = models.OneToOneField(Proceeding, models.PROTECT, related_name="vote", verbose_name="办理事项")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    present_count = models.PositiveIntegerField("实到人数")
    agree = models.PositiveIntegerField("同意")
    against = models.PositiveIntegerField("反对")
    abstain = models.PositiveIntegerField("弃权", default=0)
    opinion = models.CharField("评议意见", max_length=300, blank=True)

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "评议票"
        constraints = [
            models.CheckConstraint(
                name="review_vote_everybody_once",
                condition=Q(present_count=F("agree") + F("against") + F("abstain")),
                violation_error_message="同意、反对、弃权合计应等于实到人数。",
            )
        ]

    def __str__(self) -> str:
        return f"同意 {self.agree} 反对 {self.against} 弃权 {self.abstain}"


class ExitCheck(models.Model):
    """One line of an exit's check sheet: met or not, on what evidence, found by whom."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="exit_checks", verbose_name="办理事项")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    item = models.CharField("核查项", max_length=2, choices=ExitItem)
    is_met = models.BooleanField("达标")
    suggested = models.BooleanField("档案所示", null=True)
    evidence = models.CharField("依据", max_length=300)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="附件")
    checked_on = models.DateField("核查日期")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核查人")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "退出核查"
        ordering = ["proceeding_id", "item"]
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "item"], name="exit_check_once_per_item"),
            models.CheckConstraint(
                name="exit_check_has_evidence", condition=~Q(evidence=""), violation_error_message="请写明依据。"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.get_item_display()


class ProceedingNotice(models.Model):
    """The notice that serves a step of a proceeding in a round; one withdrawn is followed by another."""

    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="notices", verbose_name="办理事项")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="+", verbose_name="公示")
    step = models.CharField("环节", max_length=40)
    round = models.PositiveSmallIntegerField("轮次")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "办理公示"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["proceeding", "notice"], name="proceeding_notice_once")]

    def __str__(self) -> str:
        return str(self.notice)
