"""Publication of the results: a notice of the city, its objections, and the grades after it."""

from datetime import date

from django.db import transaction

from accounts.models import User
from assessments.models import Assessment, Period
from assessments.rules.grades import label
from assessments.services import periods
from assessments.services.errors import NotReady
from assessments.services.schemes import as_rules
from core import calendar
from workflow import notices
from workflow import services as flow
from workflow.models import PublicNotice

KIND = "assessment"


def notice_of(period: Period) -> PublicNotice | None:
    """The notice of the period's results: the newest that names the period."""
    return PublicNotice.objects.filter(pk=period.notice_id).first() if period.notice_id else None


@transaction.atomic
def publish_results(*, period: Period, starts_on: date, by: User, day: date) -> Period:
    """Publish everybody's total, rank and proposed grade for the scheme's working days. Raises NotReady, NoticeError."""
    length = period.scheme.publish_days
    until = calendar.last_day(starts_on, length, calendar.DayKind.WORKING)
    period = periods.publish(period=period, until=until, by=by, day=day)
    scheme = as_rules(period.scheme)
    people = period.assessments.select_related("cadre", "village__township", "home_unit").order_by("rank", "id")
    lines, records = [], []
    for each in people:
        cells = [each.cadre.name, each.village.township.name, each.village.name, each.home_unit.name, "" if each.total is None else f"{each.total:.2f}",
                 label(each.grade, scheme, institution=each.is_institution)]  # fmt: skip
        lines.append({"key": each.cadre.code, "cells": cells})
        records.append(flow.Record("assessments_assessment", each.pk, village_id=each.village_id, line_key=each.cadre.code))
    values = {"period": period.title, "people": str(len(lines))}
    title, body = flow.notice_text(kind=KIND, values=values, starts_on=starts_on, days=length)
    notice = flow.publish(by=by, day=day, kind=KIND, title=title, body=body, columns=notices.get(KIND).columns, lines=lines, records=records, level="city",
                          starts_on=starts_on, days=length, day_kind=calendar.DayKind.WORKING)  # fmt: skip
    period.notice = notice
    period.publish_until_on = notice.ends_on
    period.save()
    return period


@transaction.atomic
def withdraw_results(*, period: Period, reason: str, by: User) -> Period:
    """End a running publication early (an objection was upheld, a mistake was found), so that the scores can be put right."""
    notice = notice_of(period)
    period = periods.unpublish(period=period, by=by)
    if notice is not None and notice.state == PublicNotice.State.RUNNING:
        flow.end_notice(notice=notice, reason=reason, by=by)
    return period


def problems(period: Period, day: date | None = None) -> list[str]:
    """What still stands between the publication and the grades, in words."""
    from core.clock import today

    notice = notice_of(period)
    return flow.notice_problems(notice, day or today()) if notice else []


@transaction.atomic
def freeze_results(*, period: Period, by: User | None, day: date) -> Period:
    """Decide the grades once the notice has run its days and no objection is open. Everybody with an account is told."""
    period = Period.objects.select_for_update().get(pk=period.pk)
    notice = notice_of(period)
    if notice is not None:
        missing = flow.notice_problems(notice, day)
        if missing:
            raise NotReady([f"{text.rstrip('。')}。" for text in missing])
    period = periods.freeze(period=period, by=by, day=day)
    for each in Assessment.objects.filter(period=period).exclude(cadre_user=None).select_related("cadre_user"):
        flow.notify(users=[each.cadre_user] if each.cadre_user else [], text=f"{period.title}已定等次,请查看得分。有异议的,{period.appeal_until_on:%Y-%m-%d} 前可申诉。",
                    url=f"/assessments/own/{each.pk}/")  # fmt: skip
    return period
