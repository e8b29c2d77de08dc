"""The public page of a notice: no sign-in, read in a role that can read published snapshots and nothing else."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.services import client_address
from core import scope, settings
from core.clock import today
from villages.models import Village
from workflow import services
from workflow.forms import PageObjectionForm
from workflow.models import Objection, PublicNotice, PublicSnapshot

TOKEN = 32


def _snapshot(token: str) -> PublicSnapshot:
    """Raises Http404 for an address that was never given out."""
    if len(token) > TOKEN or not token.isascii() or not token.isprintable():
        raise Http404
    with scope.as_public():
        found = PublicSnapshot.objects.filter(token=token).first()
    if found is None:
        raise Http404
    return found


def _reach(snapshot: PublicSnapshot) -> scope.Reach:
    """The village or the area the notice is of, for the one row a visitor may leave there."""
    if snapshot.village_id:
        return scope.Reach(villages=frozenset({snapshot.village_id}))
    villages = Village.objects.within(frozenset({snapshot.area})).values_list("pk", flat=True)
    return scope.Reach(villages=frozenset(villages), areas=frozenset({snapshot.area}))


def _object(request: HttpRequest, snapshot: PublicSnapshot, fields: dict[str, Any]) -> Objection:
    with scope.acting_within(_reach(snapshot), reason="公示页提出异议"):
        notice = PublicNotice.objects.get(pk=snapshot.notice_id)
        return services.object_to(notice=notice, channel=Objection.Channel.PAGE, received_on=today(), sender=client_address(request) or "", **fields)


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """Whether this is a notice in force, what it says with names masked, and a way to object."""
    snapshot, day = _snapshot(token), today()
    current = snapshot.is_current and snapshot.starts_on <= day <= snapshot.ends_on
    context: dict[str, Any] = {"snapshot": snapshot, "current": current, "early": snapshot.is_current and day < snapshot.starts_on,
                               "tel": settings.get("supervision_phone")}  # fmt: skip
    if current:
        context |= {"header": snapshot.columns, "lines": [line["cells"] for line in snapshot.lines]}
    if current and snapshot.word == "公示":
        form = context["form"] = PageObjectionForm(request.POST or None, lines=snapshot.lines)
        if request.method == "POST" and form.is_valid():
            try:
                context["received"] = _object(request, snapshot, form.cleaned_data)
            except services.NoticeError as error:
                form.add_error(None, str(error))
    response = render(request, "workflow/public_notice.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
