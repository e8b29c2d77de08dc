"""Ballots: one slip one vote, paper typed by two, and nobody can tell who said what."""

import json
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from assessments import services
from assessments.models import BallotBox, PaperBatch, SurveyRound
from assessments.services import surveys
from core.scope import acting_as_system

DAY = date(2017, 9, 30)


@pytest.fixture
def poor_box(assessed):
    survey_round = services.open_round(period=assessed.period, opens_on=DAY, closes_on=DAY + timedelta(days=3), by=assessed.people["org_department"])
    return survey_round.boxes.get(village=assessed.world.villages[0], group="C1")


def slips(box, count=1):
    return surveys.issue_slips(box=box, count=count, by=None)


def answers(box, value="satisfied"):
    return {each.pk: value for each in surveys.covered(box)}


def test_a_round_has_a_box_for_every_village_and_group_and_one_for_each_home_unit(assessed, poor_box):
    boxes = poor_box.survey_round.boxes
    assert boxes.count() == 2 * 3 + 3
    assert poor_box.electorate == 6  # registered households
    assert len(surveys.covered(poor_box)) == 2
    assert [len(surveys.covered(box)) for box in boxes.filter(group="C4")] == [1, 1, 1]
    with pytest.raises(services.AssessmentsError, match="还没有封箱"):
        services.open_round(period=assessed.period, opens_on=DAY, closes_on=DAY, by=None)


def test_a_slip_is_good_once(poor_box):
    (secret,) = slips(poor_box)
    slip = surveys.read_slip(secret=secret, day=DAY)
    assert slip.refusal == "" and slip.village == "示范一村" and [person["name"] for person in slip.people][0] == "王书记"
    services.cast(secret=secret, answers=answers(poor_box), day=DAY)
    with pytest.raises(services.BallotRefused, match="已经用过"):
        services.cast(secret=secret, answers=answers(poor_box), day=DAY)
    assert surveys.box_states(poor_box.survey_round)[poor_box.pk].used == 1


@pytest.mark.parametrize(("secret", "day", "said"), [
    ("forgedforged22", DAY, "没有这张测评票"), ("", DAY, "没有这张测评票"), (None, DAY + timedelta(days=4), "已经截止"), (None, DAY - timedelta(days=1), "还没有开始"),
])  # fmt: skip
def test_forged_late_and_early_slips_are_refused(poor_box, secret, day, said):
    secret = slips(poor_box)[0] if secret is None else secret
    with pytest.raises(services.BallotRefused, match=said):
        services.cast(secret=secret, answers=answers(poor_box), day=day)


@pytest.mark.parametrize(
    "change", [lambda a: {}, lambda a: dict(list(a.items())[:1]), lambda a: a | {999_999: "satisfied"}, lambda a: dict.fromkeys(a, "excellent")]
)
def test_a_slip_answers_for_each_cadre_and_nobody_else(poor_box, change):
    with pytest.raises(services.BallotRefused, match="请给每一位干部"):
        services.cast(secret=slips(poor_box)[0], answers=change(answers(poor_box)), day=DAY)


def test_no_more_slips_than_people_and_voided_ones_are_worthless(poor_box):
    lost = slips(poor_box, 6)
    with pytest.raises(services.AssessmentsError, match="不能多于应评人数"):
        slips(poor_box)
    assert services.void_slips(box=poor_box, by=None) == 6
    with pytest.raises(services.BallotRefused, match="已作废"):
        services.cast(secret=lost[0], answers=answers(poor_box), day=DAY)
    assert len(slips(poor_box, 6)) == 6


def test_after_sealing_nothing_goes_in_and_only_then_counts_are_seen(assessed, poor_box):
    first, second = slips(poor_box, 2)
    services.cast(secret=first, answers=answers(poor_box), day=DAY)
    rules = services.as_rules(assessed.scheme)
    assert services.scoring.tally(assessed.period, rules) == {}
    services.close_round(survey_round=poor_box.survey_round, by=assessed.people["org_department"], day=DAY)
    for act in (lambda: services.cast(secret=second, answers=answers(poor_box), day=DAY), lambda: services.enter_paper(box=reload(poor_box), slips=[["satisfied"] * 2], by=assessed.people["township_clerk"])):  # fmt: skip
        with pytest.raises(services.BallotRefused, match="截止"):
            act()
    with pytest.raises(services.AssessmentsError, match="已封箱"):
        slips(poor_box)
    tally = services.scoring.tally(assessed.period, rules)[assessed.cards[0].pk]
    assert (tally[0].electorate, tally[0].counts["satisfied"]) == (6, 1)


def reload(box):
    return BallotBox.objects.select_related("survey_round").get(pk=box.pk)


def test_paper_goes_in_when_two_people_typed_the_same_in_any_order(assessed, poor_box):
    one, two = assessed.people["township_clerk"], assessed.people["second_clerk"]
    typed = surveys.parse_slips("11\n1 2\n\n3,4", 2)
    batch = services.enter_paper(box=poor_box, slips=typed, by=one)
    with pytest.raises(services.AssessmentsError, match="另一个人"):
        services.enter_paper(box=poor_box, slips=typed, by=one)
    assert batch.state == "first"
    done = services.enter_paper(box=poor_box, slips=typed[::-1], by=two)
    assert done.state == "done" and done.first == done.second == []
    assert surveys.box_states(poor_box.survey_round)[poor_box.pk].paper == 3


def test_entries_that_differ_stay_out_until_both_begin_again(assessed, poor_box):
    one, two = assessed.people["township_clerk"], assessed.people["second_clerk"]
    services.enter_paper(box=poor_box, slips=[["satisfied", "satisfied"]], by=one)
    batch = services.enter_paper(box=poor_box, slips=[["satisfied", "unsatisfied"]], by=two)
    assert batch.state == "differs" and surveys.box_states(poor_box.survey_round)[poor_box.pk].cast == 0
    with pytest.raises(services.AssessmentsError, match="没有录完"):
        services.close_round(survey_round=poor_box.survey_round, by=one, day=DAY)
    surveys.drop_batch(batch=batch, by=one)
    services.close_round(survey_round=poor_box.survey_round, by=one, day=DAY)


@pytest.mark.parametrize("text", ["", " \n ", "1", "111", "15", "ab", "1\n12", "11\n" * 501])
def test_typed_slips_are_checked_line_by_line(text):
    with pytest.raises(services.AssessmentsError):
        surveys.parse_slips(text, 2)


def test_more_paper_than_people_is_refused(assessed, poor_box):
    many = [["satisfied", "satisfied"]] * 7
    services.enter_paper(box=poor_box, slips=many, by=assessed.people["township_clerk"])
    with pytest.raises(services.BallotRefused, match="票数已满"):
        services.enter_paper(box=poor_box, slips=many, by=assessed.people["second_clerk"])


def test_the_electorate_is_corrected_before_the_first_vote_only(assessed, poor_box):
    assert surveys.set_electorate(box=poor_box, electorate=9, by=assessed.people["township_clerk"]).electorate == 9
    services.cast(secret=slips(poor_box)[0], answers=answers(poor_box), day=DAY)
    with pytest.raises(services.AssessmentsError, match="不能再改"):
        surveys.set_electorate(box=poor_box, electorate=3, by=assessed.people["township_clerk"])


@pytest.mark.parametrize("sql", [
    "select * from assessments_answer", "select * from assessments_ballot", "insert into assessments_answer values (gen_random_uuid(), 'satisfied', 1, 1)",
    "update assessments_ballot set used = false", "delete from assessments_answer", "select assessments_drop(1, '[]')", "select assessments_covered(1)",
])  # fmt: skip
def test_the_application_reaches_no_single_slip(everywhere, sql):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_constraints_of_boxes_and_batches(assessed, poor_box):
    batch = services.enter_paper(box=poor_box, slips=[["satisfied"] * 2], by=assessed.people["township_clerk"])
    rows = PaperBatch.objects.filter(pk=batch.pk)
    with pytest.raises(IntegrityError, match="paper_batch_entered_by_two"), transaction.atomic():
        rows.update(second_by=batch.first_by, state="differs")
    with pytest.raises(IntegrityError, match="paper_batch_second_iff_compared"), transaction.atomic():
        rows.update(state="done")
    with pytest.raises(IntegrityError, match="ballot_box_of_unit_names_cadre"), transaction.atomic():
        BallotBox.objects.filter(pk=poor_box.pk).update(group="C4")
    with pytest.raises(IntegrityError, match="ballot_box_once_per_group"), transaction.atomic():
        BallotBox.objects.filter(pk=poor_box.pk).update(group="C2")
    with pytest.raises(IntegrityError, match="survey_round_days_in_order"), transaction.atomic():
        SurveyRound.objects.filter(pk=poor_box.survey_round_id).update(closes_on=date(2016, 1, 1))


@pytest.fixture
def committed(transactional_db):
    """The small world, committed: what other transactions wrote is what an administrator reads."""


def test_tables_read_in_order_do_not_tell_which_answer_came_with_which_slip(committed, as_owner, request):
    """Each vote in a transaction of its own; afterwards everything of the box bears one transaction, and names are not in order."""
    with acting_as_system(reason="测试"):
        from tests.assessments.conftest import make_assessed, make_scheme
        from tests.factories import make_world

        world = make_world()
        found = make_assessed(world, make_scheme(world))
        survey_round = services.open_round(period=found.period, opens_on=DAY, closes_on=DAY, by=world.people["org_department"])
        box = survey_round.boxes.get(village=world.villages[0], group="C1")
        secrets = slips(box, 6)
        covered = [each.pk for each in surveys.covered(box)]
    for number, secret in enumerate(secrets):
        services.cast(secret=secret, answers=dict.fromkeys(covered, "satisfied" if number % 2 else "unsatisfied"), day=DAY)
    transactions = as_owner("select distinct xmin::text from assessments_answer union select distinct xmin::text from assessments_ballot where used")
    assert len(transactions) == 1
    columns = as_owner(
        "select column_name from information_schema.columns where table_name in ('assessments_answer', 'assessments_ballot') order by 1"
    )
    assert {name for (name,) in columns} == {"id", "box_id", "assessment_id", "value", "digest", "used", "void"}
    trail = as_owner("select count(*) from core_event where \"table\" in ('assessments_answer', 'assessments_ballot', 'assessments_paperbatch')")
    assert trail == [(0,)]
    kept = json.dumps(as_owner("select digest from assessments_ballot"))
    assert not any(secret in kept for secret in secrets)
