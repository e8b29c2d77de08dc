"""The speed of attendance: a monthly report against its one query, a check-in against a bare post, the night's work."""

import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Organization, User
from cadres import rules, services
from cadres.models import Cadre, Posting
from cadres.services.months import LINES
from core import settings
from core.clock import today
from core.scope import acting_as_system
from demo.bench import Measured, in_turn
from villages.models import Village
from workflow import services as flow

MANY = 4000
NIGHTLY = [f"C{number:02d}" for number in range(1, 14)]
SIGN_LIMIT_KB = 20


class _Undone(Exception):
    """Takes back what a bench made."""


def _undone(measure: Callable[[], Measured]) -> Measured:
    found: list[Measured] = []
    try:
        with acting_as_system(reason="bench"), transaction.atomic():
            found.append(measure())
            raise _Undone
    except _Undone:
        return found[0]


def _crowd(days: int) -> tuple[list[int], list[int], date]:
    """Thousands of cadres, each posted for so many days and checked in on working days. Cadres, villages, the last month."""
    last = today().replace(day=1) - timedelta(days=1)
    since = max(last - timedelta(days=days - 1), date(2016, 1, 1))
    villages = list(Village.objects.order_by("pk").values_list("pk", flat=True))
    unit = Organization.objects.order_by("pk").first()
    Cadre.objects.bulk_create((Cadre(code=f"B{n:05d}", name="测速", sex="1", home_unit=unit) for n in range(MANY)), batch_size=1000)
    cadres = list(Cadre.objects.filter(code__startswith="B").order_by("pk").values_list("pk", flat=True))
    Posting.objects.bulk_create(
        (Posting(cadre_id=cadre, village_id=villages[n % len(villages)], role="member", started_on=since) for n, cadre in enumerate(cadres)),
        batch_size=1000,
    )
    services.settle_days(cadres=cadres, since=since, until=last, today=today())
    return cadres, villages, last


def _month(villages: list[int], month: date) -> Measured:
    first, last = rules.month_span(month)

    def query() -> None:
        with connection.cursor() as cursor:
            cursor.execute(LINES, {"first": first, "last": last, "villages": villages})
            cursor.fetchall()

    return in_turn(lambda: services.month_lines(villages=villages, month=month), query, floor_is="月报的一条 SQL 查询")


def month_of_forty() -> Measured:
    def measure() -> Measured:
        villages = list(Posting.objects.values_list("village_id", flat=True).distinct())
        return _month(villages, today().replace(day=1) - timedelta(days=1))

    return _undone(measure)


def month_of_thousands() -> Measured:
    def measure() -> Measured:
        _, villages, last = _crowd(31)
        return _month(villages, last)

    return _undone(measure)


def _check_in(client: Client) -> Any:
    now = str(int(time.time() * 1000))
    return client.post(reverse("cadres:check-in"), {"key": str(uuid4()), "taken": now, "sent": now, "position": "unavailable", "note": "入户走访", "device": "a" * 16},
                       headers={"accept": "application/json"})  # fmt: skip


def _cadre_client() -> Client:
    client = Client()
    client.force_login(User.objects.get(username="shuji"), backend="accounts.backends.NameAndPassword")
    settings.put(key="checkin_daily_limit", value=50, by=None, reason="bench")
    return client


def check_in() -> Measured:
    def measure() -> Measured:
        client = _cadre_client()

        def sign() -> None:
            response = _check_in(client)
            assert response.status_code == 200, response.content

        def bare() -> None:
            assert client.post(reverse("workflow:messages-read")).status_code == 302

        return in_turn(sign, bare, floor_is="已登录、没有内容可写的提交(消息全部已读)")

    return _undone(measure)


def check_in_wire() -> Measured:
    """Kilobytes both ways of one check-in: what the phone sends, what it gets, headers included."""

    def measure() -> Measured:
        response = _check_in(_cadre_client())
        sent = int(response.request["CONTENT_LENGTH"]) + 1200  # the body, and generous headers with two cookies
        got = len(response.content) + sum(len(name) + len(value) + 4 for name, value in response.items())
        return Measured((sent + got) / 1024, SIGN_LIMIT_KB, "KB", "一次签到往返的上限 20 KB")

    return _undone(measure)


def night() -> Measured:
    """The night's settling and all rules over thousands of cadres, in seconds, against ten."""

    def measure() -> Measured:
        cadres, _, last = _crowd(62)
        took = []
        for _ in range(5):
            start = time.perf_counter()
            services.settle_days(cadres=cadres, since=last - timedelta(days=61), until=last, today=today())
            flow.run_alerts(today(), codes=NIGHTLY)
            took.append(time.perf_counter() - start)
        return Measured(statistics.median(took), 10, "s", "4000 名干部夜间结算和 13 条规则的上限 10 秒")

    return _undone(measure)


def benches() -> dict[str, Callable[[], Measured]]:
    return {"attendance_month_40": month_of_forty, "attendance_month_4000": month_of_thousands, "check_in": check_in, "check_in_weight": check_in_wire,
            "attendance_night_4000": night}  # fmt: skip
