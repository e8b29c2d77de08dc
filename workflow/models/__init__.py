"""What every room above does the one way, a module a noun."""

from workflow.models.alerts import Alert, AlertRule, AlertRun
from workflow.models.cases import Case, Decision, Evidence, Signature, SignedSheet
from workflow.models.changes import BulkChange, BulkChangeRow
from workflow.models.files import Attachment
from workflow.models.jobs import Draft, Job
from workflow.models.notices import Level, NoticePosting, NoticeRecord, Objection, PublicNotice, PublicSnapshot
from workflow.models.numbers import Serial
from workflow.models.procedures import Procedure, Step, StepEvidence
from workflow.models.regulations import Clause, Regulation
from workflow.models.todos import Message, Todo

__all__ = ["Alert", "AlertRule", "AlertRun", "Attachment", "BulkChange", "BulkChangeRow", "Draft", "Job"]
__all__ += [
    "Clause", "Level", "NoticePosting", "NoticeRecord", "Objection", "PublicNotice", "PublicSnapshot", "Regulation",
    "Serial",
    "Case", "Decision", "Evidence", "Message", "Procedure", "Signature", "SignedSheet", "Step", "StepEvidence", "Todo",
]  # fmt: skip
