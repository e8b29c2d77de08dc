"""Projects and what belongs to them: budget, beneficiaries, progress, contract, acceptance, assets, performance (`domain.md` §7.1, §7.3)."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from assistance.models import ExitNeed, Wish
from funds.models.ceilings import Balance
from funds.models.money import yuan
from funds.querysets import ProjectPartQuerySet, ProjectQuerySet
from funds.rules.codes import Forbidden, Source
from funds.rules.grades import grade_of
from households.models import Household
from villages.models import Village
from workflow.models import Attachment

NEEDS = [*Wish.Aspect.choices, *ExitNeed.Aspect.choices]


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
        APPLIED = "applied", "村级申报"
        CHECKED = "checked", "乡镇审核"
        ARGUED = "argued", "县级论证审定"
        LISTED = "listed", "入库"
        PLANNED = "planned", "年度实施计划"
        RUNNING = "running", "实施中"
        FINISHED = "finished", "已竣工"
        ACCEPTED = "accepted", "已验收"
        SETTLED = "settled", "已报账"
        CLOSED = "closed", "已结项"
        DROPPED = "dropped", "移出"

    ENDED = ("finished", "accepted", "settled", "closed")

    code = models.CharField("项目编号", max_length=20, unique=True)
    name = models.CharField("项目名称", max_length=100)
    kind = models.CharField("类别", max_length=16, choices=Kind)
    village = models.ForeignKey(Village, models.PROTECT, related_name="projects", verbose_name="实施村")
    department = models.ForeignKey(Organization, models.PROTECT, related_name="projects", verbose_name="实施单位")
    other_villages = models.ManyToManyField(Village, blank=True, related_name="+", verbose_name="其他受益村")
    source = models.CharField("资金来源", max_length=2, choices=Source)
    amount = models.DecimalField("资金规模(元)", max_digits=14, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)])
    started_on = models.DateField("开工日期", null=True, blank=True)
    planned_finish_on = models.DateField("计划竣工日期", null=True, blank=True)
    finished_on = models.DateField("竣工日期", null=True, blank=True)
    applied_on = models.DateField("申报日期", null=True, blank=True)
    approved_on = models.DateField("批复日期", null=True, blank=True)
    approval_document = models.CharField("批复文号", max_length=60, blank=True)
    library_number = models.CharField("项目库编号", max_length=30, blank=True)
    listed_on = models.DateField("入库日期", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.APPLIED)
    content = models.CharField("建设内容", max_length=300, blank=True)
    need = models.CharField("对应的脱贫意愿或退出需求", max_length=3, choices=NEEDS, blank=True)
    benefit = models.CharField("联农带农机制", max_length=200, blank=True)
    forbidden_use = models.CharField("负面清单", max_length=16, choices=Forbidden, blank=True, help_text="属于不得支出的用途的,选出是哪一条")
    handler = models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name="经办人")
    beneficiary_households = models.PositiveIntegerField("受益户数", default=0)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        ordering = ["village_id", "code"]
        constraints = [
            models.UniqueConstraint(fields=["id", "village"], name="project_with_its_village"),
            models.UniqueConstraint(
                fields=["library_number"],
                condition=~Q(library_number=""),
                name="project_library_number_once",
                violation_error_message="这个项目库编号已被另一项目使用。",
            ),
            models.CheckConstraint(
                name="project_listed_iff_numbered",
                condition=Q(library_number="", listed_on=None) | (~Q(library_number="") & Q(listed_on__isnull=False)),
                violation_error_message="入库要同时写明项目库编号和日期。",
            ),
            models.CheckConstraint(
                name="project_approved_before_it_runs",
                condition=Q(state__in=["applied", "checked", "argued", "listed", "planned", "dropped"]) | Q(approved_on__isnull=False),
                violation_error_message="没有批复的项目不能实施。",
            ),
            models.CheckConstraint(
                name="project_forbidden_use_gets_no_money",
                condition=Q(forbidden_use="") | Q(state__in=["applied", "checked", "argued", "dropped"]),
                violation_error_message="属于负面清单的支出不能入库。",
            ),
            models.CheckConstraint(
                name="project_amount_not_negative", condition=Q(amount__gte=0), violation_error_message="资金规模不能为负数。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="project_finished_iff_dated",
                condition=Q(state__in=["finished", "accepted", "settled", "closed"], finished_on__isnull=False)
                | (~Q(state__in=["finished", "accepted", "settled", "closed"]) & Q(finished_on=None)),
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

    @property
    def ceiling_used(self) -> Decimal:
        """Money allocated to it, in yuan."""
        return Balance.objects.filter(kind="budget", key=self.pk).values_list("used", flat=True).first() or Decimal(0)


def _of_project(name: str) -> models.ForeignKey:
    return models.ForeignKey(Project, models.PROTECT, related_name=name, editable=False, verbose_name="项目")


def _village() -> models.ForeignKey:
    """The project's village: a composite foreign key keeps them the same (migration 0003)."""
    return models.ForeignKey(Village, models.PROTECT, related_name="+", editable=False, verbose_name="村")


def _file(label: str) -> models.ForeignKey:
    return models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=label)


class ProjectPart(models.Model):
    """What hangs on a project: seen where the project is seen."""

    objects = ProjectPartQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return self.project.get_absolute_url()  # type: ignore[attr-defined]


class BudgetLine(ProjectPart):
    """The budget of a project by source."""

    project = _of_project("budget")
    village = _village()
    source = models.CharField("资金来源", max_length=2, choices=Source)
    content = models.CharField("预算内容", max_length=60, default="项目建设", help_text="如工程费、设备、监理")
    amount = yuan("预算(元)")

    class Meta:
        verbose_name = "预算"
        ordering = ["project_id", "source", "id"]
        constraints = [
            models.CheckConstraint(name="budget_line_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于零。"),
            models.UniqueConstraint(
                fields=["project", "source", "content"], name="budget_line_once", violation_error_message="这项预算已登记。"
            ),
        ]  # fmt: skip


class Beneficiary(ProjectPart):
    """A household a project is for, and what it got of it (the benefit record of gate 6)."""

    project = _of_project("beneficiaries")
    household = models.ForeignKey(Household, models.PROTECT, related_name="projects", verbose_name="受益户")
    village = _village()
    benefit = models.CharField("受益方式", max_length=100, blank=True)
    amount = models.DecimalField("受益金额(元)", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    recorded_on = models.DateField("登记日期")

    class Meta:
        verbose_name = "受益户"
        ordering = ["project_id", "household_id"]
        constraints = [
            models.UniqueConstraint(fields=["project", "household"], name="beneficiary_once", violation_error_message="这户已在受益名单中。"),
            models.CheckConstraint(
                name="beneficiary_amount_not_negative",
                condition=Q(amount=None) | Q(amount__gte=0),
                violation_error_message="受益金额不能为负数。",
            ),
        ]


class ProgressReport(ProjectPart):
    """How far a project had come on a day, with a photo."""

    project = _of_project("progress")
    village = _village()
    reported_on = models.DateField("报告日期")
    percent = models.PositiveSmallIntegerField("形象进度(%)", validators=[MaxValueValidator(100)])
    note = models.CharField("进展情况", max_length=300)
    photo = _file("现场照片")
    by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="填报人")

    class Meta:
        verbose_name = "进度报告"
        ordering = ["project_id", "-reported_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "reported_on"], name="progress_report_once_a_day", violation_error_message="这一天的进度已报过。"
            ),
            models.CheckConstraint(name="progress_report_percent_in_range", condition=Q(percent__lte=100)),
        ]  # fmt: skip


class Contract(ProjectPart):
    """Who carries a project out, for how much, and how they were found."""

    class Method(models.TextChoices):
        TENDER = "tender", "公开招标"
        PURCHASE = "purchase", "政府采购"
        VILLAGE = "village", "一事一议"
        DIRECT = "direct", "直接委托"

    project = _of_project("contracts")
    village = _village()
    number = models.CharField("合同编号", max_length=40)
    contractor = models.ForeignKey(Organization, models.PROTECT, related_name="contracts", verbose_name="承包单位")
    amount = yuan("合同金额(元)")
    method = models.CharField("确定方式", max_length=10, choices=Method)
    signed_on = models.DateField("签订日期")
    related_to_approver = models.BooleanField("与审批人员有亲属或隶属关系", default=False, help_text="由承包单位和审批人员书面申明")
    declared = models.BooleanField("已取得无利害关系申明", default=False)
    file = _file("合同扫描件")

    class Meta:
        verbose_name = "合同"
        ordering = ["project_id", "signed_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["number"], name="contract_number_once", violation_error_message="这个合同编号已登记。"),
            models.CheckConstraint(name="contract_amount_positive", condition=Q(amount__gt=0), violation_error_message="金额应大于零。"),
        ]


class Acceptance(ProjectPart):
    """The acceptance of a finished project: who looked, what they found. A failed one is followed by another."""

    class Result(models.TextChoices):
        PASSED = "passed", "合格"
        FAILED = "failed", "不合格,须整改"

    project = _of_project("acceptances")
    village = _village()
    accepted_on = models.DateField("验收日期")
    result = models.CharField("验收结论", max_length=6, choices=Result)
    members = models.CharField("验收人员", max_length=100)
    note = models.CharField("验收意见", max_length=300, blank=True)
    file = _file("验收单")

    class Meta:
        verbose_name = "验收"
        ordering = ["project_id", "accepted_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(result="passed"),
                name="acceptance_passed_once",
                violation_error_message="这个项目已验收合格。",
            )
        ]


class Asset(ProjectPart):
    """What a project leaves behind, and whose it is (确权登记)."""

    class Kind(models.TextChoices):
        PUBLIC = "public", "公益性资产"
        PRODUCTIVE = "productive", "经营性资产"
        HOUSEHOLD = "household", "到户类资产"

    project = _of_project("assets")
    village = _village()
    name = models.CharField("资产名称", max_length=80)
    kind = models.CharField("资产类别", max_length=10, choices=Kind)
    value = yuan("原值(元)")
    owner = models.CharField("产权归属", max_length=80, blank=True, help_text="未确权的先空着,会列入预警")
    keeper = models.CharField("管护责任人", max_length=50, blank=True)
    handed_over_on = models.DateField("移交日期", null=True, blank=True)
    registered_on = models.DateField("确权登记日期", null=True, blank=True)

    class Meta:
        verbose_name = "资产"
        ordering = ["project_id", "id"]
        constraints = [
            models.CheckConstraint(name="asset_value_positive", condition=Q(value__gt=0), violation_error_message="原值应大于零。"),
            models.CheckConstraint(
                name="asset_registered_has_owner",
                condition=Q(registered_on=None) | ~Q(owner=""),
                violation_error_message="确权登记的资产要写明产权归属。",
            ),
        ]


class Performance(ProjectPart):
    """A performance target and how the project did against it (国办发〔2018〕35号)."""

    project = models.OneToOneField(Project, models.PROTECT, related_name="performance", editable=False, verbose_name="项目")
    village = _village()
    target = models.CharField("绩效目标", max_length=300)
    indicator = models.CharField("绩效指标", max_length=100, help_text="可衡量的一项,如受益户数、道路公里数")
    planned = models.DecimalField("目标值", max_digits=14, decimal_places=2, validators=[MinValueValidator(0)])
    reached = models.DecimalField("实现值", max_digits=14, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)])
    score = models.DecimalField(
        "自评得分", max_digits=5, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(100)]
    )
    evaluated_on = models.DateField("自评日期", null=True, blank=True)
    note = models.CharField("自评说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "绩效"
        constraints = [
            models.CheckConstraint(
                name="performance_score_in_range", condition=Q(score=None) | Q(score__gte=0, score__lte=100), violation_error_message="得分应在 0 到 100 之间。"
            ),
            models.CheckConstraint(
                name="performance_scored_iff_dated",
                condition=Q(score=None, evaluated_on=None) | Q(score__isnull=False, evaluated_on__isnull=False),
                violation_error_message="自评得分和自评日期要同时填写。",
            ),
        ]  # fmt: skip

    @property
    def grade(self) -> str:
        """优 ≥ 90, 良 ≥ 80, 及格 ≥ 60, else 不及格; '' while not evaluated."""
        return "" if self.score is None else str(grade_of(self.score).label)
