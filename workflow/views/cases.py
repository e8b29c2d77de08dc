"""The case page: where it stands, what is missing, who has had it how long, and the form to decide."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.services import note_access
from core import pages
from workflow import kinds
from workflow.models import Case


@login_required
@require_safe
def case_detail(request: HttpRequest, pk: int) -> HttpResponse:
    case = get_object_or_404(Case.objects.visible_to(request.user).select_related("procedure", "step"), pk=pk)
    note_access(request, "opened", case)
    view = kinds.get(case.kind).subject(case)
    return pages.record_page(
        request, title=case.title, subtitle=case.number, state=case.get_state_display(),
        crumbs=[("待办", reverse("workflow:inbox")), (case.title, "")], facts=view.facts, tables=view.tables,
    )  # fmt: skip
