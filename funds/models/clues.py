"""Clues 线索 and what becomes of them (`domain.md` §7.4): restricted to discipline and procuratorate, with a trail of their own.

Who may not see clues sees none, whatever their area: a restrictive policy asks for a running grant of the role (`CLUE_WALL`).
The general trail leaves these tables out, for it is read by area; `ClueEvent` says who did what, and who looked.
"""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.models import Cadre
from funds.querysets import ClueQuerySet
from villages.models import Village
from workflow.models import Alert


class Clue(models.Model):
    """One lead: where it came from, what it says, how far it is."""

    class Source(models.TextChoices):
        ALERT = "alert", "预警"
        COMPLAINT = "complaint", "信访举报"
        INSPECTION = "inspection", "督查检查"
        AUDIT = "audit", "审计"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        OPEN = "open", "待处置"
        TRANSFERRED = "transferred", "已移送"
        CLOSED = "closed", "已了结"

    number = models.CharField("编号", max_length=20, unique=True)
    title = models.CharField("线索", max_length=100)
    content = models.TextField("内容", max_length=2000)
    source = models.CharField("来源", max_length=10, choices=Source)
    alert = models.ForeignKey(Alert, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="依据的预警")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    received_on = models.DateField("收到日期")
    state = models.CharField("状态", max_length=12, choices=State, default=State.OPEN, editable=False)
    result = models.CharField("处置结果", max_length=300, blank=True, editable=False)
    closed_on = models.DateField("了结日期", null=True, blank=True, editable=False)
    registered_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+", verbose_name="登记人")
    registered_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = ClueQuerySet.as_manager()

    class Meta:
        verbose_name = "线索"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="clue_alert_iff_from_one",
                condition=Q(source="alert", alert__isnull=False) | (~Q(source="alert") & Q(alert=None)),
                violation_error_message="来源是预警的要选出依据的预警,其他来源不选。",
            ),
            models.CheckConstraint(
                name="clue_closed_iff_result",
                condition=Q(state="closed", closed_on__isnull=False) & ~Q(result="") | ~Q(state="closed") & Q(closed_on=None, result=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("funds:clue-detail", args=[self.pk])


class OfClue(models.Model):
    clue = models.ForeignKey(Clue, models.PROTECT, related_name="%(class)ss", editable=False, verbose_name="线索")
    village = models.ForeignKey(Village, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="村")

    class Meta:
        abstract = True


class ClueTransfer(OfClue):
    """Passed on to who decides about it (线索移送), or told for information (信息交流通报); the answer comes later."""

    class Kind(models.TextChoices):
        TRANSFER = "transfer", "线索移送"
        BULLETIN = "bulletin", "信息交流通报"

    kind = models.CharField("方式", max_length=10, choices=Kind, default=Kind.TRANSFER)
    to = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="送往单位")
    document = models.CharField("文号", max_length=60)
    sent_on = models.DateField("移送日期")
    note = models.CharField("说明", max_length=300, blank=True)
    reply = models.CharField("回复", max_length=300, blank=True, editable=False)
    replied_on = models.DateField("回复日期", null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "线索移送"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clue", "to", "document"], name="clue_transfer_once", violation_error_message="这份移送已登记。"),
            models.CheckConstraint(
                name="clue_transfer_replied_iff_dated",
                condition=Q(reply="", replied_on=None) | (~Q(reply="") & Q(replied_on__gte=F("sent_on"))),
                violation_error_message="回复日期不能早于移送日期。",
            ),
        ]


class Accountability(OfClue):
    """What followed for a person 问责: restricted, and counted by form."""

    class Form(models.TextChoices):
        TALK = "talk", "谈话"
        ADMONISH = "admonish", "诫勉"
        CRITICISE = "criticise", "通报"
        PUNISH = "punish", "处分"
        JUDICIAL = "judicial", "移送司法"

    person_name = models.CharField("姓名", max_length=50)
    cadre = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="派驻干部")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="单位")
    post = models.CharField("职务", max_length=60, blank=True)
    form = models.CharField("方式", max_length=10, choices=Form)
    decided_on = models.DateField("决定日期")
    decided_by = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="决定机关")
    document = models.CharField("文号", max_length=60)
    note = models.CharField("事由", max_length=300)

    class Meta:
        verbose_name = "问责"
        ordering = ["-decided_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person_name", "form", "document"], name="accountability_once", violation_error_message="这项问责已登记。"
            )
        ]


class ClueEvent(OfClue):
    """The trail of a clue: who did what, and who opened it. Never changed."""

    class Action(models.TextChoices):
        REGISTERED = "registered", "登记"
        OPENED = "opened", "查看"
        TRANSFERRED = "transferred", "移送"
        REPLIED = "replied", "登记回复"
        ACCOUNTABLE = "accountable", "登记问责"
        CLOSED = "closed", "了结"

    at = models.DateTimeField("时间", auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="办理人")
    action = models.CharField("事项", max_length=12, choices=Action)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "线索办理记录"
        ordering = ["-id"]


CLUE_TABLES = ("funds_clue", "funds_cluetransfer", "funds_accountability", "funds_clueevent")
CLUE_WALL = """
create or replace function funds_may_see_clues() returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
-- The system's own nightly work, or somebody whose grant of the role runs.
  select case when coalesce(current_setting('app.user', true), '') = '' then current_setting('app.all', true) = 'on'
    else exists (select from villages_grant g join accounts_user u on u.id = g.user_id and u.is_active
      where g.user_id = nullif(current_setting('app.user', true), '')::bigint and g.role = 'discipline'
        and g.since <= current_date and (g.until is null or g.until >= current_date)) end
$$;
revoke all on function funds_may_see_clues() from public;
grant execute on function funds_may_see_clues() to pa_app;
""" + "".join(
    f"drop policy if exists restricted on {table}; create policy restricted on {table} as restrictive to pa_app "
    "using ((select funds_may_see_clues())) with check ((select funds_may_see_clues()));\n"
    for table in CLUE_TABLES
)
