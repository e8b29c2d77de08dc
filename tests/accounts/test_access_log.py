"""Who looked: what is written down, who reads it, and that nobody can change it unnoticed."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.models import AccessEvent
from accounts.services import shortened
from core import seal
from tests.factories import CadreFactory, HelperFactory, HouseholdFactory, MemberFactory, PairingFactory, PostingFactory

ACCESS = next(chain for chain in seal.chains() if chain.key == "access")


@pytest.fixture
def home(world):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household, name="张近户")
    return household


def written(action: str) -> list[tuple]:
    return list(AccessEvent.objects.filter(action=action).order_by("id").values_list("table", "detail", "subject"))


# --- what is written down ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "kept"),
    [("张三", "张三"), ("zs", "zs"), ("12345", "12345"), ("甲" * 40, "甲" * 20)],
)
def test_a_name_searched_for_is_kept(text, kept):
    assert shortened(text) == kept


@pytest.mark.parametrize("number", ["63280119700101001x", "13909791234", "6217001234567890123", "632801100901003"])
def test_a_number_searched_for_is_shortened_with_a_digest_that_finds_equal_ones(number):
    found = shortened(number)
    assert number[6:14] not in found
    assert found.startswith(f"{number[:4]}…共{len(number)}位,摘要")
    assert found == shortened(f" {number.upper()} ")
    assert found != shortened(number[:-1] + "9")


def test_a_search_is_written_once_and_not_for_the_pages_turned_after_it(signed_in, world, home):
    client = signed_in("township_clerk")
    url = reverse("households:list")
    client.get(url, {"q": "张近"})
    client.get(url, {"q": "张近", "after": "x"})
    client.get(url, {"q": "63280119700101001X"})
    client.get(url)
    assert [(table, detail[:6]) for table, detail, _ in written("searched")] == [
        ("households_household", "查找“张近”"),
        ("households_household", "查找“632"),
    ]
    assert not AccessEvent.objects.filter(detail__contains="19700101").exists()


@pytest.mark.parametrize(
    ("name", "role"), [("cadres:list", "org_department"), ("assistance:helper-list", "township_clerk"), ("assistance:pairing-list", "township_clerk")]
)
def test_every_list_of_persons_writes_down_its_searches(signed_in, world, name, role):
    signed_in(role).get(reverse(name), {"q": "李"})
    assert len(written("searched")) == 1


def test_a_list_of_no_persons_does_not(signed_in, world):
    signed_in("township_clerk").get(reverse("villages:list"), {"q": "示范"})
    assert written("searched") == []


def test_pages_of_persons_are_written_down_with_their_number(signed_in, world, home):
    posting = PostingFactory(village=world.villages[0], cadre=CadreFactory())
    helper = HelperFactory()
    PairingFactory(household=home, helper=helper)
    client = signed_in("township_clerk")
    for name, pk in (("households:detail", home.pk), ("households:edit", home.pk), ("households:end", home.pk),
                     ("cadres:detail", posting.cadre_id), ("assistance:helper-detail", helper.pk)):  # fmt: skip
        assert client.get(reverse(name, args=[pk])).status_code == 200, name
    assert [(table, subject) for table, _, subject in written("opened")] == [
        *[("households_household", home.household_code)] * 3, ("cadres_cadre", ""), ("assistance_helper", ""),
    ]  # fmt: skip


def test_learning_that_a_number_is_registered_is_a_search(signed_in, world, home):
    number = home.members.get().id_number
    client = signed_in("township_clerk")
    client.post(reverse("households:check-number"), {"number": number})
    assert [detail[:6] for _, detail, _ in written("searched")] == ["核对证件号码"]
    assert not AccessEvent.objects.filter(detail__contains=number[4:]).exists()


# --- who reads it ------------------------------------------------------------------------------------------
def test_the_auditor_finds_who_looked_at_a_household_in_some_days(signed_in, world, home):
    signed_in("township_clerk").get(reverse("households:detail", args=[home.pk]))
    signed_in("bureau_clerk").get(reverse("households:list"), {"q": "张"})
    client = signed_in("audit_admin")
    url = reverse("accounts:access-list")
    from django.utils import timezone

    today = timezone.localdate().isoformat()
    for query, found in (
        ({"household": home.household_code}, {"opened"}), ({"household": "没有"}, set()), ({"household": "a\0"}, set()),
        ({"q": "township_clerk"}, {"opened"}), ({"action": "searched"}, {"searched"}), ({"since": today, "until": today}, {"opened", "searched"}),
        ({"until": "2020-01-01"}, set()), ({"since": "2199-12-31"}, set()), ({"until": "9999-12-31"}, None),
    ):  # fmt: skip
        response = client.get(url, query)
        assert response.status_code == 200, query
        if found is not None:
            assert {event.action for event in response.context["page"].rows} == found, query


def test_only_the_auditor_reads_it(signed_in, world, home):
    for role in ("township_clerk", "bureau_approver", "system_admin", "security_admin", "discipline"):
        client = signed_in(role)
        assert client.get(reverse("accounts:access-list")).status_code == 403
        page = client.get(reverse("households:history", args=[home.pk]))
        assert "谁看过" not in page.content.decode()


def test_a_households_page_offers_it_to_whoever_may_read_the_log(signed_in, world, home, monkeypatch):
    from accounts.permissions import ROLE_PERMISSIONS, Permission, Role

    monkeypatch.setitem(ROLE_PERMISSIONS, Role.DISCIPLINE, ROLE_PERMISSIONS[Role.DISCIPLINE] | {Permission.ACCESS_LOG_VIEW})
    client = signed_in("discipline")
    client.get(reverse("households:detail", args=[home.pk]))
    page = client.get(reverse("households:history", args=[home.pk])).content.decode()
    assert "谁看过" in page
    assert f"?household={home.household_code}" in page


# --- that it cannot be changed unnoticed ---------------------------------------------------------------------
def look(user_id: int) -> None:
    for detail in ("一", "二"):
        with transaction.atomic():
            for number in (1, 2):
                AccessEvent.objects.create(user_id=user_id, action="opened", table="households_household", row_id=number, detail=detail)


@pytest.fixture
def sealed(transactional_db, as_owner):
    as_owner("truncate accounts_accessevent, accounts_accessseal, core_event, core_seal")
    look(1)
    assert seal.seal_finished(ACCESS) == 4
    return [row[0] for row in as_owner("select event_id from accounts_accessseal order by id")]


def test_every_look_is_sealed_once_in_order(sealed):
    assert sealed == sorted(sealed)
    assert seal.seal_finished(ACCESS) == 0
    look(2)
    assert seal.seal_finished() == 4
    assert seal.verify(ACCESS) == seal.Verdict(rows=8, waiting=0, first_broken=None, problem="")


@pytest.mark.parametrize(
    ("attack", "position", "problem"),
    [
        ("update accounts_accessevent set user_id = 9 where id = %s", 1, "changed"),
        ("update accounts_accessevent set purpose = '工作需要' where id = %s", 2, "changed"),
        ("update accounts_accessevent set at = at - interval '1 day' where id = %s", 0, "changed"),
        ("update accounts_accessevent set household_id = 5 where id = %s", 3, "changed"),
        ("delete from accounts_accessevent where id = %s", 3, "missing"),
        ("update accounts_accessseal set digest = repeat('0', 64) where event_id = %s", 2, "changed"),
    ],
)
def test_tampering_is_found_at_its_row(sealed, as_owner, attack, position, problem):
    as_owner(attack, [sealed[position]])
    found = seal.verify(ACCESS)
    assert (found.ok, found.first_broken, found.problem, found.rows) == (False, sealed[position], problem, position)
    assert seal.verify().ok, "the trail is another chain"


def test_a_look_slipped_in_behind_the_seal_is_found(sealed, as_owner):
    as_owner("alter table accounts_accessevent disable trigger stamp")
    (forged,) = as_owner(
        "insert into accounts_accessevent (at, transaction, user_id, action, \"table\", subject, detail, purpose, rows) "
        "select at, transaction - 1, user_id, action, \"table\", '', '补', '', 1 from accounts_accessevent where id = %s returning id", [sealed[0]]
    )[0]  # fmt: skip
    as_owner("alter table accounts_accessevent enable trigger stamp")
    assert seal.seal_finished(ACCESS) == 0
    assert (seal.verify(ACCESS).first_broken, seal.verify(ACCESS).problem) == (forged, "inserted")


def test_the_application_cannot_say_when_or_in_which_transaction_it_was(sealed):
    with connection.cursor() as cursor:
        cursor.execute(
            'insert into accounts_accessevent (at, transaction, user_id, action, "table", subject, detail, purpose, rows) '
            "values ('2001-01-01', 1, 1, 'opened', 'x', '', '', '', 1) returning transaction = pg_current_xact_id()::text::bigint, at > '2020-01-01'"
        )
        assert cursor.fetchone() == (True, True)


@pytest.mark.parametrize("attack", ["insert into accounts_accessseal (event_id, transaction, digest) values (1, 1, '')", "update accounts_accessseal set digest = ''",
                                    "delete from accounts_accessseal", "update accounts_accessevent set detail = ''", "delete from accounts_accessevent",
                                    "select accounts_accessevent_digest('', null)"])  # fmt: skip
def test_the_application_can_neither_change_nor_seal(sealed, attack):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_verify_audit_names_the_first_broken_row_of_each_chain(sealed, as_owner, capsys):
    as_owner("update accounts_accessevent set user_id = 9 where id = %s", [sealed[2]])
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["first_broken"]) == (False, None), "the trail itself is whole"
    assert (found["chains"]["access"]["first_broken"], found["chains"]["trail"]["ok"]) == (sealed[2], True)
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert f"查阅记录的封存链在第 {sealed[2]} 号断开" in capsys.readouterr().out
