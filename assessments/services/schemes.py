"""Schemes: drafting, editing, adopting; and the scheme as the engine takes it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from assessments.models import AssessmentPart, AssessmentScheme, BonusKind, Indicator, VetoKind
from assessments.rules import standard
from assessments.rules.engine import plain
from assessments.rules.scheme import BASIC, COMPETENT, EXCELLENT, FAILED, WEIGHTS, GradeBand, Item, Scheme, scheme_problems
from assessments.services.errors import AssessmentsError, SchemeDoesNotHold, SchemeInUse
from core.scope import because

FIXED = "方案已通过,考核期内不能改动。请另起草一个新版本,先试算,再从下一考核期起用。"
LEVELS = ("national", "province", "prefecture", "city")


@transaction.atomic
def draft_standard(*, by: User | None, day: date) -> AssessmentScheme:
    """A draft with the indicators of `domain.md` §6.3, every figure of which is [assumed]."""
    because("起草“331”考核方案")
    scheme = AssessmentScheme.objects.create(
        version=_next_version(), valid_from=day, basis="“331”工作法:三个明确、三项考评、一张挂图", **standard.CLARIFICATIONS,
        bonus_points={level: plain(points) for level, points in standard.BONUS_POINTS.items()},
    )  # fmt: skip
    AssessmentPart.objects.bulk_create(AssessmentPart(scheme=scheme, code=code, weight=weight) for code, weight in WEIGHTS.items())
    Indicator.objects.bulk_create(
        Indicator(scheme=scheme, part=item.part, code=item.code, title=item.title, maximum=item.maximum, kind=item.kind, inputs=list(item.inputs),
                  rates={key: plain(rate) for key, rate in item.rates.items()}, steps=[[plain(a), plain(b)] for a, b in item.steps])
        for item in standard.ITEMS
    )  # fmt: skip
    BonusKind.objects.bulk_create(
        BonusKind(scheme=scheme, code=code, title=title, criterion=criterion, proof=proof, certifier=certifier)
        for code, title, criterion, proof, certifier in standard.BONUS_KINDS
    )
    VetoKind.objects.bulk_create(
        VetoKind(scheme=scheme, code=code, title=title, effect=effect, signal=signal, signal_from=least)
        for code, title, effect, signal, least in standard.VETO_KINDS
    )
    return scheme


def _next_version() -> int:
    return (AssessmentScheme.objects.aggregate(last=Max("version"))["last"] or 0) + 1


@transaction.atomic
def draft_from(*, scheme: AssessmentScheme, by: User, day: date) -> AssessmentScheme:
    """A new version to work on, beginning as a copy."""
    because(f"以 {scheme} 为底起草新版")
    copied = AssessmentScheme.objects.get(pk=scheme.pk)
    copied.pk, copied.version, copied.state, copied.valid_from = None, _next_version(), AssessmentScheme.State.DRAFT, day
    copied.adopted_by = copied.adopted_on = None
    copied._state.adding = True
    copied.save()
    for model in (AssessmentPart, Indicator, BonusKind, VetoKind):
        rows = list(model.objects.filter(scheme=scheme))
        for row in rows:
            row.pk, row.scheme = None, copied
        model._default_manager.bulk_create(rows)  # type: ignore[arg-type]
    return copied


@transaction.atomic
def save_scheme(
    *, scheme: AssessmentScheme, weights: dict[str, Decimal], indicators: list[dict[str, Any]], by: User, **fields: Any
) -> AssessmentScheme:
    """Edit a draft: its own fields, its parts' weights, its indicators (by code, those not named go away).

    A draft need not add up yet; adopting it or trying it out says what is missing. Raises SchemeInUse for anything but a draft.
    """
    scheme = _draft(scheme.pk)
    because(f"修改考核方案草案 {scheme}")
    for name, value in fields.items():
        setattr(scheme, name, value)
    scheme.full_clean()
    scheme.save()
    for code, weight in weights.items():
        AssessmentPart.objects.filter(scheme=scheme, code=code).update(weight=weight)
    for row in indicators:
        Indicator.objects.filter(scheme=scheme, code=row["code"]).update(**{key: value for key, value in row.items() if key != "code"})
    return scheme


def _draft(pk: int) -> AssessmentScheme:
    """The scheme, locked. Raises SchemeInUse for anything but a draft."""
    scheme = AssessmentScheme.objects.select_for_update().get(pk=pk)
    if scheme.state != AssessmentScheme.State.DRAFT:
        raise SchemeInUse(FIXED)
    return scheme


def _free_code(codes: Iterable[str], letter: str) -> str:
    numbers = [int(code[1:]) for code in codes if code[:1] == letter and code[1:].isdigit()]
    return f"{letter}{max(numbers, default=0) + 1}"


@transaction.atomic
def put_kind(*, row: BonusKind | VetoKind, by: User, **fields: Any) -> BonusKind | VetoKind:
    """A bonus kind or a veto of a draft, new or changed. Raises SchemeInUse."""
    scheme = _draft(row.scheme_id)
    because(f"修改考核方案草案 {scheme}")
    for name, value in fields.items():
        setattr(row, name, value)
    if not row.code:
        codes = type(row).objects.filter(scheme=scheme).values_list("code", flat=True)
        row.code = _free_code(codes, "V" if isinstance(row, VetoKind) else "K")
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def add_indicator(*, row: Indicator, by: User) -> Indicator:
    """A further indicator of a draft; whether the parts add up is asked when it is adopted. Raises SchemeInUse."""
    scheme = _draft(row.scheme_id)
    because(f"修改考核方案草案 {scheme}")
    row.full_clean()
    row.save()
    return row


@transaction.atomic
def remove_row(*, row: Indicator | BonusKind | VetoKind, by: User) -> None:
    """Take a row out of a draft. Raises SchemeInUse."""
    scheme = _draft(row.scheme_id)
    because(f"修改考核方案草案 {scheme}:去掉 {row}")
    row.delete()


@transaction.atomic
def adopt_scheme(*, scheme: AssessmentScheme, by: User | None, day: date) -> AssessmentScheme:
    """Make a draft the scheme of the periods to come. Raises SchemeDoesNotHold with every problem named."""
    scheme = AssessmentScheme.objects.select_for_update().get(pk=scheme.pk)
    if scheme.state != AssessmentScheme.State.DRAFT:
        raise SchemeInUse("这个方案已经通过。")
    problems = scheme_problems(as_rules(scheme), known_inputs=standard.INPUT_LABELS)
    if not BonusKind.objects.filter(scheme=scheme).exists():
        problems.append("没有加分项。")
    if problems:
        raise SchemeDoesNotHold(problems)
    because(f"通过考核方案 {scheme}")
    AssessmentScheme.objects.filter(state=AssessmentScheme.State.ADOPTED).update(state=AssessmentScheme.State.RETIRED)
    scheme.state, scheme.adopted_by, scheme.adopted_on = AssessmentScheme.State.ADOPTED, by, day
    scheme.save()
    return scheme


def current_scheme() -> AssessmentScheme:
    """The adopted scheme. Raises AssessmentsError where there is none."""
    scheme = AssessmentScheme.objects.filter(state=AssessmentScheme.State.ADOPTED).first()
    if scheme is None:
        raise AssessmentsError("还没有已通过的考核方案,请先起草并通过方案。")
    return scheme


def as_rules(scheme: AssessmentScheme) -> Scheme:
    """The scheme as the engine takes it. Two queries."""
    items = tuple(
        Item(row.code, row.part, row.title, row.maximum, row.kind, tuple(row.inputs), {key: Decimal(rate) for key, rate in row.rates.items()},
             tuple((Decimal(a), Decimal(b)) for a, b in row.steps))
        for row in scheme.indicators.order_by("code")
    )  # fmt: skip
    least = {EXCELLENT: scheme.excellent_from, COMPETENT: scheme.competent_from, BASIC: scheme.basic_from, FAILED: Decimal(0)}
    labels = {EXCELLENT: ("优秀", "优秀"), COMPETENT: ("称职", "合格"), BASIC: ("基本称职", "基本合格"), FAILED: ("不称职", "不合格")}
    return Scheme(
        weights={part.code: part.weight for part in scheme.parts.all()},
        items=items,
        bonus_points={level: Decimal(points) for level, points in scheme.bonus_points.items()},
        bonus_cap=scheme.bonus_cap,
        quota_percent=scheme.quota_percent,
        bands=tuple(GradeBand(code, *labels[code], least[code]) for code in labels),
        least_days=scheme.least_days,
    )


def parse_rates(text: str, inputs: list[str]) -> dict[str, str]:
    """ "1, 3": points off each time, one for each input. Raises AssessmentsError."""
    numbers = _numbers(text)
    if len(numbers) != len(inputs):
        raise AssessmentsError(f"每次扣分应填 {len(inputs)} 个数,用逗号隔开。")
    return dict(zip(inputs, numbers, strict=True))


def parse_steps(text: str) -> list[list[str]]:
    """ "1:5, 3:4, 5:2": up to 1 five points, up to 3 four. Raises AssessmentsError."""
    steps = []
    for part in text.replace(",", ",").replace(":", ":").split(","):
        limit, colon, points = part.partition(":")
        if not colon:
            raise AssessmentsError("分档请写成“1:5, 3:4, 5:2”,意为不超过1得5分、不超过3得4分。")
        steps.append([*_numbers(limit), *_numbers(points)])
    if any(len(step) != 2 for step in steps):
        raise AssessmentsError("分档的每一档应为两个数。")
    return steps


def _numbers(text: str) -> list[str]:
    found = []
    for part in text.replace(",", ",").split(","):
        try:
            number = Decimal(part.strip())
            if not number.is_finite() or abs(number) > 10_000:
                raise ArithmeticError
        except ArithmeticError as error:
            raise AssessmentsError(f"“{part.strip()[:20]}”不是数字。") from error
        found.append(plain(number))
    return found
