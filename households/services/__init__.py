"""Every write of this room, a module a noun."""

from households.services.errors import HouseholdsError
from households.services.register import HouseholdInput, Registered, StaleVersion, end_household, next_code, save_household, where_registered

__all__ = [
    "HouseholdInput", "HouseholdsError", "Registered", "StaleVersion", "end_household", "next_code", "save_household", "where_registered",
]  # fmt: skip
