"""The ledger as it is read: in, allocated, paid, left, by indicator, project, village, source or year; every line adds up.

What is paid is what weighs on an allocation less what is on its way, both held by the database (`funds.models.ceilings`): a statement
costs the number of allocations, however many payments stand behind them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from funds.models import Balance, FundAllocation, FundIndicator, IndicatorReturn, PaymentBatch, Project, Source

ZERO = Decimal(0)
ON_THE_WAY = ("made", "checked", "sent")


@dataclass
class Sums:
    """Yuan of one line: allocated = paid + on the way + left."""

    allocated: Decimal = ZERO
    paid: Decimal = ZERO
    way: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        return self.allocated - self.paid - self.way

    def add(self, other: "Sums") -> None:
        self.allocated += other.allocated
        self.paid += other.paid
        self.way += other.way


@dataclass
class Line(Sums):
    """One line of a statement: what it is about, and its sums."""

    label: str = ""
    url: str = ""
    note: str = ""


@dataclass
class IndicatorLine(Line):
    """issued = allocated + inside + given back + free."""

    issued: Decimal = ZERO
    inside: Decimal = ZERO
    given_back: Decimal = ZERO
    indicator: FundIndicator | None = None
    parts: list["IndicatorLine"] = field(default_factory=list)

    @property
    def free(self) -> Decimal:
        return self.issued - self.allocated - self.inside - self.given_back

    def take(self, other: "IndicatorLine") -> None:
        self.add(other)
        self.issued += other.issued
        self.inside += other.inside
        self.given_back += other.given_back


def _with_sums(rows: QuerySet) -> QuerySet:
    """Each allocation with what weighs on it and what of that is on its way. A cut has no weight of its own."""
    balance = Balance.objects.filter(kind="allocation", key=OuterRef("pk"))
    way = PaymentBatch.objects.filter(allocation=OuterRef("pk"), state__in=ON_THE_WAY).exclude(kind="reversal")
    return rows.annotate(
        used=Coalesce(Subquery(balance.values("used")[:1]), ZERO),
        going=Coalesce(Subquery(way.order_by().values("allocation").annotate(total=Sum("total")).values("total")[:1]), ZERO),
    )


def _grouped(rows: QuerySet, *keys: str) -> list[tuple[tuple[Any, ...], Sums]]:
    found = _with_sums(rows).order_by().values(*keys).annotate(s_amount=Sum("amount"), s_used=Sum("used"), s_way=Sum("going"))
    return [(tuple(row[key] for key in keys), Sums(row["s_amount"], row["s_used"] - row["s_way"], row["s_way"])) for row in found.order_by(*keys)]


def allocations(user: User, *, year: int | None = None, source: str = "", village: int | None = None) -> QuerySet:
    """The allocations a user may see, narrowed."""
    rows = FundAllocation.objects.visible_to(user)
    chosen = {"indicator__year": year, "indicator__source": source, "village": village}
    return rows.filter(**{name: value for name, value in chosen.items() if value})


BY = {"village": "按村", "project": "按项目", "kind": "按项目类别", "source": "按资金来源", "year": "按年度"}


def lines_by(rows: QuerySet, by: str) -> list[Line]:
    """A statement of allocations: what was given, what of it is paid, on its way, left."""
    if by == "village":
        named = _grouped(rows, "village__code", "village__name", "organization__name")
        lines = [Line(**vars(sums), label=name or f"工作队经费:{body}") for (_, name, body), sums in named]
        return sorted(lines, key=lambda line: line.label.startswith("工作队"))
    if by == "project":
        named = _grouped(rows, "project__code", "project__name", "project", "organization__name")
        return [Line(**vars(sums), label=name or f"工作队经费:{body}", url=_project_url(pk)) for (_, name, pk, body), sums in named]
    if by == "kind":
        kinds = dict(Project.Kind.choices)
        return [Line(**vars(sums), label=str(kinds.get(kind, "工作队经费"))) for (kind,), sums in _grouped(rows, "project__kind")]
    if by == "year":
        return [Line(**vars(sums), label=f"{year}年") for (year,), sums in _grouped(rows, "indicator__year")]
    sources = {str(code): str(text) for code, text in Source.choices}
    return [Line(**vars(sums), label=sources[source]) for (source,), sums in _grouped(rows, "indicator__source")]


def _project_url(pk: int | None) -> str:
    return Project(pk=pk).get_absolute_url() if pk else ""


def total_of(lines: Sequence[Line]) -> Line:
    whole = Line(label="合计")
    for line in lines:
        whole.add(line)
    return whole


# --- indicators ----------------------------------------------------------------------------------------
def indicator_lines(*, year: int | None = None, source: str = "") -> list[IndicatorLine]:
    """Every indicator with where its money is. For who sees the whole city."""
    chosen = {name: value for name, value in {"year": year, "source": source}.items() if value}
    rows = list(FundIndicator.objects.filter(**chosen).select_related("provider", "part_of").order_by("source", "year", "pk"))
    sums = {key: found for (key,), found in _grouped(FundAllocation.objects.filter(indicator__in=rows), "indicator")}
    back = dict(IndicatorReturn.objects.filter(indicator__in=rows).order_by().values_list("indicator").annotate(Sum("amount")))
    inside = dict(FundIndicator.objects.filter(counting="inside", part_of__in=rows).order_by().values_list("part_of").annotate(Sum("amount")))
    return [
        IndicatorLine(**vars(sums.get(row.pk, Sums())), label=str(row), url=row.get_absolute_url(), note=row.get_counting_display(), issued=row.amount,
                      inside=inside.get(row.pk, ZERO), given_back=back.get(row.pk, ZERO), indicator=row)
        for row in rows
    ]  # fmt: skip


def counted(line: IndicatorLine) -> bool:
    """Whether an indicator counts towards a total: one inside another, or carried over from one, is not counted twice."""
    row = line.indicator
    return row is not None and row.counting == "separate" and row.carried_from_id is None


def undecided(line: IndicatorLine) -> bool:
    return line.indicator is not None and line.indicator.counting == "undecided"


def indicator_total(lines: Sequence[IndicatorLine], label: str) -> IndicatorLine:
    whole = IndicatorLine(label=label)
    for line in lines:
        whole.take(line)
    return whole


# --- flow ----------------------------------------------------------------------------------------------
def flows(rows: QuerySet, *, narrow: bool = False) -> list[tuple[tuple[str, ...], float]]:
    """(source, kind, where it went) with its sum in 万元; of a single village, its projects instead of the village."""
    sources, kinds = {str(code): str(text) for code, text in Source.choices}, dict(Project.Kind.choices)
    end = "project__name" if narrow else "village__name"
    found = rows.order_by().values_list("indicator__source", "project__kind", end, "organization__name").annotate(total=Sum("amount"))
    out: dict[tuple[str, ...], float] = {}
    for source, kind, name, body, total in found:
        key = (sources[source], str(kinds.get(kind, "工作队经费")), name or body or "")
        out[key] = out.get(key, 0) + float(total) / 10_000
    return sorted(out.items(), key=lambda item: item[0])
