"""What this room refuses."""


class WorkflowError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True
