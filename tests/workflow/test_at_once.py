"""Two people at the same moment: one wins, the other is told. Committed rows, two connections."""

import threading

import pytest
from django.db import connection

from accounts.models import User
from core.clock import today
from core.scope import acting_as, acting_as_system
from tests.factories import UserFactory, grant, make_world
from tests.workflow.conftest import make_procedure
from villages.models import Village
from workflow import services as flow
from workflow.models import Case, Decision, Todo


@pytest.fixture
def case(transactional_db, heard):
    with acting_as_system(reason="测试"):
        world = make_world()
        make_procedure()
        second = UserFactory(username="checker2", name="李审核")
        grant(second, "township_checker", world.townships[0])
        return flow.start_case(kind="test-case", title="张测一", village=world.villages[0], by=world.people["village_cadre"], day=today())


def at_once(*actions) -> list[str]:
    """What each of several actions came to, all begun together on connections of their own."""
    gate, outcomes = threading.Barrier(len(actions)), [""] * len(actions)

    def run(number, username, action):
        try:
            user = User.objects.get(username=username)
            with acting_as(user):
                gate.wait(10)
                action(user)
            outcomes[number] = "ok"
        except Exception as error:
            outcomes[number] = f"{type(error).__name__}: {error}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, *pair)) for n, pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return sorted(outcomes)


def passing(case):
    return lambda user: flow.decide(case=case, step_id=case.step_id, version=1, result="pass", by=user)


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(case):
    told, won = at_once(("township_checker", passing(case)), ("checker2", passing(case)))
    assert won == "ok"
    assert told.startswith("AlreadyDecided") and "办理“乡镇审核”,结果:通过" in told
    with acting_as_system(reason="看"):
        assert Decision.objects.count() == 1
        assert Todo.objects.open().filter(case=case).count() == 1


def test_the_same_person_twice_at_once_counts_once(case):
    told, won = at_once(("township_checker", passing(case)), ("township_checker", passing(case)))
    assert (won, told.split(":")[0]) == ("ok", "AlreadyDecided")


def test_withdrawn_and_decided_at_once_leaves_one_of_both(case):
    results = at_once(("village_cadre", lambda user: flow.withdraw(case=case, by=user)), ("township_checker", passing(case)))
    assert results.count("ok") == 1
    with acting_as_system(reason="看"):
        case = Case.objects.get(pk=case.pk)
        assert (case.state == "withdrawn") is (not Decision.objects.exists())


def test_numbers_of_cases_started_at_once_differ(case):
    def start(user):
        flow.start_case(kind="test-case", title="又一件", village=Village.objects.get(pk=case.village_id), by=user, day=today())

    assert at_once(("village_cadre", start), ("township_clerk", start)) == ["ok", "ok"]
    with acting_as_system(reason="看"):
        assert sorted(number[-1] for number in Case.objects.values_list("number", flat=True)) == ["1", "2", "3"]
