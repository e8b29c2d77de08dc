"""Projects, as far as the six charts need them: kind, source, amount, dates, state (`domain.md` §7)."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization
from funds.querysets import ProjectQuerySet
from villages.models import Village


class Source(models.TextChoices):
    """Sources of funds, list L50."""

    CENTRAL = "1", "中央财政专项"
    PROVINCE = "2", "省级财政专项"
    PREFECTURE = "3", "州级财政专项"
    CITY = "4", "市级财政专项"
    PARTNER = "5", "对口援建"
    LINKED_UNIT = "6", "联点单位帮扶"
    HOME_UNIT = "7", "派出单位自筹"
    ORG_DEPARTMENT = "8", "组织部专项"
    DONATION = "9", "社会捐赠"
    LOAN = "10", "银行贷款"
    SECTOR = "11", "行业部门"
    MASSES = "12", "群众自筹"
    OTHER = "99", "其他"


class Project(models.Model):
    """A poverty-alleviation project in a village."""

    class Kind(models.TextChoices):
        INFRASTRUCTURE = "infrastructure", "基础设施"
        ROAD = "road", "公路建设"
        WATER = "water", "饮水改造"
        FITNESS = "fitness", "健身"
        POWER = "power", "电网改造"
        INDUSTRY = "industry", "产业"

    SECTOR_KINDS = ("road", "water", "fitness", "power")

    class State(models.TextChoices):
        PLANNED = "planned", "计划"
        RUNNING = "running", "实施中"
        FINISHED = "finished", "已竣工"
        ACCEPTED = "accepted", "已验收"
        DROPPED = "dropped", "已取消"

    code = models.CharField("项目编号", max_length=20, unique=True)
    name = models.CharField("项目名称", max_length=100)
    kind = models.CharField("类别", max_length=16, choices=Kind)
    village = models.ForeignKey(Village, models.PROTECT, related_name="projects", verbose_name="实施村")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="projects", verbose_name="实施单位")
    source = models.CharField("资金来源", max_length=2, choices=Source)
    amount = models.DecimalField("资金规模(元)", max_digits=14, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)])
    started_on = models.DateField("开工日期", null=True, blank=True)
    planned_finish_on = models.DateField("计划竣工日期", null=True, blank=True)
    finished_on = models.DateField("竣工日期", null=True, blank=True)
    approved_on = models.DateField("批复日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PLANNED)
    content = models.CharField("建设内容", max_length=300, blank=True)
    beneficiary_households = models.PositiveIntegerField("受益户数", default=0)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        ordering = ["village_id", "code"]
        constraints = [
            models.CheckConstraint(
                name="project_amount_not_negative", condition=Q(amount__gte=0), violation_error_message="资金规模不能为负数。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="project_finished_iff_dated",
                condition=Q(state__in=["finished", "accepted"], finished_on__isnull=False)
                | (~Q(state__in=["finished", "accepted"]) & Q(finished_on=None)),
                violation_error_message="竣工或验收的项目要填竣工日期,未竣工的不填。",
            ),
            models.CheckConstraint(
                name="project_days_in_order",
                condition=Q(started_on=None) | Q(finished_on=None) | Q(finished_on__gte=F("started_on")),
                violation_error_message="竣工日期不能早于开工日期。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funds:project-detail", args=[self.pk])
