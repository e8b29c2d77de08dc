"""Every write of this room, a module a noun."""

from cadres.services.access import end_access, end_access_of_left
from cadres.services.days import settle_days
from cadres.services.errors import CadresError
from cadres.services.people import (
    create_cadre,
    edit_cadre,
    end_posting,
    next_code,
    record_action,
    save_secondment,
    settle_posting,
    start_posting,
)
from cadres.services.presence import (
    Place,
    check_in,
    correct_day,
    drop_old_positions,
    enter_sheet,
    posting_on,
    record_presence,
    record_spot_check,
)
from cadres.services.roster import radius_km, set_roster
from cadres.services.standard import load_standard_rows

__all__ = [
    "CadresError",
    "Place",
    "check_in",
    "correct_day",
    "create_cadre",
    "drop_old_positions",
    "edit_cadre",
    "end_access",
    "end_access_of_left",
    "end_posting",
    "enter_sheet",
    "load_standard_rows",
    "next_code",
    "posting_on",
    "radius_km",
    "record_action",
    "record_presence",
    "record_spot_check",
    "save_secondment",
    "set_roster",
    "settle_days",
    "settle_posting",
    "start_posting",
]
