"""Signs of 走读、挂名、出工不出力, heard and confirmed by people; the opinions of the masses; the handover at a posting's end."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from cadres.models.people import Cadre, Posting
from cadres.querysets import VillageRowQuerySet
from core.fields import EncryptedTextField
from villages.models import Village
from workflow.models import Alert, Attachment, Case


class Sign(models.Model):
    """A sign the township proposes to establish. The cadre is heard, the organization department confirms or does not."""

    class Kind(models.TextChoices):
        COMMUTING = "commuting", "走读"
        NOMINAL = "nominal", "挂名不到位"
        IDLE = "idle", "出工不出力"

    class State(models.TextChoices):
        PROPOSED = "proposed", "已提出"
        CONFIRMED = "confirmed", "已认定"
        DISMISSED = "dismissed", "不予认定"

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="signs", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("情形", max_length=10, choices=Kind)
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="预警")
    grounds = models.CharField("事实依据", max_length=500)
    proposed_on = models.DateField("提出日期")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    statement = models.TextField("本人申辩", blank=True)
    stated_on = models.DateField("申辩日期", null=True, blank=True)
    statement_due_on = models.DateField("申辩期限")
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    decided_on = models.DateField("认定日期", null=True, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "走读、挂名认定"
        ordering = ["-proposed_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "kind"], condition=Q(state="proposed"), name="sign_one_open_of_a_kind",
                                    violation_error_message="同一情形正在认定中。"),
            models.CheckConstraint(name="sign_decided_iff_dated",
                                   condition=Q(state="proposed", decided_on=None) | (~Q(state="proposed") & Q(decided_on__isnull=False))),
            models.CheckConstraint(name="sign_stated_iff_dated", condition=Q(statement="", stated_on=None) | (~Q(statement="") & Q(stated_on__isnull=False))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.cadre} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:sign-detail", args=[self.pk])


class Opinion(models.Model):
    """What villagers and party members say: from the township's regular gathering, or the opinion box by QR, anonymous if they wish."""

    class Channel(models.TextChoices):
        GATHERING = "gathering", "定期听取"
        BOX = "box", "扫码意见箱"
        VISIT = "visit", "走访听取"

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="涉及干部")
    channel = models.CharField("来源", max_length=10, choices=Channel)
    content = models.TextField("意见建议", max_length=1000)
    contact = EncryptedTextField("联系方式", blank=True)
    received_on = models.DateField("收到日期")
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    sender = models.CharField("来源摘要", max_length=16, blank=True)
    answer = models.TextField("办理答复", blank=True)
    answered_on = models.DateField("答复日期", null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="答复人")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "群众意见"
        ordering = ["-received_on", "-id"]
        indexes = [models.Index(fields=["village", "-received_at"], name="opinion_by_village")]
        constraints = [
            models.CheckConstraint(
                name="opinion_answered_iff_dated", condition=Q(answer="", answered_on=None) | (~Q(answer="") & Q(answered_on__isnull=False))
            ),
        ]

    def __str__(self) -> str:
        return self.content[:30]

    def get_absolute_url(self) -> str:
        return reverse("cadres:opinion-detail", args=[self.pk])


class Handover(models.Model):
    """The pack that goes to the successor when a posting ends: open cases, promises, reports, unpaid items; taken over by signature."""

    posting = models.OneToOneField(Posting, models.PROTECT, related_name="handover", verbose_name="派驻")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    made_on = models.DateField("生成日期")
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="生成人")
    file = models.ForeignKey(Attachment, models.PROTECT, related_name="+", verbose_name="交接清单")
    successor = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接任人")
    signed_scan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签字扫描件")
    signed_on = models.DateField("交接日期", null=True, blank=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "工作交接"
        ordering = ["-made_on", "-id"]
        constraints = [
            models.CheckConstraint(name="handover_signed_iff_scanned",
                                   condition=Q(signed_scan=None, signed_on=None) | Q(signed_scan__isnull=False, signed_on__isnull=False)),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.posting} 交接"
