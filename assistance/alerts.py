"""Alerts on pairing and help: R09 (`domain.md` §7.4) and R17 [assumed]."""

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from assistance.models import Measure, Pairing
from households.models import Household
from workflow import alerts_registry as alerts
from workflow.alerts_registry import Check, Input, Parameters, number

SEEN = {"room": "结对帮扶", "url": lambda alert: reverse("assistance:household", args=[alert.household_id])}


def _registered(day: date, days: int) -> QuerySet:
    """Active households whose registration is older than so many days."""
    return Household.objects.active().filter(identified_on__lt=date.fromordinal(day.toordinal() - days))


def without_measure(parameters: Parameters, day: date) -> QuerySet:
    given = Measure.objects.filter(household_id=OuterRef("pk")).exclude(state=Measure.State.STOPPED)
    rows = _registered(day, parameters["days"]).filter(~Exists(given))
    return alerts.found(rows, title="household_code", household="pk", inputs={"identified_on": F("identified_on")})


def without_main_helper(parameters: Parameters, day: date) -> QuerySet:
    running = Pairing.objects.active_on(day).filter(household_id=OuterRef("pk"), is_main=True)
    rows = _registered(day, parameters["days"]).filter(~Exists(running))
    return alerts.found(rows, title="household_code", household="pk", inputs={"identified_on": F("identified_on")})


IDENTIFIED = (Input("identified_on", "建档日期"),)
alerts.register(Check("R09", "没有帮扶措施", table="households_household", severity="warning", find=without_measure, permission="measure_view",
                      explain="{identified_on} 建档,已超过 {days} 天,没有任何未终止的帮扶措施。", inputs=IDENTIFIED,
                      basis="精准扶贫“因户施策”", parameters=(number("days", "建档后安排措施的期限", 30, unit="天", high=366),), **SEEN))  # fmt: skip
alerts.register(Check("R17", "没有主要帮扶责任人", table="households_household", severity="warning", find=without_main_helper, permission="pairing_view",
                      explain="{identified_on} 建档,已超过 {days} 天,没有在任的主要帮扶责任人。", inputs=IDENTIFIED,
                      basis="每户一名主要帮扶责任人", parameters=(number("days", "建档后落实责任人的期限", 30, unit="天", high=366),), **SEEN))  # fmt: skip
