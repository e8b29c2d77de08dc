"""What is measured and against which floor. Everything runs as the restricted role, through the whole middleware."""

import gzip
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.paging import encode
from core.scope import acting_as_system
from households.models import Household, Member

ROUNDS = 9
WARM = 3
FLOOR = "已登录、自身不查询的页面(修改密码页)"


@dataclass(frozen=True)
class Measured:
    """Medians of ROUNDS, value and floor in turn in one run."""

    value: float
    floor: float
    unit: str
    floor_is: str

    def to_dict(self) -> dict[str, Any]:
        ratio = self.value / self.floor if self.floor else 0.0
        return {"value": round(self.value, 3), "floor": round(self.floor, 3), "ratio": round(ratio, 2), "unit": self.unit, "floor_is": self.floor_is}


def _timed(action: Callable[[], Any]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def in_turn(value: Callable[[], Any], floor: Callable[[], Any], *, unit: str = "ms", floor_is: str = FLOOR) -> Measured:
    for _ in range(WARM):
        value()
        floor()
    pairs = [(_timed(value), _timed(floor)) for _ in range(ROUNDS)]
    return Measured(statistics.median(v for v, _ in pairs), statistics.median(f for _, f in pairs), unit, floor_is)


class Pages:
    """Signed-in clients and addresses of a loaded register."""

    def __init__(self) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        from accounts.models import User

        self.clients = {}
        for name in ("fupin", "zhuangan"):
            client = Client()
            client.force_login(User.objects.get(username=name), backend="accounts.backends.NameAndPassword")
            self.clients[name] = client
        with acting_as_system(reason="bench"):
            self.samples = {"fupin": self._sample(None), "zhuangan": self._sample("632801100")}

    def _sample(self, area: str | None) -> dict[str, Any]:
        """A household half-way down the list, a name's fragments, a number: all in reach."""
        rows = Household.objects.all()
        members = Member.objects.filter(left_on=None)
        if area:
            rows = rows.filter(village__code__startswith=area)
            members = members.filter(village__code__startswith=area)
        half = rows.order_by("village_id", "id").values_list("village_id", "id")
        count = rows.count()
        village, household = half[count // 2]
        member = members.exclude(id_number_index=None).filter(household_id__gte=household, name__regex="^[^·]{3}$").order_by("id").first()
        assert member is not None
        return {"village": village, "household": household, "name": member.name, "number": member.id_number}

    def get(self, user: str, url: str, **query: str) -> Callable[[], Any]:
        def fetch() -> Any:
            response = self.clients[user].get(url, query)
            assert response.status_code == 200, (url, response.status_code)
            return response

        return fetch

    def floor(self, user: str) -> Callable[[], Any]:
        return self.get(user, reverse("accounts:password-change"))

    def benches(self) -> dict[str, Callable[[], Measured]]:
        found: dict[str, Callable[[], Measured]] = {}
        rows = reverse("households:list")
        for user, suffix in (("fupin", ""), ("zhuangan", "_clerk")):
            sample = self.samples[user]
            name = sample["name"]
            queries: dict[str, tuple[str, dict[str, str]]] = {
                "household_list_first": (rows, {}),
                "household_list_deep": (rows, {"after": encode([sample["village"], sample["household"]])}),
                "household_list_filtered": (rows, {"poverty_status": "1", "cause_main": "01"}),
                "household_list_rare": (rows, {"poverty_status": "4", "attribute": "05", "cause_main": "02"}),
                "search_1": (rows, {"q": name[0]}),
                "search_2": (rows, {"q": name[:2]}),
                "search_3": (rows, {"q": name}),
                "search_pinyin": (rows, {"q": "zx"}),
                "search_id_number": (rows, {"q": sample["number"]}),
                "household_page": (reverse("households:detail", args=[sample["household"]]), {}),
            }
            for key, (url, query) in queries.items():
                found[key + suffix] = lambda user=user, url=url, query=query: in_turn(self.get(user, url, **query), self.floor(user))
        for key, url in (("workbench", "/"), ("list", rows), ("entry", reverse("households:create"))):
            found[f"page_weight_{key}"] = lambda url=url: self.weight(url)
        found["page_weight_sign_in"] = lambda: self.weight(reverse("accounts:sign-in"), signed_in=False)
        return found

    def weight(self, url: str, *, signed_in: bool = True) -> Measured:
        """Kilobytes over the wire of a first visit: the page and every script and style it names, compressed."""
        import re

        from django.contrib.staticfiles import finders

        client = self.clients["fupin"] if signed_in else Client()
        html = client.get(url).content
        total = len(gzip.compress(html, 6))
        for name in set(re.findall(rb'(?:src|href)="/static/([^"]+)"', html)):
            path = finders.find(re.sub(r"\.[0-9a-f]{12}(?=\.\w+$)", "", name.decode()))
            assert path is not None, name
            with open(path, "rb") as file:
                total += len(gzip.compress(file.read(), 9))
        return Measured(total / 1024, 100, "KB", "首次访问的上限 100 KB")


def charts() -> dict[str, Callable[[], Measured]]:
    """Six charts of one village against the five seconds they may take."""
    from reports import services
    from reports.six_charts.edition import PUBLIC, project
    from reports.six_charts.render import render

    def one() -> Measured:
        with acting_as_system(reason="bench"):
            from villages.models import Village

            snapshot = services.snapshot_of(services.newest_release(Village.objects.get(code="632801100901")))  # type: ignore[arg-type]
        edition = project(snapshot, PUBLIC)
        render(edition)
        return Measured(statistics.median(_timed(lambda: render(edition)) for _ in range(5)) / 1000, 5, "s", "一村六张图的上限 5 秒")

    return {"charts_one_village": one}


WAITING = 10_000


def inbox() -> dict[str, Callable[[], Measured]]:
    """The inbox of somebody for whom ten thousand things wait, against a signed-in page; and one step of a case from post to
    answer against a signed-in post that has nothing to do.
    """
    from accounts.models import User
    from core.clock import today
    from villages.models import Village
    from workflow import kinds
    from workflow.models import Procedure, Step, Todo
    from workflow.services import start_case

    kind, area = "bench-case", "632801100"

    def signed_in() -> Client:
        client = Client()
        client.force_login(User.objects.get(username="shenhe"), backend="accounts.backends.NameAndPassword")
        return client

    def fetch(client: Client, url: str) -> Callable[[], Any]:
        def get() -> None:
            assert client.get(url).status_code == 200, url

        return get

    def full() -> Measured:
        with acting_as_system(reason="bench"):
            village = Village.objects.get(code="632801100901")
            have = Todo.objects.open().filter(kind="bench").count()
            Todo.objects.bulk_create(
                [Todo(kind="bench", title=f"核对第 {n} 户", url="/households/", role="township_checker", area=area, place=area, village=village,
                      due_on=today() + timedelta(days=n % 400), sorted_on=today() + timedelta(days=n % 400)) for n in range(have, WAITING)],
                batch_size=2000,
            )  # fmt: skip
        client = signed_in()
        return in_turn(fetch(client, reverse("workflow:inbox")), fetch(client, reverse("accounts:password-change")))

    def approval() -> Measured:
        if kind not in {each.key for each in kinds.all_kinds()}:
            kinds.register(kinds.Kind(kind, "测速办件", lambda case: kinds.SubjectView()))
        with acting_as_system(reason="bench"):
            by, village = User.objects.get(username="zhuangan"), Village.objects.get(code="632801100901")
            procedure, made = Procedure.objects.get_or_create(key=kind, defaults={"title": "测速", "valid_from": today()})
            if made:
                for number, role in enumerate(("township_checker", "bureau_approver"), start=1):
                    Step.objects.create(procedure=procedure, number=number, code=role, title="审核", word=Step.Word.CHECK, role=role,
                                        level=Step.Level.TOWNSHIP)  # fmt: skip
            cases = [start_case(kind=kind, title="测速", village=village, by=by, day=today()) for _ in range(WARM + ROUNDS)]
        client = signed_in()

        def decide() -> None:
            case = cases.pop()
            sent = {"result": "pass", "opinion": "属实", "step_id": case.step_id, "version": case.version}
            assert client.post(reverse("workflow:case-decide", args=[case.pk]), sent).status_code == 302

        def bare() -> None:
            assert client.post(reverse("workflow:messages-read")).status_code == 302

        return in_turn(decide, bare, floor_is="已登录、没有内容可写的提交(消息全部已读)")

    return {"inbox": full, "approval": approval}


REGISTER_SCAN = """
select count(*), max(m.birth_on), max(i.per_capita), max(l.id) from households_household h join households_member m on m.household_id = h.id
left join households_income i on i.household_id = h.id and i.year = %s left join households_living l on l.household_id = h.id and l.year = %s where h.ended_on is null
"""


def alerts() -> dict[str, Callable[[], Measured]]:
    """A night of the register's rules over every household: the mean of one rule's pass against one bare scan of the register."""
    from core.clock import today
    from workflow import alerts_registry
    from workflow.services import run_alerts

    def night() -> Measured:
        codes = [check.code for check in alerts_registry.checks() if check.code.startswith("R")]
        values, floors = [], []
        for _ in range(3):
            with acting_as_system(reason="bench"):
                values.append(_timed(lambda: run_alerts(today(), codes=codes)) / len(codes) / 1000)
                transaction.set_rollback(True)
            with acting_as_system(reason="bench"), connection.cursor() as cursor:
                floors.append(_timed(lambda cursor=cursor: cursor.execute(REGISTER_SCAN, [today().year] * 2)) / 1000)
        return Measured(statistics.median(values), statistics.median(floors), "s", "户、成员、收入、生产生活一次裸扫描")

    return {"register_alerts": night}


def measure(names: list[str], households: int) -> dict[str, dict[str, Any]]:
    """Run the benches (all, or those named) on the database of this process."""
    from demo import bench_cadres, bench_funds, bench_scores, bench_sheets

    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone()[0] == "pa_app", "bench measures as the restricted role"
    benches = Pages().benches() | inbox() | alerts() | charts() | bench_sheets.benches(households) | bench_scores.benches() | bench_cadres.benches()
    benches |= bench_funds.benches()
    wanted = names or list(benches)
    unknown = [name for name in wanted if name not in benches]
    if unknown:
        raise KeyError("、".join(unknown))
    return {name: benches[name]().to_dict() for name in wanted}
