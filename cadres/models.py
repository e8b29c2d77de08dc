"""Dispatched cadres and their postings to villages (`domain.md` §6.1)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.querysets import CadreQuerySet, PostingQuerySet
from core.fields import EncryptedTextField
from villages.models import Village


class Cadre(models.Model):
    """A person dispatched to villages 派驻干部."""

    class Sex(models.TextChoices):
        MALE = "1", "男"
        FEMALE = "2", "女"

    code = models.CharField("编号", max_length=12, unique=True)
    name = models.CharField("姓名", max_length=50)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    home_unit = models.ForeignKey(Organization, models.PROTECT, related_name="cadres", verbose_name="派出单位")
    post = models.CharField("原单位职务", max_length=40, blank=True)
    is_party_member = models.BooleanField("中共党员", default=False)
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
