"""Quality samples: drawn once, called, judged; drawn again by anyone who doubts."""

import secrets
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from core.clock import today
from core.scope import because, reach
from households.models import Household
from households.models.sampling import Sample, SampleCall
from households.rules.codes import PovertyStatus
from households.rules.sampling import CHECKLISTS, ERRORS, Frame, draw, frame_digest, sample_size, wilson
from households.services.errors import HouseholdsError
from villages.models import Division, Village
from workflow import services as flow

YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Result:
    """What a sample says so far: shares as percentages with one place."""

    error: str
    asked: int
    wrong: int
    rate: float | None
    low: float
    high: float
    waiting: int
    unreachable: int


def frame_of(frame: str, area: str) -> QuerySet:
    """The households a sample of this kind is drawn from, today."""
    rows = Household.objects.filter(village__code__startswith=area)
    if frame == Frame.DECLINED:
        return rows.filter(identified_on=None, end_reason=Household.EndReason.DECLINED)
    status = PovertyStatus.EXITED if frame == Frame.EXITED else PovertyStatus.POOR
    return rows.active().filter(poverty_status=status)  # type: ignore[attr-defined]


def _keys(rows: QuerySet) -> dict[str, tuple[int, int]]:
    """What a household is called in the draw: its code, or for who has none the number of the application."""
    return {code or f"S{pk}": (pk, village) for pk, village, code in rows.values_list("pk", "village_id", "household_code")}


@transaction.atomic
def draw_sample(*, frame: str, confidence: int, margin: int, seed: str = "", village: Village | None = None, township: Division | None = None,
                area: str = "", by: User) -> Sample:  # fmt: skip
    """Draw a sample; the seed is chance's own unless one is given (a lottery's number, say).

    Raises HouseholdsError for an area beyond the user's, an empty frame, or a second draw of the same on one day.
    """
    place = village.code if village else township.prefix if township else area
    if not reach(by, Permission.QUALITY_SAMPLE).governs(place):
        raise HouseholdsError("请选择您范围内的乡镇或村。")
    keys = _keys(frame_of(frame, place))
    size = sample_size(len(keys), confidence=confidence, margin=margin)
    if size == 0:
        raise HouseholdsError(f"这个范围没有{Frame(frame).label},不能抽样。")
    seed = seed.strip() or secrets.token_hex(8)
    because("抽取核查样本")
    name = village.name if village else township.name if township else "全市"
    try:
        with transaction.atomic():
            sample = Sample.objects.create(
                number=f"CY{today().year}-{flow.take_numbers(key=f'sample {today().year}')[0]:04d}", area=place, area_name=name, village=village, frame=frame,
                confidence=confidence, margin=margin, population=len(keys), size=size, seed=seed, frame_sha256=frame_digest(keys), drawn_on=today(), drawn_by=by,
            )  # fmt: skip
    except IntegrityError as error:
        raise HouseholdsError("这个范围的同一类对象今天已抽取过一次,不能重抽到满意为止。") from error
    picked = [keys[code] for code in draw(keys, size=size, seed=seed)]
    SampleCall.objects.bulk_create(
        SampleCall(sample=sample, household_id=pk, village_id=v, rank=rank) for rank, (pk, v) in enumerate(picked, start=1)
    )
    return sample


def draw_again(sample: Sample) -> str:
    """'' when drawing again gives the same households, else why not, in words."""
    keys = _keys(frame_of(sample.frame, sample.area))
    kept = list(sample.calls.order_by("rank").values_list("household_id", flat=True))
    if frame_digest(keys) != sample.frame_sha256:
        return f"对象名单与抽取当日不同(当日 {sample.population} 户,现在 {len(keys)} 户),请用 {sample.drawn_on} 的名单核对。"
    again = [keys[code][0] for code in draw(keys, size=sample.size, seed=sample.seed)]
    return "" if again == kept else "按种子重新抽取的结果与保存的不一致,请联系审计管理员。"


@transaction.atomic
def record_call(
    *, call: SampleCall, reached: str, called_on: date, answers: dict[str, str], is_wrong: bool | None, note: str, by: User
) -> SampleCall:
    """Write down a call and what it shows of the household's identification or exit. A judgement of error says why."""
    call = SampleCall.objects.select_for_update().select_related("sample").get(pk=call.pk)
    if not call.sample.drawn_on <= called_on <= today():
        raise HouseholdsError(f"回访日期应在抽取日期 {call.sample.drawn_on} 到今天之间。")
    if reached == SampleCall.Reached.ANSWERED:
        missing = [words for code, words in CHECKLISTS[call.sample.frame] if answers.get(code) not in {YES, NO, UNKNOWN}]
        if missing:
            raise HouseholdsError(f"回访清单还没有填完:{missing[0]}。")
        if is_wrong is None:
            raise HouseholdsError("请作出认定:有误或无误。")
        if is_wrong and not note.strip():
            raise HouseholdsError(f"认定{ERRORS[Frame(call.sample.frame)]}的,请写明依据。")
    else:
        answers, is_wrong = {}, None
    because("登记抽样回访")
    call.reached, call.answers, call.is_wrong, call.note, call.called_on, call.called_by = reached, answers, is_wrong, note, called_on, by
    call.save()
    return call


def sample_result(sample: Sample) -> Result:
    """Errors among those reached, with the Wilson interval at the sample's confidence."""
    counts = sample.calls.aggregate(
        asked=Count("pk", filter=Q(reached="answered")), wrong=Count("pk", filter=Q(is_wrong=True)), waiting=Count("pk", filter=Q(reached="waiting")),
        unreachable=Count("pk", filter=Q(reached="unreachable")),
    )  # fmt: skip
    low, high = wilson(counts["wrong"], counts["asked"], confidence=sample.confidence)
    rate = round(100 * counts["wrong"] / counts["asked"], 1) if counts["asked"] else None
    return Result(error=ERRORS[Frame(sample.frame)], rate=rate, low=round(100 * low, 1), high=round(100 * high, 1), **counts)
