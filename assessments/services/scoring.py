"""From rows to cards: inputs gathered for everybody in one set of queries, the engine, and where each point came from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from assessments.models import Assessment, BallotBox, BonusClaim, Entry, Period, VetoFinding, VetoKind
from assessments.rules import engine, grades, standard
from assessments.rules.engine import Card, Claim, Facts, Veto, plain
from assessments.rules.scheme import PARTS, Scheme
from assessments.rules.survey import Tally
from assessments.services.errors import Frozen
from assessments.services.schemes import as_rules
from core import scoring_inputs
from core.scoring_inputs import Evidence, InputValue

EVIDENCE_SHOWN = 400


@dataclass
class Given:
    """One cadre's facts for the engine, and the words and evidence behind each."""

    facts: Facts
    sources: dict[str, InputValue] = field(default_factory=dict)
    entered: dict[str, Entry] = field(default_factory=dict)
    judged: dict[str, Entry] = field(default_factory=dict)
    signals: list[dict[str, str]] = field(default_factory=list)


def gather(period: Period, assessments: Iterable[Assessment], scheme: Scheme) -> dict[int, Given]:
    """Everything the engine needs of these assessments, by their id. The number of queries does not grow with the people."""
    people = list(assessments)
    ids = [each.pk for each in people]
    veto_kinds = list(VetoKind.objects.filter(scheme_id=period.scheme_id))
    keys = [key for item in scheme.items for key in item.inputs] + [kind.signal for kind in veto_kinds if kind.signal]
    known = _registered(dict.fromkeys(keys), [each.cadre_id for each in people], period)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for entry in Entry.objects.filter(assessment__in=ids).select_related("entered_by", "evidence"):
        entries[entry.assessment_id].append(entry)
    claims: dict[int, list[Claim]] = defaultdict(list)
    accepted = BonusClaim.objects.filter(assessment__in=ids, state=BonusClaim.State.ACCEPTED)
    for pk, kind, fact, level, key in accepted.values_list("assessment_id", "kind__title", "fact", "level", "fact_key"):
        claims[pk].append(Claim(kind, fact, level, key))
    vetoes: dict[int, list[Veto]] = defaultdict(list)
    confirmed = VetoFinding.objects.filter(assessment__in=ids, state=VetoFinding.State.CONFIRMED).select_related("kind")
    for finding in confirmed.order_by("kind__code"):
        vetoes[finding.assessment_id].append(Veto(finding.kind.code, finding.kind.title, finding.kind.effect))
    tallies = tally(period, scheme)
    pairs = [item.inputs for item in scheme.items if item.kind == "ratio"]
    return {
        each.pk: _given(each, known, pairs, entries[each.pk], claims[each.pk], vetoes[each.pk], tallies.get(each.pk, ()), veto_kinds)
        for each in people
    }


def _registered(keys: Iterable[str], cadres: list[int], period: Period) -> dict[str, dict[int, InputValue]]:
    found = {}
    for key in keys:
        try:
            source = scoring_inputs.get(key)
        except KeyError:
            continue
        found[key] = source.compute(cadres, period.since, period.until)
    return found


def _given(assessment: Assessment, known: Mapping[str, Mapping[int, InputValue]], pairs: list[tuple[str, ...]], entries: list[Entry], claims: list[Claim], vetoes: list[Veto],
           tallies: Iterable[Tally], veto_kinds: list[VetoKind]) -> Given:  # fmt: skip
    sources = {key: values[assessment.cadre_id] for key, values in known.items() if assessment.cadre_id in values}
    sources = {key: value for key, value in sources.items() if value.value is not None}
    for keys in pairs:  # a share is worked out from one book: what the system counts is not held against a number from paper
        if not all(key in sources for key in keys):
            sources = {key: value for key, value in sources.items() if key not in keys}
    entered = {entry.key: entry for entry in entries if entry.kind == Entry.Kind.INPUT and entry.key not in sources}
    inputs: dict[str, Decimal | None] = {key: entry.value for key, entry in entered.items()}
    inputs |= {key: value.value for key, value in sources.items()}
    judged = {entry.key: entry for entry in entries if entry.kind == Entry.Kind.JUDGED}
    facts = Facts(
        inputs=inputs, judged={key: entry.value for key, entry in judged.items() if entry.value is not None}, tallies=tuple(tallies),
        excused={entry.key: entry.words for entry in entries if entry.kind == Entry.Kind.EXCUSED}, claims=claims, vetoes=vetoes,
        days_served=assessment.days_served,
    )  # fmt: skip
    signals = [
        {
            "code": kind.code,
            "title": kind.title,
            "words": f"{standard.INPUT_LABELS.get(kind.signal, (kind.signal, ''))[0]} {plain(inputs[kind.signal])}",
        }
        for kind in veto_kinds
        if kind.signal and kind.signal_from is not None and (inputs.get(kind.signal) or Decimal(0)) >= kind.signal_from
    ]
    return Given(facts, sources, entered, judged, signals)


def tally(period: Period, scheme: Scheme) -> dict[int, list[Tally]]:
    """Counts of the last sealed round, by assessment, a tally for every group of the scheme. One query."""
    with connection.cursor() as cursor:
        cursor.execute("select * from assessments_tally(%s)", [period.pk])
        rows = cursor.fetchall()
    found: dict[int, dict[str, tuple]] = defaultdict(dict)
    for pk, code, *counts in rows:
        found[pk][code] = tuple(counts)
    labels = dict(BallotBox.Group.choices)
    items = [item for item in scheme.items if item.kind == "survey"]
    return {
        pk: [
            Tally(item.code, str(labels.get(item.code, item.title)), item.maximum, groups.get(item.code, (0,))[0],
                  dict(zip(("satisfied", "basic", "unsatisfied", "unknown"), groups.get(item.code, (0, 0, 0, 0, 0))[1:], strict=True)))
            for item in items
        ]
        for pk, groups in found.items()
    }  # fmt: skip


@dataclass(frozen=True)
class Scored:
    """A card with its placing and its explanation as stored (`document`)."""

    card: Card
    placing: grades.Placing
    document: dict[str, Any]


def score_period(period: Period, *, scheme: Scheme | None = None, assessments: Iterable[Assessment] | None = None) -> dict[int, Scored]:
    """Everybody's card, grade and rank as the rows stand now; `scheme` tries another one. Writes nothing."""
    scheme = scheme or as_rules(period.scheme)
    people = list(assessments if assessments is not None else period.assessments.select_related("home_unit"))
    given = gather(period, people, scheme)
    cards = {pk: engine.score(scheme, found.facts) for pk, found in given.items()}
    chosen = frozenset(each.pk for each in people if each.is_chosen)
    places = grades.place(cards, scheme, chosen=chosen)
    return {pk: Scored(card, places[pk], document(card, given[pk], places[pk])) for pk, card in cards.items()}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _evidence(each: Evidence) -> dict[str, Any]:
    return {"label": each.label, "url": each.url, "day": each.day.isoformat() if each.day else "", "amount": plain(each.amount)}


def _source(key: str, given: Given) -> dict[str, Any]:
    label, unit = standard.INPUT_LABELS.get(key, (key, ""))
    if key in given.sources:
        found = given.sources[key]
        return {"key": key, "label": label, "unit": unit, "value": plain(found.value), "words": found.words, "origin": "system",
                "evidence": [_evidence(each) for each in found.evidence[:EVIDENCE_SHOWN]]}  # fmt: skip
    if key in given.entered:
        return _entered(given.entered[key], key, label, unit)
    return {"key": key, "label": label, "unit": unit, "value": "", "words": "", "origin": "missing", "evidence": []}


def _entered(entry: Entry, key: str, label: str, unit: str) -> dict[str, Any]:
    evidence = [{"label": "", "url": "", "day": "", "amount": ""} | detail for detail in entry.details[:EVIDENCE_SHOWN]]
    if entry.evidence_id and entry.evidence:
        evidence.append({"label": "佐证材料", "url": entry.evidence.get_absolute_url(), "day": "", "amount": ""})
    return {"key": key, "label": label, "unit": unit, "value": plain(entry.value), "words": f"{label} {plain(entry.value)}{unit}:{entry.words}({entry.entered_by.name}填报)",
            "origin": "entered", "evidence": evidence}  # fmt: skip


def document(card: Card, given: Given, placing: grades.Placing) -> dict[str, Any]:
    """A card as JSON: enough to show it, to draw it, and for an outsider to work it out again."""
    lines = []
    for line in card.lines:
        sources = [_source(key, given) for key in line.inputs if key in standard.INPUT_LABELS]
        if line.code in given.judged:
            sources.append(_entered(given.judged[line.code], "judged", "评定分", "分"))
        lines.append({
            "code": line.code, "part": line.part, "title": line.title, "max": _text(line.maximum), "points": _text(line.points), "lost": _text(line.lost),
            "inputs": {key: plain(value) if value is not None else None for key, value in line.inputs.items()}, "formula": line.formula,
            "words": line.words, "applies": line.applies, "sources": sources,
        })  # fmt: skip
    return {
        "lines": lines,
        "sums": {part: _text(card.sums[part]) for part in PARTS},
        "bonus": [{"kind": each.kind, "fact": each.fact, "level": each.level, "points": str(each.points)} for each in card.bonus],
        "bonus_points": str(card.bonus_points),
        "vetoes": [{"code": each.code, "title": each.title, "effect": each.effect} for each in card.vetoes],
        "signals": given.signals,
        "total": _text(card.total),
        "missing": list(card.missing),
        "short": card.short,
        "no_sample": card.no_sample,
        "grade": placing.grade,
        "rank": placing.rank,
        "place_words": placing.words,
        "tied": placing.tied,
    }


@transaction.atomic
def refresh(*, period: Period) -> int:
    """Work every card of a running period out again and keep it for the pages. Returns how many. Raises Frozen."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    if period.state == Period.State.FROZEN:
        raise Frozen("等次已定,得分已冻结。")
    if period.state == Period.State.PUBLISHED:
        raise Frozen("考核结果正在公示,公示期间不重新算分。")
    people = list(period.assessments.select_related("home_unit"))
    scored = score_period(period, assessments=people)
    for each in people:
        put(each, scored[each.pk])
    Assessment.objects.bulk_update(
        people, ["card", "attendance", "duty", "satisfaction", "bonus", "total", "grade", "rank", "place_words"], batch_size=500
    )
    Period.objects.filter(pk=period.pk).update(computed_at=timezone.now())
    return len(people)


def put(assessment: Assessment, found: Scored) -> None:
    """The card's columns onto the row, unsaved."""
    card = found.card
    assessment.card = found.document
    assessment.attendance, assessment.duty, assessment.satisfaction = (card.sums[part] for part in PARTS)
    assessment.bonus, assessment.total = card.bonus_points, card.total
    assessment.grade, assessment.rank, assessment.place_words = found.placing.grade, found.placing.rank, found.placing.words[:200]
