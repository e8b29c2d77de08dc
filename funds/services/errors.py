"""What this room refuses. It is told like what the mechanisms below refuse, and caught with it."""

from workflow.services import WorkflowError


class FundsError(WorkflowError):
    """Base for expected refusals; str() is shown to the user."""


class OverCeiling(FundsError):
    """More than an indicator, a budget or an allocation has left."""
