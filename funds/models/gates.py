"""The six gates 选项、立项、申报、审批、发放、效益 (`domain.md` §7.3): one case each, in their order."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from funds.models.projects import Project
from funds.querysets import ProjectPartQuerySet
from villages.models import Village
from workflow.models import Case, PublicNotice


class Gate(models.Model):
    """A project's way through one gate. What was refused stays; the next try is another row."""

    class Number(models.IntegerChoices):
        CHOICE = 1, "选项"
        SETUP = 2, "立项"
        APPLICATION = 3, "申报"
        APPROVAL = 4, "审批"
        PAYMENT = 5, "发放"
        BENEFIT = 6, "效益"

    class State(models.TextChoices):
        RUNNING = "running", "办理中"
        PASSED = "passed", "已通过"
        FAILED = "failed", "未通过"

    project = models.ForeignKey(Project, models.PROTECT, related_name="gates", verbose_name="项目")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    number = models.PositiveSmallIntegerField("关口", choices=Number)
    case = models.OneToOneField(Case, models.PROTECT, related_name="gate", verbose_name="办件")
    handler = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="经办人")
    started_on = models.DateField("送审日期")
    state = models.CharField("状态", max_length=8, choices=State, default=State.RUNNING)
    passed_on = models.DateField("通过日期", null=True, blank=True)

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = "关口"
        ordering = ["project_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], condition=~Q(state="failed"), name="gate_once_a_project", violation_error_message="这一关已在办理或已通过。"
            ),
            models.CheckConstraint(name="gate_number_one_to_six", condition=Q(number__gte=1, number__lte=6)),
            models.CheckConstraint(
                name="gate_passed_iff_dated", condition=Q(state="passed", passed_on__isnull=False) | (~Q(state="passed") & Q(passed_on=None))
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.project} {self.get_number_display()}"

    def get_absolute_url(self) -> str:
        return reverse("funds:project-gates", args=[self.project_id])


class ProjectNotice(models.Model):
    """A notice about a project, before it starts or after it is finished."""

    class Stage(models.TextChoices):
        BEFORE = "before", "事前公示"
        AFTER = "after", "竣工公示"

    project = models.ForeignKey(Project, models.PROTECT, related_name="notices", verbose_name="项目")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    stage = models.CharField("阶段", max_length=6, choices=Stage)
    notice = models.OneToOneField(PublicNotice, models.PROTECT, related_name="+", verbose_name="公示")

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        verbose_name = "项目公示"
        ordering = ["project_id", "id"]
