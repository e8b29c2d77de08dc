"""The seal on the trail: what the owner himself changes afterwards is found, row by row."""

import json

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from core import seal
from core.scope import acting_as_system
from villages.models import Division


def write_something() -> None:
    """Four events in two transactions."""
    for code, name in (("650000000000", "甲省"), ("660000000000", "乙省")):
        with acting_as_system(reason="测试封存"):
            division = Division.objects.create(code=code, name=name, level=1)
            Division.objects.filter(pk=division.pk).update(name=name + "改")


@pytest.fixture
def sealed(transactional_db, as_owner):
    as_owner("truncate core_event, core_seal")
    write_something()
    assert seal.seal_finished() == 4
    return [row[0] for row in as_owner("select event_id from core_seal order by id")]


def test_every_finished_change_is_sealed_once_in_order(sealed, as_owner):
    assert sealed == sorted(sealed)
    assert seal.seal_finished() == 0
    assert seal.verify() == seal.Verdict(rows=4, waiting=0, first_broken=None, problem="")


def test_an_open_transaction_is_not_sealed_until_it_ends(sealed, as_owner):
    with acting_as_system(reason="未提交"):
        Division.objects.create(code="670000000000", name="丙省", level=1)
        assert seal.seal_finished() == 0
    assert seal.verify().waiting == 1
    assert seal.seal_finished() == 1


@pytest.mark.parametrize(
    ("attack", "position", "problem"),
    [
        ("update core_event set reason = '改' where id = %s", 1, "changed"),
        ('update core_event set after = after || \'{"name": "伪"}\' where id = %s', 2, "changed"),
        ("update core_event set at = at - interval '1 day' where id = %s", 0, "changed"),
        ("delete from core_event where id = %s", 3, "missing"),
        ("update core_seal set digest = repeat('0', 64) where event_id = %s", 2, "changed"),
    ],
)
def test_tampering_is_found_at_its_row(sealed, as_owner, attack, position, problem):
    as_owner(attack, [sealed[position]])
    found = seal.verify()
    assert (found.ok, found.first_broken, found.problem, found.rows) == (False, sealed[position], problem, position)


def test_an_event_and_its_seal_cannot_be_taken_out_together(sealed, as_owner):
    as_owner("delete from core_seal where event_id = %s", [sealed[1]])
    as_owner("delete from core_event where id = %s", [sealed[1]])
    assert (seal.verify().first_broken, seal.verify().problem) == (sealed[2], "changed")


def test_an_event_slipped_in_behind_the_seal_is_found(sealed, as_owner):
    (forged,) = as_owner(
        "insert into core_event (at, transaction, login, reason, \"table\", row_id, action) "
        "select at, transaction - 1, login, '补记', \"table\", row_id, action from core_event where id = %s returning id", [sealed[0]]
    )[0]  # fmt: skip
    assert seal.seal_finished() == 0
    assert (seal.verify().first_broken, seal.verify().problem) == (forged, "inserted")


def test_a_restored_database_goes_on_with_the_chain(sealed, as_owner):
    as_owner("update core_event set transaction = transaction + 1000000000")
    as_owner("truncate core_seal")
    assert seal.seal_finished() == 4, "kept from the former cluster, so finished"
    with acting_as_system(reason="恢复之后"):
        Division.objects.create(code="680000000000", name="丁省", level=1)
    assert seal.seal_finished() == 1
    assert seal.verify() == seal.Verdict(rows=5, waiting=0, first_broken=None, problem="")


@pytest.mark.parametrize(
    "attack",
    [
        "insert into core_seal (event_id, transaction, digest) values (1, 1, '')",
        "update core_seal set digest = ''",
        "delete from core_seal",
        "select core_event_digest('', null)",
    ],
)
def test_the_application_cannot_write_a_seal(sealed, attack):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_a_temporary_table_of_the_same_name_does_not_catch_the_history(sealed, as_owner):
    with acting_as_system(reason="偷换"):
        with connection.cursor() as cursor:
            cursor.execute("create temporary table core_event (like public.core_event including all) on commit drop")
            cursor.execute("grant all on core_event to public")
        Division.objects.filter(code="650000000000").update(name="偷换")
    assert as_owner("select count(*) from core_event where reason = '偷换'") == [(1,)]


def test_verify_audit_says_it_in_one_document_and_fails_when_broken(sealed, as_owner, capsys):
    call_command("verify_audit", "--json")
    whole = {"rows": 4, "ok": True, "first_broken": None, "problem": ""}
    access = {"rows": 0, "ok": True, "first_broken": None, "problem": ""}
    assert json.loads(capsys.readouterr().out) == whole | {"chains": {"trail": whole, "access": access, "scores": access}}
    as_owner("update core_event set login = 'x' where id = %s", [sealed[2]])
    with pytest.raises(SystemExit):
        call_command("verify_audit", "--json")
    assert json.loads(capsys.readouterr().out)["first_broken"] == sealed[2]
    with pytest.raises(SystemExit):
        call_command("verify_audit")
    assert str(sealed[2]) in capsys.readouterr().out
