"""What this room refuses."""


class CadresError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True
