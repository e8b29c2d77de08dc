"""Every URL × every role × inside and outside the area: what it answered, and what it should not have.

A leak is: a page (200) for a record outside the user's area; a page whose guard the role does not hold; any
500; a page for nobody signed in that is not named public. A URL whose record could not be found in the
demo is named as uncovered, so that a new room cannot hide.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.permissions import Role
from core.scope import acting_as_system, reach
from workflow.services import store

PUBLIC = {"accounts:sign-in", "core:health", "reports:release-check"}
ANYONE_SIGNED_IN = {
    "core:workbench", "accounts:password-change", "accounts:sign-out", "workflow:job-list", "workflow:job-detail", "workflow:job-cancel",
    "workflow:attachment", "workflow:export", "workflow:draft", "workflow:draft-list",
}  # fmt: skip
PASSWORD_BACKEND = "accounts.backends.NameAndPassword"


@dataclass(frozen=True)
class Page:
    """A named URL, its converters, and the permissions its guard asks (None: no guard)."""

    name: str
    parameters: tuple[str, ...]
    permissions: tuple[str, ...] | None


@dataclass
class Answer:
    checked: int = 0
    leaks: list[dict[str, Any]] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"checked": self.checked, "leaks": self.leaks, "uncovered": self.uncovered}


def pages() -> Iterator[Page]:
    """Every named URL of the project's rooms."""

    def walk(patterns: list[Any], namespace: str) -> Iterator[Page]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
            elif isinstance(entry, URLPattern) and entry.name:
                yield Page(f"{namespace}{entry.name}", tuple(entry.pattern.converters), getattr(entry.callback, "permissions", None))

    yield from walk(get_resolver().url_patterns, "")


class Records:
    """For each record a URL may name: one in the demo township's village and one of another township."""

    def __init__(self) -> None:
        from assistance import models as assistance
        from cadres.models import Cadre, Posting
        from funds.models import Project
        from households.models import Household
        from reports.models import ChartRelease
        from villages.models import Grant, Village, VillageGroup, VillageYear
        from workflow.models import Job

        inside, outside = "632801100901", "632801201901"
        villages = {"inside": Village.objects.get(code=inside), "outside": Village.objects.get(code=outside)}
        self.villages = villages
        other = User.objects.get(username="lingdao")
        with transaction.atomic():
            job = Job.objects.create(owner=other, kind="export", title="x")

        files = {where: store(data=b"%PDF-", kind="pdf", title="x", by=other, village_id=village.pk) for where, village in villages.items()}

        def of(model: Any, **extra: Any) -> dict[str, Any]:
            return {where: model.objects.filter(village=village, **extra).order_by("pk").first() for where, village in villages.items()}

        cadres = {where: Cadre.objects.filter(postings__village=village).order_by("pk").first() for where, village in villages.items()}
        city = {"inside": None, "outside": None}
        self.by_prefix: dict[str, dict[str, Any]] = {
            "households:": of(Household), "villages:group-edit": of(VillageGroup), "villages:year-edit": of(VillageYear),
            "villages:grant-new": dict.fromkeys(city, User.objects.get(username="cunwei")), "villages:grant-end": dict.fromkeys(city, Grant.objects.first()),
            "villages:": villages, "cadres:posting-end": of(Posting), "cadres:": cadres, "funds:village": villages, "funds:": of(Project),
            "reports:release-detail": of(ChartRelease), "reports:release-pdf": of(ChartRelease), "reports:": villages,
            "workflow:attachment": files, "workflow:job": {"outside": job, "inside": None}, "accounts:organization": dict.fromkeys(city, other.organization),
            "accounts:user": dict.fromkeys(city, other), "assistance:leader-link-end": of(assistance.LeaderVillage),
            "assistance:unit-link-end": of(assistance.UnitVillage), "assistance:leader": dict.fromkeys(city, assistance.Leader.objects.first()),
            "assistance:unit": dict.fromkeys(city, assistance.HelpUnit.objects.first()),
            "assistance:helper": {w: assistance.Helper.objects.filter(pairings__village=v).order_by("pk").first() for w, v in villages.items()},
            "assistance:pairing-end": of(assistance.Pairing), "assistance:measure-edit": of(assistance.Measure), "assistance:village": villages,
            "assistance:type": dict.fromkeys(city, assistance.MeasureType.objects.first()), "assistance:": of(Household),
        }  # fmt: skip

    def find(self, name: str) -> dict[str, Any]:
        prefix = max((p for p in self.by_prefix if name.startswith(p)), key=len, default="")
        return self.by_prefix.get(prefix, {})


FIXED = {"key": "households", "form": "household-new", "number": "ZZT-632801100901-20170930-01", "edition": "public", "paper": "A3"}
# Records every holder of the permission sees wherever they lie.
CITY_RECORDS = ("accounts:", "assistance:leader", "assistance:unit", "assistance:type", "villages:grant")
WITHIN_LINKS = ("assistance:leader-link-end", "assistance:unit-link-end")


def _address(page: Page, record: Any) -> str:
    values = {name: record.pk if name == "pk" else FIXED[name] for name in page.parameters}
    if page.name == "reports:figure":
        values["key"] = "households"
    return reverse(page.name, kwargs=values)


def _expected(page: Page, user: User | None, where: str, record: Any) -> str:
    """'yes' may answer with a page, 'no' must not."""
    if page.name in PUBLIC:
        return "yes"
    if user is None:
        return "no"
    if getattr(record, "owner_id", None) == user.pk:
        return "yes"
    if page.name == "workflow:attachment":
        return "yes" if reach(user, "village_view").covers(village_id=record.village_id) else "no"
    if page.permissions is None:
        return "yes" if page.name in ANYONE_SIGNED_IN and where != "outside" else "no"
    if not any(user.may(permission) for permission in page.permissions):
        return "no"
    if record is None or (page.name.startswith(CITY_RECORDS) and not page.name.startswith(WITHIN_LINKS)):
        return "yes"
    village = getattr(record, "village_id", None) or (record.pk if record._meta.label == "villages.Village" else None)
    household = getattr(record, "household_id", None) or (record.pk if record._meta.label == "households.Household" else None)
    if village is None:
        return "yes" if where == "inside" or any(reach(user, p).everything for p in page.permissions) else "no"
    allowed = any(reach(user, p).covers(village_id=village, household_id=household) for p in page.permissions)
    return "yes" if allowed else "no"


def people() -> dict[str, User | None]:
    """A user of every role, and nobody."""
    with acting_as_system(reason="check_access"):
        found: dict[str, User | None] = {role: User.objects.filter(grants__role=role).order_by("pk").first() for role in Role.values}
    return found | {"anonymous": None}


def check(*, roles: list[str] | None = None) -> Answer:
    """Asks every page as every role in a transaction that is rolled back. Reads are GET, POST-only pages get an empty POST."""
    settings.ALLOWED_HOSTS = ["*"]
    answer = Answer()
    with transaction.atomic():
        with acting_as_system(reason="check_access"):
            records = Records()
        everyone = {role: user for role, user in people().items() if roles is None or role in roles}
        clients = {role: _client(user) for role, user in everyone.items()}
        for page in pages():
            _check_page(page, records, everyone, clients, answer)
        transaction.set_rollback(True)
    return answer


def _client(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, backend=PASSWORD_BACKEND)
    return client


def _check_page(page: Page, records: Records, everyone: dict[str, User | None], clients: dict[str, Client], answer: Answer) -> None:
    named = "pk" in page.parameters
    found = records.find(page.name) if named else {"inside": None}
    if named and not any(found.values()):
        answer.uncovered.append(page.name)
        return
    for where, record in found.items():
        if named and record is None:
            continue
        url = _address(page, record)
        for role, user in everyone.items():
            if page.name == "accounts:sign-out":
                continue
            status = _ask(clients[role], url)
            answer.checked += 1
            expected = _expected(page, user, where if named else "", record)
            if status >= 500 or (status == 200 and expected == "no"):
                answer.leaks.append({"url": url, "role": role, "area": where, "status": status})


def _ask(client: Client, url: str) -> int:
    with transaction.atomic():
        status = client.get(url).status_code
        if status == 405:
            status = client.post(url).status_code
        transaction.set_rollback(True)
    return status
