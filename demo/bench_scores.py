"""The speed of scoring: forty cadres, ten thousand, and everybody's wall chart on every core."""

import statistics
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from os import cpu_count
from typing import Any

from django.db import transaction

from assessments.models import Assessment, Entry, Period
from assessments.rendering import wall_chart
from assessments.rules import standard
from assessments.services import charts, scoring
from assessments.services.schemes import as_rules
from cadres.models import Cadre
from core.clock import today
from core.scope import acting_as_system
from demo.bench import Measured

TIMES = 5
MANY = 10_000
FEW, MORE = 500, 4_000  # whether the time for one stays the same
JUDGED = [item.code for item in standard.ITEMS if item.kind == "judged"]


def _seconds(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def _medians(value: Callable[[], Any], floor: Callable[[], Any]) -> tuple[float, float]:
    """Value and floor in turn in one run."""
    pairs = [(_seconds(value), _seconds(floor)) for _ in range(TIMES)]
    return statistics.median(v for v, _ in pairs), statistics.median(f for _, f in pairs)


class _Undone(Exception):
    """Ends the transaction of a bench and everything it wrote."""


def _rolled_back(measure: Callable[[], Measured]) -> Measured:
    found: list[Measured] = []
    try:
        with acting_as_system(reason="bench"), transaction.atomic():
            found.append(measure())
            raise _Undone
    except _Undone:
        return found[0]


def _crowd(people: int) -> Period:
    """A period of invented cadres, each with every fact from paper."""
    like = Assessment.objects.select_related("period").order_by("pk").first()
    assert like is not None
    period = Period.objects.create(code=f"bench{people}", title="测速", scheme=like.period.scheme, since=date(2001, 1, 1), until=date(2001, 12, 31), report_due_on=today(),
                                   scoring_due_on=today(), review_due_on=today(), opened_on=today())  # fmt: skip
    cadres = Cadre.objects.bulk_create(
        [Cadre(code=f"B{people}-{n}", name="测", sex="1", home_unit_id=like.home_unit_id, is_demo=True) for n in range(people)], batch_size=2000
    )
    cards = Assessment.objects.bulk_create(
        [Assessment(period=period, cadre=cadre, village_id=like.village_id, role=like.role, home_unit_id=like.home_unit_id, days_served=365)
         for cadre in cadres], batch_size=2000,
    )  # fmt: skip
    values = [("input", key, Decimal(10)) for key in standard.INPUT_LABELS] + [("judged", code, Decimal(2)) for code in JUDGED]
    author = like.period.opened_by_id
    Entry.objects.bulk_create(
        (Entry(assessment=card, village_id=card.village_id, kind=kind, key=key, value=value, words="台账", entered_by_id=author)
         for card in cards for kind, key, value in values), batch_size=5000,
    )  # fmt: skip
    return period


def _score(period: Period) -> tuple[float, float]:
    """Seconds to score everybody, and to read what is needed for it."""
    people, scheme = list(period.assessments.select_related("home_unit")), as_rules(period.scheme)
    return _medians(lambda: scoring.score_period(period, scheme=scheme, assessments=people), lambda: scoring.gather(period, people, scheme))


def _forty() -> Measured:
    period = Period.objects.filter(assessments__isnull=False).order_by("-since").first()
    assert period is not None
    value, _ = _score(period)
    return Measured(value, 1, "s", f"{period.assessments.count()} 名干部的上限 1 秒")


def _many() -> Measured:
    value, floor = _score(_crowd(MANY))
    return Measured(value, floor, "s", f"读取 {MANY} 名干部的数据")


def _linear() -> Measured:
    few, more = _score(_crowd(FEW))[0] / FEW, _score(_crowd(MORE))[0] / MORE
    return Measured(more * 1000, few * 1000, "ms", f"{FEW} 名干部时每人用时")


def _charts() -> Measured:
    """Everybody's sheets against one sheet after another, shared among the cores."""
    period = Period.objects.filter(assessments__isnull=False).order_by("since").first()
    assert period is not None
    sheets = charts.charts_of(charts.people_of(period), day=today())
    one = statistics.median(_seconds(lambda: wall_chart.render(sheets[0])) for _ in range(TIMES))
    whole = statistics.median(_seconds(lambda: list(wall_chart.render_many(sheets))) for _ in range(TIMES))
    return Measured(whole, one * len(sheets) / (cpu_count() or 1), "s", f"{len(sheets)} 张逐张制图的用时 ÷ 核数")


def benches() -> dict[str, Callable[[], Measured]]:
    found = {"score_40": _forty, "score_10000": _many, "score_linear": _linear, "wall_charts": _charts}
    return {name: lambda act=act: _rolled_back(act) for name, act in found.items()}
