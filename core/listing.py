"""The one way to list: scope, filters in the URL, keyset pages, sums, and an export of exactly what is shown.

A room declares a `Listing` and its view calls `render_listing`. The same declaration makes the table, the
print, and the workbook (a job of `workflow`), so that these cannot differ.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from html import escape
from typing import Any

from django.db.models import Choices, Model, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django_filters import FilterSet

from core.paging import COUNT_CAP, FILTERED_CAP, Page, keyset_page

STATUS_CLASSES = {
    "办理中": "pre", "已退回": "back", "已办结": "out", "未通过": "poor", "已撤回": "gone",
    "待核": "pre", "属实": "poor", "误报": "gone", "已整改": "out", "严重": "poor", "预警": "pre", "提示": "watch",
    "未脱贫": "poor", "预脱贫": "pre", "已脱贫": "out", "返贫": "back", "清退(识别不准)": "gone", "自然消亡、整户迁出": "gone",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column. `value` is a dotted path or a callable of the row; `kind` says how it is set.

    Kinds: text, long (may wrap), number, money (元, two places), wan (yuan shown in 万元, two places), date, yes, status.
    """

    label: str
    value: str | Callable[[Any], Any]
    kind: str = "text"
    sum: str = ""

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        value = row
        for part in self.value.split("."):
            value = getattr(value, part, None)
            if callable(value) and not isinstance(value, Model):
                value = value()
            if value is None:
                return None
        return value

    @property
    def numeric(self) -> bool:
        return self.kind in {"number", "money", "wan"}

    def text(self, row: Any) -> str:
        """The value as a page shows it."""
        return show(self.of(row), self.kind)

    def cell(self, row: Any) -> Any:
        """The value as a workbook holds it: numbers and dates as such, never a formula."""
        value = self.of(row)
        if self.kind == "wan" and value is not None:
            return float(Decimal(value) / 10_000)
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, int | float | date) and not isinstance(value, datetime):
            return value
        return show(value, self.kind)


def label(field: str, choices: type[Choices]) -> Callable[[Any], str]:
    """A column's value for a coded field: its Chinese label, by one look-up a cell."""
    labels = {str(code): str(text) for code, text in choices.choices}
    return lambda row: labels.get(str(getattr(row, field)), "")


def show(value: Any, kind: str = "text") -> str:
    """Official Chinese for a value: 是/否, 2017-09-30, 1,234.50."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if kind == "wan":
        return f"{Decimal(value) / 10_000:,.2f}"
    if kind == "money":
        return f"{Decimal(value):,.2f}"
    if kind == "number" and not isinstance(value, str):
        return f"{value:,}"
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    return str(value)


@dataclass(frozen=True)
class Listing:
    """A list page. `filters` takes `user=` so that its choices are in scope. `rows(user)` is already in scope and carries what the columns need (one query a page)."""

    key: str
    title: str
    rows: Callable[[Any], QuerySet]
    columns: tuple[Column, ...]
    permission: str
    order: tuple[str, ...] = ("id",)
    filters: type[FilterSet] | None = None
    empty: str = "没有符合条件的记录。"
    primary: tuple[str, str, str] | None = None  # label, url name, permission
    export_permission: str = ""
    count: bool = True
    crumbs: tuple[tuple[str, str], ...] = ()
    row_url: Callable[[Any], str] = field(default=lambda row: row.get_absolute_url())
    url_name: str = ""  # the row's page by its pk: resolved once a page instead of once a row
    table: str = ""  # for the access log of exports


_listings: dict[str, Listing] = {}


def register(listing: Listing) -> Listing:
    """Make a listing exportable by its key."""
    _listings[listing.key] = listing
    return listing


def get(key: str) -> Listing:
    """Raises KeyError."""
    return _listings[key]


@dataclass(frozen=True)
class Action:
    """Something to be done with the rows chosen in a list: where its page is, and who may."""

    label: str
    url_name: str
    key: str
    permission: str

    @property
    def url(self) -> str:
        return reverse(self.url_name, args=[self.key])


_actions: dict[str, list[Action]] = {}


def offer(listing_key: str, action: Action) -> None:
    """Let rows of a list be chosen, for this to be done with them (`workflow.changes_registry`)."""
    _actions.setdefault(listing_key, []).append(action)


def chosen(listing: Listing, user: Any, query: QueryDict) -> QuerySet:
    """The rows somebody has chosen in a list, in their scope: those ticked (`pick`), or with `all` everything the list's `query` leaves."""
    if query.get("all"):
        rows, _ = filtered(listing, user, QueryDict(query.get("query", "")[:2000].replace("\0", "")))
        return rows
    picked = [int(text) for text in query.getlist("pick") if text.isdigit() and len(text) < 19 and int(text) < 2**63]
    return listing.rows(user).filter(pk__in=picked[:PICKED])


PICKED = 500


@dataclass(frozen=True)
class Chip:
    """One filter that is on, and the address without it."""

    label: str
    value: str
    url: str


def filtered(listing: Listing, user: Any, query: QueryDict, request: HttpRequest | None = None) -> tuple[QuerySet, Any]:
    """The rows of a listing under a query string, and the filter form (None without filters).

    Bad input means no rows and an error at its field.
    """
    rows = listing.rows(user)
    if listing.filters is None:
        return rows, None
    filterset = listing.filters(query, queryset=rows, request=request, user=user)
    if not filterset.form.is_valid():
        return rows.none(), filterset.form
    return filterset.qs, filterset.form


def chips(form: Any, query: QueryDict) -> list[Chip]:
    """The filters that are on, in the form's order."""
    if form is None or not form.is_valid():
        return []
    found = []
    for name, bound in form.fields.items():
        value = form.cleaned_data.get(name)
        if value in (None, "", [], ()) or name not in query:
            continue
        rest = query.copy()
        for gone in (name, "after", "before"):
            rest.pop(gone, None)
        choices = dict(getattr(bound, "choices", ())) if not isinstance(value, Model) else {}
        label = str(choices.get(query.get(name), "") or show(value))
        found.append(Chip(str(bound.label or name), label, "?" + rest.urlencode()))
    return found


def sums(listing: Listing, rows: QuerySet) -> dict[str, str]:
    """Column sums where the listing asks for them, by column label."""
    wanted = {column.label: Sum(column.sum) for column in listing.columns if column.sum}
    if not wanted:
        return {}
    names = {f"sum_{number}": expression for number, expression in enumerate(wanted.values())}
    totals = rows.order_by().aggregate(**names)
    kinds = {column.label: column.kind for column in listing.columns}
    return {label: show(totals[name] or 0, kinds[label]) for label, name in zip(wanted, names, strict=True)}


def _cell(column: Column, row: Any, first_url: str) -> str:
    text = escape(column.text(row))
    if first_url:
        text = f'<a href="{escape(first_url)}">{text or "—"}</a>'
    elif column.kind == "status":
        text = f'<span class="status {STATUS_CLASSES.get(text, "plain")}">{text}</span>'
    mark = ' class="num"' if column.numeric else ' class="wrap"' if column.kind == "long" else ""
    return f"<td{mark}>{text}</td>"


def body(listing: Listing, rows: Iterable[Any], *, pick: bool = False) -> SafeString:
    """The table's rows, set as text: five hundred cells cost a millisecond and not twenty. With `pick` each can be ticked."""
    lines = []
    before, _, after = reverse(listing.url_name, args=[0]).rpartition("0") if listing.url_name else ("", "", "")
    for row in rows:
        url = f"{before}{row.pk}{after}" if before else listing.row_url(row)
        cells = "".join(_cell(column, row, url if not position else "") for position, column in enumerate(listing.columns))
        if pick:
            cells = f'<td class="pick"><input type="checkbox" name="pick" value="{row.pk}" aria-label="选择本行"></td>{cells}'
        lines.append(f'<tr data-url="{escape(url)}">{cells}</tr>' if url else f"<tr>{cells}</tr>")
    return mark_safe("".join(lines))  # noqa: S308 — every text is escaped


Watcher = Callable[[HttpRequest, Listing, str], None]
_watchers: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """Tell of every search in a list's search box, once: not of the pages turned after it."""
    if watcher not in _watchers:
        _watchers.append(watcher)


def _tell(request: HttpRequest, listing: Listing) -> None:
    text = request.GET.get("q", "").strip()
    if text and "after" not in request.GET and "before" not in request.GET:
        for watcher in _watchers:
            watcher(request, listing, text)


def render_listing(request: HttpRequest, listing: Listing, **context: Any) -> HttpResponse:
    """The page, or for htmx its changing part alone (`core/_list.html`)."""
    rows, form = filtered(listing, request.user, request.GET, request)
    if form is not None and form.is_valid():
        _tell(request, listing)
    on = chips(form, request.GET)
    page: Page = keyset_page(rows, request.GET, order=listing.order, count=listing.count, cap=FILTERED_CAP if on else COUNT_CAP)
    totals = sums(listing, rows)
    actions = [action for action in _actions.get(listing.key, ()) if request.user.may(action.permission)]  # type: ignore[union-attr]
    context |= {
        "listing": listing,
        "title": listing.title,
        "page": page,
        "body": body(listing, page.rows, pick=bool(actions)),
        "actions": actions,
        "sums": [totals.get(column.label, "") for column in listing.columns] if totals else [],
        "filter_form": form,
        "chips": on,
        "crumbs": [*listing.crumbs, (listing.title, "")],
        "query": request.GET.urlencode(),
        "may_export": bool(listing.export_permission) and request.user.may(listing.export_permission),
        "primary": context.get("primary") or _primary(request, listing),
    }
    return render(request, "core/_list.html" if request.htmx else "core/list.html", context)  # type: ignore[attr-defined]


def _primary(request: HttpRequest, listing: Listing) -> tuple[str, str] | None:
    if listing.primary is None:
        return None
    label, url_name, permission = listing.primary
    return (label, reverse(url_name)) if request.user.may(permission) else None  # type: ignore[union-attr]


def export_rows(listing: Listing, rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Workbook rows, one dict per record with the column labels as keys."""
    for row in rows:
        yield {column.label: column.cell(row) for column in listing.columns}
