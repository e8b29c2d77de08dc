"""Tests run on PostgreSQL as the restricted role: the owner creates the database, the application uses it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, connections


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A server this run has started ends with it; one that was there before stays."""
    from core import postgres

    if not hasattr(session.config, "workerinput"):
        for data_dir in postgres.started_here:
            connections.close_all()
            postgres.stop(data_dir)


def as_role(role: str) -> None:
    """Make the default connection one of the owner or of the application."""
    from povertyaid.settings import database

    login = database(role)
    connection.close()
    connection.settings_dict.update({key: login.get(key, "") for key in ("USER", "PASSWORD", "OPTIONS")})


def flush_as_owner(sql_list: list[str]) -> None:
    """Transactional tests empty the tables, which the application may not."""
    as_role("owner")
    with connection.cursor() as cursor:
        for sql in sql_list:
            cursor.execute(sql)
    as_role("app")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: Any) -> None:
    from tests.template import template_database

    as_role("owner")
    connection.settings_dict["TEST"]["TEMPLATE"] = template_database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        as_role("app")
        connection.ops.execute_sql_flush = flush_as_owner
    yield
    with django_db_blocker.unblock():
        for each in connections.all():
            each.close()
        as_role("owner")


@pytest.fixture
def as_owner(transactional_db: Any) -> Callable[[str], list[tuple]]:
    """Run SQL as the owner, outside the application's wall."""

    def run(sql: str, parameters: list[Any] | None = None) -> list[tuple]:
        as_role("owner")
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            as_role("app")

    return run


@pytest.fixture
def everywhere(db: Any) -> Any:
    """The rest of the test sees and writes every village (as a job run by an operator does)."""
    from core.scope import acting_as_system

    with acting_as_system(reason="测试"):
        yield


TODAY = date(2017, 9, 30)


@pytest.fixture
def world(everywhere: Any) -> Any:
    """Two townships, three villages, and a person of every role (`tests.factories`)."""
    from tests.factories import make_world

    return make_world()


@pytest.fixture
def signed_in(client: Any, world: Any) -> Callable[[str], Any]:
    """A client signed in as one of the world's people, by role name."""

    def sign_in(role: str) -> Any:
        client.force_login(world.people[role], backend="accounts.backends.NameAndPassword")
        return client

    return sign_in
