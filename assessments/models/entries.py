"""What people put into an assessment: judged points, data the system does not hold, bonus claims, vetoes, words."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from assessments.models.periods import Assessment, Period
from assessments.models.schemes import BonusKind, VetoKind
from assessments.querysets import AssessedQuerySet
from villages.models import Village
from workflow.models import Attachment


class OfAssessment(models.Model):
    """A row about one assessment; its village is the assessment's, for wall two."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, verbose_name="考核")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")

    objects = AssessedQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return reverse("assessments:detail", args=[self.assessment_id])


class Entry(OfAssessment):
    """Points somebody judged, data of paper records, or the reason why an indicator does not apply."""

    class Kind(models.TextChoices):
        JUDGED = "judged", "评定分"
        INPUT = "input", "登记数据"
        EXCUSED = "excused", "不适用"

    kind = models.CharField("类别", max_length=8, choices=Kind)
    key = models.CharField("指标或数据", max_length=30)
    value = models.DecimalField("数值", max_digits=10, decimal_places=2, null=True, blank=True)
    words = models.CharField("依据", max_length=500)
    details = models.JSONField("明细", default=list, blank=True)
    evidence = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")
    entered_at = models.DateTimeField("填报时间", auto_now=True)
    subject = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="被评人")

    class Meta:
        verbose_name = "评定与登记"
        ordering = ["assessment_id", "kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind", "key"], name="entry_once_per_key"),
            models.CheckConstraint(name="entry_scorer_is_not_scored", condition=~Q(entered_by=F("subject")), violation_error_message="不能给自己评分。"),
            models.CheckConstraint(name="entry_value_unless_excused", condition=Q(kind="excused", value=None) | (~Q(kind="excused") & Q(value__isnull=False, value__gte=0))),
        ]  # fmt: skip


class BonusClaim(OfAssessment):
    """A fact put forward for bonus points, with its proof; accepted or refused with a reason."""

    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        PROVINCE = "province", "省级"
        PREFECTURE = "prefecture", "州级"
        CITY = "city", "市级"

    class State(models.TextChoices):
        CLAIMED = "claimed", "待认定"
        ACCEPTED = "accepted", "已认定"
        REFUSED = "refused", "不予认定"

    kind = models.ForeignKey(BonusKind, models.PROTECT, related_name="claims", verbose_name="加分项")
    level = models.CharField("级别", max_length=10, choices=Level)
    fact = models.CharField("事项", max_length=100)
    fact_key = models.CharField("事项标识", max_length=100, editable=False)
    document = models.CharField("文号或出处", max_length=60)
    issued_on = models.DateField("日期")
    certified_by = models.CharField("认定单位", max_length=60)
    proof = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证明材料")
    claimed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="申报人")
    state = models.CharField("状态", max_length=8, choices=State, default=State.CLAIMED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="认定人")
    reason = models.CharField("认定意见", max_length=200, blank=True)

    class Meta:
        verbose_name = "加分申报"
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "fact_key", "level"], condition=~Q(state="refused"), name="bonus_claim_once_per_fact_and_level",
                violation_error_message="同一事项、同一级别已申报过。",
            ),
            models.CheckConstraint(name="bonus_claim_decided_by_another", condition=~Q(decided_by=F("claimed_by")), violation_error_message="申报人不能自己认定。"),
            models.CheckConstraint(name="bonus_claim_decided_iff_named", condition=Q(state="claimed", decided_by=None) | (~Q(state="claimed") & Q(decided_by__isnull=False))),
        ]  # fmt: skip


class VetoFinding(OfAssessment):
    """A veto somebody proposed, the cadre's statement, and who confirmed or dismissed it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待查实"
        CONFIRMED = "confirmed", "已查实"
        DISMISSED = "dismissed", "不成立"

    kind = models.ForeignKey(VetoKind, models.PROTECT, related_name="findings", verbose_name="情形")
    found_on = models.DateField("发现日期")
    words = models.CharField("事实", max_length=500)
    proof = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="材料")
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="提出人")
    statement = models.CharField("本人申辩", max_length=500, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="查实人")
    reason = models.CharField("查实意见", max_length=300, blank=True)

    class Meta:
        verbose_name = "否决情形"
        ordering = ["assessment_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "kind"], condition=~Q(state="dismissed"), name="veto_finding_once_per_kind",
                                    violation_error_message="这种情形已经提出过。"),
            models.CheckConstraint(name="veto_finding_decided_by_another", condition=~Q(decided_by=F("proposed_by")), violation_error_message="提出人不能自己查实。"),
            models.CheckConstraint(name="veto_finding_decided_iff_named", condition=Q(state="proposed", decided_by=None) | (~Q(state="proposed") & Q(decided_by__isnull=False))),
        ]  # fmt: skip


class Opinion(OfAssessment):
    """What the four bodies say of a cadre on the wall chart."""

    class Body(models.TextChoices):
        VILLAGE = "village", "村党支部"
        TOWNSHIP = "township", "乡镇(街道)党委"
        UNIT = "unit", "派出单位"
        DEPARTMENT = "department", "市委组织部"

    body = models.CharField("单位", max_length=10, choices=Body)
    text = models.CharField("意见", max_length=300)
    given_on = models.DateField("日期")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")

    class Meta:
        verbose_name = "鉴定意见"
        ordering = ["assessment_id", "id"]
        constraints = [models.UniqueConstraint(fields=["assessment", "body"], name="opinion_once_per_body")]


class Comment(OfAssessment):
    """A reviewer's remark on a card or one of its lines."""

    code = models.CharField("指标", max_length=12, blank=True)
    text = models.CharField("批注", max_length=500)
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="批注人")
    created_at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = "批注"
        ordering = ["assessment_id", "id"]


class SiteSheet(models.Model):
    """What the assessment group did on the spot (述职会、现场测评、查台账、入户访谈、个别谈话), with its signed sheet."""

    class Kind(models.TextChoices):
        REPORT_MEETING = "meeting", "述职会"
        BALLOT = "ballot", "现场测评"
        LEDGER = "ledger", "查台账"
        HOME_INTERVIEW = "interview", "入户访谈"
        TALK = "talk", "个别谈话"

    period = models.ForeignKey(Period, models.PROTECT, related_name="sheets", verbose_name="考核期")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("方式", max_length=10, choices=Kind)
    held_on = models.DateField("日期")
    people = models.PositiveSmallIntegerField("参加(访谈)人数")
    words = models.CharField("情况", max_length=500)
    files_checked = models.PositiveIntegerField("抽查档案份数", null=True, blank=True)
    errors_found = models.PositiveIntegerField("有差错份数", null=True, blank=True)
    scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签字表")
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="填报人")

    objects = AssessedQuerySet.as_manager()

    class Meta:
        verbose_name = "现场考核记录"
        ordering = ["period_id", "village_id", "held_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="site_sheet_errors_within_checked",
                condition=Q(files_checked=None, errors_found=None) | Q(files_checked__gt=0, errors_found__lte=F("files_checked")),
                violation_error_message="抽查份数和差错份数要同时填写,差错不能多于抽查。",
            ),
            models.CheckConstraint(name="site_sheet_sample_iff_ledger", condition=Q(kind="ledger", files_checked__gt=0) | (~Q(kind="ledger") & Q(files_checked=None)),
                                   violation_error_message="查台账要填抽查份数,其他方式不填。"),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return reverse("assessments:period-detail", args=[self.period_id])
