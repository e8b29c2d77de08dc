"""Attendance: the days that are expected, what fills them, what corrects them (`domain.md` §6.2).

A day exists before anything happens on it, so that nobody missing is missing from the sheet. Its code is worked out in one
place (`cadres.services.days`) from the calendar, leave, presence and corrections.
"""

from django.db import models
from django.db.models import Q

from accounts.models import User
from cadres import rules
from cadres.models.people import Cadre, Posting
from cadres.querysets import VillageRowQuerySet
from core.fields import EncryptedTextField
from villages.models import Village
from workflow.models import Attachment


class DayCode(models.TextChoices):
    """L41; the letters are ours, the sheet shows the sign before the label (`rules.days.SIGNS`)."""

    IN_VILLAGE = "V", "驻村(在岗)"
    BUSINESS = "B", "因公外出"
    REPORTED = "R", "外出报备"
    PERSONAL = "P", "事假"
    SICK = "S", "病假"
    PAID = "Y", "带薪休假"
    REST = "T", "轮休"
    ABSENT = "A", "旷岗(缺勤)"
    HOLIDAY = "H", "法定节假"
    OPEN = "N", "未记"


class DayRow(models.Model):
    """A row about one cadre in one village on one day."""

    cadre = models.ForeignKey(Cadre, models.PROTECT, related_name="+", verbose_name="派驻干部")
    posting = models.ForeignKey(Posting, models.PROTECT, related_name="+", verbose_name="派驻")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    day_on = models.DateField("日期")

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        return f"{self.cadre.get_absolute_url()}attendance/?month={self.day_on:%Y-%m}"


class Presence(DayRow):
    """Something that shows a cadre was at work on a day. Insert-only; a wrong one is answered by a correction of the day."""

    class Kind(models.TextChoices):
        CHECK_IN = "check_in", "手机签到"
        SHEET = "sheet", "纸质签到册"
        VISIT = "visit", "入户走访"
        MEETING = "meeting", "会议签到"
        PROJECT = "project", "项目查看"
        TRAINING = "training", "培训签到"
        SPOT_CHECK = "spot_check", "抽查在岗"
        OTHER = "other", "其他工作记录"

    class Witness(models.TextChoices):
        NONE = "", "仅本人记录"
        POSITION = "position", "定位在村"
        SHEET = "sheet", "签到册"
        COLLEAGUE = "colleague", "同事证明"
        VILLAGER = "villager", "群众签字"
        CHECKER = "checker", "检查人员"

    class Position(models.TextChoices):
        NONE = "", "不需定位"
        GIVEN = "given", "已定位"
        REFUSED = "refused", "未允许定位"
        UNAVAILABLE = "unavailable", "无定位信号"
        IMPLAUSIBLE = "implausible", "定位不可信"

    kind = models.CharField("来源", max_length=10, choices=Kind)
    code = models.CharField("考勤代码", max_length=1, choices=DayCode, default=DayCode.IN_VILLAGE)
    counts = models.BooleanField("计入考勤", default=True)
    witness = models.CharField("佐证", max_length=10, choices=Witness, blank=True)
    note = models.CharField("工作内容", max_length=200, blank=True)
    source_table = models.CharField("来源表", max_length=63, blank=True)
    source_id = models.BigIntegerField("来源记录", null=True, blank=True)
    at = models.DateTimeField("发生时间", null=True, blank=True)
    received_at = models.DateTimeField("收到时间", auto_now_add=True)
    is_late = models.BooleanField("补传", default=False)
    skew_seconds = models.IntegerField("手机时钟误差(秒)", default=0)
    key = models.UUIDField("请求编号", null=True, blank=True)
    device = models.CharField("设备摘要", max_length=16, blank=True)
    position = models.CharField("定位", max_length=12, choices=Position, blank=True)
    distance_m = models.PositiveIntegerField("距村(米)", null=True, blank=True)
    speed_kmh = models.PositiveIntegerField("距上次签到时速(公里)", null=True, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="照片")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="录入人")

    class Meta:
        verbose_name = "在岗记录"
        ordering = ["-day_on", "-id"]
        indexes = [
            models.Index(fields=["cadre", "day_on"], name="presence_by_cadre"),
            models.Index(fields=["village", "day_on"], name="presence_by_village"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["cadre", "key"], name="presence_key_used_once"),
            models.UniqueConstraint(
                fields=["source_table", "source_id", "cadre"], condition=~Q(source_table=""), name="presence_source_counted_once"
            ),  # fmt: skip
            models.CheckConstraint(name="presence_code_is_work", condition=Q(code__in=["V", "B"])),
            models.CheckConstraint(name="presence_uncounted_or_known", condition=Q(counts=False) | ~Q(position="implausible")),
        ]

    def __str__(self) -> str:
        return f"{self.day_on} {self.get_kind_display()}"


class PresencePosition(models.Model):
    """Where a check-in was made: sensitive, for attendance only, gone a year after the term (`drop_old_positions`)."""

    presence = models.OneToOneField(Presence, models.CASCADE, related_name="point", verbose_name="签到")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    point = EncryptedTextField("经纬度")
    accuracy_m = models.PositiveIntegerField("精度(米)", null=True)

    objects = VillageRowQuerySet.as_manager()

    class Meta:
        verbose_name = "签到定位"

    def __str__(self) -> str:
        return "已定位"


class Correction(DayRow):
    """A reverse entry: takes back a day's code and enters another, with the reason. Insert-only."""

    was = models.CharField("原代码", max_length=1, choices=DayCode)
    code = models.CharField("更正为", max_length=1, choices=DayCode)
    reason = models.CharField("更正理由", max_length=200)
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="佐证材料")
    corrected_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="更正人")
    created_at = models.DateTimeField("更正时间", auto_now_add=True)

    class Meta:
        verbose_name = "考勤更正"
        ordering = ["-id"]
        indexes = [models.Index(fields=["cadre", "day_on", "-id"], name="correction_by_day")]
        constraints = [
            models.CheckConstraint(name="correction_changes_something", condition=~Q(was=models.F("code")),
                                   violation_error_message="更正前后相同。"),
            models.CheckConstraint(name="correction_has_reason", condition=~Q(reason=""), violation_error_message="请写明更正理由。"),
            models.CheckConstraint(name="correction_code_closed", condition=~Q(code="N")),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.day_on} {self.was}→{self.code}"


class AttendanceDay(DayRow):
    """A day of a posting and its code. Made ahead; one a cadre and day; closed when the month's report is on its way."""

    class Kind(models.TextChoices):
        WORK = "W", "工作日"
        REST = "T", "公休日"
        HOLIDAY = "H", "法定节假"

    class Source(models.TextChoices):
        CALENDAR = "calendar", "日历"
        PRESENCE = "presence", "在岗记录"
        LEAVE = "leave", "请假"
        OVERDUE = "overdue", "逾期未销假"
        MISSING = "missing", "无记录"
        CORRECTION = "correction", "更正"

    kind = models.CharField("日类", max_length=1, choices=Kind)
    code = models.CharField("考勤", max_length=1, choices=DayCode, default=DayCode.OPEN)
    source = models.CharField("依据", max_length=10, choices=Source, default=Source.CALENDAR)
    presence = models.ForeignKey(Presence, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="在岗记录")
    correction = models.ForeignKey(Correction, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="更正")

    class Meta:
        verbose_name = "考勤日"
        ordering = ["-day_on", "cadre_id"]
        indexes = [models.Index(fields=["village", "day_on"], name="attendance_day_by_village"),
                   models.Index(fields=["day_on", "code"], name="attendance_day_by_code")]  # fmt: skip
        constraints = [models.UniqueConstraint(fields=["cadre", "day_on"], name="attendance_day_one_a_cadre")]

    def __str__(self) -> str:
        return f"{self.day_on} {self.sign}"

    @property
    def sign(self) -> str:
        return rules.SIGNS[self.code]


class DutyTurn(DayRow):
    """A turn of 坐班 in the village office."""

    class Meta:
        verbose_name = "坐班安排"
        ordering = ["day_on", "village_id"]
        indexes = [models.Index(fields=["village", "day_on"], name="duty_turn_by_village")]
        constraints = [models.UniqueConstraint(fields=["cadre", "day_on"], name="duty_turn_one_a_day", violation_error_message="这一天已安排坐班。")]

    def __str__(self) -> str:
        return f"{self.day_on} {self.cadre}"


class SpotCheck(DayRow):
    """A check whether a cadre was where they should be. Insert-only."""

    class Means(models.TextChoices):
        PHONE = "phone", "电话抽查"
        ON_SITE = "on_site", "实地抽查"

    class Result(models.TextChoices):
        PRESENT = "present", "在岗"
        EXCUSED = "excused", "不在岗(有假或因公)"
        ABSENT = "absent", "不在岗"
        UNREPORTED = "no_trip", "外出未报备"

    means = models.CharField("方式", max_length=8, choices=Means)
    result = models.CharField("结果", max_length=8, choices=Result)
    on_duty_turn = models.BooleanField("坐班日", default=False)
    note = models.CharField("情况说明", max_length=200, blank=True)
    checked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="抽查人")
    created_at = models.DateTimeField("记录时间", auto_now_add=True)

    class Meta:
        verbose_name = "坐班抽查"
        ordering = ["-day_on", "-id"]
        indexes = [models.Index(fields=["cadre", "day_on"], name="spot_check_by_cadre")]

    def __str__(self) -> str:
        return f"{self.day_on} {self.get_result_display()}"
