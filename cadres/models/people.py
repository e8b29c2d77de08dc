"""Dispatched cadres, their postings to villages, the rules of a team, what was done about a cadre (`domain.md` §6.1)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.querysets import CadreQuerySet, CityRowQuerySet, PostingQuerySet, TeamRuleQuerySet, VillageRowQuerySet
from core.fields import EncryptedTextField
from villages.models import Village
from workflow.models import Clause


class Cadre(models.Model):
    """A person dispatched to villages 派驻干部."""

    class Sex(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"

    class Health(models.TextChoices):
        GOOD = "good", "健康"
        FAIR = "fair", "基本健康"
        UNFIT = "unfit", "不宜驻村"

    code = models.CharField("编号", max_length=12, unique=True)
    name = models.CharField("姓名", max_length=50)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    home_unit = models.ForeignKey(Organization, models.PROTECT, related_name="cadres", verbose_name="派出单位")
    post = models.CharField("原单位职务", max_length=40, blank=True)
    is_party_member = models.BooleanField("中共党员", default=False)
    party_joined_on = models.DateField("入党日期", null=True, blank=True)
    working_since_on = models.DateField("参加工作日期", null=True, blank=True, help_text="用于计算带薪年休假天数")
    health = models.CharField("健康状况", max_length=10, choices=Health, default=Health.GOOD)
    phone = EncryptedTextField("联系电话", blank=True)
    user = models.OneToOneField(User, models.PROTECT, null=True, blank=True, related_name="cadre", verbose_name="用户")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = CadreQuerySet.as_manager()

    class Meta:
        verbose_name = "派驻干部"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cadres:detail", args=[self.pk])


class Posting(models.Model):
    """A cadre's term in a village. Ends with a date and a reason."""

    class Role(models.TextChoices):
        FIRST_SECRETARY = "first_secretary", "第一书记"
        TEAM_LEADER = "team_leader", "队长"
        MEMBER = "member", "队员"

    class EndReason(models.TextChoices):
        TERM = "term", "任期届满"
        EXCHANGE = "exchange", "调整"
        RECALL = "recall", "召回"
        OTHER = "other", "其他"

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="postings", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="postings", verbose_name="村")
    role = models.CharField("驻村职务", max_length=16, choices=Role)
    document = models.CharField("下派文件", max_length=60, blank=True)
    started_on = models.DateField("到岗日期")
    term_until_on = models.DateField("任期至", null=True, blank=True)
    ended_on = models.DateField("离岗日期", null=True, blank=True)
    end_reason = models.CharField("离岗原因", max_length=10, choices=EndReason, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = "派驻"
        ordering = ["village_id", "-started_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["cadre"],
                condition=Q(ended_on=None),
                name="posting_one_active_per_cadre",
                violation_error_message="这名干部已有在任的派驻,请先结束原派驻。",
            ),  # fmt: skip
            models.UniqueConstraint(
                fields=["village"],
                condition=Q(ended_on=None, role="first_secretary"),
                name="posting_one_first_secretary_per_village",
                violation_error_message="本村已有在任的第一书记。",
            ),
            models.CheckConstraint(
                name="posting_days_in_order",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="离岗日期不能早于到岗日期。",
            ),  # fmt: skip
            models.CheckConstraint(
                name="posting_ended_iff_reason",
                condition=Q(ended_on=None, end_reason="") | (Q(ended_on__isnull=False) & ~Q(end_reason="")),
                violation_error_message="离岗要同时写明日期和原因。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cadre} {self.get_role_display()}"


class TeamRule(models.Model):
    """What a village's team must be, from a day to a day: 40 cadres over 16 villages are legal under the rule of their day."""

    valid_from = models.DateField("生效日期")
    valid_to = models.DateField("失效日期", null=True, blank=True)
    least_members = models.PositiveSmallIntegerField("每队最少人数")
    term_years = models.PositiveSmallIntegerField("任期不少于(年)", default=2)
    is_full_time = models.BooleanField("须全脱产", default=True)
    basis = models.CharField("依据", max_length=200)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据条款")
    is_assumed = models.BooleanField("数值待核定", default=False)

    objects = TeamRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "工作队规则"
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                name="team_rule_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message="失效日期不能早于生效日期。",
            ),
            models.UniqueConstraint(fields=["valid_from"], name="team_rule_one_a_day", violation_error_message="这一天已有生效的规则。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.valid_from} 起每队不少于 {self.least_members} 人"


class CadreAction(models.Model):
    """What was done about a cadre: 约谈、诫勉、召回、调整 (能上能下). Insert-only: a wrong one is answered by another."""

    class Kind(models.TextChoices):
        TALK = "talk", "约谈"
        ADMONISH = "admonish", "诫勉"
        RECALL = "recall", "召回"
        EXCHANGE = "exchange", "调整"
        REVOKE = "revoke", "撤回前项处理"

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="actions", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("处理方式", max_length=10, choices=Kind)
    done_on = models.DateField("日期")
    reason = models.CharField("事由", max_length=300)
    document = models.CharField("文号", max_length=60, blank=True)
    unit_told_on = models.DateField("通报派出单位日期", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="记录人")
    created_at = models.DateTimeField("记录时间", auto_now_add=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "组织处理"
        ordering = ["-done_on", "-id"]
        constraints = [models.CheckConstraint(name="cadre_action_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.done_on}"


class Secondment(models.Model):
    """挂职锻炼: a newly promoted leader seconded for some months."""

    name = models.CharField("姓名", max_length=50)
    home_unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="派出单位")
    post = models.CharField("新任职务", max_length=60)
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="挂职单位")
    host_post = models.CharField("挂职职务", max_length=60, blank=True)
    started_on = models.DateField("起始日期")
    ended_on = models.DateField("结束日期", null=True, blank=True)
    months = models.PositiveSmallIntegerField("期限(月)", default=4)
    document = models.CharField("文号", max_length=60, blank=True)
    appraisal = models.CharField("鉴定意见", max_length=300, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "挂职锻炼"
        ordering = ["started_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="secondment_days_in_order", condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                violation_error_message="结束日期不能早于起始日期。",
            ),
            models.CheckConstraint(name="secondment_months_positive", condition=Q(months__gte=1, months__lte=36),
                                   violation_error_message="期限应在 1 至 36 个月之间。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.host}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:secondment-detail", args=[self.pk])
