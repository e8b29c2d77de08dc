"""Every write of this room, a module a noun."""

from workflow.services.alerts import (
    AlertJudged,
    Finding,
    NotYoursToJudge,
    Passed,
    change_rule,
    find_alerts,
    install_rules,
    judge_alert,
    run_alerts,
)
from workflow.services.changes import apply_change, confirm_change, drop_old_previews, preview_change, start_undo, undo_change
from workflow.services.drafts import drop_draft, save_draft
from workflow.services.errors import WorkflowError
from workflow.services.exports import PASSWORD_ONCE, drop_expired, start_export, take_password, wants_password, write_export
from workflow.services.files import attach, store
from workflow.services.jobs import Handler, JobCancelled, JobRun, Progress, cancel_job, fail_interrupted, finish_job, start_job

__all__ = [
    "AlertJudged", "Finding", "NotYoursToJudge", "Passed", "apply_change", "change_rule", "confirm_change", "drop_old_previews", "find_alerts", "install_rules",
    "judge_alert", "preview_change", "run_alerts", "start_undo", "undo_change",
    "PASSWORD_ONCE", "Handler", "JobCancelled", "JobRun", "Progress", "WorkflowError", "attach", "cancel_job", "drop_draft", "drop_expired",
    "fail_interrupted", "finish_job", "save_draft", "start_export", "start_job", "store", "take_password", "wants_password", "write_export",
]  # fmt: skip
