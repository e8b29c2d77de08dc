"""Pure rules of this room: no database, no clock."""

from cadres.rules.days import (
    BUSINESS_COUNTS_HELP,
    SIGNS,
    DayKind,
    Moment,
    day_kind,
    distance_m,
    in_china,
    kinds,
    moment_of,
    month_span,
    paid_days,
    quarter_over,
    required_days,
    speed_kmh,
)
from cadres.rules.leave import leave_problem, paid_problem, workdays, workdays_by_year
from cadres.rules.selection import full_years, selection_problem

__all__ = [
    "BUSINESS_COUNTS_HELP", "SIGNS", "DayKind", "Moment", "day_kind", "distance_m", "full_years", "in_china", "kinds", "leave_problem", "moment_of", "month_span",
    "paid_days", "paid_problem", "quarter_over", "required_days", "selection_problem", "speed_kmh", "workdays", "workdays_by_year",
]  # fmt: skip
