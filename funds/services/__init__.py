"""Every write of this room, a module a noun."""

from funds.services.bank import bank_file, take_return
from funds.services.ceilings import check_amount, left
from funds.services.clues import answer_transfer, close_clue, hold_accountable, look_at, register_clue, transfer_clue
from funds.services.credit import compute_subsidies, extend_loan, find_borrower, lend, open_file, pay_subsidies, rate_household, repay
from funds.services.disclosure import differences_under, disclose, publish_allocations
from funds.services.errors import FundsError, OverCeiling
from funds.services.findings import check_finding, rectify_finding, register_finding, return_finding, save_supervisor
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
    to_reissue,
)
from funds.services.projects import add_part, drop_project, save_project
from funds.services.proof import explain_difference, prove_balance
from funds.services.sources import allocate, cut_allocation, give_back, save_indicator

__all__ = [
    "FundsError", "OverCeiling", "answer_transfer", "check_finding", "close_clue", "differences_under", "disclose", "explain_difference", "hold_accountable", "look_at", "prove_balance", "publish_allocations", "rectify_finding", "register_clue", "register_finding", "return_finding", "save_supervisor", "transfer_clue", "to_reissue", "Wanted", "compute_subsidies", "extend_loan", "find_borrower", "lend", "open_file", "pay_subsidies", "rate_household", "repay", "gates_apply", "install_procedures", "lacking", "passed_gates", "publish_notice", "start_gate", "add_part", "allocate", "answer_unit", "paid_total", "settle_reversal", "bank_file", "broken_lines", "cancel_batch", "check_amount", "check_batch",
    "cut_allocation", "drop_project", "give_back", "left", "make_batch", "make_unit_batch", "pay_batch", "reissue", "reverse", "save_indicator",
    "save_project", "take_return",
]  # fmt: skip
