"""The todos of what a team owes (`services.reminders` opens them); handing the thing in ends its todo."""

from accounts.models import User
from workflow import services as flow
from workflow.models import Todo

MONTH, QUARTER, YEAR = "attendance_month_due", "quarter_report_due", "commitment_due"


def finish_duty(*, url: str, by: User) -> None:
    for todo in Todo.objects.open().filter(kind__in=[MONTH, QUARTER], url=url):
        flow.finish_todo(todo=todo, by=by)
