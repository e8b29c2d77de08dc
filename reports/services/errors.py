class ReportsError(Exception):
    """Base for expected refusals; str() is shown to the user."""

    for_user = True
