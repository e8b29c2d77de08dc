"""Every write of this room, a module a noun."""

from households.services.complaints import answer_complaint, may_answer, receive_complaint
from households.services.corrections import (
    apply_correction,
    close_correction,
    correction_changes,
    correction_lacks,
    decide_correction,
    reopen_correction,
    request_correction,
)
from households.services.crosschecks import (
    Answered,
    answer_request,
    cancel_request,
    comparison_lacks,
    comparison_of,
    ensure_sources,
    judge_hit,
    request_check,
    request_checks,
    request_lines,
)  # fmt: skip
from households.services.duplicates import find_duplicates, judge_different, judge_same, merge_persons, start_search
from households.services.dynamics import (
    Happening,
    add_person,
    change_head,
    end_whole,
    may_record,
    merge_households,
    open_window,
    remove_person,
    split_household,
)
from households.services.errors import HouseholdsError
from households.services.exits import count_measures, exit_suggestions, line_of, member_facts
from households.services.handbooks import end_handbook, issue_handbook, replace_handbook
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
    may_undo,
    receive,
    resume,
    say_columns,
    send_back,
    store,
    submit,
)
from households.services.insurance import set_insured
from households.services.outcomes import end, finish, mark_pre_exit
from households.services.proceedings import (
    apply,
    ensure_procedure,
    hold_review,
    open_clearing,
    open_monitoring,
    open_proceeding,
    record_survey,
    register_identified,
    save_exit_checks,
    set_document,
)  # fmt: skip
from households.services.register import HouseholdInput, Registered, StaleVersion, end_household, next_code, save_household, where_registered
from households.services.register_export import export_file, export_register, start_register_export
from households.services.sampling import draw_again, draw_sample, frame_of, record_call, sample_result
from households.services.undo import UndoRefused, undo
from households.services.village_exits import (
    end_village_exit,
    exit_problem,
    finish_village_exit,
    open_village_exit,
    publish_village_exit,
    save_village_checks,
    set_village_document,
    village_exit_lacks,
    village_notice,
    village_notice_lacks,
    village_standing,
    village_step_passed,
)
from households.services.worklists import (
    clearing_lacks,
    may_act,
    notice_labels,
    notice_lacks,
    notice_of,
    notices_about,
    pass_notices,
    possible_kinds,
    publish_step,
    start,
    village_groups,
    waiting_at,
    without_notice,
)  # fmt: skip
from households.services.years import may_manage, roll_over, save_window, year_of

__all__ = [
    "find_duplicates", "judge_different", "judge_same", "merge_persons", "start_search",
    "end_village_exit", "exit_problem", "finish_village_exit", "open_village_exit", "publish_village_exit", "save_village_checks", "set_village_document",
    "village_exit_lacks", "village_notice", "village_notice_lacks", "village_standing", "village_step_passed",
    "Happening", "add_person", "change_head", "end_whole", "may_manage", "may_record", "merge_households", "open_window", "remove_person", "roll_over",
    "save_window", "split_household", "year_of",
    "HouseholdInput", "HouseholdsError", "ImportRefused", "Registered", "StaleVersion", "UndoRefused", "carry_out", "check_again", "check_batch",
    "check_data", "confirm", "content_of", "drop", "end_household", "export_file", "export_register", "import_file", "mark_reentered", "may_confirm", "next_code",
    "receive", "save_household", "set_insured", "say_columns", "send_back", "start_register_export", "store", "submit", "undo", "where_registered",

    "Answered", "answer_request", "cancel_request", "comparison_lacks", "comparison_of", "ensure_sources", "judge_hit", "request_check",
    "request_checks", "request_lines",
    "HouseholdInput", "HouseholdsError", "Registered", "StaleVersion", "apply", "clearing_lacks", "count_measures", "end", "end_handbook",
    "end_household", "ensure_procedure", "exit_suggestions", "finish", "hold_review", "issue_handbook", "line_of", "mark_pre_exit", "may_act",
    "member_facts", "next_code", "notice_labels", "notice_lacks", "notice_of", "notices_about", "open_clearing", "open_monitoring", "open_proceeding",
    "pass_notices", "possible_kinds", "publish_step", "record_survey", "register_identified", "save_exit_checks", "save_household", "set_document",
    "start", "village_groups", "waiting_at", "where_registered", "without_notice",
    "may_undo", "resume", "replace_handbook", "answer_complaint", "may_answer", "receive_complaint",
]  # fmt: skip
__all__ += [
    "apply_correction", "close_correction", "correction_changes", "correction_lacks", "decide_correction", "reopen_correction", "request_correction",
]  # fmt: skip
__all__ += ["draw_again", "draw_sample", "frame_of", "record_call", "sample_result"]
