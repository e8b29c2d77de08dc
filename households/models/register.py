"""The register: households, members, living conditions and income by year (`domain.md` §1, §2).

Nothing here is deleted: a household or a member ends with a date and a reason. Child rows carry the
village of their household through a composite foreign key (migration 0002), so that row security needs
no join.
"""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import CombinedExpression, ExpressionWrapper
from django.db.models.functions import NullIf, Round
from django.urls import reverse

from core.fields import BlindIndexField, EncryptedTextField
from households.querysets import HouseholdQuerySet, HouseholdRowQuerySet, MemberQuerySet
from households.rules import codes
from villages.models import Village, VillageGroup
from workflow.models import Attachment


def _choice(label: str, choices: type[models.TextChoices], **options: object) -> models.CharField:
    return models.CharField(label, max_length=2, choices=choices, **options)


def _optional_choice(label: str, choices: type[models.TextChoices]) -> models.CharField:
    return models.CharField(label, max_length=2, choices=choices, blank=True)


def _yes(label: str) -> models.BooleanField:
    return models.BooleanField(label, default=False)


def _mu(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)])


def _year(label: str, **options: object) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(label, validators=[MinValueValidator(1950), MaxValueValidator(2100)], **options)


class PovertyLine(models.Model):
    """A line of one year and series, in yuan a head a year (`domain.md` §2.3)."""

    class Series(models.TextChoices):
        NBS = "nbs", "国家统计局现价标准"
        WORKING = "working", "扶贫系统工作标准"
        MONITORING = "monitoring", "防返贫监测线"

    year = _year("年度")
    series = models.CharField("口径", max_length=12, choices=Series)
    area_code = models.CharField("适用范围", max_length=12, blank=True, help_text="空为全国")
    amount = models.DecimalField("标准(元/人·年)", max_digits=10, decimal_places=2)
    source = models.CharField("依据", max_length=200, blank=True)
    is_official = models.BooleanField("已核实文号", default=False)

    class Meta:
        verbose_name = "扶贫标准"
        verbose_name_plural = "扶贫标准"
        ordering = ["series", "year"]
        constraints = [
            models.UniqueConstraint(fields=["year", "series", "area_code"], name="poverty_line_unique"),
            models.CheckConstraint(name="poverty_line_positive", condition=Q(amount__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.year}年 {self.get_series_display()} {self.amount}元"


class Household(models.Model):
    """A household 建档立卡户: applied for first (no code, no day of identification), then registered.

    `objects.active()` are the registered ones; who has only applied is `objects.applied()`.
    """

    class EndReason(models.TextChoices):
        REMOVED = "removed", "清退(识别不准)"
        DIED_OUT = "died_out", "整户自然消亡"
        MOVED = "moved", "整户迁出"
        MERGED = "merged", "并户"
        DECLINED = "declined", "申请未纳入"
        WITHDRAWN = "withdrawn", "申请撤回"

    LEAVING = [choice for choice in EndReason.choices if choice[0] not in {"declined", "withdrawn"}]

    class BankKind(models.TextChoices):
        CARD = "card", "银行卡"
        PASSBOOK = "passbook", "存折"

    village = models.ForeignKey(Village, models.PROTECT, related_name="households", verbose_name="村")
    group = models.ForeignKey(VillageGroup, models.PROTECT, null=True, blank=True, related_name="households", verbose_name="社(组)")
    household_code = models.CharField("户编号", max_length=16, unique=True, null=True)  # noqa: DJ001 — none before registration
    id_standard = _choice("识别标准", codes.IdStandard, default=codes.IdStandard.choices[0][0])
    applied_on = models.DateField("申请日期", null=True, blank=True)
    identified_on = models.DateField("识别(建档)日期", null=True)
    attribute = _choice("贫困户属性", codes.Attribute)
    cause_main = _choice("主要致贫原因", codes.Cause)
    cause_other = ArrayField(models.CharField(max_length=2, choices=codes.Cause), verbose_name="其他致贫原因", default=list, blank=True)
    cause_note = models.TextField("致贫原因说明", max_length=500, blank=True)
    poverty_status = _choice("脱贫状态", codes.PovertyStatus, default="1")
    status_confirmed_on = models.DateField("状态确认日期", null=True, blank=True)
    plan_exit_year = _year("计划脱贫年度", null=True, blank=True)
    exit_year = _year("脱贫年度", null=True, blank=True)
    return_reason = _optional_choice("返贫原因", codes.Cause)
    is_martyr_family = _yes("军烈属")
    is_only_child = _yes("独生子女户")
    is_two_daughters = _yes("双女户")
    phone = EncryptedTextField("联系电话", blank=True)
    phone_index = BlindIndexField(source="phone", purpose="phone")
    bank_name = models.CharField("开户银行", max_length=60, blank=True)
    bank_account = EncryptedTextField("银行账号", blank=True)
    bank_account_index = BlindIndexField(source="bank_account", purpose="bank_account")
    bank_account_kind = models.CharField("账户种类", max_length=10, choices=BankKind, blank=True)
    address = models.CharField("家庭住址", max_length=200, blank=True)
    registered_address = models.CharField("户籍地址", max_length=200, blank=True)
    reloc_flag = _yes("易地扶贫搬迁户")
    reloc_type = _optional_choice("搬迁方式", codes.RelocationKind)
    resettlement = models.CharField("安置点", max_length=60, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True)
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片")
    surveyed_by = models.CharField("填表人", max_length=50, blank=True)
    surveyed_on = models.DateField("填表日期", null=True, blank=True)
    ended_on = models.DateField("退出登记日期", null=True, blank=True)
    end_reason = models.CharField("退出登记原因", max_length=10, choices=EndReason, blank=True)
    continued_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="并入户")
    warning_count = models.PositiveSmallIntegerField("待核对", default=0, editable=False)
    version = models.PositiveIntegerField("版本", default=1, editable=False)
    created_at = models.DateTimeField("录入时间", auto_now_add=True)
    updated_at = models.DateTimeField("更新时间", auto_now=True)

    wall_household = "id"
    objects = HouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = "建档立卡户"
        constraints = [
            models.UniqueConstraint(fields=["id", "village"], name="household_with_its_village"),
            models.UniqueConstraint(
                fields=["bank_account_index"],
                condition=Q(ended_on=None),
                name="household_bank_account_unique_while_active",
                violation_error_message="这个银行账号已登记在另一户名下。",
            ),
            models.CheckConstraint(
                name="household_code_sixteen_digits", condition=Q(household_code__regex=r"^\d{16}$"), violation_error_message="户编号为16位数字。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="household_registered_iff_coded",
                condition=Q(household_code=None, identified_on=None, applied_on__isnull=False, poverty_status="1")
                | Q(household_code__isnull=False, identified_on__isnull=False),
                violation_error_message="建档时户编号和识别日期要一并确定;申请中的户只填申请日期。",
            ),
            models.CheckConstraint(
                name="household_ended_iff_reason",
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                violation_error_message="退出登记要同时写明日期和原因。",
            ),
            models.CheckConstraint(
                name="household_only_child_or_two_daughters",
                condition=~Q(is_only_child=True, is_two_daughters=True),
                violation_error_message="独生子女户和双女户不能同时为是。",
            ),
            models.CheckConstraint(
                name="household_causes_distinct_and_two_at_most",
                condition=Q(cause_other__len__lte=2) | Q(cause_other=[]),
                violation_error_message="其他致贫原因最多选两项。",
            ),
            models.CheckConstraint(
                name="household_ended_after_identified",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("identified_on")),
                violation_error_message="退出登记日期不能早于识别日期。",
            ),
            models.CheckConstraint(
                name="household_continued_only_when_merged",
                condition=Q(continued_as=None) | (Q(end_reason="merged", ended_on__isnull=False) & ~Q(continued_as=F("id"))),
            ),
        ]
        indexes = [
            models.Index(fields=["village", "id"], name="household_list"),
            models.Index(fields=["poverty_status", "village", "id"], name="household_by_status"),
            models.Index(fields=["cause_main", "village", "id"], name="household_by_cause"),
            models.Index(fields=["attribute", "village", "id"], name="household_by_attribute"),
            models.Index(fields=["exit_year", "village", "id"], name="household_by_exit_year"),
            models.Index(fields=["village", "id"], name="household_with_warnings", condition=Q(warning_count__gt=0)),
            models.Index(fields=["phone_index"], name="household_by_phone"),
            models.Index(fields=["village", "id"], name="household_applied", condition=Q(identified_on=None)),
        ]

    def __str__(self) -> str:
        return self.household_code or f"申请户 {self.pk}"

    @property
    def is_registered(self) -> bool:
        return self.identified_on is not None

    @property
    def cause_other_labels(self) -> list[str]:
        return [codes.Cause(cause).label for cause in self.cause_other]

    def get_absolute_url(self) -> str:
        return reverse("households:detail", args=[self.pk])


class Member(models.Model):
    """A person of a household; leaves with a date and a reason, never by deletion."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    number = models.PositiveSmallIntegerField("序号", default=1)
    name = models.CharField("姓名", max_length=50)
    sex = _choice("性别", codes.Sex)
    document_kind = _choice("证件类型", codes.DocumentKind, default="1")
    id_number = EncryptedTextField("证件号码", blank=True)
    id_number_index = BlindIndexField(source="id_number", purpose="id_number")
    birth_on = models.DateField("出生日期")
    birth_estimated = _yes("出生日期为估计")
    relation = _choice("与户主关系", codes.Relation)
    ethnicity = _choice("民族", codes.Ethnicity, default="01")
    marital = _optional_choice("婚姻状况", codes.Marital)
    political = _optional_choice("政治面貌", codes.Political)
    education = _optional_choice("文化程度", codes.Education)
    schooling = _optional_choice("在校生状况", codes.Schooling)
    dropout_reason = _optional_choice("失学或辍学原因", codes.DropoutReason)
    health = ArrayField(models.CharField(max_length=2, choices=codes.Health), verbose_name="健康状况", default=list)
    disability_category = _optional_choice("残疾类别", codes.DisabilityCategory)
    disability_grade = _optional_choice("残疾等级", codes.DisabilityGrade)
    disability_number = EncryptedTextField("残疾证号", blank=True)
    disability_number_index = BlindIndexField(source="disability_number", purpose="disability_number")
    illness_note = EncryptedTextField("大病、慢病病种", blank=True)
    labour = _choice("劳动技能", codes.Labour)
    work_area = _optional_choice("务工区域", codes.WorkArea)
    work_place = models.CharField("务工企业或地点", max_length=100, blank=True)
    work_months = models.PositiveSmallIntegerField("务工时间(月)", default=0, validators=[MaxValueValidator(12)])
    medical_insured = _yes("城乡居民基本医疗保险")
    serious_illness_insured = _yes("大病保险")
    commercial_insured = _yes("商业补充医疗保险")
    pension_insured = _yes("城乡居民基本养老保险")
    employee_insured = _yes("城镇职工基本保险")
    low_income_support = _yes("最低生活保障")
    extreme_support = _yes("特困供养")
    medical_aid = _yes("接受医疗救助")
    public_post = _optional_choice("公益性岗位", codes.PublicPost)
    public_post_months = models.PositiveSmallIntegerField("公益岗聘用月数", default=0, validators=[MaxValueValidator(12)])
    in_service = _yes("现役军人")
    speaks_mandarin = models.BooleanField("会讲普通话", default=True)
    relocated = _yes("易地扶贫搬迁人口")
    joined_on = models.DateField("增加日期", null=True, blank=True)
    join_reason = _optional_choice("增加原因", codes.JoinReason)
    left_on = models.DateField("减少日期", null=True, blank=True)
    leave_reason = _optional_choice("减少原因", codes.LeaveReason)
    continued_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="continues", verbose_name="现登记")

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = "家庭成员"
        ordering = ["household_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["household"],
                condition=Q(relation="01", left_on=None),
                name="member_one_head_per_household",
                violation_error_message="一户只能有一位户主。",
            ),
            models.UniqueConstraint(
                fields=["id_number_index"],
                condition=Q(left_on=None),
                name="member_id_number_unique_while_active",
                violation_error_message="这个证件号码已登记。",
            ),
            models.CheckConstraint(
                name="member_left_iff_reason",
                condition=Q(left_on=None, leave_reason="") | (Q(left_on__isnull=False) & ~Q(leave_reason="")),
                violation_error_message="人员减少要同时写明日期和原因。",
            ),
            models.CheckConstraint(name="member_work_months_in_year", condition=Q(work_months__lte=12, public_post_months__lte=12)),
            models.CheckConstraint(
                name="member_healthy_alone",
                condition=~Q(health__contains=["1"]) | Q(health=["1"]),
                violation_error_message="“健康”不能与其他健康状况同时选择。",
            ),
            models.CheckConstraint(name="member_left_after_joined", condition=Q(left_on=None) | Q(joined_on=None) | Q(left_on__gte=F("joined_on"))),
            models.CheckConstraint(name="member_continued_once_left", condition=Q(continued_as=None) | (Q(left_on__isnull=False) & ~Q(continued_as=F("id")))),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["household", "number"], name="member_by_household"),
            models.Index(fields=["disability_number_index"], name="member_by_disability_number"),
            models.Index(fields=["id_number_index"], name="member_by_id_number"),  # also of those who left
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def health_labels(self) -> str:
        return "、".join(codes.Health(code).label for code in self.health)

    @property
    def is_head(self) -> bool:
        return self.relation == codes.Relation.HEAD


class Living(models.Model):
    """Production and living conditions of a household in one year (`domain.md` §1.2)."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="living", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    year = _year("年度")
    cultivated_mu = _mu("耕地面积(亩)")
    irrigated_mu = _mu("有效灌溉面积(亩)")
    forest_mu = _mu("林地面积(亩)")
    returned_forest_mu = _mu("退耕还林面积(亩)")
    orchard_mu = _mu("林果面积(亩)")
    pasture_mu = _mu("牧草地面积(亩)")
    water_mu = _mu("水面面积(亩)")
    production_power = _yes("通生产用电")
    water_difficult = _yes("饮水困难")
    water_safe = _yes("饮水安全")
    water_solved = _yes("已解决安全饮用水")
    domestic_power = _yes("通生活用电")
    broadcast = _yes("通广播电视")
    road_distance_km = models.DecimalField("与村主干路距离(公里)", max_digits=6, decimal_places=2, default=0,
                                           validators=[MinValueValidator(0), MaxValueValidator(100)])  # fmt: skip
    road_kind = _optional_choice("入户路类型", codes.RoadKind)
    dwelling_m2 = models.DecimalField("住房面积(平方米)", max_digits=8, decimal_places=2, default=0, validators=[MinValueValidator(0)])
    dwelling_unsafe = _yes("危房")
    dwelling_grade = _optional_choice("危房等级", codes.DwellingGrade)
    dwelling_rebuilt_year = _year("危房改造年度", null=True, blank=True)
    sanitary_toilet = _yes("有卫生厕所")
    fuel = _optional_choice("主要燃料类型", codes.Fuel)
    fuel_name = models.CharField("具体燃料", max_length=40, blank=True)
    in_cooperative = _yes("加入农民专业合作组织")
    by_enterprise = _yes("有龙头企业带动")
    by_leader = _yes("有创业致富带头人带动")
    industry_help = _optional_choice("到户产业帮扶类型", codes.IndustryHelp)
    cattle = models.PositiveIntegerField("牛(头)", default=0, validators=[MaxValueValidator(100000)])
    sheep = models.PositiveIntegerField("羊(只)", default=0, validators=[MaxValueValidator(100000)])
    horses = models.PositiveIntegerField("马(匹)", default=0, validators=[MaxValueValidator(100000)])
    camels = models.PositiveIntegerField("骆驼(峰)", default=0, validators=[MaxValueValidator(100000)])
    structure = _optional_choice("住房结构", codes.Structure)
    heating = models.CharField("取暖方式", max_length=40, blank=True)
    broadband = _yes("通宽带")

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "生产生活条件"
        ordering = ["household_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year"], name="living_one_per_year", violation_error_message="该年度的生产生活条件已录入,请直接修改。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="living_irrigated_within_cultivated",
                condition=Q(irrigated_mu__lte=F("cultivated_mu")),
                violation_error_message="有效灌溉面积不能大于耕地面积。",
            ),
            models.CheckConstraint(
                name="living_unsafe_dwelling_graded",
                condition=Q(dwelling_unsafe=False) | Q(dwelling_grade__in=["C", "D"]),
                violation_error_message="危房要填等级C或D。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年"


INCOME_GROUPS = {
    "wage": ("a1", "a2", "a3", "a4", "a5"),
    "business": ("b1", "b2", "b3", "b4"),
    "property": ("c1", "c2", "c3", "c4"),
    "transfer": ("d1", "d2", "d3", "d4", "d5", "d6"),
    "expense": ("e1", "e2", "e3", "e4"),
}


def _money(label: str) -> models.DecimalField:
    return models.DecimalField(label, max_digits=12, decimal_places=2, default=Decimal(0), validators=[MinValueValidator(0)])


def _sum(*groups: str) -> CombinedExpression:
    names = [name for group in groups for name in INCOME_GROUPS[group]]
    total = F(names[0])
    for name in names[1:]:
        total = total + F(name)
    return total


def _total(label: str, expression: object) -> models.GeneratedField:
    return models.GeneratedField(
        verbose_name=label,
        expression=expression,
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
    )


_NET = _sum("wage", "business", "property", "transfer") - _sum("expense")


class Income(models.Model):
    """A household's income of one accounting year, in yuan (`domain.md` §2). Sums are the database's own."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="incomes", verbose_name="户")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    year = _year("年度")
    population = models.PositiveSmallIntegerField("期末人口")
    a1 = _money("务工收入")
    a2 = _money("行业部门公益岗")
    a3 = _money("乡镇公益岗")
    a4 = _money("村级公益岗")
    a5 = _money("其他工资性收入")
    b1 = _money("种植业")
    b2 = _money("养殖业")
    b3 = _money("林果业")
    b4 = _money("其他经营")
    c1 = _money("资产收益扶贫分红")
    c2 = _money("土地(草场)流转")
    c3 = _money("代种代养、入股")
    c4 = _money("其他财产性收入")
    d1 = _money("计划生育金")
    d2 = _money("低保金")
    d3 = _money("特困供养金")
    d4 = _money("养老保险金")
    d5 = _money("生态补偿金")
    d6 = _money("其他转移性收入")
    e1 = _money("种植业支出")
    e2 = _money("养殖业支出")
    e3 = _money("林果业支出")
    e4 = _money("其他经营支出")
    note = models.CharField("说明", max_length=300, blank=True)
    wage = _total("工资性收入", _sum("wage"))
    business = _total("生产经营性收入", _sum("business"))
    property = _total("财产性收入", _sum("property"))
    transfer = _total("转移性收入", _sum("transfer"))
    expense = _total("生产经营性支出", _sum("expense"))
    gross = _total("年总收入", _sum("wage", "business", "property", "transfer"))
    net = _total("年纯收入", _NET)
    per_capita = _total(
        "人均纯收入",
        Round(
            ExpressionWrapper(_NET / NullIf(F("population"), 0), output_field=models.DecimalField(max_digits=14, decimal_places=6)),
            precision=2,
        ),
    )

    objects = HouseholdRowQuerySet.as_manager()

    class Meta:
        verbose_name = "家庭收入"
        ordering = ["household_id", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["household", "year"], name="income_one_per_year",
                                    violation_error_message="该年度的收入已录入,请直接修改。"),  # fmt: skip
            models.CheckConstraint(name="income_items_not_negative", condition=Q(
                **{f"{name}__gte": 0 for group in INCOME_GROUPS.values() for name in group})),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.year}年"


class NameGram(models.Model):
    """Every fragment of one to three characters of a member's name and initials, for search behind the wall."""

    pk = models.CompositePrimaryKey("gram", "village_id", "household_id")
    gram = models.CharField(max_length=3)
    village_id = models.IntegerField()
    household_id = models.IntegerField()

    wall_village = "village_id"
    wall_household = "household_id"

    class Meta:
        verbose_name = "姓名检索"
