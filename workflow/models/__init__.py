"""What every room above does the one way, a module a noun."""

from workflow.models.alerts import Alert, AlertRule, AlertRun
from workflow.models.changes import BulkChange, BulkChangeRow
from workflow.models.files import Attachment
from workflow.models.jobs import Draft, Job

__all__ = ["Alert", "AlertRule", "AlertRun", "Attachment", "BulkChange", "BulkChangeRow", "Draft", "Job"]
