"""Every write of this room, a module a noun."""

from households.services.errors import HouseholdsError
from households.services.imports import (
    ImportRefused,
    carry_out,
    check_again,
    check_batch,
    check_data,
    confirm,
    content_of,
    drop,
    import_file,
    mark_reentered,
    may_confirm,
    receive,
    say_columns,
    send_back,
    store,
    submit,
)
from households.services.insurance import set_insured
from households.services.register import HouseholdInput, Registered, StaleVersion, end_household, next_code, save_household, where_registered
from households.services.register_export import export_file, export_register, start_register_export
from households.services.undo import UndoRefused, undo

__all__ = [
    "HouseholdInput", "HouseholdsError", "ImportRefused", "Registered", "StaleVersion", "UndoRefused", "carry_out", "check_again", "check_batch",
    "check_data", "confirm", "content_of", "drop", "end_household", "export_file", "export_register", "import_file", "mark_reentered", "may_confirm", "next_code",
    "receive", "save_household", "set_insured", "say_columns", "send_back", "start_register_export", "store", "submit", "undo", "where_registered",
]  # fmt: skip
