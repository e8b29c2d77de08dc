"""Corrections with evidence: asked for on the entry form, decided field by field, saved through the one way to save."""

import json
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from accounts.models import User
from core.clock import today
from core.listing import show
from core.scope import because
from households.models import Household, Income, Living, Member
from households.models.corrections import Correction, CorrectionItem
from households.rules.members import HouseholdFacts, check_household, check_member
from households.services.errors import HouseholdsError
from households.services.exits import member_facts
from households.services.proceedings import ensure_procedure
from households.services.register import HouseholdInput, save_household
from households.sheets.columns import MASKS
from workflow import services as flow

KEY = "correction"
Table, Decision = CorrectionItem.Table, CorrectionItem.Decision
NOT_HERE = {"village", "id", "year", "population"}


@dataclass(frozen=True)
class Change:
    """One value that differs from what is stored."""

    table: str
    record: int | None
    field: str
    label: str
    before: str
    after: str
    before_label: str
    after_label: str


def _encode(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)


def _json(value: Any) -> str:
    return json.dumps(_encode(value), ensure_ascii=False)


def _decode(model: type[models.Model], name: str, text: str) -> Any:
    """A stored value in the kind of its field; a foreign key as the record it names."""
    field, value = model._meta.get_field(name), json.loads(text)
    if isinstance(field, models.ForeignKey):
        return None if value is None else field.related_model._default_manager.get(pk=value)
    return field.to_python(value)  # type: ignore[union-attr]


def _words(model: type[models.Model], name: str, value: Any) -> str:
    """A value as officials read it; numbers masked."""
    if value in (None, "", []):
        return "空"
    if name in MASKS:
        return MASKS[name](value)
    field: Any = model._meta.get_field(name)
    if isinstance(value, list):
        labels = dict(getattr(getattr(field, "base_field", None), "choices", None) or ())
        return "、".join(str(labels.get(item, item)) for item in value)
    return str(dict(field.flatchoices or ()).get(value, "") or show(value))


def _same(a: Any, b: Any) -> bool:
    return (a or None) == (b or None)


def _changes(table: str, record: int | None, stored: Any, values: dict[str, Any], prefix: str = "") -> list[Change]:
    model = type(stored)
    found = []
    for name, new in values.items():
        if name in NOT_HERE or _same(old := getattr(stored, name), new):
            continue
        before, after = _words(model, name, old), _words(model, name, new)
        label = f"{prefix}{model._meta.get_field(name).verbose_name}"
        if before == after:
            label += "(号码已变,遮盖部分不同)"
        found.append(Change(table, record, name, label, _json(old), _json(new), before[:500], after[:500]))
    return found


def correction_changes(*, household: Household, data: HouseholdInput) -> list[Change]:
    """What an entry form would change in a stored household, value by value."""
    found = _changes(Table.HOUSEHOLD, None, household, data.household)
    known = {member.pk: member for member in household.members.all()}
    for values in data.members:
        member = known.get(values.get("id") or 0)
        if member is not None:
            found += _changes(Table.MEMBER, member.pk, member, values, f"{member.name} ")
        else:
            kept = {name: _encode(value) for name, value in values.items() if name != "id"}
            words = f"{values['name']},{_words(Member, 'relation', values['relation'])},{_words(Member, 'sex', values['sex'])},{values['birth_on']}"
            found.append(Change(Table.NEW_MEMBER, None, "", f"增加成员 {values['name']}", "", json.dumps(kept, ensure_ascii=False), "没有", words))
    for table, model, yearly in ((Table.LIVING, Living, data.living), (Table.INCOME, Income, data.income)):
        if yearly:
            stored = model.objects.filter(household=household, year=yearly["year"]).first() or model(household=household, year=yearly["year"])
            found += _changes(table, None, stored, yearly, f"{yearly['year']}年 ")
    return found


@transaction.atomic
def request_correction(*, household: Household, data: HouseholdInput, year: int, reason: str, document: Any, by: User) -> Correction:
    """Ask for a registered household to be changed. Raises HouseholdsError when nothing differs or another request is open."""
    household = Household.objects.select_for_update().get(pk=household.pk)
    if not household.is_registered or household.ended_on:
        raise HouseholdsError("信息更正用于在册户:申请户可直接修改,已退出登记的不再更正。")
    if Correction.objects.filter(household=household, closed_on=None).exists():
        raise HouseholdsError("这一户已有一件信息更正正在办理,办结后再申请。")
    changes = correction_changes(household=household, data=data)
    if not changes:
        raise HouseholdsError("与现有记录没有不同,没有要更正的内容。")
    ensure_procedure(KEY)
    because(f"申请信息更正:{reason}")
    head = household.members.filter(relation="01", left_on=None).first()
    case = flow.start_case(kind=KEY, title=f"信息更正 {household.village.name} {head.name if head else household.household_code}",
                           village=household.village, household_id=household.pk, by=by, day=today())  # fmt: skip
    place = {"village_id": household.village_id, "household_id": household.pk}
    file = flow.attach(data=document, title="信息更正证明材料", by=by, village_id=household.village_id, household_id=household.pk)
    correction = Correction.objects.create(**place, case=case, year=year, reason=reason, document=file, requested_by=by, requested_on=today())
    CorrectionItem.objects.bulk_create(CorrectionItem(correction=correction, **place, **change.__dict__) for change in changes)
    return correction


@transaction.atomic
def decide_correction(*, correction: Correction, answers: dict[int, tuple[bool, str]], by: User) -> Correction:
    """Accept or refuse each value. With any accepted the case goes on, else it is refused; who asked is told why.

    Raises HouseholdsError for an item without an answer or a refusal without a reason, WorkflowError for whose turn it is not.
    """
    correction = Correction.objects.select_for_update().select_related("case").get(pk=correction.pk)
    items = list(correction.items.all())
    if correction.closed_on:
        raise HouseholdsError(f"这件更正已于 {correction.closed_on} 办结。")
    for item in items:
        if item.pk not in answers:
            raise HouseholdsError(f"“{item.label}”还没有选择采纳或不采纳。")
        accepted, reason = answers[item.pk]
        if not accepted and not reason.strip():
            raise HouseholdsError(f"不采纳“{item.label}”的,请写明理由。")
        item.decision, item.reason = (Decision.ACCEPTED, "") if accepted else (Decision.REFUSED, reason.strip()[:200])
    because("逐项核对信息更正")
    CorrectionItem.objects.bulk_update(items, ["decision", "reason"])
    refused = [item for item in items if item.decision == Decision.REFUSED]
    words = ";".join(f"{item.label}:{item.reason}" for item in refused)
    if len(refused) == len(items):
        flow.refuse(case=correction.case, by=by, opinion=words[:500])
    else:
        flow.advance(
            case=correction.case, by=by, opinion=f"采纳 {len(items) - len(refused)} 项" + (f",不采纳 {len(refused)} 项:{words}" if refused else "")
        )
        if refused:
            flow.notify(users=[correction.requested_by], text=f"{correction}有 {len(refused)} 项不采纳:{words}", url=correction.get_absolute_url())
    correction.refresh_from_db()
    return correction


def correction_lacks(case: Any) -> list[str]:
    """What the check still lacks: an answer to every item."""
    left = CorrectionItem.objects.filter(correction__case=case, decision="").count()
    return [f"还有 {left} 项没有核对,请在“逐项核对”页采纳或不采纳。"] if left else []


def _problems(household: Household) -> set[str]:
    """The errors the register's rules find in a household as stored."""
    facts = member_facts(household)
    head = next((facts_ for facts_ in facts if facts_.relation == "01"), None)
    own = HouseholdFacts(**{name: _plain(getattr(household, name)) for name in HouseholdFacts.__dataclass_fields__ if hasattr(household, name)})
    found = [problem for each in facts for problem in check_member(each, head=head, today=today())] + check_household(own, facts, today=today())
    return {problem.message for problem in found if problem.level == "error"}


def _plain(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _still(correction: Correction, item: CorrectionItem, stored: Any) -> None:
    current = getattr(stored, item.field, None)
    if not _same(_encode(current), json.loads(item.before)):
        raise HouseholdsError(f"“{item.label}”在申请之后已被改为“{_words(type(stored), item.field, current)}”,请不采纳这一项,需要时重新申请。")


@transaction.atomic
def apply_correction(case: Any, by: User) -> None:
    """The case is done: what was accepted is saved, unless a colleague changed it meanwhile or the rules forbid the outcome."""
    correction = Correction.objects.select_related("household__village").get(case=case)
    household = Household.objects.select_for_update(of=("self",)).select_related("village").get(pk=correction.household_id)
    before = _problems(household)
    members = {member.pk: member for member in household.members.all()}
    values: dict[str, dict[str, Any]] = {Table.HOUSEHOLD: {}, Table.LIVING: {}, Table.INCOME: {}}
    changed: dict[int, dict[str, Any]] = {}
    added: list[dict[str, Any]] = []
    rows = {Table.HOUSEHOLD: household, Table.LIVING: _yearly(Living, correction), Table.INCOME: _yearly(Income, correction)}
    for item in correction.items.filter(decision=Decision.ACCEPTED):
        if item.table == Table.NEW_MEMBER:
            added.append({name: _decode(Member, name, json.dumps(value)) for name, value in json.loads(item.after).items()})
            continue
        stored = members.get(item.record or 0) if item.table == Table.MEMBER else rows[Table(item.table)]
        if stored is None:
            raise HouseholdsError(f"“{item.label}”的成员已不在本户。")
        _still(correction, item, stored)
        target = changed.setdefault(stored.pk, {"id": stored.pk}) if item.table == Table.MEMBER else values[item.table]
        target[item.field] = _decode(type(stored), item.field, item.after)
    yearly = {table: {"year": correction.year, **values[table]} if values[table] else None for table in (Table.LIVING, Table.INCOME)}
    data = HouseholdInput(household=values[Table.HOUSEHOLD], members=[*changed.values(), *added], living=yearly[Table.LIVING], income=yearly[Table.INCOME],
                          warnings=household.warning_count, reason=f"信息更正:{correction.reason}")  # fmt: skip
    saved = save_household(household=household, village=household.village, data=data, by=by, today=today())
    if new := sorted(_problems(saved) - before):
        raise HouseholdsError(f"只采纳这些项会使档案不合规则:{new[0]}请一并采纳有关的项,或都不采纳。")
    Correction.objects.filter(pk=correction.pk).update(closed_on=today())


def _yearly(model: type[Living] | type[Income], correction: Correction) -> Any:
    found = model.objects.filter(household=correction.household_id, year=correction.year).first()
    return found or model(household_id=correction.household_id, year=correction.year)


def close_correction(case: Any, by: User) -> None:
    """Refused as a whole or withdrawn: nothing is written to the register."""
    Correction.objects.filter(case=case, closed_on=None).update(closed_on=today())


def reopen_correction(case: Any) -> None:
    """Sent back to who asked: every item is to be looked at again."""
    CorrectionItem.objects.filter(correction__case=case).update(decision="", reason="")
