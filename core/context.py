"""What every page's frame shows."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.clock import today
from core.menu import menu_for

Mark = Callable[[HttpRequest], dict[str, Any]]
_marks: list[Mark] = []


def top_mark(mark: Mark) -> Mark:
    """Register something the top bar shows on every page: its `label`, `count` (words; '' for none) and `url`."""
    _marks.append(mark)
    return mark


def frame(request: HttpRequest) -> dict[str, Any]:
    """Menu and top bar. Costs no query beyond what the scope already read, and those of the marks."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    context: dict[str, Any] = {
        "product_name": settings.PRODUCT_NAME,
        "city_name": settings.CITY_NAME,
        "menu": [],
        "frame": {"demo": settings.DEMO_MODE, "today": today()},
    }
    if signed_in:
        context["menu"] = menu_for(user.permissions, request.path)
        context["frame"] |= {
            "user_label": user.name,
            "role_label": user.role_label,
            "organization_label": str(user.organization or ""),
            "area_label": "、".join(sorted({grant.division.name for grant in user.active_grants})) or "未授权",
            "year": today().year,
            "marks": lambda: [mark(request) for mark in _marks],  # asked by a whole page only, not by a part of one
        }
    return context
