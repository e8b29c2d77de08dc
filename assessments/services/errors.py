"""What this room refuses."""


class AssessmentsError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True


class SchemeDoesNotHold(AssessmentsError):
    """A scheme with problems; `problems` names each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("方案还不能通过:" + "".join(problems))


class SchemeInUse(AssessmentsError):
    """An adopted scheme is not edited."""


class NotReady(AssessmentsError):
    """Something is missing; `missing` names it."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__("还有未完成的事项:" + "".join(missing[:8]) + ("…" if len(missing) > 8 else ""))


class WrongStage(AssessmentsError):
    """Not this assessment's turn."""


class OwnScore(AssessmentsError):
    """Scorer and scored, township and reviewer, are different people."""


class Frozen(AssessmentsError):
    """The period's grades are decided."""


class TooLate(AssessmentsError):
    """The window has closed."""


class BallotRefused(AssessmentsError):
    """A slip that is not counted; the text says why."""
