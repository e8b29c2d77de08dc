"""Rules of days: how many are required, when and where a check-in was made, what a day is."""

from datetime import date, datetime, timedelta

import pytest

from cadres import rules

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOON = datetime(2017, 9, 20, 12, 0)


@pytest.mark.parametrize(
    ("monthly", "workdays", "posted", "excused", "required"),
    [
        (20, 22, 22, 0, 20),
        (20, 22, 22, 3, 17),  # three days of approved leave
        (20, 22, 11, 0, 10),  # posted half of the month
        (20, 22, 5, 0, 5),  # 4.55 days of 20 are five
        (20, 16, 16, 0, 16),  # a February with a festival cannot ask for more than it has
        (20, 22, 22, 22, 0),
        (20, 22, 22, 30, 0),
        (20, 22, 0, 0, 0),
        (20, 0, 0, 0, 0),  # a month with no days
        (31, 22, 22, 0, 22),
    ],
)
def test_days_required_follow_the_share_posted_and_what_is_excused(monthly, workdays, posted, excused, required):
    assert rules.required_days(monthly=monthly, month_workdays=workdays, posted_workdays=posted, excused_workdays=excused) == required


@pytest.mark.parametrize(
    ("since", "year", "days"),
    [(None, 2017, 0), (date(2017, 3, 1), 2017, 0), (date(2016, 3, 1), 2017, 5), (date(2007, 9, 1), 2017, 10), (date(1997, 1, 1), 2017, 15)],
)
def test_paid_leave_grows_with_years_of_work(since, year, days):
    assert rules.paid_days(working_since=since, year=year) == days


def moment(*, sent, taken, received=NOON):
    return rules.moment_of(received=received, sent=sent, taken=taken, late_after=30 * MINUTE, wait=72 * HOUR)


def test_a_phone_clock_a_day_off_gives_the_right_time():
    found = moment(sent=NOON + timedelta(days=1), taken=NOON + timedelta(days=1) - 5 * MINUTE)
    assert found.at == NOON - 5 * MINUTE
    assert found.skew == timedelta(days=1)
    assert not found.is_late


def test_what_was_kept_without_a_line_is_late_and_keeps_its_own_time():
    found = moment(sent=NOON, taken=NOON - 26 * HOUR)
    assert found.at == NOON - 26 * HOUR
    assert found.is_late


@pytest.mark.parametrize("taken", [NOON + MINUTE, NOON - 73 * HOUR])
def test_a_clock_moved_in_between_is_not_believed(taken):
    assert moment(sent=NOON, taken=taken) is None


def test_distances_and_speeds():
    assert rules.distance_m((94.9, 36.4), (94.9, 36.4)) == 0
    assert 110_000 < rules.distance_m((94.9, 36.4), (94.9, 37.4)) < 112_000
    assert rules.speed_kmh(metres=100_000, between=HOUR) == 100
    assert rules.speed_kmh(metres=100_000, between=timedelta(0)) == 6000


@pytest.mark.parametrize(("point", "inside"), [((94.9, 36.4), True), ((0, 0), False), ((-150, 36), False), ((94.9, 10), False)])
def test_a_place_in_the_ocean_is_no_place(point, inside):
    assert rules.in_china(point) is inside


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2017, 9, 29), "W"),
        (date(2017, 9, 30), "W"),
        (date(2017, 10, 1), "H"),
        (date(2017, 9, 24), "T"),
        (date(2016, 2, 29), "W"),
        (date(2099, 1, 3), "T"),
    ],
)
def test_days_moved_by_notice_are_known_and_later_years_go_by_the_week(day, kind):
    assert rules.day_kind(day) == kind


def test_a_leap_february_ends_on_the_29th():
    assert rules.month_span(date(2016, 2, 10)) == (date(2016, 2, 1), date(2016, 2, 29))
