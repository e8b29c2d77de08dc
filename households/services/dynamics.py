"""Changes of persons and households in the year's window 动态管理 (`domain.md` §3.6): one service each, every write.

A person who goes on in another household (分户、并户) leaves here and enters there as a new row, and the old row points to it
(`Member.continued_as`): what the register said of any past day stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from core import scope
from core.clock import today
from core.scope import because
from households.models import DynamicWindow, Household, Member, RegisterChange
from households.rules import codes, dynamics
from households.rules.dynamics import ChangeKind
from households.rules.members import MemberFacts, check_member
from households.services.errors import HouseholdsError
from households.services.exits import member_facts
from households.services.register import check_heads, lock_household, next_code, refresh_grams, where_registered
from villages.models import Village
from workflow import services as flow

LEAVE = {
    ChangeKind.DEATH: codes.LeaveReason.DIED,
    ChangeKind.MARRIED_OUT: codes.LeaveReason.MARRIED_OUT,
    ChangeKind.MOVED_OUT: codes.LeaveReason.MOVED_OUT,
}
JOIN = {
    ChangeKind.BIRTH: codes.JoinReason.BORN,
    ChangeKind.MARRIED_IN: codes.JoinReason.MARRIED_IN,
    ChangeKind.MOVED_IN: codes.JoinReason.MOVED_IN,
}
GONE = {Household.EndReason.DIED_OUT: codes.LeaveReason.DIED, Household.EndReason.MOVED: codes.LeaveReason.MOVED_OUT}
CARRIED = {"id", "household", "number", "relation", "joined_on", "join_reason", "left_on", "leave_reason", "continued_as"}


@dataclass(frozen=True)
class Happening:
    """What every change says: its day, why, and the paper that shows it (a file's content or an upload)."""

    on: date
    reason: str
    evidence: Any


# --- the window -----------------------------------------------------------------------------------
def open_window(day: date | None = None) -> DynamicWindow | None:
    """The window changes are recorded in on a day, or None."""
    return DynamicWindow.objects.open_on(day or today()).first()


def may_record(user: User, village: Village, window: DynamicWindow) -> bool:
    """Whether somebody edits households of an area as large as the window asks, around this village."""
    length = {"village": 12, "township": 9, "city": 6}[window.level]
    found = scope.reach(user, Permission.HOUSEHOLD_EDIT)
    return found.everything or (village.pk in found.villages and found.governs(village.code[:length]))


def _begin(household: Household, happening: Happening, by: User, kind: str) -> tuple[DynamicWindow, Household]:
    """The open window, and the household, locked. Raises HouseholdsError for what may not be recorded.

    The window needs no lock of its own: the database refuses a change of a year that was closed meanwhile, and closing waits for
    changes that are being written.
    """
    window = open_window()
    if window is None:
        raise HouseholdsError("现在不在动态管理开放期内,不能登记人员变动。开放日期见“动态管理年度”。")
    household = lock_household(household)
    if not may_record(by, household.village, window):
        raise HouseholdsError(f"本年度的变动由{window.get_level_display()}登记,请报上一级办理。")
    if household.ended_on:
        raise HouseholdsError("这一户已退出登记,不能再登记变动。")
    if not household.is_registered:
        raise HouseholdsError("这一户还没有建档立卡,请在申请档案里修改。")
    problem = dynamics.day_problem(happening.on, starts_on=window.starts_on, closes_on=window.closes_on, today=today())
    if not problem and household.identified_on and happening.on < household.identified_on:
        problem = f"发生日期早于本户识别日期 {household.identified_on},请在档案里更正。"
    if problem:
        raise HouseholdsError(problem)
    if not happening.reason.strip():
        raise HouseholdsError("请写明事由。")
    because(f"{ChangeKind(kind).label}({happening.on}):{happening.reason}")
    return window, household


def _record(window: DynamicWindow, household: Household, happening: Happening, by: User, kind: str, people: Sequence[Member],
            **fields: Any) -> RegisterChange:  # fmt: skip
    try:
        file = flow.attach(data=happening.evidence, title=f"{ChangeKind(kind).label}依据", by=by, village_id=household.village_id,
                           household_id=household.pk)  # fmt: skip
    except flow.WorkflowError as error:
        raise HouseholdsError(str(error)) from error
    check_heads(household)
    household.version += 1
    household.save()
    refresh_grams([household.pk])
    names = "、".join(member.name for member in people)
    return RegisterChange.objects.create(
        window=window, kind=kind, household=household, village_id=household.village_id, people=names[:400], happened_on=happening.on,
        reason=happening.reason.strip(), evidence=file, recorded_by=by, **fields,
    )  # fmt: skip


def _member_of(household: Household, member: Member) -> Member:
    """The person, locked, as a present member of this household. Raises HouseholdsError for somebody else's."""
    found = Member.objects.select_for_update().filter(pk=member.pk).first()
    if found is None or found.household_id != household.pk:
        raise HouseholdsError("所选的人不是本户成员。登记在外村、外户的,请在其所在户办理。")
    if found.left_on:
        raise HouseholdsError(f"{found.name}已于 {found.left_on} 减少({found.get_leave_reason_display()}),不能再办。")
    return found


# --- who comes ------------------------------------------------------------------------------------
@transaction.atomic
def add_person(*, household: Household, kind: str, happening: Happening, person: Mapping[str, Any], by: User) -> RegisterChange:
    """A birth, a marriage or a move into a household: `person` holds the member's values. Raises HouseholdsError.

    A newborn's birth date is the day of the change.
    """
    window, household = _begin(household, happening, by, kind)
    values = {"health": ["1"], "labour": "4", **person}
    if kind == ChangeKind.BIRTH:
        values["birth_on"] = happening.on
    if values["birth_on"] > happening.on:
        raise HouseholdsError("出生日期晚于增加日期。")
    if values.get("relation") == codes.Relation.HEAD:
        raise HouseholdsError("新增的人先登记与现户主的关系;要换户主的,另办户主变更。")
    number = values.get("id_number", "")
    values.setdefault("document_kind", codes.DocumentKind.ID_CARD if number else codes.DocumentKind.BOOKLET)
    if number and (where := where_registered(number, user=by)):
        raise HouseholdsError(f"{where}请先在原户办理减少。")
    last = household.members.order_by("-number").first()
    member = Member(household=household, village_id=household.village_id, number=(last.number if last else 0) + 1, joined_on=happening.on,
                    join_reason=JOIN[ChangeKind(kind)], **values)  # fmt: skip
    facts = [each for each in member_facts(household) if each.relation == codes.Relation.HEAD]
    problems = [p.message for p in check_member(_facts(member), head=facts[0] if facts else None, today=today()) if p.level == "error"]
    if problems:
        raise HouseholdsError(problems[0])
    member.save()
    return _record(window, household, happening, by, kind, [member], member=member, joined=1)


def _facts(member: Member) -> MemberFacts:
    names = MemberFacts.__dataclass_fields__
    values: dict[str, Any] = {name: tuple(value) if isinstance(value := getattr(member, name), list) else value for name in names}
    return MemberFacts(**values)


# --- who goes -------------------------------------------------------------------------------------
@transaction.atomic
def remove_person(*, household: Household, kind: str, member: Member, happening: Happening, new_head: Member | None = None,
                  by: User) -> RegisterChange:  # fmt: skip
    """A death, a marriage or a move out of a household. When the head goes, the new head is named in the same step.

    Raises HouseholdsError for a death before birth, somebody who is no member here, a head without a successor, the last member.
    """
    window, household = _begin(household, happening, by, kind)
    member = _member_of(household, member)
    problem = dynamics.leaving_problem(happening.on, birth_on=member.birth_on, joined_on=member.joined_on, died=kind == ChangeKind.DEATH)
    if problem:
        raise HouseholdsError(problem)
    if household.members.filter(left_on=None).count() == 1:
        raise HouseholdsError("这是本户最后一位成员,请办理“整户减少”。")
    _succeed(household, [member], new_head)
    member.left_on, member.leave_reason = happening.on, LEAVE[ChangeKind(kind)]
    member.save()
    return _record(window, household, happening, by, kind, [member], member=member, left=1)


def _succeed(household: Household, leaving: Sequence[Member], new_head: Member | None) -> None:
    """Let a new head follow one who leaves; everybody's relation is said anew. Raises HouseholdsError."""
    gone = {member.pk for member in leaving}
    old = next((member for member in leaving if member.is_head), None)
    if old is None:
        if new_head is not None:
            raise HouseholdsError("户主没有离开,不用选新户主;要换户主的,另办户主变更。")
        return
    if new_head is None:
        raise HouseholdsError(f"{old.name}是户主,请同时选定新户主。")
    new_head = _member_of(household, new_head)
    if new_head.pk in gone:
        raise HouseholdsError("新户主要从留在本户的成员里选。")
    Member.objects.filter(pk=old.pk).update(relation=codes.Relation.OTHER)  # one head at a time; said again when the row is saved
    _set_head(household, old, new_head, [m for m in household.members.filter(left_on=None).order_by("number") if m.pk not in gone])


def relations_to(old: Member, new: Member, others: Sequence[Member]) -> dict[int, str]:
    """What each of these is to a new head, by what they were to the old one."""
    same = [m for m in others if m.pk != new.pk and m.relation == new.relation]
    # A child-in-law is told apart by the only child they can be married to.
    children = {"05": ("03",), "06": ("04",)}.get(new.relation, ())
    rivals = [m for m in others if m.relation in children]
    only = not same and len(rivals) <= 1
    return {
        m.pk: dynamics.relation_to_new_head(new=new.relation, new_sex=new.sex, old_head_sex=old.sex, member="01" if m.pk == old.pk else m.relation,
                                            member_sex=m.sex, only_child=only)
        for m in others if m.pk != new.pk
    }  # fmt: skip


def _set_head(household: Household, old: Member, new: Member, staying: Sequence[Member]) -> None:
    found = relations_to(old, new, staying)
    for member in sorted(staying, key=lambda member: member.pk == new.pk):  # the new head last: the one-head index is checked row by row
        member.relation = codes.Relation.HEAD if member.pk == new.pk else found[member.pk]
        member.save(update_fields=["relation"])


@transaction.atomic
def change_head(*, household: Household, new_head: Member, happening: Happening, by: User) -> RegisterChange:
    """Another member becomes the head; the old one stays. Raises HouseholdsError."""
    window, household = _begin(household, happening, by, ChangeKind.HEAD)
    new = _member_of(household, new_head)
    if new.is_head:
        raise HouseholdsError(f"{new.name}已经是户主。")
    staying = list(household.members.filter(left_on=None).order_by("number"))
    old = next(member for member in staying if member.is_head)
    _set_head(household, old, new, staying)
    return _record(window, household, happening, by, ChangeKind.HEAD, [old, new], member=new)


# --- households that part, join, end --------------------------------------------------------------
def _carry(member: Member, household: Household, number: int, relation: str, day: date) -> Member:
    """The same person in another household from a day on: the old row ends and points to the new one."""
    values = {f.name: getattr(member, f.name) for f in Member._meta.concrete_fields if f.name not in CARRIED and not f.name.endswith("_index")}
    member.left_on, member.leave_reason = day, codes.LeaveReason.MOVED_OUT
    member.save()
    entered = Member.objects.create(**values | {"household": household, "village_id": household.village_id, "number": number, "relation": relation,
                                                "joined_on": day, "join_reason": codes.JoinReason.MOVED_IN})  # fmt: skip
    Member.objects.filter(pk=member.pk).update(continued_as=entered)
    return entered


@transaction.atomic
def split_household(*, household: Household, members: Sequence[Member], head: Member, happening: Happening, new_head: Member | None = None,
                    by: User) -> tuple[RegisterChange, Household]:  # fmt: skip
    """Some members become a household of their own, in the same village, with a code of its own from that day.

    It takes over state, cause and standard. Raises HouseholdsError when nobody stays or the new head is not among who leaves.
    """
    window, household = _begin(household, happening, by, ChangeKind.SPLIT)
    leaving = [_member_of(household, member) for member in sorted(members, key=lambda member: member.pk)]
    chosen = next((member for member in leaving if member.pk == head.pk), None)
    if not leaving or chosen is None:
        raise HouseholdsError("请勾选分出的成员,新户的户主要在其中。")
    for member in leaving:
        problem = dynamics.leaving_problem(happening.on, birth_on=member.birth_on, joined_on=member.joined_on, died=False)
        if problem:
            raise HouseholdsError(f"{member.name}:{problem}")
    if household.members.filter(left_on=None).count() <= len(leaving):
        raise HouseholdsError("至少要有一位成员留在原户。")
    refuse_running(household, "分户")
    old = household.members.get(left_on=None, relation=codes.Relation.HEAD)
    relations = relations_to(old, chosen, leaving) if chosen.pk != old.pk else {m.pk: m.relation for m in leaving if m.pk != chosen.pk}
    _succeed(household, leaving, new_head)
    made = Household.objects.create(
        village=household.village, group=household.group, household_code=next_code(household.village), identified_on=happening.on,
        id_standard=household.id_standard, attribute=household.attribute, cause_main=household.cause_main, cause_other=household.cause_other,
        poverty_status=household.poverty_status, status_confirmed_on=household.status_confirmed_on, plan_exit_year=household.plan_exit_year,
        exit_year=household.exit_year, return_reason=household.return_reason, address=household.address,
        registered_address=household.registered_address,
    )  # fmt: skip
    for number, member in enumerate([chosen, *(m for m in leaving if m.pk != chosen.pk)], start=1):
        _carry(member, made, number, codes.Relation.HEAD if member.pk == chosen.pk else relations[member.pk], happening.on)
    refresh_grams([made.pk])
    change = _record(window, household, happening, by, ChangeKind.SPLIT, leaving, other=made, left=len(leaving))
    return change, made


def refuse_running(household: Household, what: str) -> None:
    """Raises HouseholdsError while something about the household is in the office."""
    running = household.proceedings.running().first()
    if running:
        raise HouseholdsError(f"户编号 {household} 正在办理{running.get_kind_display()},办结后才能{what}。")


@transaction.atomic
def merge_households(*, household: Household, into: Household, relations: Mapping[int, str], happening: Happening, by: User) -> RegisterChange:
    """A household joins another of the same village: its members enter there, it ends and points to where it went.

    `relations` says what each is to the head there (其他 when it does not). Raises HouseholdsError for itself, or across villages.
    """
    if household.pk == into.pk:
        raise HouseholdsError("不能并入自己,请选另一户。")
    list(Household.objects.select_for_update().filter(pk__in=[household.pk, into.pk]).order_by("pk").values_list("pk", flat=True))
    window, household = _begin(household, happening, by, ChangeKind.MERGED)
    into = lock_household(into)
    if into.village_id != household.village_id:
        raise HouseholdsError("两户不在同一个村,不能并户。请先办理迁出、迁入。")
    if into.ended_on or not into.is_registered:
        raise HouseholdsError("要并入的户不在册。")
    for each in (household, into):
        refuse_running(each, "并户")
    people = list(household.members.filter(left_on=None).order_by("number"))
    enter_household(people, household, into, relations, happening.on)
    change = _record(window, household, happening, by, ChangeKind.MERGED, people, other=into, left=len(people))
    into.version += 1
    into.save()
    refresh_grams([into.pk])
    return change


def enter_household(people: Sequence[Member], household: Household, into: Household, relations: Mapping[int, str], day: date) -> None:
    """Members enter another household of the village, and their own ends there. Both are locked by the caller."""
    household.ended_on, household.end_reason, household.continued_as = day, Household.EndReason.MERGED, into
    last = into.members.order_by("-number").first()
    for number, member in enumerate(people, start=(last.number if last else 0) + 1):
        problem = dynamics.leaving_problem(day, birth_on=member.birth_on, joined_on=member.joined_on, died=False)
        relation = relations.get(member.pk) or codes.Relation.OTHER
        if problem or relation == codes.Relation.HEAD:
            raise HouseholdsError(f"{member.name}:{problem or '并入后与户主关系不能是户主。'}")
        _carry(member, into, number, relation, day)
    household.save()


@transaction.atomic
def end_whole(*, household: Household, end_reason: str, happening: Happening, by: User) -> RegisterChange:
    """The whole household leaves the register: died out or moved away. Raises HouseholdsError."""
    window, household = _begin(household, happening, by, ChangeKind.GONE)
    if end_reason not in GONE:
        raise HouseholdsError("整户减少的原因是自然消亡或整户迁出;识别不准的办清退。")
    refuse_running(household, "整户减少")
    people = list(household.members.filter(left_on=None).order_by("number"))
    for member in people:
        problem = dynamics.leaving_problem(happening.on, birth_on=member.birth_on, joined_on=member.joined_on, died=end_reason == "died_out")
        if problem:
            raise HouseholdsError(f"{member.name}:{problem}")
    Member.objects.filter(pk__in=[member.pk for member in people]).update(left_on=happening.on, leave_reason=GONE[Household.EndReason(end_reason)])
    household.ended_on, household.end_reason, household.poverty_status = happening.on, end_reason, codes.PovertyStatus.GONE
    household.status_confirmed_on = happening.on
    household.save()
    return _record(window, household, happening, by, ChangeKind.GONE, people, left=len(people))
