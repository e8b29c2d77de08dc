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
from core.paging import is_big, keyset_page


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


def _address(name: str, figure: figures.Figure, day: date) -> str:
    return f"{reverse(name, args=[figure.key])}?as_of={day}"


def _figure(request: HttpRequest, key: str) -> figures.Figure:
    """The figure, 404 for an unknown key, 403 for one the user may not read."""
    try:
        figure = figures.get(key)
    except KeyError as error:
        raise Http404 from error
    if not request.user.may(figure.permission):  # type: ignore[union-attr]
        raise PermissionDenied
    return figure


@requires(Permission.FIGURE_VIEW)
@require_safe
def figure_list(request: HttpRequest) -> HttpResponse:
    """The figures by room, each over what the user may see."""
    form, day = _as_of(request)
    rooms: dict[str, list[dict[str, Any]]] = {}
    big: dict[Any, bool] = {}
    for figure in figures.all_figures():
        if not request.user.may(figure.permission):
            continue
        rows = figure.visible(day, request.user)
        if rows.model not in big:
            big[rows.model] = is_big(rows.model)
        value = "" if big[rows.model] else shown(figure, figure.number(rows))
        line = {
            "figure": figure,
            "value": value,
            "url": _address("reports:figure", figure, day),
            "later": _address("reports:figure-value", figure, day),
        }
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
    figure = _figure(request, key)
    form, day = _as_of(request)
    rows = figure.visible(day, request.user)
    page = keyset_page(rows, request.GET, order=("id",))
    table = pages.table("所数的记录", [Column(label, path) for label, path in figure.columns], page.rows, url=_row_url)
    note_access(request, AccessEvent.Action.OPENED, table=rows.model._meta.db_table, detail=f"指标:{figure.label}", rows=len(page.rows))
    value = "" if is_big(rows.model) else shown(figure, figure.number(rows))
    later = _address("reports:figure-value", figure, day)
    context = {"title": figure.label, "figure": figure, "value": value, "later": later, "form": form, "day": day, "page": page, "table": table,
               "crumbs": [("指标", reverse("reports:figures")), (figure.label, "")]}  # fmt: skip
    return render(request, "reports/figure.html", context)


@requires(Permission.FIGURE_VIEW)
@require_safe
def figure_value(request: HttpRequest, key: str) -> HttpResponse:
    """The number alone, asked for by a page that did not wait for a big table."""
    figure = _figure(request, key)
    _, day = _as_of(request)
    return HttpResponse(shown(figure, figure.compute(day, request.user)), content_type="text/plain; charset=utf-8")
