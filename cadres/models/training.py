"""Training: sessions by the four modes (L40), who attended, what was made known in public (seed, system 1)."""

import secrets

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.models.people import Cadre
from cadres.querysets import CityRowQuerySet, VillageRowQuerySet
from villages.models import Village


class TrainingMode(models.TextChoices):
    """L40."""

    INDUCTION = "induction", "岗前培训"
    ROTATION = "rotation", "专题轮训"
    VISIT = "visit", "观摩集训"
    PRACTICE = "practice", "实践验训"


def _token() -> str:
    return secrets.token_urlsafe(16)


class TrainingSession(models.Model):
    """A training that is planned or was held. Who attends signs in by the QR on the wall, or is entered from the list."""

    Mode = TrainingMode

    mode = models.CharField("方式", max_length=10, choices=TrainingMode)
    title = models.CharField("培训名称", max_length=100)
    topic = models.CharField("内容", max_length=300, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    hours = models.PositiveSmallIntegerField("学时", default=8)
    place = models.CharField("地点", max_length=100)
    organizer = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name="组织单位")
    for_first_secretaries = models.BooleanField("第一书记专题", default=False)
    document = models.CharField("依据(培训方案)", max_length=100, blank=True)
    token = models.CharField("签到码", max_length=32, unique=True, default=_token, editable=False)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "培训"
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="training_days_in_order", condition=Q(ends_on__gte=models.F("starts_on")), violation_error_message="结束日期不能早于开始日期。"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("cadres:training-detail", args=[self.pk])


class TrainingEnrolment(models.Model):
    """A cadre who is to come to a session: told, expected, and missed when absent."""

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="enrolments", verbose_name="培训")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    enrolled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "培训名单"
        ordering = ["session_id", "cadre_id"]
        constraints = [models.UniqueConstraint(fields=["session", "cadre"], name="training_enrolment_once", violation_error_message="已在名单上。")]

    def __str__(self) -> str:
        return f"{self.cadre} {self.session}"


class TrainingNeed(models.Model):
    """What one cadre needs to learn (第一书记培训精准化); met by a session they attended."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="training_needs", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    topic = models.CharField("需要的内容", max_length=100)
    mode = models.CharField("方式", max_length=10, choices=TrainingMode)
    noted_on = models.DateField("提出日期")
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    met_by = models.ForeignKey(TrainingSession, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="已由培训满足")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "培训需求"
        ordering = ["-noted_on", "-id"]
        constraints = [models.UniqueConstraint(fields=["cadre", "topic"], name="training_need_once", violation_error_message="这一项需求已登记。")]

    def __str__(self) -> str:
        return f"{self.cadre} {self.topic}"

    def get_absolute_url(self) -> str:
        return reverse("cadres:training-coverage")


class TrainingAttendance(models.Model):
    """One cadre at one session: a person-time. The village is that of the posting then."""

    class Means(models.TextChoices):
        QR = "qr", "扫码签到"
        LIST = "list", "签到表"

    session = models.ForeignKey(TrainingSession, models.PROTECT, related_name="attendances", verbose_name="培训")
    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="trainings", verbose_name="派驻干部")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    means = models.CharField("签到方式", max_length=4, choices=Means)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "参训"
        ordering = ["session_id", "cadre_id"]
        constraints = [models.UniqueConstraint(fields=["session", "cadre"], name="training_attendance_once", violation_error_message="已登记参训。")]

    def __str__(self) -> str:
        return f"{self.cadre} {self.session}"


class Publicity(models.Model):
    """宣传宣讲: what was made known, where, to how many."""

    class Kind(models.TextChoices):
        TALK = "talk", "政策宣讲"
        MEETING = "meeting", "村民大会"
        MATERIAL = "material", "发放资料"
        MEDIA = "media", "媒体报道"
        CASE = "case", "典型案例"

    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    kind = models.CharField("形式", max_length=10, choices=Kind)
    held_on = models.DateField("日期")
    place = models.CharField("地点", max_length=100)
    topic = models.CharField("内容", max_length=200)
    reached = models.PositiveIntegerField("受众人数")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "宣传宣讲"
        ordering = ["-held_on", "-id"]

    def __str__(self) -> str:
        return self.topic

    def get_absolute_url(self) -> str:
        return reverse("cadres:publicity-edit", args=[self.pk])
