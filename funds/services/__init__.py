"""Every write of this room, a module a noun."""

from funds.services.bank import bank_file, take_return
from funds.services.ceilings import check_amount, left
from funds.services.credit import compute_subsidies, extend_loan, find_borrower, lend, open_file, pay_subsidies, rate_household, repay
from funds.services.errors import FundsError, OverCeiling
from funds.services.gates import gates_apply, install_procedures, lacking, passed_gates, publish_notice, start_gate
from funds.services.payees import Wanted
from funds.services.payments import (
    answer_unit,
    broken_lines,
    cancel_batch,
    check_batch,
    make_batch,
    make_unit_batch,
    paid_total,
    pay_batch,
    reissue,
    reverse,
    settle_reversal,
)
from funds.services.projects import add_part, drop_project, save_project
from funds.services.sources import allocate, cut_allocation, give_back, save_indicator

__all__ = [
    "FundsError", "OverCeiling", "Wanted", "compute_subsidies", "extend_loan", "find_borrower", "lend", "open_file", "pay_subsidies", "rate_household", "repay", "gates_apply", "install_procedures", "lacking", "passed_gates", "publish_notice", "start_gate", "add_part", "allocate", "answer_unit", "paid_total", "settle_reversal", "bank_file", "broken_lines", "cancel_batch", "check_amount", "check_batch",
    "cut_allocation", "drop_project", "give_back", "left", "make_batch", "make_unit_batch", "pay_batch", "reissue", "reverse", "save_indicator",
    "save_project", "take_return",
]  # fmt: skip
