"""Filters and search of the household list."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from core import crypto, settings
from core.checks.accounts import parse_phone
from core.checks.identity import normalise
from core.checks.names import search_key
from core.checks.problems import CheckError
from core.clock import today
from core.filters import ScopedFilter, choice, search_box
from core.paging import walk_in_order
from households.models import CrossCheckRequest, CrossCheckResult, HandbookIssue, Household, ImportBatch, Member, NameGram, Proceeding, Reentry
from households.models.complaints import Complaint
from households.models.corrections import Correction
from households.models.duplicates import DuplicatePair
from households.models.dynamics import DynamicWindow, HouseholdYear, RegisterChange
from households.models.village_exits import VillageExit
from households.rules import codes
from households.rules.crosschecks import Judgement
from households.rules.dynamics import ChangeKind
from households.rules.procedures import PROCEDURES
from villages.models import Division, Village

FRAGMENT = 3
CLOSED = "closed"
MANY = 120


def _with_number(number: str) -> list[int]:
    """Households of whoever has this number, now or before: one walk of one index, done before the list is read."""
    field = "id_number" if len(number) == 18 else "disability_number"
    index = crypto.blind_index(number, field)
    return list(Member.objects.filter(**{f"{field}_index": index}).order_by().values_list("household_id", flat=True)[:20])


def _by_number(text: str) -> Q | None:
    """An ID number, a phone or a household code, when the text is one; exact through the blind index."""
    number = normalise(text)
    if len(number) in {18, 20, 22} and number[:17].isdigit():
        return Q(pk__in=_with_number(number))
    if not number.isdigit():
        return None
    try:
        return Q(phone_index=crypto.blind_index(parse_phone(number), "phone"))
    except CheckError:
        return Q(household_code__gte=number, household_code__lt=number + "~") if number.startswith("6") or len(number) > 3 else None


def search(households: QuerySet, text: str) -> QuerySet:
    """Households with a member of that name (any fragment, or pinyin initials), or of that number."""
    found = _by_number(text)
    if found is not None:
        return households.filter(found)
    key = search_key(text)[:12]
    if not key:
        return households.none()
    walk_in_order()
    fragments = {key[i : i + FRAGMENT] for i in range(max(1, len(key) - FRAGMENT + 1))}
    for fragment in sorted(fragments):
        grams = NameGram.objects.filter(gram=fragment, village_id=OuterRef("village_id"), household_id=OuterRef("id"))
        households = households.filter(Exists(grams))
    return households


def _id(text: Any) -> int | None:
    return int(text) if str(text or "").isdigit() and len(str(text)) < 12 else None


class AreaFilter(ScopedFilter):
    """Township and village of the user's scope. The villages of a big city are offered once a township is chosen."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Village.objects.visible_to(self.user, "household_view").order_by("code")
        townships = Division.objects.filter(pk__in=villages.order_by().values("township_id")).order_by("code")
        self._offer("township", townships.values_list("pk", "name"))
        township, village = _id(self.data.get("township")), _id(self.data.get("village"))
        if township is not None:
            villages = villages.filter(township_id=township)
        rows = list(villages.values_list("pk", "name")[: MANY + 1])
        if len(rows) > MANY:
            rows = list(villages.filter(pk=village).values_list("pk", "name")) if village else []
        self._offer("village", rows)

    def _offer(self, name: str, rows: Any) -> None:
        self.filters[name].extra["choices"] = [(str(pk), label) for pk, label in rows]

    def by_township(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(village_id__in=list(Village.objects.filter(township_id=value).values_list("pk", flat=True)))


class HouseholdFilter(AreaFilter):
    q = search_box("姓名、拼音、证件号、电话、户编号")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])
    poverty_status = choice("脱贫状态", codes.PovertyStatus.choices)
    attribute = choice("属性", codes.Attribute.choices)
    cause_main = choice("主要致贫原因", codes.Cause.choices)
    exit_year = choice("脱贫年度", [(str(year), f"{year}年") for year in range(2014, 2026)])
    state = choice("范围", [("warnings", "有待核对"), (CLOSED, "已退出登记")], method="by_state", empty_label="在册户")

    class Meta:
        model = Household
        fields = ["q", "township", "village", "poverty_status", "attribute", "cause_main", "exit_year", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return search(rows, text)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(warning_count__gt=0).active() if value == "warnings" else rows.exclude(ended_on=None).exclude(identified_on=None)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") == CLOSED else rows.active()


STEPS = sorted(
    {(step.code, step.title) for default in PROCEDURES.values() for step in default.steps if step.code != "notice"} | {("notice", "村内公示")}
)


class ProceedingFilter(AreaFilter):
    q = search_box("户主姓名、户编号、办件编号")
    kind = choice("事项", Proceeding.Kind.choices)
    outcome = choice("结果", Proceeding.Outcome.choices)
    step = choice("当前环节", STEPS, field_name="case__step__code")
    late = choice("期限", [("1", "已超期")], method="by_late")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])

    class Meta:
        model = Proceeding
        fields = ["q", "kind", "outcome", "step", "late", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        if text[:4].isdigit() and "-" in text:
            return rows.filter(case__number__startswith=text)
        if text.isdigit():
            return rows.filter(household__household_code__startswith=text)
        named = Member.objects.filter(household_id=OuterRef("household_id"), relation="01", name__startswith=text)
        return rows.filter(Exists(named))

    def by_late(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.running().filter(case__due_on__lt=today())


class RequestFilter(ScopedFilter):
    q = search_box("函号、承办单位")
    state = choice("状态", CrossCheckRequest.State.choices)
    late = choice("期限", [("1", "已超期")], method="by_late")

    class Meta:
        model = CrossCheckRequest
        fields = ["q", "state", "late"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(number__contains=text) | Q(organization__name__contains=text))

    def by_late(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state=CrossCheckRequest.State.SENT, due_on__lt=today())


class HitFilter(AreaFilter):
    q = search_box("户编号")
    judgement = choice("认定", Judgement.choices)
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])

    class Meta:
        model = CrossCheckResult
        fields = ["q", "judgement", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(household__household_code__startswith=text)


class ReentryFilter(ScopedFilter):
    """What is still to be typed, by batch and village; what is done on request."""

    batch = choice("核对批次", [], field_name="batch_id")
    village = choice("村", [], field_name="village_id")
    state = choice("状态", [("done", "已回录"), ("all", "全部")], method="by_state", empty_label="未回录")

    class Meta:
        model = Reentry
        fields = ["batch", "village", "state"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        batches = ImportBatch.objects.visible_to(self.user).filter(purpose=ImportBatch.Purpose.COMPARE).order_by("-id")[:MANY]
        self.filters["batch"].extra["choices"] = [(str(pk), number) for pk, number in batches.values_list("pk", "number")]
        villages = Village.objects.visible_to(self.user, "household_import").order_by("code").values_list("pk", "name")[:MANY]
        self.filters["village"].extra["choices"] = [(str(pk), name) for pk, name in villages]

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.exclude(done_on=None) if value == "done" else rows

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.filter(done_on=None)


class VillageExitFilter(AreaFilter):
    q = search_box("村名、办件编号")
    outcome = choice("结果", VillageExit.Outcome.choices)
    year = choice("退出年度", [(str(year), f"{year}年") for year in range(2014, 2026)])
    township = choice("乡镇", [], method="by_township")

    class Meta:
        model = VillageExit
        fields = ["q", "outcome", "year", "township"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        villages = Village.objects.visible_to(self.user).order_by()
        self._offer("township", Division.objects.filter(pk__in=villages.values("township_id")).order_by("code").values_list("pk", "name"))

    def _offer(self, name: str, rows: Any) -> None:
        if name in self.filters:
            super()._offer(name, rows)

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(case__number__startswith=text) if text[:4].isdigit() else rows.filter(village__name__contains=text)


class DuplicateFilter(AreaFilter):
    """What waits, unless another state is asked for."""

    q = search_box("姓名、户编号")
    level = choice("可能性", [("likely", "很可能"), ("possible", "可能")], method="by_level")
    state = choice("认定", [("same", "同一人,已合并"), ("different", "不是同一人")], method="by_state", empty_label="待认定")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])

    class Meta:
        model = DuplicatePair
        fields = ["q", "level", "state", "township", "village"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        if text.isdigit():
            return rows.filter(Q(first__household__household_code__startswith=text) | Q(second__household__household_code__startswith=text))
        return rows.filter(Q(first__name__startswith=text) | Q(second__name__startswith=text))

    def by_level(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        likely = settings.get("duplicate_likely")
        return rows.filter(score__gte=likely) if value == "likely" else rows.filter(score__lt=likely)

    def by_township(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        prefix = Division.objects.get(pk=value).prefix
        return rows.filter(area__startswith=prefix)

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(state=value)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        return rows if self.form.cleaned_data.get("state") else rows.waiting()


class HandbookFilter(AreaFilter):
    q = search_box("手册编号、户编号、领取人")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])
    kind = choice("手册", HandbookIssue.Kind.choices)
    state = choice("现状", [("held", "在手"), *HandbookIssue.End.choices], method="by_state")

    class Meta:
        model = HandbookIssue
        fields = ["q", "township", "village", "kind", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(number=text) | Q(household__household_code=text) | Q(received_by=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(ended_on=None) if value == "held" else rows.filter(end_reason=value)


class ChangeFilter(AreaFilter):
    q = search_box("姓名、户编号")
    window = choice("年度", [], field_name="window_id")
    kind = choice("变动", ChangeKind.choices)
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])

    class Meta:
        model = RegisterChange
        fields = ["q", "window", "kind", "township", "village"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = DynamicWindow.objects.order_by("-year").values_list("pk", "year")[:20]
        self.filters["window"].extra["choices"] = [(str(pk), f"{year}年") for pk, year in rows]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(household__household_code__startswith=text) if text.isdigit() else rows.filter(people__contains=text)


class YearFilter(AreaFilter):
    q = search_box("户主姓名、户编号")
    year = choice("年度", [])
    poverty_status = choice("脱贫状态", codes.PovertyStatus.choices)
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])

    class Meta:
        model = HouseholdYear
        fields = ["q", "year", "poverty_status", "township", "village"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        years = DynamicWindow.objects.exclude(rolled_over_on=None).order_by("-year").values_list("year", flat=True)[:20]
        self.filters["year"].extra["choices"] = [(str(year), f"{year}年") for year in years]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(household_code__startswith=text) if text.isdigit() else rows.filter(head_name__startswith=text)


class ComplaintFilter(AreaFilter):
    q = search_box("信访件编号、户编号")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])
    channel = choice("来源", Complaint.Channel.choices)
    cause = choice("反映事项", Complaint.Cause.choices)
    finding = choice("核实结果", Complaint.Finding.choices)
    state = choice("状态", [("open", "待答复"), ("late", "已超期"), ("answered", "已答复")], method="by_state")

    class Meta:
        model = Complaint
        fields = ["q", "township", "village", "channel", "cause", "finding", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(number=text.upper()) | Q(household__household_code=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "answered":
            return rows.exclude(answered_on=None)
        waiting = rows.filter(answered_on=None)
        return waiting.filter(due_on__lt=today()) if value == "late" else waiting


class CorrectionFilter(AreaFilter):
    q = search_box("户编号、办件编号")
    township = choice("乡镇", [], method="by_township")
    village = choice("村", [])
    state = choice("状态", [("open", "办理中"), ("closed", "已办结")], method="by_state")

    class Meta:
        model = Correction
        fields = ["q", "township", "village", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(household__household_code=text) | Q(case__number=text))

    def by_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(closed_on=None) if value == "open" else rows.exclude(closed_on=None)
