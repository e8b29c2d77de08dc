"""Signs proposed, heard and confirmed; opinions received and answered."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.permissions import Role
from cadres.models import Cadre, Opinion, Sign
from cadres.services.errors import CadresError
from core import crypto, settings
from core.clock import today
from core.scope import because
from villages.models import Village
from workflow import services as flow
from workflow.models import Alert, Case, Todo

KIND = "cadre_sign"


@transaction.atomic
def propose_sign(*, cadre: Cadre, kind: str, grounds: str, by: User, alert: Alert | None = None) -> Sign:
    """The township proposes; the cadre is told and heard before the organization department decides."""
    posting = cadre.postings.select_related("village").order_by("-started_on").first()
    if posting is None:
        raise CadresError("没有派驻过的干部没有走读、挂名的问题。")
    if cadre.user_id == by.pk:
        raise CadresError("不能对本人提出认定。")
    because(f"提出{Sign.Kind(kind).label}认定 {cadre.name}")
    sign = Sign(cadre=cadre, village=posting.village, kind=kind, grounds=grounds, alert=alert, proposed_on=today(), proposed_by=by,
                statement_due_on=today() + timedelta(days=settings.get("statement_days")))  # fmt: skip
    sign.full_clean()
    sign.save()
    sign.case = flow.start_case(kind=KIND, title=f"{cadre.name} {sign.get_kind_display()}认定", village=posting.village, by=by, day=today(),
                                applicant=cadre.user or by)  # fmt: skip
    sign.save(update_fields=["case"])
    if cadre.user:
        flow.open_todo(kind="cadre_statement", title=f"请申辩:{sign.get_kind_display()}认定", url=sign.get_absolute_url(), user=cadre.user,
                       village_id=posting.village_id, due_on=sign.statement_due_on)  # fmt: skip
    return sign


@transaction.atomic
def make_statement(*, sign: Sign, statement: str, by: User) -> Sign:
    """The cadre is heard: their own words, once; a cadre without an account is written down by the township."""
    sign = Sign.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=sign.pk)
    if sign.state != Sign.State.PROPOSED:
        raise CadresError("已经作出认定,不能再申辩;不服的按申诉办理。")
    if sign.statement:
        raise CadresError("已经申辩过。补充意见请向组织部提交。")
    if sign.cadre.user_id is not None and sign.cadre.user_id != by.pk:
        raise CadresError("申辩由本人提交。")
    because("提交申辩")
    sign.statement, sign.stated_on = statement, today()
    sign.full_clean(exclude=["alert", "case", "proposed_by"])
    sign.save(update_fields=["statement", "stated_on"])
    for todo in Todo.objects.open().filter(kind="cadre_statement", url=sign.get_absolute_url()):
        flow.finish_todo(todo=todo, by=by)
    return sign


def sign_lacks(case: Case) -> list[str]:
    """Nobody is judged unheard: a statement, or the days for it over."""
    sign = Sign.objects.filter(case=case).first()
    if sign is None or sign.statement or today() > sign.statement_due_on:
        return []
    return [f"本人还没有申辩(期限至 {sign.statement_due_on:%Y-%m-%d})"]


def of_sign(case: Case) -> Sign:
    return Sign.objects.select_related("cadre", "village", "proposed_by", "alert").get(case=case)


def sign_confirmed(case: Case, by: User) -> None:
    Sign.objects.filter(case=case).update(state=Sign.State.CONFIRMED, decided_on=today())


def sign_dismissed(case: Case, state: str, by: User) -> None:
    Sign.objects.filter(case=case).update(state=Sign.State.DISMISSED, decided_on=today())


# --- opinions --------------------------------------------------------------------------------------
def box_code(village: Village) -> str:
    """What the QR of a village's opinion box says: cannot be guessed from another village's."""
    return hashlib.sha256(f"{crypto.blind_index(village.code, 'opinion box')}".encode()).hexdigest()[:20]


def village_of_box(code: str) -> Village | None:
    """The village of a box. Few enough to try."""
    return next((village for village in Village.objects.all() if box_code(village) == code), None)


@transaction.atomic
def drop_opinion(*, village: Village, content: str, contact: str, address: str) -> Opinion:
    """From the box, by anybody: as many an hour a village and a day a sender as the settings allow; the address is kept as a digest only."""
    sender = hashlib.sha256(f"{crypto.blind_index(address + str(today()), 'opinion sender')}".encode()).hexdigest()[:16]
    hour = Opinion.objects.filter(village=village, channel=Opinion.Channel.BOX, received_at__gte=timezone.now() - timedelta(hours=1)).count()
    mine = Opinion.objects.filter(sender=sender, received_on=today()).count()
    if hour >= settings.get("opinion_hourly_limit") or mine >= settings.get("opinion_sender_limit"):
        raise CadresError("收到的意见较多,请过一会儿再提交,或直接向乡镇(街道)反映。")
    because("群众意见箱")
    opinion = Opinion(village=village, channel=Opinion.Channel.BOX, content=content, contact=contact, received_on=today(), sender=sender)
    opinion.full_clean()
    opinion.save()
    flow.open_todo(kind="opinion", title=f"办理群众意见:{village.name}", url=opinion.get_absolute_url(), role=Role.TOWNSHIP_CHECKER, area=village.code[:9],
                   village_id=village.pk, due_on=today() + timedelta(days=settings.get("opinion_answer_days")))  # fmt: skip
    return opinion


@transaction.atomic
def note_opinion(*, by: User, **fields: Any) -> Opinion:
    """From the township's regular gathering."""
    if fields["received_on"] > today():
        raise CadresError("收到日期不能晚于今天。")
    because("登记群众意见")
    opinion = Opinion(recorded_by=by, **fields)
    opinion.full_clean()
    opinion.save()
    return opinion


@transaction.atomic
def answer_opinion(*, opinion: Opinion, answer: str, by: User) -> Opinion:
    opinion = Opinion.objects.select_for_update(of=("self",)).select_related("cadre").get(pk=opinion.pk)
    if opinion.answer:
        raise CadresError("已经答复。")
    if opinion.cadre is not None and opinion.cadre.user_id == by.pk:
        raise CadresError("涉及本人的意见由他人办理。")
    because("答复群众意见")
    opinion.answer, opinion.answered_on, opinion.answered_by = answer, today(), by
    opinion.full_clean(exclude=["recorded_by", "cadre"])
    opinion.save(update_fields=["answer", "answered_on", "answered_by"])
    for todo in Todo.objects.open().filter(kind="opinion", url=opinion.get_absolute_url()):
        flow.finish_todo(todo=todo, by=by)
    return opinion
