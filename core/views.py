"""Pages that belong to no room: the workbench, errors, a health check."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

Card = Callable[[Any], list[dict]]
_cards: list[Card] = []


def workbench_card(card: Card) -> Card:
    """Register what a room shows on the workbench: called with the request, gives a list of cards."""
    _cards.append(card)
    return card


@login_required
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    cards = [entry for card in _cards for entry in card(request)]
    return render(request, "core/workbench.html", {"cards": cards})


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Alive and connected; says nothing else to a stranger."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return HttpResponse("ok", content_type="text/plain")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
