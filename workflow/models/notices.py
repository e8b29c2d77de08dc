"""公示 and 公告: frozen at release, hung out with a photo, objected to, taken down (`domain.md` §3, §5.3)."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import User
from core import calendar
from core.fields import EncryptedTextField
from villages.models import Village
from workflow.models.cases import Case
from workflow.models.files import Attachment
from workflow.models.todos import Todo
from workflow.querysets import NoticeQuerySet, NoticeRowQuerySet, ObjectionQuerySet


class Level(models.TextChoices):
    """Who hangs a notice out, and who handles what is said against it."""

    VILLAGE = "village", "村"
    TOWNSHIP = "township", "乡镇(街道)"
    CITY = "city", "市"


def _area() -> models.CharField:
    return models.CharField("范围代码", max_length=12)


class PublicNotice(models.Model):
    """One notice. What it says is frozen: the application may change its state and nothing else (`workflow.apps`)."""

    class State(models.TextChoices):
        RUNNING = "running", "公示中"
        ENDED = "ended", "已期满"
        WITHDRAWN = "withdrawn", "提前结束"

    kind = models.CharField("类别", max_length=40)
    number = models.CharField("编号", max_length=40, unique=True)
    word = models.CharField("形式", max_length=4, choices=[("公示", "公示"), ("公告", "公告")])
    title = models.CharField("标题", max_length=120)
    body = models.TextField("正文")
    signer = models.CharField("落款", max_length=60)
    columns = models.JSONField("栏目")
    lines = models.JSONField("名单")
    snapshot_sha256 = models.CharField("内容摘要", max_length=64)
    level = models.CharField("级别", max_length=10, choices=Level)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    area = _area()
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="办件")
    starts_on = models.DateField("起始日期")
    days = models.PositiveSmallIntegerField("期限")
    day_kind = models.CharField("计日方式", max_length=10, choices=calendar.CHOICES, default=calendar.DayKind.CALENDAR)
    ends_on = models.DateField("截止日期")
    state = models.CharField("状态", max_length=10, choices=State, default=State.RUNNING)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发布人")
    released_at = models.DateTimeField("发布时间")
    taken_down_at = models.DateTimeField("结束时间", null=True, blank=True)
    end_reason = models.CharField("提前结束原因", max_length=200, blank=True)
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    wall_area = "area"
    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "公示公告"
        indexes = [
            models.Index(fields=["-starts_on", "-id"], name="notice_newest_first"),
            models.Index(fields=["village", "-starts_on"], name="notice_by_village"),
            models.Index(fields=["ends_on"], condition=Q(state="running"), name="notice_running_by_end"),
        ]
        constraints = [
            models.CheckConstraint(name="notice_village_iff_village_level",
                                   condition=Q(level="village", village__isnull=False) | (~Q(level="village") & Q(village=None))),
            models.CheckConstraint(name="notice_has_days", condition=Q(days__gte=1)),
            models.CheckConstraint(name="notice_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(name="notice_taken_down_iff_over",
                                   condition=Q(state="running", taken_down_at=None) | (~Q(state="running") & Q(taken_down_at__isnull=False))),
            models.CheckConstraint(name="notice_reason_iff_withdrawn",
                                   condition=(Q(state="withdrawn") & ~Q(end_reason="")) | (~Q(state="withdrawn") & Q(end_reason=""))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title}({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("workflow:notice-detail", args=[self.pk])

    def runs_on(self, day: date) -> bool:
        """Whether it is hung out on a day: not withdrawn, within its days."""
        return self.state != self.State.WITHDRAWN and self.starts_on <= day <= self.ends_on

    @property
    def length_label(self) -> str:
        return calendar.length(self.days, self.day_kind)

    @property
    def calendar_assumed(self) -> bool:
        """Whether working days were counted in a year whose holidays nobody has announced yet."""
        return self.day_kind == calendar.DayKind.WORKING and not calendar.period_is_known(self.starts_on, self.ends_on)


class NoticeRecord(models.Model):
    """A record a notice is about: closed to editing while the notice runs (`services.refuse_if_noticed`)."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="records", verbose_name="公示")
    table = models.CharField("表", max_length=63)
    row_id = models.BigIntegerField("记录")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    household_id = models.BigIntegerField("户", null=True, blank=True)
    area = _area()
    line_key = models.CharField("名单行", max_length=40)

    wall_household = "household_id"
    wall_area = "area"
    objects = NoticeRowQuerySet.as_manager()

    class Meta:
        verbose_name = "公示涉及的记录"
        indexes = [models.Index(fields=["table", "row_id"], name="notice_record_by_row")]
        constraints = [models.UniqueConstraint(fields=["notice", "table", "row_id"], name="notice_record_once")]


class NoticePosting(models.Model):
    """Where a notice hangs: one row a village that has to hang it out, waiting for its photo, and one for every further place."""

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="postings", verbose_name="公示")
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    area = _area()
    place = models.CharField("张贴地点", max_length=60, blank=True)
    posted_on = models.DateField("张贴日期", null=True, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="张贴照片")
    posted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人")
    taken_down_on = models.DateField("撤下日期", null=True, blank=True)
    todo = models.ForeignKey(Todo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待办")

    wall_area = "area"
    objects = NoticeRowQuerySet.as_manager()

    class Meta:
        verbose_name = "张贴"
        indexes = [models.Index(fields=["village", "-id"], name="posting_by_village")]
        constraints = [
            models.CheckConstraint(name="notice_posting_photo_iff_posted",
                                   condition=(Q(posted_on=None, photo=None) | Q(posted_on__isnull=False, photo__isnull=False) & ~Q(place=""))),
            models.CheckConstraint(name="notice_posting_down_after_posted", condition=Q(taken_down_on=None) | Q(taken_down_on__gte=F("posted_on")),
                                   violation_error_message="撤下日期不能早于张贴日期。"),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return self.notice.get_absolute_url()


class Objection(models.Model):
    """What somebody says against a notice. Anonymous if they want; only one that was taken up holds anything up."""

    class State(models.TextChoices):
        RECEIVED = "received", "待受理"
        ACCEPTED = "accepted", "已受理"
        REFUSED = "refused", "不予受理"
        RESOLVED = "resolved", "已办结"

    class Channel(models.TextChoices):
        VISIT = "visit", "来访"
        PHONE = "phone", "来电"
        LETTER = "letter", "来信"
        PAGE = "page", "公示页"

    notice = models.ForeignKey(PublicNotice, models.PROTECT, related_name="objections", verbose_name="公示")
    receipt = models.CharField("回执编号", max_length=20, unique=True)
    line_key = models.CharField("针对的名单行", max_length=40, blank=True)
    line_label = models.CharField("针对", max_length=60, default="")
    content = models.TextField("异议内容", max_length=1000)
    person = EncryptedTextField("异议人", blank=True)
    phone = EncryptedTextField("联系电话", blank=True)
    channel = models.CharField("渠道", max_length=10, choices=Channel)
    received_on = models.DateField("收到日期")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="登记人")
    sender_index = models.CharField("来源摘要", max_length=32, blank=True)
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    area = _area()
    level = models.CharField("办理级别", max_length=10, choices=Level)
    state = models.CharField("状态", max_length=10, choices=State, default=State.RECEIVED)
    handle_due_on = models.DateField("办理期限")
    escalated = models.PositiveSmallIntegerField("上提次数", default=0)
    reason = models.CharField("受理意见", max_length=500, blank=True)
    result = models.CharField("办理结果", max_length=500, blank=True)
    upheld = models.BooleanField("异议成立", null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办理人")
    handled_on = models.DateField("办理日期", null=True, blank=True)
    todo = models.ForeignKey(Todo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="待办")
    created_at = models.DateTimeField("登记时间", auto_now_add=True)

    wall_place = "area"
    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "公示异议"
        indexes = [
            models.Index(fields=["handle_due_on"], condition=Q(state__in=["received", "accepted"]), name="objection_open_by_due"),
            models.Index(fields=["-received_on", "-id"], name="objection_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(name="objection_reason_once_decided", condition=Q(state="received") | ~Q(reason="")),
            models.CheckConstraint(name="objection_result_iff_resolved",
                                   condition=(Q(state="resolved", upheld__isnull=False) & ~Q(result=""))
                                   | (~Q(state="resolved") & Q(upheld=None, result=""))),
            models.CheckConstraint(name="objection_handler_iff_decided",
                                   condition=Q(state="received", handled_on=None) | (~Q(state="received") & Q(handled_on__isnull=False))),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"异议 {self.receipt}"

    def get_absolute_url(self) -> str:
        return reverse("workflow:objection-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in {self.State.RECEIVED, self.State.ACCEPTED}


class PublicSnapshot(models.Model):
    """What the public page shows: masked, and emptied when the notice is over. The only table the role `pa_public` can read."""

    notice = models.OneToOneField(PublicNotice, models.PROTECT, related_name="public", verbose_name="公示")
    token = models.CharField("网址", max_length=32, unique=True)
    number = models.CharField("编号", max_length=40)
    word = models.CharField("形式", max_length=4)
    place = models.CharField("范围", max_length=60)
    area = _area()
    village = models.ForeignKey(Village, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村")
    starts_on = models.DateField("起始日期")
    ends_on = models.DateField("截止日期")
    length_label = models.CharField("期限", max_length=20, default="")
    calendar_assumed = models.BooleanField("节假日待公布", default=False)
    is_current = models.BooleanField("当前有效", default=True)
    sha256 = models.CharField("内容摘要", max_length=64)
    released_at = models.DateTimeField("发布时间")
    title = models.CharField("标题", max_length=120, blank=True)
    body = models.TextField("正文", blank=True)
    signer = models.CharField("落款", max_length=60, blank=True)
    columns = models.JSONField("栏目", default=list)
    lines = models.JSONField("名单", default=list)

    wall_village = ""  # published: what stands here is for everybody, and holds nothing else

    class Meta:
        verbose_name = "公开快照"
        constraints = [
            models.CheckConstraint(name="public_snapshot_empty_when_over", condition=Q(is_current=True) | Q(title="", body="", lines=[], columns=[])),
        ]  # fmt: skip

    def get_absolute_url(self) -> str:
        return reverse("public:notice", args=[self.token])
