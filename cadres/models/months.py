"""考勤月报: a village's team in a month, made from the days, frozen when filed (`domain.md` §6.2)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from cadres.models.people import Cadre, Posting
from cadres.querysets import VillageRowQuerySet
from villages.models import Village
from workflow.models import Case


class AttendanceMonth(models.Model):
    """The monthly report of one village. While it runs through its approvals and after filing its days change by corrections only."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        RUNNING = "running", "审核中"
        FILED = "filed", "已备案"

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    month_on = models.DateField("月份")
    state = models.CharField("状态", max_length=8, choices=State, default=State.DRAFT)
    closed_days = models.BooleanField("考勤已封存", default=False)
    due_on = models.DateField("应报日期")
    submitted_on = models.DateField("报送日期", null=True, blank=True)
    filed_on = models.DateField("备案日期", null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件")
    content_sha256 = models.CharField("内容摘要", max_length=64, blank=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "考勤月报"
        ordering = ["-month_on", "village_id"]
        constraints = [
            models.UniqueConstraint(fields=["village", "month_on"], name="attendance_month_one_a_village"),
            models.CheckConstraint(name="attendance_month_first_day", condition=Q(month_on__day=1)),
            models.CheckConstraint(
                name="attendance_month_closed_while_out", condition=Q(state="draft", closed_days=False) | Q(state__in=["running", "filed"], closed_days=True)
            ),
            models.CheckConstraint(
                name="attendance_month_filed_iff_dated",
                condition=Q(state="filed", filed_on__isnull=False) & ~Q(content_sha256="") | (~Q(state="filed") & Q(filed_on=None)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.village} {self.label}考勤月报"

    @property
    def label(self) -> str:
        return f"{self.month_on.year}年{self.month_on.month}月"

    def get_absolute_url(self) -> str:
        return reverse("cadres:month-detail", args=[self.pk])


class AttendanceLine(models.Model):
    """One cadre's line of a monthly report, in the columns of the form."""

    month = models.ForeignKey(AttendanceMonth, models.PROTECT, related_name="lines", verbose_name="月报")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="months", verbose_name="姓名")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", verbose_name="派驻")
    codes = models.CharField("逐日代码", max_length=31)
    required = models.PositiveSmallIntegerField("应驻村天数")
    actual = models.PositiveSmallIntegerField("实际驻村天数")
    business = models.PositiveSmallIntegerField("因公外出")
    reported = models.PositiveSmallIntegerField("外出报备")
    personal = models.PositiveSmallIntegerField("事假")
    sick = models.PositiveSmallIntegerField("病假")
    paid = models.PositiveSmallIntegerField("年休")
    absent = models.PositiveSmallIntegerField("旷岗")
    open_days = models.PositiveSmallIntegerField("未记")
    checks = models.PositiveSmallIntegerField("坐班抽查次数")
    checks_present = models.PositiveSmallIntegerField("在岗次数")
    main_work = models.CharField("本月主要工作", max_length=200, blank=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "考勤月报行"
        ordering = ["month_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["month", "cadre"], name="attendance_line_one_a_cadre"),
            models.CheckConstraint(name="attendance_line_checks_in_order", condition=Q(checks_present__lte=models.F("checks"))),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.actual}/{self.required}"

    @property
    def month_url(self) -> str:
        return reverse("cadres:month-detail", args=[self.month_id])
