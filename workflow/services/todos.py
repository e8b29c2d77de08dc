"""What waits, and who is told: every write."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization, User
from core import settings
from villages.models import Grant
from workflow.models import Case, Message, Todo

FAR = date(9999, 12, 31)  # where what has no term stands in the order of terms
BEFORE, LATE = 1, 2


def open_todo(
    *,
    kind: str,
    title: str,
    url: str,
    due_on: date | None = None,
    role: str = "",
    area: str = "",
    user: User | None = None,
    village_id: int | None = None,
    household_id: int | None = None,
    case: Case | None = None,
    unit: Organization | None = None,
    place: str = "",
    without: Iterable[int] = (),
    note: str = "",
) -> Todo:
    """Something waits: for `user` alone, for whoever holds `role` in `area` or above it, or for that role in a unit.

    `without` are users it does not wait for although they hold the role. `place` is the area of the matter itself where it has
    no village (default: `area`); row security goes by it.
    """
    return Todo.objects.create(
        kind=kind, title=title[:160], url=url, due_on=due_on, sorted_on=due_on or FAR, role=role, area=area, user=user, village_id=village_id,
        household_id=household_id, case=case, unit=unit, place=place or area, without=sorted(set(without)), note=note[:200],
    )  # fmt: skip


def finish_todo(*, todo: Todo, by: User) -> None:
    """Done by somebody. One that has ended stays as it is."""
    _end(todo, done_by=by)


def drop_todo(*, todo: Todo) -> None:
    """No longer needed. One that has ended stays as it is."""
    _end(todo, dropped=True)


def _end(todo: Todo, **fields: Any) -> None:
    Todo.objects.open().filter(pk=todo.pk).update(done_at=timezone.now(), **fields)
    todo.refresh_from_db()


def see_todo(*, todo: Todo, by: User) -> None:
    """Somebody it waits for has opened it: from now on it cannot be taken back unseen."""
    if todo.first_seen_at is None:
        Todo.objects.filter(pk=todo.pk, first_seen_at=None).update(first_seen_at=timezone.now(), first_seen_by=by)


def notify(*, users: Iterable[User], text: str, url: str = "") -> int:
    """Tell each of these users once. Returns how many were told."""
    told = {user.pk: Message(user=user, text=text[:300], url=url[:200]) for user in users if user.is_active}
    return len(Message.objects.bulk_create(told.values()))


def read_messages(*, by: User, message: Message | None = None) -> int:
    """Mark one of the person's messages read, or all of them."""
    rows = Message.objects.visible_to(by).unread()
    return (rows.filter(pk=message.pk) if message else rows).update(read_at=timezone.now())


def whom_it_waits_for(todo: Todo) -> list[User]:
    """The people a todo waits for today, deputies among them."""
    grants = Grant.objects.active().filter(role=todo.role).select_related("user", "deputy_for")
    if todo.user_id is not None:
        deputies = [grant.user for grant in grants if grant.deputy_for_id == todo.user_id and todo.area.startswith(grant.area)] if todo.role else []
        return [*User.objects.filter(pk=todo.user_id, is_active=True), *deputies]
    if todo.unit_id is not None:
        found = [grant.user for grant in grants if grant.user.organization_id == todo.unit_id and grant.deputy_for_id is None]
    else:
        found = [grant.user for grant in grants if todo.area.startswith(grant.area)]
    return list({user.pk: user for user in found if user.pk not in todo.without and user.is_active}.values())


@transaction.atomic
def remind(day: date) -> int:
    """The nightly reminders: some days before a term and some days after it, once each. Returns how many messages went out."""
    before, after = settings.get("todo_remind_before_days"), settings.get("todo_remind_after_days")
    with connection.cursor() as cursor:  # two workers at the same hour: one of them reminds
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [REMINDER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    sent = 0
    late = Todo.objects.open().filter(due_on__lte=day - timedelta(days=after), reminded__lt=LATE)
    soon = Todo.objects.open().filter(due_on__lte=day + timedelta(days=before), due_on__gte=day, reminded__lt=BEFORE)
    for stage, rows, words in ((LATE, late, "已超期"), (BEFORE, soon, "快到期")):
        for todo in rows.select_related("case__started_by").order_by("id").iterator(chunk_size=500):
            text = f"{words}:{todo.title},期限 {todo.due_on:%Y-%m-%d}。"
            people = whom_it_waits_for(todo)
            if stage == LATE and todo.case:
                people = [*people, todo.case.started_by]
            sent += notify(users=people, text=text, url=todo.get_absolute_url() if stage == BEFORE or not todo.case else todo.case.get_absolute_url())
            Todo.objects.filter(pk=todo.pk).update(reminded=stage)
    return sent


REMINDER_LOCK = 771_005
