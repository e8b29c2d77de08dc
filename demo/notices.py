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
from workflow.models import Clause, PublicNotice, Regulation

# (number, title, issuer, valid from, [(clause, text)]): the numbers are known, the words are a summary to be checked against the paper.
REGULATIONS = (
    ("国开办发〔2014〕24号", "扶贫开发建档立卡工作方案", "国务院扶贫办", date(2014, 4, 2), (
        ("识别步骤", "农户申请、入户调查、民主评议、公示、乡镇审核、县级复审、公告、录入系统。"), ("公示", "拟纳入的农户在村内公示,无异议后报乡镇审核。"))),
    ("厅字〔2016〕16号", "关于建立贫困退出机制的意见", "中共中央办公厅、国务院办公厅", date(2016, 4, 23), (
        ("贫困人口退出", "以户为单位,年人均纯收入稳定超过国家扶贫标准且吃穿不愁,义务教育、基本医疗、住房安全有保障。"),
        ("退出程序", "村两委组织民主评议提出,村两委和驻村工作队核实,拟退出贫困户认可,在村内公示无异议后公告退出。"))),
    ("", "格尔木市扶贫公示公告工作规程(样本)", "扶贫开发领导小组", date(2016, 5, 1), (
        ("公示期限", "涉及农户名单的公示不少于七日,考核公示不少于五个工作日。"), ("张贴", "在村务公开栏张贴并拍照留存,期满撤下。"),
        ("异议", "收到异议后五个工作日内决定是否受理并办理,逾期上提一级。"))),
)  # fmt: skip


def load_regulations() -> None:
    for number, title, issuer, since, clauses in REGULATIONS:
        rule = flow.save_regulation(regulation=Regulation(), by=None, number=number, title=title, issuer=issuer, valid_from=since, is_assumed=True)  # type: ignore[arg-type]
        for name, text in clauses:
            flow.save_clause(clause=Clause(regulation=rule), by=None, number=name, text=text)  # type: ignore[arg-type]


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
    far = next(village for village in villages if village.township_id != villages[0].township_id)
    _publish(far, day - timedelta(days=1), checker)  # not hung out yet: the list of postings says so


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
