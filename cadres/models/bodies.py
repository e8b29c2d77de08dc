"""Who leads and who manages: the leading group with two heads, the command headquarters, the duty bodies (seed, systems 1 and 2)."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Organization, User
from cadres.querysets import CityRowQuerySet


class LeadingBody(models.Model):
    """A body that leads the work of the city."""

    class Kind(models.TextChoices):
        LEADING_GROUP = "leading_group", "扶贫开发领导小组"
        HEADQUARTERS = "headquarters", "扶贫攻坚指挥部"

    kind = models.CharField("类别", max_length=14, choices=Kind)
    name = models.CharField("名称", max_length=60)
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="对应单位")
    document = models.CharField("成立文件", max_length=60, blank=True)
    established_on = models.DateField("成立日期")
    ended_on = models.DateField("撤销日期", null=True, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "领导机构"
        ordering = ["kind", "established_on"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(ended_on=None), name="leading_body_one_of_a_kind",
                                    violation_error_message="已有同类的领导机构,请先撤销原机构。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("cadres:body-list")


class BodyMember(models.Model):
    """A member of a leading body for a time. 双组长: two heads, no more, by the service's lock."""

    class Place(models.TextChoices):
        HEAD = "head", "组长(总指挥)"
        DEPUTY = "deputy", "副组长(副总指挥)"
        MEMBER = "member", "成员"

    body = models.ForeignKey(LeadingBody, models.PROTECT, related_name="members", verbose_name="机构")
    name = models.CharField("姓名", max_length=50)
    post = models.CharField("职务", max_length=60)
    place = models.CharField("担任", max_length=8, choices=Place, default=Place.MEMBER)
    since_on = models.DateField("起始日期")
    until_on = models.DateField("截止日期", null=True, blank=True)

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "领导机构成员"
        ordering = ["body_id", "place", "id"]
        constraints = [
            models.CheckConstraint(name="body_member_days_in_order", condition=Q(until_on=None) | Q(until_on__gte=models.F("since_on")),
                                   violation_error_message="截止日期不能早于起始日期。"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.get_place_display()}"


class BodyMeeting(models.Model):
    """A meeting of a leading body: what was decided."""

    body = models.ForeignKey(LeadingBody, models.PROTECT, related_name="meetings", verbose_name="机构")
    met_on = models.DateField("会议日期")
    subject = models.CharField("议题", max_length=120)
    decisions = models.TextField("议定事项", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="记录人")

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "领导机构会议"
        ordering = ["-met_on", "-id"]

    def __str__(self) -> str:
        return f"{self.met_on} {self.subject}"


class DutyBody(models.Model):
    """责任体系: which kind of body does what in managing the cadres; the city committee leads, townships have the main duty."""

    class Kind(models.TextChoices):
        ORG_DEPARTMENT = "org_department", "市委组织部"
        EAST = "east_committee", "东城区工委"
        WEST = "west_committee", "西城区工委"
        TOWNSHIP = "township", "乡镇(街道)党委"
        HOME_UNIT = "home_unit", "派出单位"

    kind = models.CharField("责任主体", max_length=16, choices=Kind, unique=True)
    duties = models.CharField("管理职责", max_length=300)
    is_main = models.BooleanField("日常管理为主", default=False)
    since_on = models.DateField("起始日期")

    objects = CityRowQuerySet.as_manager()

    class Meta:
        verbose_name = "管理责任"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.get_kind_display()
