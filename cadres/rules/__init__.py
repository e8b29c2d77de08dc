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
    required_days,
    speed_kmh,
)

__all__ = [
    "BUSINESS_COUNTS_HELP", "SIGNS", "DayKind", "Moment", "day_kind", "distance_m", "in_china", "kinds", "moment_of", "month_span",
    "paid_days", "required_days", "speed_kmh",
]  # fmt: skip
