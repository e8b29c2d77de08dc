"""Every write of this room, a module a noun."""

from workflow.services.alerts import (
    NEXT,
    AlertJudged,
    Finding,
    NotYoursToJudge,
    Passed,
    change_rule,
    find_alerts,
    install_rules,
    judge_alert,
    run_alerts,
    tell_alerts,
)
from workflow.services.cases import (
    WORDS_OF_RESULT,
    add_evidence,
    advance,
    colleagues,
    decide,
    hand_over,
    may_decide,
    missing,
    refuse,
    resubmit,
    said,
    set_due,
    start_case,
    takes_part,
    withdraw,
)  # fmt: skip
from workflow.services.changes import apply_change, confirm_change, drop_old_previews, preview_change, start_undo, touched_households, undo_change
from workflow.services.drafts import drop_draft, save_draft
from workflow.services.errors import AlreadyDecided, NotYours, OutOfOrder, StaleCase, StillMissing, WorkflowError
from workflow.services.exports import PASSWORD_ONCE, drop_expired, protect, start_export, take_password, wants_password, watermark, write_export
from workflow.services.files import attach, store
from workflow.services.jobs import Handler, JobCancelled, JobRun, Progress, cancel_job, fail_interrupted, finish_job, start_job
from workflow.services.notices import (
    NoticeDraft,
    NoticeError,
    Record,
    UnderNotice,
    end_notice,
    hung_outdated,
    notice_problems,
    notice_text,
    post_notice,
    publish,
    publish_many,
    refuse_if_noticed,
    take_down,
    take_down_ended,
    upheld_lines,
)
from workflow.services.numbers import take_numbers
from workflow.services.objections import (
    TooMany,
    escalate_objections,
    may_handle,
    object_to,
    refuse_objection,
    resolve_objection,
    take_up,
)
from workflow.services.regulations import clause_of, save_clause, save_regulation
from workflow.services.signatures import print_sheet, sheet_changed, take_scan
from workflow.services.todos import drop_todo, finish_todo, notify, open_todo, read_messages, remind, see_todo, whom_it_waits_for

__all__ = [
    "NEXT", "AlertJudged", "Finding", "NotYoursToJudge", "Passed", "apply_change", "change_rule", "confirm_change", "drop_old_previews", "find_alerts", "install_rules",
    "judge_alert", "preview_change", "run_alerts", "tell_alerts", "start_undo", "touched_households", "undo_change",
    "PASSWORD_ONCE", "Handler", "JobCancelled", "JobRun", "Progress", "WorkflowError", "attach", "cancel_job", "drop_draft", "drop_expired",
    "fail_interrupted", "finish_job", "save_draft", "start_export", "start_job", "store", "take_password", "wants_password", "watermark", "write_export",
]  # fmt: skip
__all__ += [
    "NoticeDraft", "NoticeError", "Record", "TooMany", "UnderNotice", "clause_of", "end_notice", "escalate_objections", "hung_outdated",
    "may_handle", "notice_problems", "notice_text", "object_to", "post_notice", "publish", "publish_many", "refuse_if_noticed",
    "refuse_objection", "resolve_objection", "save_clause", "save_regulation", "take_down", "take_down_ended", "take_numbers", "take_up",
    "upheld_lines",
]  # fmt: skip
__all__ += [
    "WORDS_OF_RESULT", "AlreadyDecided", "NotYours", "OutOfOrder", "StaleCase", "StillMissing", "add_evidence", "advance", "colleagues", "decide", "drop_todo",
    "finish_todo", "hand_over", "may_decide", "missing", "notify", "open_todo", "print_sheet", "read_messages", "refuse", "remind", "resubmit",
    "said", "see_todo", "sheet_changed", "set_due", "start_case", "take_scan", "takes_part", "whom_it_waits_for", "withdraw",
]  # fmt: skip
__all__ += ["protect", "watermark"]
