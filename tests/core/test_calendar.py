"""Days and working days, over holidays and moved working days."""

from datetime import date

import pytest

from core import calendar


@pytest.mark.parametrize(
    ("start", "days", "kind", "last"),
    [
        (date(2017, 9, 1), 7, "calendar", date(2017, 9, 7)),
        (date(2017, 9, 25), 5, "working", date(2017, 9, 29)),
        (date(2017, 9, 28), 5, "working", date(2017, 10, 10)),  # 9-30 was worked for the holiday of 10-01 to 10-08
        (date(2017, 10, 1), 1, "working", date(2017, 10, 9)),  # begins in the holiday: the first day after it counts
        (date(2017, 9, 28), 7, "calendar", date(2017, 10, 4)),
        (date(2017, 9, 30), 1, "working", date(2017, 9, 30)),  # a Saturday that was worked
        (date(2031, 10, 1), 3, "working", date(2031, 10, 3)),  # nobody has announced 2031: Monday to Friday
    ],
)
def test_a_period_ends_on_its_last_day(start, days, kind, last):
    assert calendar.last_day(start, days, kind) == last


def test_a_due_day_does_not_count_the_day_it_starts_from():
    assert calendar.add_days(date(2017, 9, 29), 1, "working") == date(2017, 9, 30)
    assert calendar.add_days(date(2017, 9, 30), 5, "working") == date(2017, 10, 13)
    assert calendar.add_days(date(2017, 9, 30), 0) == date(2017, 9, 30)


def test_a_year_nobody_has_announced_says_so():
    assert calendar.is_known(2017)
    assert not calendar.is_known(2031)
    assert not calendar.is_known(1999)
    assert calendar.is_working_day(date(2031, 10, 1)), "a Wednesday"
    assert not calendar.is_working_day(date(2031, 10, 4)), "a Saturday"
    assert not calendar.period_is_known(date(2026, 12, 30), date(2027, 1, 5))


def test_working_days_between_two_days_count_both():
    assert calendar.working_days(date(2017, 9, 25), date(2017, 10, 9)) == 7
    assert calendar.working_days(date(2017, 9, 26), date(2017, 9, 25)) == 0


@pytest.mark.parametrize("days", [-1, 4000])
def test_an_absurd_length_is_refused(days):
    with pytest.raises(ValueError, match="no period"):
        calendar.add_days(date(2017, 9, 1), days)
