"""年承诺、季报告."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from accounts.models import User
from cadres.models import Cadre, Commitment, CommitmentItem, Posting, QuarterProgress, QuarterReport
from cadres.services.duties import finish_duty
from cadres.services.errors import CadresError
from core import scoring_inputs, settings
from core.clock import today
from core.scope import because
from villages.models import Village
from workflow import services as flow
from workflow.models import Case
from workflow.services import attach

KIND = "quarter_report"


def quarter_span(year: int, quarter: int) -> tuple[date, date]:
    """First and last day of a quarter."""
    first = date(year, quarter * 3 - 2, 1)
    return first, (first + timedelta(days=95)).replace(day=1) - timedelta(days=1)


def quarter_due(year: int, quarter: int) -> date:
    """The day of the month after the quarter by which its report is due."""
    return (quarter_span(year, quarter)[1] + timedelta(days=1)).replace(day=settings.get("quarter_due_day"))


@transaction.atomic
def open_commitment(*, village: Village, cadre: Cadre | None, year: int, by: User) -> Commitment:
    """Begin the yearly commitment of a team, or of one of its cadres."""
    if not today().year - 1 <= year <= today().year + 1:
        raise CadresError("只能填报上年、本年和下一年的承诺。")
    if cadre is not None and not Posting.objects.filter(cadre=cadre, village=village).exists():
        raise CadresError(f"{cadre.name} 没有派驻{village.name}。")
    because(f"填报{year}年承诺")
    commitment = Commitment(village=village, cadre=cadre, year=year, recorded_by=by)
    commitment.full_clean()
    commitment.save()
    return commitment


def _draft(commitment: Commitment) -> Commitment:
    commitment = Commitment.objects.select_for_update(of=("self",)).select_related("village", "cadre").get(pk=commitment.pk)
    if commitment.state != Commitment.State.DRAFT:
        raise CadresError("承诺已签订,不能再改。")
    return commitment


@transaction.atomic
def save_item(*, commitment: Commitment, item: CommitmentItem | None, by: User, **fields: Any) -> CommitmentItem:
    """Add an item or change one, while the commitment is a draft. At most eight."""
    commitment = _draft(commitment)
    because(f"填写承诺事项 {commitment}")
    if item is None:
        numbers = list(commitment.items.values_list("number", flat=True))
        if len(numbers) >= Commitment.MOST:
            raise CadresError(f"承诺事项最多 {Commitment.MOST} 项。")
        item = CommitmentItem(commitment=commitment, village_id=commitment.village_id, number=max(numbers, default=0) + 1)
    for name, value in fields.items():
        setattr(item, name, value)
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def sign_commitment(*, commitment: Commitment, signed_on: date, by: User) -> Commitment:
    """Three to eight items whose weights make a hundred; after signing nothing changes."""
    commitment = _draft(commitment)
    items = list(commitment.items.all())
    if not Commitment.LEAST <= len(items) <= Commitment.MOST:
        raise CadresError(f"承诺事项应为 {Commitment.LEAST} 至 {Commitment.MOST} 项,现有 {len(items)} 项。")
    total = sum(item.weight for item in items)
    if total != 100:
        raise CadresError(f"各项权重合计应为 100,现为 {total}。")
    if signed_on > today():
        raise CadresError("签订日期不能晚于今天。")
    because(f"签订 {commitment}")
    commitment.state, commitment.signed_on = Commitment.State.SIGNED, signed_on
    commitment.save(update_fields=["state", "signed_on"])
    return commitment


@transaction.atomic
def post_commitment(*, commitment: Commitment, posted_on: date, photo: Any, by: User) -> Commitment:
    """Hung out in public, with a photo of it."""
    commitment = Commitment.objects.select_for_update(of=("self",)).select_related("village", "cadre").get(pk=commitment.pk)
    if commitment.state != Commitment.State.SIGNED:
        raise CadresError("签订以后才能公示。")
    if posted_on > today():
        raise CadresError("公示日期不能晚于今天。")
    because(f"公示 {commitment}")
    commitment.posted_photo = attach(data=photo, title=f"公示照片 {commitment}"[:120], by=by, accept=("jpg",), village_id=commitment.village_id)
    commitment.posted_on = posted_on
    commitment.full_clean(exclude=["recorded_by"])
    commitment.save(update_fields=["posted_photo", "posted_on"])
    return commitment


@transaction.atomic
def open_report(*, commitment: Commitment, quarter: int, by: User | None) -> QuarterReport:
    """The draft of a quarter's report; one line an item."""
    if commitment.state != Commitment.State.SIGNED:
        raise CadresError("承诺签订以后才能填报季报告。")
    first, _ = quarter_span(commitment.year, quarter)
    if first > today():
        raise CadresError("还没有到这个季度。")
    because(f"填报{commitment.year}年第{quarter}季度报告")
    report, is_new = QuarterReport.objects.get_or_create(
        commitment=commitment, quarter=quarter,
        defaults={"village_id": commitment.village_id, "cadre_id": commitment.cadre_id, "year": commitment.year,
                  "due_on": quarter_due(commitment.year, quarter)},
    )  # fmt: skip
    if is_new:
        before = {row.item_id: row.percent for row in QuarterProgress.objects.filter(report__commitment=commitment, report__quarter=quarter - 1)}
        QuarterProgress.objects.bulk_create(
            QuarterProgress(report=report, village_id=report.village_id, item=item, percent=before.get(item.pk, 0)) for item in commitment.items.all()
        )
    return report


def items_with_progress(*, commitment: Commitment) -> tuple[list[CommitmentItem], str]:
    """The items, each with `percent` as the newest report that was handed in says it, and the weighted whole in per cent."""
    newest: dict[int, int] = {}
    rows = QuarterProgress.objects.filter(report__commitment=commitment).exclude(report__state=QuarterReport.State.DRAFT)
    for key, percent in rows.order_by("report__quarter").values_list("item_id", "percent"):
        newest[key] = percent
    items = list(commitment.items.all())
    for item in items:
        item.percent = newest.get(item.pk, 0)  # type: ignore[attr-defined]
    return items, f"{sum(item.weight * newest.get(item.pk, 0) for item in items) / 100:.0f}"


def numbers_now(*, report: QuarterReport) -> list[dict[str, Any]]:
    """What a draft would say if it were handed in today."""
    first, last = quarter_span(report.year, report.quarter)
    return drawn_numbers(cadres=cadres_of(report), since=first, until=min(last, today()))


def drawn_numbers(*, cadres: Sequence[int], since: date, until: date) -> list[dict[str, Any]]:
    """What the system itself knows of a quarter, from every registered input: label, value, unit, words. Nobody types these."""
    found = []
    for entry in scoring_inputs.all_inputs():
        values = entry.compute(cadres, since, until)
        known = [value for value in values.values() if value.value is not None]
        if known:
            total = sum(value.value for value in known if value.value is not None)
            words = known[0].words if len(known) == 1 else f"{len(known)} 人合计"
            found.append({"key": entry.key, "label": entry.label, "value": f"{total:f}", "unit": entry.unit, "words": words})
    return found


def cadres_of(report: QuarterReport) -> list[int]:
    """Whose work a report tells: the cadre's, or that of everyone posted to the village in the quarter."""
    if report.cadre_id:
        return [report.cadre_id]
    first, last = quarter_span(report.year, report.quarter)
    rows = Posting.objects.filter(village_id=report.village_id, started_on__lte=last).exclude(ended_on__lt=first)
    return list(rows.values_list("cadre_id", flat=True).distinct())


@transaction.atomic
def write_report(*, report: QuarterReport, problems: str, next_plan: str, progress: dict[int, tuple[int, str]], by: User) -> QuarterReport:
    """The words and the progress of a draft; `progress` by item."""
    report = QuarterReport.objects.select_for_update().get(pk=report.pk)
    if report.state != QuarterReport.State.DRAFT:
        raise CadresError(f"季报告{report.get_state_display()},不能再修改。")
    because("填写季报告")
    report.problems, report.next_plan = problems, next_plan
    report.save(update_fields=["problems", "next_plan"])
    for row in report.progress.all():
        if row.item_id in progress:
            row.percent, row.note = progress[row.item_id]
            row.full_clean()
            row.save(update_fields=["percent", "note"])
    return report


@transaction.atomic
def submit_report(*, report: QuarterReport, by: User) -> QuarterReport:
    """Hand a report in for the township's review; the numbers are drawn and kept as of now."""
    report = QuarterReport.objects.select_for_update(of=("self",)).select_related("village", "commitment", "cadre", "case").get(pk=report.pk)
    if report.state != QuarterReport.State.DRAFT:
        raise CadresError(f"季报告{report.get_state_display()},不需要再报送。")
    if not report.problems.strip() or not report.next_plan.strip():
        raise CadresError("请填写存在问题和下季计划;没有问题的写“无”。")
    because("报送季报告")
    report.numbers = numbers_now(report=report)
    report.state, report.submitted_on = QuarterReport.State.RUNNING, report.submitted_on or today()
    if report.case is not None and report.case.state == Case.State.RETURNED:
        report.save()
        flow.resubmit(case=report.case, by=by)
        return report
    report.case = flow.start_case(kind=KIND, title=str(report), village=report.village, by=by, day=today())
    report.save()
    finish_duty(url=report.get_absolute_url(), by=by)
    return report


def of_report(case: Case) -> QuarterReport:
    return QuarterReport.objects.select_related("village", "commitment__village", "commitment__cadre", "cadre").get(case=case)


def report_open_again(case: Case, *_: Any) -> None:
    QuarterReport.objects.filter(case=case).update(state=QuarterReport.State.DRAFT)


def report_accepted(case: Case, by: User) -> None:
    QuarterReport.objects.filter(case=case).update(state=QuarterReport.State.ACCEPTED)


def report_lacks(case: Case) -> list[str]:
    report = QuarterReport.objects.filter(case=case).first()
    return [] if report is not None and report.state == QuarterReport.State.RUNNING else ["季报告退回后还没有在季报告页重新报送"]
