"""Frozen scores and what follows: feedback, appeals, the wall chart, what a score was used for."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from assessments.models.entries import OfAssessment
from core.models import SealRow
from workflow.models import Attachment


class Score(OfAssessment):
    """A frozen score. Insert-only, and sealed on a hash chain: a change is a further version that leaves the old one."""

    transaction = models.BigIntegerField("事务", default=0, editable=False)  # the database writes both (assessments.apps)
    made_at = models.DateTimeField("时间", auto_now_add=True)
    version = models.PositiveSmallIntegerField("版次")
    card = models.JSONField("得分卡")
    attendance = models.DecimalField("日常考勤管理", max_digits=5, decimal_places=2, null=True)
    duty = models.DecimalField("履职情况", max_digits=5, decimal_places=2, null=True)
    satisfaction = models.DecimalField("满意度测评", max_digits=5, decimal_places=2, null=True)
    bonus = models.DecimalField("加分", max_digits=5, decimal_places=2)
    total = models.DecimalField("总分", max_digits=6, decimal_places=2, null=True)
    grade = models.CharField("等次", max_length=10)
    rank = models.PositiveIntegerField("名次", null=True)
    reason = models.CharField("缘由", max_length=200)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="定分人")

    class Meta:
        verbose_name = "定分"
        ordering = ["assessment_id", "-version"]
        indexes = [models.Index(fields=["transaction", "id"], name="score_by_transaction")]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "version"], name="score_version_unique"),
            models.CheckConstraint(name="score_change_has_reason", condition=Q(version=1) | ~Q(reason="")),
        ]  # fmt: skip


class ScoreSeal(SealRow):
    """The hash chain over frozen scores."""

    class Meta:
        verbose_name = "定分封存"


class Appeal(OfAssessment):
    """A cadre's appeal within the window, and its answer."""

    class State(models.TextChoices):
        FILED = "filed", "待答复"
        UPHELD = "upheld", "申诉成立"
        REFUSED = "refused", "维持原结果"

    score = models.ForeignKey(Score, models.PROTECT, verbose_name="定分")
    filed_on = models.DateField("申诉日期")
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申诉提交人")
    grounds = models.CharField("申诉理由", max_length=1000)
    state = models.CharField("状态", max_length=8, choices=State, default=State.FILED)
    answer = models.CharField("答复", max_length=500, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人")
    decided_on = models.DateField("答复日期", null=True, blank=True)

    class Meta:
        verbose_name = "申诉"
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment"], condition=Q(state="filed"), name="appeal_one_open", violation_error_message="已有一件申诉在办理。"),
            models.CheckConstraint(name="appeal_decided_by_another", condition=~Q(decided_by=F("filed_by")), violation_error_message="申诉人不能答复自己的申诉。"),
            models.CheckConstraint(name="appeal_decided_iff_answered", condition=Q(state="filed", decided_by=None, answer="") | (~Q(state="filed") & Q(decided_by__isnull=False) & ~Q(answer=""))),
        ]  # fmt: skip


class ScoreUse(OfAssessment):
    """What a score was used for."""

    class Kind(models.TextChoices):
        PROMOTION = "promotion", "提拔使用"
        HONOUR = "honour", "评先评优"
        WARNING = "warning", "约谈提醒"
        RECALL = "recall", "召回调整"

    kind = models.CharField("用途", max_length=10, choices=Kind)
    used_on = models.DateField("日期")
    words = models.CharField("说明", max_length=200)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="登记人")

    class Meta:
        verbose_name = "结果运用"
        ordering = ["assessment_id", "used_on", "id"]


class AppraisalChart(OfAssessment):
    """The wall chart (鉴定挂图) of one cadre and period: one a year, a new version when the score has one."""

    version = models.PositiveSmallIntegerField("版次")
    number = models.CharField("编号", max_length=30, unique=True)
    released_on = models.DateField("制图日期")
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="制图人")
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="文件")

    class Meta:
        verbose_name = "鉴定挂图"
        ordering = ["assessment_id", "-version"]
        constraints = [models.UniqueConstraint(fields=["assessment", "version"], name="appraisal_chart_version_unique")]

    def get_absolute_url(self) -> str:
        return reverse("assessments:chart", args=[self.assessment_id])
