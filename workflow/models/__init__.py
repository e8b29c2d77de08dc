"""What every room above does the one way, a module a noun."""

from workflow.models.files import Attachment
from workflow.models.jobs import Draft, Job

__all__ = ["Attachment", "Draft", "Job"]
