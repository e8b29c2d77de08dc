"""选派: 单位推荐 → 组织部审核 → 研究 → 下派文件 → 报到."""

from datetime import date
from typing import Any

from django.conf import settings as installation
from django.db import transaction

from accounts.models import Organization, User
from accounts.permissions import Role
from cadres import rules
from cadres.models import Cadre, Nomination, Posting
from cadres.services.errors import CadresError
from cadres.services.people import create_cadre, start_posting
from core import settings
from core.clock import today
from core.scope import because
from villages.models import Village
from workflow import services as flow
from workflow.models import Case, Todo

KIND = "cadre_selection"


def _refuse_unfit(nomination: Nomination) -> None:
    problem = rules.selection_problem(
        is_first_secretary=nomination.role == Posting.Role.FIRST_SECRETARY, is_party_member=nomination.is_party_member,
        party_joined_on=nomination.party_joined_on, working_since_on=nomination.working_since_on,
        is_fit=nomination.health != Cadre.Health.UNFIT, day=today(), party_years=settings.get("first_secretary_party_years"),
        working_years=settings.get("first_secretary_working_years"),
    )  # fmt: skip
    if problem:
        raise CadresError(problem)


@transaction.atomic
def recommend(*, unit: Organization, by: User, **fields: Any) -> Nomination:
    """A unit recommends one of its people. Nobody recommends themselves; the organization department checks from here on."""
    nomination = Nomination(unit=unit, recommended_on=today(), recommended_by=by, **fields)
    _refuse_unfit(nomination)
    open_ones = Nomination.objects.filter(unit=unit, name=nomination.name).exclude(state__in=[Nomination.State.POSTED, Nomination.State.ENDED])
    if open_ones.exists():
        raise CadresError(f"{nomination.name} 的推荐正在办理,不要重复推荐。")
    if nomination.name == by.name and by.organization_id == unit.pk:
        raise CadresError("不能推荐本人,请由本单位其他人员推荐。")
    because(f"推荐 {nomination.name}")
    nomination.full_clean(exclude=["case", "posting"])
    nomination.save()
    nomination.case = flow.start_case(kind=KIND, title=f"{unit.name}推荐{nomination.name}任{nomination.get_role_display()}", by=by, day=today())
    nomination.save(update_fields=["case"])
    return nomination


@transaction.atomic
def amend(*, nomination: Nomination, by: User, **fields: Any) -> Nomination:
    """Put right what was sent back, and send it in again."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("case").get(pk=nomination.pk)
    if nomination.state != Nomination.State.RETURNED or nomination.case is None:
        raise CadresError(f"推荐{nomination.get_state_display()},不能修改。")
    for name, value in fields.items():
        setattr(nomination, name, value)
    _refuse_unfit(nomination)
    because(f"补正推荐 {nomination.name}")
    nomination.state = Nomination.State.RUNNING
    nomination.full_clean(exclude=["case", "posting"])
    nomination.save()
    flow.resubmit(case=nomination.case, by=by)
    return nomination


def of_case(case: Case) -> Nomination:
    return Nomination.objects.select_related("unit", "village", "replaces").get(case=case)


def chosen(case: Case, by: User) -> None:
    """研究同意: the document waits to be made."""
    Nomination.objects.filter(case=case).update(state=Nomination.State.CHOSEN)
    nomination = of_case(case)
    flow.open_todo(kind="cadre_dispatch", title=f"印发下派文件:{nomination.name}", url=nomination.get_absolute_url(), role=Role.ORG_DEPARTMENT,
                   area=installation.CITY_CODE)  # fmt: skip


def sent_back(case: Case, *_: Any) -> None:
    Nomination.objects.filter(case=case).update(state=Nomination.State.RETURNED)


def not_chosen(case: Case, state: str, by: User) -> None:
    Nomination.objects.filter(case=case).update(state=Nomination.State.ENDED)


@transaction.atomic
def send(*, nomination: Nomination, village: Village, document: str, sent_on: date, report_by_on: date, by: User) -> Nomination:
    """下派文件: the village and the day to report by; the unit and the township are told."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("unit").get(pk=nomination.pk)
    if nomination.state != Nomination.State.CHOSEN:
        raise CadresError(f"推荐{nomination.get_state_display()},不能印发下派文件。")
    if not sent_on <= today():
        raise CadresError("下派日期不能晚于今天。")
    if report_by_on < sent_on:
        raise CadresError("报到期限不能早于下派日期。")
    held = (
        Posting.objects.active_on(today())
        .filter(village=village, role=Posting.Role.FIRST_SECRETARY, ended_on=None)
        .exclude(cadre=nomination.replaces)
    )
    if nomination.role == Posting.Role.FIRST_SECRETARY and held.exists():
        raise CadresError(f"{village.name} 已有在任的第一书记。接替的,请在推荐中写明接替谁;原任离任后再报到。")
    because(f"下派 {nomination.name}")
    nomination.village, nomination.document, nomination.sent_on, nomination.report_by_on = village, document, sent_on, report_by_on
    nomination.state = Nomination.State.SENT
    nomination.full_clean(exclude=["case", "posting", "recommended_by"])
    nomination.save()
    _done("cadre_dispatch", nomination, by)
    flow.open_todo(kind="cadre_report", title=f"登记报到:{nomination.name}到{village.name}", url=nomination.get_absolute_url(), role=Role.TOWNSHIP_CHECKER,
                   area=village.code[:9], village_id=village.pk, due_on=report_by_on)  # fmt: skip
    tell_unit(unit=nomination.unit, text=f"{nomination.name} 已下派{village.name}({document}),请于 {report_by_on:%Y-%m-%d} 前报到。",
              url=nomination.get_absolute_url())  # fmt: skip
    return nomination


@transaction.atomic
def report_for_duty(*, nomination: Nomination, reported_on: date, phone: str, user: User | None, by: User) -> Nomination:
    """报到: the posting begins, and with it the access and the days that are expected."""
    nomination = Nomination.objects.select_for_update(of=("self",)).select_related("unit", "village").get(pk=nomination.pk)
    if nomination.state != Nomination.State.SENT or nomination.village is None or nomination.sent_on is None:
        raise CadresError(f"推荐{nomination.get_state_display()},不能登记报到。")
    if not nomination.sent_on <= reported_on <= today():
        raise CadresError("报到日期应在下派之后、今天以前。")
    where: dict[str, Any] = {"village": nomination.village, "role": nomination.role, "started_on": reported_on, "document": nomination.document}
    known = Cadre.objects.filter(user=user).first() if user else None
    if known is not None and known.name != nomination.name:
        raise CadresError(f"账号 {user} 是 {known.name} 的。")
    if known:
        posting = start_posting(cadre=known, by=by, **where)
    else:
        cadre = create_cadre(
            by=by, name=nomination.name, sex=nomination.sex, home_unit=nomination.unit, post=nomination.post, is_party_member=nomination.is_party_member,
            party_joined_on=nomination.party_joined_on, working_since_on=nomination.working_since_on, health=nomination.health, phone=phone, user=user, **where,
        )  # fmt: skip
        posting = cadre.postings.get()
    nomination.posting, nomination.state = posting, Nomination.State.POSTED
    nomination.save(update_fields=["posting", "state"])
    _done("cadre_report", nomination, by)
    return nomination


def _done(kind: str, nomination: Nomination, by: User) -> None:
    for todo in Todo.objects.open().filter(kind=kind, url=nomination.get_absolute_url()):
        flow.finish_todo(todo=todo, by=by)


def tell_unit(*, unit: Organization, text: str, url: str) -> int:
    """Tell whoever speaks for a unit. Returns how many were told."""
    from villages.models import Grant

    held = Grant.objects.active().filter(role=Role.UNIT_LIAISON, user__organization=unit, deputy_for=None).select_related("user")
    return flow.notify(users=[grant.user for grant in held], text=text, url=url)
