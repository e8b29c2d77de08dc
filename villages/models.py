"""Divisions, villages and their yearly profile, and grants: a role in an area, until a day."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Cast, Least
from django.urls import reverse

from accounts.models import Organization, User
from accounts.permissions import BLIND, BUSINESS, Role
from core.clock import today
from villages import querysets, rules


class Division(models.Model):
    """A node of the division tree (statistics codes of 12 digits; `data/divisions-63.csv`)."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, "省"
        PREFECTURE = 2, "市(州)"
        COUNTY = 3, "县(市)"
        TOWNSHIP = 4, "乡镇(街道)"
        VILLAGE = 5, "村(社区)"

    code = models.CharField("区划代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=60)
    level = models.PositiveSmallIntegerField("级别", choices=Level)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级区划")
    work_committee = models.ForeignKey(Organization, models.SET_NULL, null=True, blank=True, related_name="divisions", verbose_name="所属工委")

    objects = querysets.DivisionQuerySet.as_manager()

    class Meta:
        verbose_name = "区划"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="division_code_twelve_digits", condition=Q(code__regex=r"^\d{12}$")),
            models.CheckConstraint(name="division_root_iff_province", condition=Q(level=1, parent=None) | Q(level__gt=1, parent__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        return rules.prefix(self.code, self.level)


class Village(models.Model):
    """A village (or community) where households are registered."""

    class Kind(models.TextChoices):
        FARMING = "farming", "农业村"
        HERDING = "herding", "牧业村"
        COMMUNITY = "community", "社区"

    division = models.OneToOneField(Division, models.PROTECT, related_name="village", verbose_name="区划")
    township = models.ForeignKey(Division, models.PROTECT, related_name="township_villages", verbose_name="乡镇(街道)")
    code = models.CharField("村代码", max_length=12, unique=True)
    name = models.CharField("村名", max_length=60)
    kind = models.CharField("村类型", max_length=10, choices=Kind, default=Kind.FARMING)
    is_poor_village = models.BooleanField("贫困村", default=False)
    poor_since = models.PositiveSmallIntegerField("认定年度", null=True, blank=True)
    exited_in = models.PositiveSmallIntegerField("退出年度", null=True, blank=True)
    longitude = models.DecimalField("经度", max_digits=9, decimal_places=6, null=True, blank=True,
                                    validators=[MinValueValidator(-180), MaxValueValidator(180)])  # fmt: skip
    latitude = models.DecimalField("纬度", max_digits=8, decimal_places=6, null=True, blank=True,
                                   validators=[MinValueValidator(-90), MaxValueValidator(90)])  # fmt: skip
    outline = models.JSONField("村界(GeoJSON)", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = querysets.VillageQuerySet.as_manager()

    class Meta:
        verbose_name = "村"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="village_poor_years_only_when_poor",
                condition=Q(is_poor_village=True) | Q(poor_since=None, exited_in=None),
                violation_error_message="非贫困村不填认定年度和退出年度。",
            ),
            models.CheckConstraint(
                name="village_exit_after_poor_since",
                condition=Q(exited_in=None) | Q(poor_since=None) | Q(exited_in__gte=F("poor_since")),
                violation_error_message="退出年度不能早于认定年度。",
            ),
            models.CheckConstraint(
                name="village_point_complete",
                condition=Q(longitude=None, latitude=None) | Q(longitude__isnull=False, latitude__isnull=False),
                violation_error_message="经度和纬度要同时填写。",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("villages:detail", args=[self.pk])


class VillageGroup(models.Model):
    """A group (社、村民小组) of a village."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="groups", verbose_name="村")
    name = models.CharField("社(组)", max_length=40)
    number = models.PositiveSmallIntegerField("序号", default=1)

    objects = querysets.VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "社(组)"
        ordering = ["village_id", "number", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "name"], name="village_group_name_unique_in_village", violation_error_message="本村已有同名的社(组)。"
            ),  # fmt: skip
        ]

    def __str__(self) -> str:
        return self.name


def _count(label: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(label, default=0)


class VillageYear(models.Model):
    """A village's profile of one year (`domain.md` §1.5); population and conditions as reported by the village."""

    village = models.ForeignKey(Village, models.PROTECT, related_name="years", verbose_name="村")
    year = models.PositiveSmallIntegerField("年度")
    households_total = _count("总户数")
    population_total = _count("总人口")
    rural_population = _count("农业户籍人口")
    low_income_households = _count("低保户数")
    low_income_population = _count("低保人口")
    extreme_support_households = _count("五保户数")
    extreme_support_population = _count("五保人口")
    minority_population = _count("少数民族人口")
    women = _count("妇女人口")
    disabled = _count("残疾人口")
    workforce = _count("劳动力人口")
    migrant_workers = _count("外出务工人口")
    area_mu = models.DecimalField("耕地面积(亩)", max_digits=12, decimal_places=2, default=0)
    pasture_mu = models.DecimalField("草场面积(亩)", max_digits=12, decimal_places=2, default=0)
    centre_distance_km = models.DecimalField("到乡镇距离(公里)", max_digits=6, decimal_places=2, default=0)
    paved_road = models.BooleanField("通硬化路", default=False)
    bus = models.BooleanField("通客运班车", default=False)
    domestic_power = models.BooleanField("通生活用电", default=False)
    production_power = models.BooleanField("通生产用电", default=False)
    broadband = models.BooleanField("通宽带", default=False)
    broadcast = models.BooleanField("广播电视全覆盖", default=False)
    safe_water_households = _count("安全饮水覆盖户数")
    unsafe_dwellings = _count("危房户数")
    clinics = _count("卫生室(个)")
    doctors = _count("村医(人)")
    culture_room = models.BooleanField("文化活动室", default=False)
    service_centre = models.BooleanField("综合办公服务中心", default=False)
    school_access = models.BooleanField("学前和小学就学有保障", default=False)
    dropouts = _count("义务教育阶段辍学人数")
    cooperatives = _count("合作社(个)")
    cooperative_poor_households = _count("入社贫困户数")
    collective_income_wan = models.DecimalField("集体经济年收入(万元)", max_digits=12, decimal_places=2, default=0)
    mutual_fund_wan = models.DecimalField("互助资金(万元)", max_digits=12, decimal_places=2, default=0)
    leading_industry = models.CharField("主导产业", max_length=100, blank=True)

    objects = querysets.VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "村年度情况"
        ordering = ["village_id", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "year"], name="village_year_unique", violation_error_message="该年度的村情况已录入,请直接修改。"
            ),  # fmt: skip
            models.CheckConstraint(name="village_year_in_range", condition=Q(year__gte=2000, year__lte=2100)),
            models.CheckConstraint(
                name="village_year_population_parts",
                condition=Q(rural_population__lte=F("population_total")) & Q(women__lte=F("population_total")),
                violation_error_message="农业户籍人口、妇女人口不能多于总人口。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.village} {self.year}年"


# A grant's duty (`accounts.permissions.duty`) and its days, the last one included, as the database compares them.
_DUTY = Case(When(role__in=sorted(map(str, BLIND)), then=Cast("role", models.TextField())), default=Value(BUSINESS), output_field=models.TextField())
# The least of two days leaves out an open end; days out of order are refused by their own constraint and not by an error of the range.
_DAYS = Func(Least("since", "until"), F("until"), Value("[]"), function="daterange", output_field=DateRangeField())


class Grant(models.Model):
    """This role in this area until that day: the only source of what a user may see and do."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role)
    division = models.ForeignKey(Division, models.PROTECT, related_name="grants", verbose_name="范围")
    area = models.CharField("范围代码", max_length=12, editable=False)
    since = models.DateField("起始日期")
    until = models.DateField("截止日期", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="授权人")
    reason = models.CharField("依据", max_length=200, blank=True)
    deputy_for = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="deputies", verbose_name="代谁办理")

    objects = querysets.GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "授权"
        indexes = [models.Index(fields=["user", "until"], name="grant_by_user")]
        constraints = [
            models.CheckConstraint(
                name="grant_days_in_order", condition=Q(until=None) | Q(until__gte=F("since")), violation_error_message="截止日期不能早于起始日期。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="grant_not_by_oneself", condition=~Q(granted_by=F("user")), violation_error_message="不能给自己授权。"
            ),  # fmt: skip
            models.CheckConstraint(
                name="grant_deputy_for_another_and_a_time",
                condition=Q(deputy_for=None) | (~Q(deputy_for=F("user")) & Q(until__isnull=False)),
                violation_error_message="代办不能交给自己,并且要有截止日期。",
            ),  # fmt: skip
            ExclusionConstraint(
                name="grant_administrators_stand_alone",
                expressions=[("user", "="), (_DUTY, "<>"), (_DAYS, "&&")],
                violation_error_message="系统、安全、审计管理员须由三人分任,不得互兼,也不得兼任业务角色。请先结束原授权。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()} {self.division}"

    @property
    def in_force(self) -> bool:
        return self.since <= today() and (self.until is None or self.until >= today())


class AccountSheet(models.Model):
    """A spreadsheet by which accounts were made, and what became of the roles it asked for."""

    class State(models.TextChoices):
        WAITING = "waiting", "待授权"
        GRANTED = "granted", "已授权"
        REFUSED = "refused", "不予授权"
        DONE = "done", "没有申请角色"

    title = models.CharField("表格", max_length=100)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="上传人")
    made_at = models.DateTimeField("上传时间", auto_now_add=True)
    accounts = models.PositiveIntegerField("账号数")
    state = models.CharField("状态", max_length=10, choices=State)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    decided_at = models.DateTimeField("办理时间", null=True)
    reason = models.CharField("依据", max_length=200, blank=True)

    class Meta:
        verbose_name = "账号表格"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="account_sheet_decided_by_another", condition=~Q(decided_by=F("made_by"))),
            models.CheckConstraint(
                name="account_sheet_decided_iff_by", condition=Q(state__in=["granted", "refused"], decided_by__isnull=False)
                | Q(state__in=["waiting", "done"], decided_by=None),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("villages:account-sheet", args=[self.pk])


class RoleRequest(models.Model):
    """A role that a sheet asks for one of its accounts; a grant only once a security administrator says so."""

    sheet = models.ForeignKey(AccountSheet, models.PROTECT, related_name="requests", verbose_name="账号表格")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="用户")
    role = models.CharField("角色", max_length=20, choices=Role)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name="范围")
    until = models.DateField("截止日期", null=True)

    class Meta:
        verbose_name = "角色申请"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sheet", "user"], name="role_request_one_per_user_and_sheet")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"
