"""Every registered figure the user may read, and the rows behind each."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.guards import requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import figures, pages
from core.clock import today
from core.forms import WrittenDateField
from core.listing import Column, show
from core.paging import keyset_page


class AsOfForm(forms.Form):
    as_of = WrittenDateField(label="截至日期", required=False)

    def day(self) -> date:
        """The day asked for; today when none or a wrong one was given."""
        return (self.cleaned_data.get("as_of") if self.is_valid() else None) or today()


def _as_of(request: HttpRequest) -> tuple[AsOfForm, date]:
    form = AsOfForm({"as_of": request.GET.get("as_of") or today().isoformat()}, label_suffix="")
    return form, form.day()


def shown(figure: figures.Figure, number: figures.Number) -> str:
    """A figure's number as pages show it: with thousands, 余 after a lower bound, a dash for none."""
    if number is None:
        return "—"
    text = f"{number:,f}" if hasattr(number, "quantize") else show(number, "number")
    return f"{text}余" if figure.bound == "lower" else text


@requires(Permission.FIGURE_VIEW)
@require_safe
def figure_list(request: HttpRequest) -> HttpResponse:
    """The figures by room, each over what the user may see."""
    form, day = _as_of(request)
    rooms: dict[str, list[dict[str, Any]]] = {}
    for figure in figures.all_figures():
        if not request.user.may(figure.permission):
            continue
        rows = figure.visible(day, request.user)
        line = {"figure": figure, "value": shown(figure, figure.number(rows)), "url": f"{reverse('reports:figure', args=[figure.key])}?as_of={day}"}
        rooms.setdefault(str(rows.model._meta.app_config.verbose_name), []).append(line)
    context = {"title": "指标", "rooms": rooms, "form": form, "day": day, "crumbs": [("指标", "")]}
    return render(request, "reports/figures.html", context)


def _row_url(row: Any) -> str:
    """The page of what is counted: its own, or that of the household, cadre or village it hangs on."""
    for record in (row, getattr(row, "household", None), getattr(row, "cadre", None), getattr(row, "village", None)):
        if hasattr(record, "get_absolute_url"):
            return record.get_absolute_url()
    return ""


@requires(Permission.FIGURE_VIEW)
@require_safe
def figure_detail(request: HttpRequest, key: str) -> HttpResponse:
    """The rows a figure counts, page by page."""
    try:
        figure = figures.get(key)
    except KeyError as error:
        raise Http404 from error
    if not request.user.may(figure.permission):
        raise PermissionDenied
    form, day = _as_of(request)
    rows = figure.visible(day, request.user)
    page = keyset_page(rows, request.GET, order=("id",))
    table = pages.table("所数的记录", [Column(label, path) for label, path in figure.columns], page.rows, url=_row_url)
    note_access(request, AccessEvent.Action.OPENED, table=rows.model._meta.db_table, detail=f"指标:{figure.label}", rows=len(page.rows))
    value = shown(figure, figure.number(rows))
    context = {"title": figure.label, "figure": figure, "value": value, "form": form, "day": day, "page": page, "table": table,
               "crumbs": [("指标", reverse("reports:figures")), (figure.label, "")]}  # fmt: skip
    return render(request, "reports/figure.html", context)
