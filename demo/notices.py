"""Notices of identification from the demo's own households: one that is over, one that hangs today, one nobody has hung out."""

import io
from datetime import date, timedelta

from django.db.models import Count, Q
from PIL import Image, ImageDraw

from accounts.models import User
from core.clock import today
from core.dates import chinese_date
from households.models import Household, Member
from villages.models import Village
from workflow import services as flow
from workflow.models import PublicNotice

KIND = "identification_village"
NAMED = 6  # few, and a village's last: the others stay open to be edited


def load_notices(villages: list[Village]) -> None:
    """Release, hang out and object to, by the demo's own people: handled in each of the ways there are."""
    day = today()
    clerk, committee, checker, village_cadre = (User.objects.get(username=name) for name in ("zhuangan", "cunwei", "shenhe", "shuji"))
    over = _publish(villages[1], day - timedelta(days=20), checker)
    _hang(over, village_cadre)
    refused = _object(over, 1, "听说他家在城里有房,请核实。", over.starts_on + timedelta(days=2), clerk)
    flow.refuse_objection(
        objection=refused, reason="已核对不动产登记,名下无城镇住房,与评议材料一致。", by=checker, day=over.starts_on + timedelta(days=3)
    )
    resolved = _object(over, 2, "家里三口人,名单上多写了一口。", over.starts_on + timedelta(days=3), clerk)
    flow.take_up(objection=resolved, reason="有具体内容,入户核实。", by=checker, day=over.starts_on + timedelta(days=3))
    flow.resolve_objection(objection=resolved, result="入户并核对户口簿,人口数与名单一致,已向反映人说明。", upheld=False, by=checker,
                           day=over.starts_on + timedelta(days=5))  # fmt: skip
    flow.take_down_ended(day - timedelta(days=10))
    running = _publish(villages[0], day - timedelta(days=2), checker)
    _hang(running, village_cadre)
    accepted = _object(running, 1, "他儿子在镇上开饭馆,收入没有算进去。", day - timedelta(days=1), committee, person="马某某", phone="13909790000")
    flow.take_up(objection=accepted, reason="反映具体,由村两委和驻村工作队核实收入。", by=committee, day=day)
    _object(running, 0, "评议会的时间没有提前通知到三社。", day, None, channel="page")
    _publish(villages[2], day - timedelta(days=1), checker)  # not hung out yet: the township sees it


def _publish(village: Village, starts_on: date, by: User) -> PublicNotice:
    rows = Household.objects.filter(village=village).active().select_related("group")
    homes = list(rows.annotate(size=Count("members", filter=Q(members__left_on=None))).order_by("-household_code")[:NAMED])[::-1]
    heads = dict(Member.objects.filter(household__in=homes, relation="01", left_on=None).values_list("household_id", "name"))
    lines = [
        {"key": home.household_code, "cells": [n, heads[home.pk], home.group.name if home.group else "", home.size, ""]}
        for n, home in enumerate(homes, start=1)
    ]
    values = {
        "village": village.name, "town": village.township.name, "date": chinese_date(starts_on - timedelta(days=4)), "n1": 30, "n2": 26, "year": starts_on.year,
        "h": len(homes), "m": sum(home.size for home in homes),
    }  # fmt: skip
    title, body = flow.notice_text(kind=KIND, values=values, starts_on=starts_on)
    records = [flow.Record(Household._meta.db_table, home.pk, village.pk, home.pk, home.household_code) for home in homes]
    return flow.publish(kind=KIND, title=title, body=body, lines=lines, records=records, level="village", village=village,
                        signer=f"{village.name}村民委员会", starts_on=starts_on, by=by, day=starts_on)  # fmt: skip


def _hang(notice: PublicNotice, by: User) -> None:
    flow.post_notice(notice=notice, place="村委会公开栏", posted_on=notice.starts_on, photo=_photo(), by=by, day=notice.starts_on)


def _photo() -> bytes:
    """A drawn board instead of a photo: plainly not a real place."""
    image = Image.new("RGB", (640, 480), "#cfc8b8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((90, 60, 550, 420), fill="#ffffff", outline="#a8322d", width=6)
    for row in range(8):
        draw.line((130, 130 + row * 34, 510, 130 + row * 34), fill="#9a9b98", width=2)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _object(notice: PublicNotice, line: int, content: str, day: date, by: User | None, *, channel: str = "visit", **who: str):  # type: ignore[no-untyped-def]
    key = notice.lines[line - 1]["key"] if line else ""
    return flow.object_to(notice=notice, line_key=key, content=content, channel=channel, received_on=day, by=by, day=day, **who)
