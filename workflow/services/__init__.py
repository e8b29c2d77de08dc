"""Every write of this room, a module a noun."""

from workflow.services.drafts import drop_draft, save_draft
from workflow.services.errors import WorkflowError
from workflow.services.files import attach, store
from workflow.services.jobs import Handler, JobCancelled, JobRun, Progress, cancel_job, fail_interrupted, finish_job, start_job

__all__ = [
    "Handler", "JobCancelled", "JobRun", "Progress", "WorkflowError", "attach", "cancel_job", "drop_draft", "fail_interrupted", "finish_job",
    "save_draft", "start_job", "store",
]  # fmt: skip
