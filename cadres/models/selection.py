"""Selection 选派: recommended by the unit, checked and decided by the organization department, sent by document, reported for duty."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.models.people import Cadre, Posting
from cadres.querysets import UnitRowQuerySet
from villages.models import Village
from workflow.models import Case


class Nomination(models.Model):
    """One person a unit recommends for a village. Becomes a posting when the person reports for duty; stays as its record."""

    class State(models.TextChoices):
        RUNNING = "running", "审核中"
        RETURNED = "returned", "退回补正"
        CHOSEN = "chosen", "研究同意"
        SENT = "sent", "已下派待报到"
        POSTED = "posted", "已报到"
        ENDED = "ended", "未选派"

    unit = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="推荐单位")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="拟派村")
    role = models.CharField("拟任职务", max_length=16, choices=Posting.Role)
    name = models.CharField("姓名", max_length=50)
    sex = models.CharField("性别", max_length=1, choices=Cadre.Sex)
    post = models.CharField("现任职务", max_length=40, blank=True)
    is_party_member = models.BooleanField("中共党员", default=False)
    party_joined_on = models.DateField("入党日期", null=True, blank=True)
    working_since_on = models.DateField("参加工作日期")
    health = models.CharField("健康状况", max_length=10, choices=Cadre.Health, default=Cadre.Health.GOOD)
    reason = models.CharField("推荐理由", max_length=300)
    replaces = models.ForeignKey(Cadre, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接替")
    recommended_on = models.DateField("推荐日期")
    recommended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="推荐人")
    state = models.CharField("状态", max_length=8, choices=State, default=State.RUNNING)
    document = models.CharField("下派文件", max_length=60, blank=True)
    sent_on = models.DateField("下派日期", null=True, blank=True)
    report_by_on = models.DateField("报到期限", null=True, blank=True)
    posting = models.OneToOneField(Posting, models.PROTECT, null=True, blank=True, related_name="nomination", verbose_name="派驻")
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办件")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    wall_unit = "unit_id"
    objects = UnitRowQuerySet.as_manager()

    class Meta:
        verbose_name = "选派推荐"
        ordering = ["-recommended_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="nomination_sent_with_document_and_village",
                condition=~Q(state__in=["sent", "posted"]) | (~Q(document="") & Q(sent_on__isnull=False, village__isnull=False)),
                violation_error_message="下派要有文件、日期和村。",
            ),
            models.CheckConstraint(name="nomination_posted_iff_posting", condition=Q(state="posted", posting__isnull=False) | (~Q(state="posted") & Q(posting=None))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.get_role_display()}选派"

    def get_absolute_url(self) -> str:
        return reverse("cadres:nomination-detail", args=[self.pk])
