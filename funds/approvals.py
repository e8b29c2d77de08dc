"""The six gates in the one way of approving: their kinds, and what their steps ask."""

from functools import partial

from accounts.permissions import Permission
from core import pages
from core.listing import show
from core.pages import Fact
from funds.models import Gate
from funds.rules.gates import GATES
from funds.services import gates
from workflow import kinds, requirements
from workflow.models import Case

NAMES = ("kind", "village", "department", "source", "need", "benefit", "started_on", "planned_finish_on", "finished_on", "content")


def _subject(case: Case) -> kinds.SubjectView:
    gate = Gate.objects.select_related("project__village", "project__department", "handler").filter(case=case).first()
    if gate is None:
        return kinds.SubjectView()
    project = gate.project
    facts = [Fact("项目", project.name, project.get_absolute_url()), Fact("资金规模", show(project.amount, "wan"), unit="万元"),
             Fact("经办人", str(gate.handler)), *(fact for fact in pages.facts(project, *NAMES) if fact.value)]  # fmt: skip
    return kinds.SubjectView(gate.get_absolute_url(), facts)


for _rule in GATES:
    kinds.register(kinds.Kind(_rule.key, f"第{_rule.number}关 {_rule.title}", _subject, on_done=gates.gate_passed, on_ended=gates.gate_ended,
                              permission=Permission.PROJECT_VIEW))  # fmt: skip
for _code, (_label, _) in gates.CONDITIONS.items():
    requirements.register(_code, f"项目:{_label}", partial(lambda case, code: gates.problems_of(case, code), code=_code))
