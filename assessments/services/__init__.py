"""Every write of this room, a module a noun."""

from assessments.services.appeals import appeal, confirm, decide_appeal, record_use, rescore
from assessments.services.entries import (
    claim_bonus,
    comment,
    decide_bonus,
    decide_veto,
    drop_excuse,
    enter_input,
    excuse,
    give_opinion,
    judge,
    propose_veto,
    record_sheet,
    refresh_after,
    state_against,
)
from assessments.services.errors import (
    AssessmentsError,
    BallotRefused,
    Frozen,
    NotReady,
    OwnScore,
    SchemeDoesNotHold,
    SchemeInUse,
    TooLate,
    WrongStage,
)
from assessments.services.periods import choose, compare_schemes, freeze, newest_score, open_matters, open_period, publish
from assessments.services.procedure import finish_scoring, review, send_back, submit_report
from assessments.services.publication import freeze_results, publish_results, withdraw_results
from assessments.services.schemes import (
    add_indicator,
    adopt_scheme,
    as_rules,
    current_scheme,
    draft_from,
    draft_standard,
    put_kind,
    remove_row,
    save_scheme,
)
from assessments.services.scoring import refresh, score_period
from assessments.services.surveys import cast, close_round, enter_paper, issue_slips, open_round, read_slip, void_slips

__all__ = [
    "AssessmentsError", "BallotRefused", "Frozen", "NotReady", "OwnScore", "SchemeDoesNotHold", "SchemeInUse", "TooLate", "WrongStage", "add_indicator", "adopt_scheme", "put_kind", "remove_row",
    "appeal", "as_rules", "cast", "choose", "claim_bonus", "close_round", "comment", "compare_schemes", "confirm", "current_scheme", "decide_appeal",
    "decide_bonus", "decide_veto", "draft_from", "draft_standard", "drop_excuse", "finish_scoring", "freeze_results", "publish_results", "review", "send_back", "submit_report", "withdraw_results", "enter_input", "enter_paper", "excuse", "freeze", "give_opinion",
    "issue_slips", "judge", "newest_score", "open_matters", "open_period", "open_round", "propose_veto", "publish", "read_slip", "record_sheet",
    "record_use", "refresh", "refresh_after", "rescore", "save_scheme", "score_period", "state_against", "void_slips",
]  # fmt: skip
