"""What this room refuses."""


class WorkflowError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True


class OutOfOrder(WorkflowError):
    """A step that is not the current one."""


class AlreadyDecided(WorkflowError):
    """Somebody (perhaps the same person) has done this step."""


class NotYours(WorkflowError):
    """Not this person's to do: no grant, a deputy's time over, one's own case."""


class StaleCase(WorkflowError):
    """The case went on after the page was opened."""


class StillMissing(WorkflowError):
    """What a step asks and does not have yet."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__("还不能通过:" + ";".join(missing) + "。")
