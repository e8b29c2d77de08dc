"""Petitions: received, given to who answers, answered within the term."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission, Role
from core import settings
from core.clock import today
from core.scope import because, reach
from households.models import Complaint, Household
from households.services.errors import HouseholdsError
from villages.models import Village
from workflow import services as flow

TOWNSHIP_PREFIX = 9


@transaction.atomic
def receive_complaint(
    *, channel: str, received_on: date, cause: str, content: str, area: str, by: User | None, village: Village | None = None,
    household: Household | None = None, person: str = "", phone: str = "", about: User | None = None, about_name: str = "", is_demo: bool = False,
) -> Complaint:  # fmt: skip
    """Register a petition and let it wait for who answers it.

    One that names somebody is answered by the city and not by colleagues in the township; nobody it is about is asked or told.
    """
    if received_on > today():
        raise HouseholdsError("收到日期不能晚于今天。")
    if about is not None and by is not None and about.pk == by.pk:
        raise HouseholdsError("反映自己的信访件由其他人登记。")
    if household is not None and (village is None or household.village_id != village.pk):
        raise HouseholdsError("这一户不在所选的村。")
    area = village.code if village else area
    named = bool(about or about_name)
    handled = django_settings.CITY_CODE if named or len(area) < TOWNSHIP_PREFIX else area[:TOWNSHIP_PREFIX]
    due_on = received_on + timedelta(days=settings.get("complaint_days"))
    number = f"XF{received_on.year}-{flow.take_numbers(key=f'complaint {received_on.year}')[0]:04d}"
    because(f"登记信访件 {number}")
    complaint = Complaint.objects.create(
        number=number, channel=channel, received_on=received_on, area=area, handled_area=handled, village=village, household=household, person=person,
        phone=phone, cause=cause, content=content, about=about, about_name=about_name or (about.name if about else ""), due_on=due_on, recorded_by=by,
        is_demo=is_demo,
    )  # fmt: skip
    role = Role.TOWNSHIP_CHECKER if len(handled) == TOWNSHIP_PREFIX else Role.BUREAU_CLERK
    complaint.todo = flow.open_todo(kind="complaint", title=f"答复信访件 {number}({complaint.get_cause_display()})", url=complaint.get_absolute_url(),
                                    due_on=due_on, role=role, area=handled, place=handled, without=_namesakes(complaint))  # fmt: skip
    complaint.save(update_fields=["todo"])
    return complaint


def _namesakes(complaint: Complaint) -> list[int]:
    """Whom it is about, and everybody of that name: rather one too many kept out."""
    if not complaint.is_about_somebody:
        return []
    return [*([complaint.about_id] if complaint.about_id else []), *User.objects.filter(name=complaint.about_name).values_list("pk", flat=True)]


def may_answer(complaint: Complaint, user: Any) -> bool:
    """Who handles petitions where this one is answered, and is not whom it is about."""
    if complaint.about_id == user.pk or (complaint.about_name and complaint.about_name == user.name):
        return False
    return user.may(Permission.COMPLAINT_HANDLE) and reach(user, Permission.COMPLAINT_HANDLE).governs(complaint.handled_area)


@transaction.atomic
def answer_complaint(*, complaint: Complaint, finding: str, answer: str, answered_on: date, reply: Any = None, by: User) -> Complaint:
    """What was found and answered. Raises HouseholdsError for who may not, one answered already, or a day that cannot be."""
    complaint = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if not may_answer(complaint, by):
        raise HouseholdsError("这件信访不由您办理:反映干部的由市级办理,被反映人应当回避。")
    if complaint.answered_on:
        raise HouseholdsError(f"这件信访已于 {complaint.answered_on} 答复。")
    if not complaint.received_on <= answered_on <= today():
        raise HouseholdsError(f"答复日期应在收到日期 {complaint.received_on} 到今天之间。")
    because(f"答复信访件 {complaint.number}")
    complaint.finding, complaint.answer, complaint.answered_on, complaint.answered_by = finding, answer, answered_on, by
    if reply is not None:
        complaint.reply = flow.attach(data=reply, title=f"信访件 {complaint.number} 答复", by=by, area=complaint.handled_area)
    complaint.save()
    if complaint.todo:
        flow.finish_todo(todo=complaint.todo, by=by)
    return complaint
