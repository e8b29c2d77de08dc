"""Every URL there is, found from the resolver: sign-in first, and no input, however hostile, ends in an error of ours."""

from datetime import date
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.admin import code_lists
from assessments.models import Appeal, Assessment, AssessmentScheme, BonusClaim, Period, VetoFinding
from assistance.models import PolicyDocument
from cadres.services import load_standard_rows
from demo.access import FIXED, PUBLIC, Page, pages
from funds.models import BankLayout, LoanProduct
from households import services as households
from households.models import Household, Member, PovertyLine
from tests.assessments.conftest import make_records
from tests.factories import (
    CadreFactory,
    HouseholdFactory,
    MeasureTypeFactory,
    MemberFactory,
    OrganizationFactory,
    PostingFactory,
    ProjectFactory,
    grant,
    make_attendance,
    make_item,
)
from workflow import services as flow
from workflow.models import Alert, BulkChange, Clause, PublicNotice, Regulation

PAGES = {page.name: page for page in pages()}
HOSTILE = {
    "huge": "9" * 40, "bigint": str(2**63), "int": str(2**31), "zero": "0", "negative": "-1", "null": "a\0b", "emoji": "😀" * 30,
    "rtl": "\u202eabc", "script": "<script>alert(1)</script>", "long": "甲" * 10_000, "quote": "'; drop table x; --", "percent": "%s%%",
    "surrogate": "\ud800".encode("utf-8", "replace").decode(), "date": "0000-00-00", "float": "1e400", "nan": "NaN", "infinity": "Infinity",
}  # fmt: skip
KNOWN = ("q", "after", "before", "village", "township", "year", "draft", "query", "as_of", "page", "next")


def address(page: Page, pk: int = 1) -> str:
    fixed = FIXED | {"number": "none"} | ({"key": "export_hours"} if page.name.startswith("codes:") else {})
    fixed |= {"key": "insured-household"} if page.name == "workflow:change-create" else {}
    values = {name: pk if name == "pk" else fixed[name] for name in page.parameters}
    return reverse(page.name, kwargs=values)


@pytest.fixture
def everybody(world, monkeypatch, request):
    """One clerk who holds every permission in the first township, and the records pages need there."""
    from accounts.permissions import BLIND, ROLE_PERMISSIONS, Permission, Role

    clerk = world.people["township_clerk"]
    monkeypatch.setitem(ROLE_PERMISSIONS, Role.TOWNSHIP_CLERK, frozenset(Permission))
    for role in Role.values:
        if role not in {"township_clerk"} | BLIND:
            grant(clerk, role, world.townships[0])
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household)
    load_standard_rows()
    make_attendance(PostingFactory(village=world.villages[0], cadre=CadreFactory(user=clerk)), clerk)
    ProjectFactory(village=world.villages[0])
    make_item()
    LoanProduct.objects.create(code="D", name="担保贷款", kind="guaranteed", valid_from=date(2014, 1, 1))
    BankLayout.objects.create(bank=OrganizationFactory(nature="bank"))
    PovertyLine.objects.create(year=2017, series="working", amount=3300)
    BulkChange.objects.create(owner=clerk, key="insured-household", value=True, value_label="参保", state="done", done_at=timezone.now())
    flow.run_alerts(date(2017, 9, 30), codes=["R06"])
    households.ensure_sources()
    households.open_proceeding(household=household, kind="exit", reason="收入稳定", by=world.people["village_committee"])
    MeasureTypeFactory(policy=PolicyDocument.objects.create(layer=7, number=1, title="行动计划"))
    rule = Regulation.objects.create(title="识别办法", issuer="领导小组", valid_from=date(2016, 5, 1))
    Clause.objects.create(regulation=rule, number="第一条", text="公示不少于七日。")
    flow.publish(kind="identification_village", title="公示", body="拟定各户。", lines=[], records=[], level="village", village=world.villages[0],
                 starts_on=date(2017, 9, 30), by=clerk, day=date(2017, 9, 30))  # fmt: skip
    if getattr(request.node, "callspec", None) and str(request.node.callspec.params.get("name", "")).startswith("assessments:"):
        make_records(world)
    return world


@pytest.mark.parametrize("name", [name for name in PAGES if name not in PUBLIC])
def test_every_page_but_the_public_ones_asks_for_sign_in(client, db, name):
    response = client.get(address(PAGES[name]))
    assert response.status_code == 405 or "/sign-in/" in response.headers.get("Location", "")
    posted = client.post(address(PAGES[name]))
    assert posted.status_code == 405 or "/sign-in/" in posted.headers.get("Location", "")


def lists_and_pages() -> list[str]:
    return [name for name in PAGES if name not in {"accounts:sign-out", "reports:release-pdf"}]


@pytest.mark.parametrize("name", lists_and_pages())
def test_hostile_parameters_never_break_a_page(signed_in, everybody, name):
    client = signed_in("township_clerk")
    household = Household.objects.get()
    subject = {"households:": household.pk, "assistance:household": household.pk}.get(name.split(":")[0] + ":", everybody.villages[0].pk)
    url = address(PAGES[name], subject)
    first = client.get(url)
    form = first.context and first.context.get("filter_form")
    fields = list(form.fields) if form else []
    for kind, value in HOSTILE.items():
        assert client.get(url, dict.fromkeys([*fields, *KNOWN], value)).status_code < 500, kind
    for field in fields:
        for kind in ("bigint", "null", "long"):
            assert client.get(url, {field: HOSTILE[kind]}).status_code < 500, (field, kind)
    assert client.get(url, dict.fromkeys([*fields, *KNOWN], ["1", "2", "\0"])).status_code < 500


@pytest.mark.parametrize("pk", [0, 2**31, 2**63 - 1, 2**63, 10**30])
def test_numbers_of_no_record_are_not_found_and_no_error(signed_in, everybody, pk):
    client = signed_in("township_clerk")
    for page in PAGES.values():
        if "pk" in page.parameters:
            for method in (client.get, client.post):
                assert method(address(page, pk)).status_code in {302, 400, 403, 404, 405}, page.name


@pytest.mark.parametrize("text", ["x" * 3000, "-", "_", "0", "a-b_c", "None"])
def test_text_in_an_address_is_no_error(signed_in, everybody, text):
    client = signed_in("township_clerk")
    for url in (f"/work/export/{text}/", f"/work/drafts/{text}/", f"/reports/figures/{text}/", f"/reports/releases/check/{text}/"):
        assert client.get(url).status_code < 500, url
        assert client.post(url).status_code < 500, url


class Fields(HTMLParser):
    """The names a page's forms send, in the order they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        name = found.get("name")
        if tag in {"input", "select", "textarea"} and name and name != "csrfmiddlewaretoken" and "__prefix__" not in name:
            self.names[name] = found.get("value") or ""


def events() -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from core_event where \"table\" not in ('accounts_user')")
        return cursor.fetchone()[0]


FORM_VALUES = ("huge", "negative", "null", "emoji", "rtl", "script", "long", "float", "nan", "date")
OF_A_HOUSEHOLD = {"assistance:pairing-create", "assistance:pairing-change-main", "assistance:measure-create", "assistance:wish-create"}
SINGLE_SENDS = {"members-TOTAL_FORMS", "members-INITIAL_FORMS"}


@pytest.mark.parametrize("name", [name for name in PAGES if name.endswith(("-create", "-edit", ":create", ":edit", ":end", "-end", ":reveal",
                                  "-link", "-judge", "-undo", "-merge", "-active", "-main", ":export", "release-detail", "password-change", "_add", "_change"))])  # fmt: skip
def test_hostile_values_in_every_field_of_every_form(signed_in, everybody, name):
    client = signed_in("township_clerk")
    room = name.split(":")[0]
    household = Household.objects.get()
    by_household = room == "households" or name in OF_A_HOUSEHOLD
    by_village = room in {"villages", "reports"} or name == "assistance:need-create"
    url = address(PAGES[name], household.pk if by_household else everybody.villages[0].pk if by_village else first_pk(name))
    page = client.get(url)
    if page.status_code != 200:
        assert page.status_code == 405 or name in NOT_IN_THE_SMALL_WORLD, page.status_code
        assert client.post(url, {"reason": HOSTILE["null"], "version": HOSTILE["huge"]}).status_code in {302, 403, 404}
        return
    fields = Fields()
    fields.feed(page.content.decode())
    assert fields.names, name
    for kind in FORM_VALUES:
        values = dict.fromkeys(fields.names, HOSTILE[kind]) | {each: fields.names[each] for each in SINGLE_SENDS & set(fields.names)}
        before = events()
        response = client.post(url, values)
        assert response.status_code in {200, 302, 403, 404}, kind
        assert events() == before or response.status_code == 302, kind
        assert b"<script>alert(1)" not in response.content
    for field in list(fields.names)[:: max(1, len(fields.names) // 20)]:
        assert client.post(url, fields.names | {field: HOSTILE["null"]}).status_code in {200, 302, 403, 404}, field


# Records the small world has none of, or pages for whoever may do it in the whole city.
NOT_IN_THE_SMALL_WORLD = {
    "accounts:organization-edit", "accounts:organization-merge", "villages:year-edit", "villages:group-edit", "villages:grant-create",
    "villages:grant-end", "cadres:create", "cadres:edit", "assistance:leader-create", "assistance:leader-edit", "assistance:leader-link",
    "assistance:unit-create", "assistance:unit-edit", "assistance:unit-link", "assistance:helper-create", "assistance:helper-edit",
    "assistance:pairing-end", "assistance:measure-edit", "assistance:type-create", "assistance:type-edit", "funds:project-create", "funds:project-edit",
    "households:handbook-end", "assistance:wish-edit", "assistance:need-edit",
    "reports:release-detail", "villages:deputy-end", "households:crosscheck-judge", "households:import-undo",
    "funds:batch-create", "funds:unit-create", "funds:batch-check", "funds:batch-pay", "funds:batch-cancel", "funds:batch-reissue", "funds:batch-reverse",
    "funds:batch-returned", "funds:bank-file", "funds:return-file", "funds:unit-result", "funds:asset-edit", "funds:allocation-cut",
    "funds:clue-create", "funds:finding-create", "funds:supervisor-create", "funds:supervisor-edit",
    "funds:allocation-create", "funds:return-create", "funds:indicator-create", "funds:indicator-edit", "funds:project-drop",
    "assessments:period-create", "assessments:period-round-create", "assessments:scheme-edit",
    "assessments:scheme-indicator-create", "assessments:scheme-bonus-create", "assessments:scheme-veto-create", "assessments:bonus-kind-edit",
    "assessments:veto-kind-edit",
    "households:window-create", "households:window-edit",
}  # fmt: skip
NOT_IN_THE_SMALL_WORLD |= {"cadres:secondment-create", "cadres:secondment-edit", "cadres:member-end"}  # for the whole city


def first_pk(name: str) -> int:
    """A record of the kind the page is about, where the small world has one."""
    from accounts.models import Organization, User
    from cadres import models as cadres
    from cadres.models import Cadre, Posting
    from funds.models import Project

    models = {"cadres:posting-end": Posting, "cadres": Cadre, "funds": Project, "accounts:organization": Organization, "accounts:user": User}
    models |= {"assessments": Assessment, "assessments:period": Period, "assessments:bonus-decide": BonusClaim, "assessments:veto-decide": VetoFinding,
               "assessments:appeal": Appeal, "assessments:scheme": AssessmentScheme, "assessments:statement": VetoFinding}  # fmt: skip
    models |= {"workflow:alert": Alert, "workflow:change": BulkChange}
    models |= {"workflow:regulation": Regulation, "workflow:clause-create": Regulation, "workflow:clause": Clause, "workflow:notice": PublicNotice,
               "workflow:objection-create": PublicNotice}  # fmt: skip
    models |= {"cadres:commitment-": cadres.Commitment, "cadres:report-create": cadres.Commitment, "cadres:item-": cadres.CommitmentItem,
               "cadres:report-": cadres.QuarterReport, "cadres:training-": cadres.TrainingSession, "cadres:publicity-": cadres.Publicity,
               "cadres:nomination-": cadres.Nomination, "cadres:expense-": cadres.TeamExpense, "cadres:opinion-": cadres.Opinion, "cadres:handover": Posting, "cadres:member-": cadres.BodyMember}  # fmt: skip
    models |= {f"codes:{model._meta.app_label}_{model._meta.model_name}": model for model in code_lists._registry}
    beginning = max((each for each in models if name.startswith(each)), key=len, default="")
    model = models.get(beginning)
    row = model.objects.order_by("pk").first() if model else None
    return row.pk if row else 1


@pytest.mark.parametrize("action", ["edit", "end", "reveal"])
def test_another_townships_household_takes_no_post(signed_in, everybody, action):
    far = HouseholdFactory(village=everybody.villages[2])
    member = MemberFactory(household=far, name="远方人")
    client = signed_in("township_clerk")
    data = {"purpose": "核对", "ended_on": "2017-09-01", "end_reason": "moved", "leave_reason": "2", "reason": "迁出", "members-TOTAL_FORMS": "1",
            "members-INITIAL_FORMS": "1", "members-0-id": member.pk, "members-0-name": "改名"}  # fmt: skip
    assert client.post(f"/households/{far.pk}/{action}/", data).status_code == 404
    far.refresh_from_db()
    assert far.ended_on is None
    assert Member.objects.get(pk=member.pk).name == "远方人"


@pytest.mark.parametrize("forms", ["-1", "1e9", "99999999999", "", "abc", "\0"])
def test_a_forged_number_of_member_forms_is_an_error_on_the_page(signed_in, everybody, forms):
    client = signed_in("township_clerk")
    response = client.post("/households/new/", {"members-TOTAL_FORMS": forms, "members-INITIAL_FORMS": forms})
    assert response.status_code == 200
    assert Household.objects.count() == 1
