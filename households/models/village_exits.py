"""A poor village's way out 贫困村退出 (`domain.md` §3.5): one case of `workflow`, its ten items, its notices."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from households.querysets import VillageExitQuerySet
from households.rules.village_exits import VillageItem, poverty_rate
from villages.models import Village
from villages.querysets import VillageRowQuerySet
from workflow.models import Attachment, Case, PublicNotice


class VillageExit(models.Model):
    """One way through the office of one village. The two populations are those of the last step passed."""

    class Outcome(models.TextChoices):
        RUNNING = "running", "办理中"
        ADMITTED = "admitted", "已退出"
        DECLINED = "declined", "未通过"
        WITHDRAWN = "withdrawn", "撤回"

    village = models.ForeignKey(Village, models.PROTECT, related_name="exits", verbose_name="村")
    case = models.OneToOneField(Case, models.PROTECT, related_name="village_exit", verbose_name="办件")
    year = models.PositiveSmallIntegerField("退出年度")
    started_on = models.DateField("开始日期")
    reason = models.CharField("事由", max_length=300)
    poor_population = models.PositiveIntegerField("未脱贫人口")
    rural_population = models.PositiveIntegerField("农业户籍人口")
    document_number = models.CharField("核查文号", max_length=60, blank=True)
    outcome = models.CharField("结果", max_length=10, choices=Outcome, default=Outcome.RUNNING)
    closed_on = models.DateField("办结日期", null=True, blank=True)
    closed_step = models.CharField("终止环节", max_length=60, blank=True)
    closed_reason = models.CharField("终止原因", max_length=300, blank=True)

    objects = VillageExitQuerySet.as_manager()

    class Meta:
        verbose_name = "贫困村退出"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["village"], condition=Q(outcome="running"), name="village_exit_one_running",
                                    violation_error_message="这个村已有退出事项正在办理。"),
            models.UniqueConstraint(fields=["village"], condition=Q(outcome="admitted"), name="village_exit_once"),
            models.UniqueConstraint(fields=["id", "village"], name="village_exit_with_its_village"),
            models.CheckConstraint(name="village_exit_closed_iff_ended", condition=Q(outcome="running", closed_on=None)
                                   | (~Q(outcome="running") & Q(closed_on__gte=F("started_on")))),
            models.CheckConstraint(name="village_exit_declined_with_reason", condition=~Q(outcome="declined") | (~Q(closed_reason="") & ~Q(closed_step=""))),
            models.CheckConstraint(name="village_exit_of_a_population", condition=Q(rural_population__gt=0)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.village}{self.year}年退出"

    def get_absolute_url(self) -> str:
        return reverse("workflow:case", args=[self.case_id])

    @property
    def rate(self) -> str:
        return f"{poverty_rate(poor=self.poor_population, rural=self.rural_population)}%"

    @property
    def state_label(self) -> str:
        if self.outcome != self.Outcome.RUNNING:
            return str(self.get_outcome_display())
        return self.case.step.title if self.case.step else str(self.case.get_state_display())


class VillageExitCheck(models.Model):
    """One of the ten items: met or not, on what evidence, and what the year's profile said."""

    exit = models.ForeignKey(VillageExit, models.PROTECT, related_name="checks", verbose_name="退出")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    item = models.CharField("指标", max_length=2, choices=VillageItem)
    is_met = models.BooleanField("达标")
    evidence = models.CharField("依据", max_length=300)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料")
    suggested = models.BooleanField("年度情况所示", null=True)
    checked_on = models.DateField("核实日期")
    checked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="核实人")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "贫困村退出指标"
        ordering = ["exit_id", "item"]
        constraints = [
            models.UniqueConstraint(fields=["exit", "item"], name="village_exit_check_once"),
            models.CheckConstraint(name="village_exit_check_with_evidence", condition=~Q(evidence="")),
        ]

    def __str__(self) -> str:
        return str(self.get_item_display())


class VillageExitNotice(models.Model):
    """A notice that serves a step of a village's exit."""

    exit = models.ForeignKey(VillageExit, models.PROTECT, related_name="notices", verbose_name="退出")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="+", verbose_name="公示")
    step = models.CharField("环节", max_length=40)
    round = models.PositiveSmallIntegerField("轮次")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "贫困村退出公示"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["exit", "notice"], name="village_exit_notice_once")]

    def __str__(self) -> str:
        return str(self.notice)
