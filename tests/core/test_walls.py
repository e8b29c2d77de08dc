"""Attacks on wall two, from SQL as the restricted role (`design.md` §5)."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from core import scope, walls
from core.checks_system import unprotected_tables
from core.models import Event
from households.models import Household
from tests.factories import HouseholdFactory, MemberFactory


def sql(statement: str, *parameters: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def two_villages(world):
    near = HouseholdFactory(village=world.villages[0])
    far = HouseholdFactory(village=world.villages[2])
    for household in (near, far):
        MemberFactory(household=household)
    return near, far


def test_tests_run_as_the_restricted_role(db):
    assert sql("select current_user, rolsuper, rolbypassrls from pg_roles where rolname = current_user") == [("pa_app", False, False)]


def test_every_table_of_a_village_has_row_security(db):
    assert unprotected_tables() == []


def test_a_forgotten_filter_shows_only_the_users_villages(world, two_villages):
    near, far = two_villages
    with scope.acting_as(world.people["township_clerk"]):
        assert [row.pk for row in Household.objects.all()] == [near.pk]
        assert sql("select id from households_household") == [(near.pk,)]
    assert Household.objects.count() == 2, "the surrounding transaction has its reach back"


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin", "bank", "stranger"])
def test_administrators_banks_and_strangers_see_no_household(world, two_villages, role):
    with scope.acting_as(world.people[role]):
        assert sql("select count(*) from households_household") == [(0,)]
        assert sql("select count(*) from households_member") == [(0,)]
        assert sql("select count(*) from core_event where household_id is not null") == [(0,)]


def test_without_a_scope_there_is_nothing(transactional_db, as_owner):
    assert sql("select count(*) from households_household") == [(0,)]


def test_rows_cannot_be_moved_or_written_into_another_village(world, two_villages):
    near, far = two_villages
    with scope.acting_as(world.people["township_clerk"]):
        assert Household.objects.filter(pk=far.pk).update(address="改") == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Household.objects.filter(pk=near.pk).update(village=world.villages[2])
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            HouseholdFactory(village=world.villages[2])


def test_a_member_cannot_carry_another_village_than_its_household(world, two_villages):
    near, _ = two_villages
    with pytest.raises(DatabaseError, match="member_follows_household"), transaction.atomic():
        MemberFactory(household=near, village=world.villages[1], relation="02")
        sql("set constraints all immediate")


@pytest.mark.parametrize(
    "attack",
    [
        "insert into core_event (at, transaction, login, reason, \"table\", row_id, action) values (now(), 1, '', '', 'x', 1, 'I')",
        "update core_event set reason = '改'",
        "delete from core_event",
        "truncate core_event",
        "insert into core_seal (event_id, transaction, digest) values (1, 1, '')",
        "delete from core_seal",
        "alter table households_household disable trigger record_update",
        "alter table households_household disable row level security",
        "drop policy reach on households_household",
        "alter table households_household owner to pa_app",
        "set session_replication_role = replica",
        "create or replace function core_record_change() returns trigger language plpgsql as $$ begin return null; end $$",
        "select core_record_change()",
        "truncate households_household cascade",
        "set role pa_owner",
        "alter role pa_app bypassrls",
        "create table public.x (id int)",
        "create function public.f() returns int language sql as 'select 1'",
        "update accounts_accessevent set purpose = ''",
        "delete from accounts_accessevent",
        "truncate accounts_accessevent",
        "alter table accounts_accessevent disable trigger stamp",
        "insert into accounts_accessseal (event_id, transaction, digest) values (1, 1, '')",
        "delete from accounts_accessseal",
    ],
)
def test_the_application_cannot_forge_or_switch_off(world, two_villages, attack):
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(attack)


def test_silencing_settings_do_not_silence_the_history(world, two_villages):
    near, _ = two_villages
    before = Event.objects.filter(table="households_household", row_id=near.pk).count()
    for name in ("pgtrigger.ignore", "app.bulk_load", "pghistory.ignore"):
        sql("select set_config(%s, 'on', true)", name)
    sql("update households_household set address = '新址' where id = %s", near.pk)
    event = Event.objects.filter(table="households_household", row_id=near.pk).latest("id")
    assert Event.objects.filter(table="households_household", row_id=near.pk).count() == before + 1
    assert (event.before["address"], event.after["address"]) == ("", "新址")


def test_history_records_copy_and_says_who_and_why(world, two_villages):
    clerk = world.people["township_clerk"]
    village = world.villages[0]
    with scope.acting_as(clerk, reason="批量录入"):
        sql("create temporary table load (name text, village_id bigint) on commit drop")
        with connection.cursor() as cursor, cursor.copy("copy load from stdin") as copy:
            for name in ("七社", "八社"):
                copy.write_row((name, village.pk))
        sql("insert into villages_villagegroup (village_id, name, number) select village_id, name, 7 from load")
        events = Event.objects.filter(table="villages_villagegroup", reason="批量录入")
        assert [(e.action, e.user_id, e.village_id, e.login) for e in events] == [("I", clerk.pk, village.pk, events[0].login)] * 2


def test_copy_straight_into_a_walled_table_is_refused(world, two_villages):
    with pytest.raises(psycopg.errors.FeatureNotSupported), transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy("copy households_household (id) from stdin") as copy:
            copy.write_row((1,))


def test_a_changed_primary_key_does_not_escape_the_history(world, two_villages):
    near, _ = two_villages
    sql("update villages_villagegroup set id = id + 100000 where village_id = %s", near.village_id)
    actions = Event.objects.filter(table="villages_villagegroup", village_id=near.village_id, action="U")
    assert actions.count() == 4, "two rows gone and two come"


def test_passwords_never_reach_the_history(world):
    user = world.people["township_clerk"]
    user.set_password("Aa1-zzzzzzzz")
    user.name = "新名"
    user.save()
    for event in Event.objects.filter(table="accounts_user"):
        assert "password" not in (event.before or {}) | (event.after or {})


def test_settings_end_with_the_transaction(transactional_db, as_owner):
    from accounts.models import User

    user = User(pk=1, username="x", is_active=True)
    user._grants = []
    with scope.acting_as(user):
        assert sql("select current_setting('app.user', true)") == [("1",)]
    assert sql("select nullif(current_setting('app.user', true), '')") == [(None,)]


def test_install_can_run_again_and_again(as_owner):
    for _ in range(2):
        for statement in walls.statements():
            as_owner(statement)
