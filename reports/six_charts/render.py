"""From an edition to pages: six sheets and their continuations, A3 or A0, as HTML and PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core.dates import chinese_date
from core.pdf import render_pdf
from reports.six_charts import drawings
from reports.six_charts.edition import LABELS, Edition
from reports.six_charts.messages import NUMERALS, TITLES, messages
from reports.six_charts.snapshot import STATE_LABELS

# The page is laid out in rem: 119 x 84.1 of them, at the size that makes the paper.
PAPERS = {"A3": ("420mm 297mm", "10pt"), "A0": ("1189mm 841mm", "28.31pt")}
ROWS_BESIDE, ROWS_PER_COLUMN, COLUMNS = 29, 28, 3


@dataclass
class Table:
    """A table of texts; `widths` are shares of the column it stands in."""

    headings: tuple[str, ...]
    rows: list[tuple[str, ...]]
    widths: tuple[int, ...] = ()

    @property
    def header(self) -> list[tuple[str, str]]:
        shares = self.widths or (1,) * len(self.headings)
        return [(text, f"{100 * share / sum(shares):.1f}%") for text, share in zip(self.headings, shares, strict=True)]


@dataclass
class Sheet:
    """One page."""

    number: int
    title: str
    message: str
    continued: bool = False
    pictures: list[SafeString] = field(default_factory=list)
    tiles: list[tuple[str, str, str]] = field(default_factory=list)
    side: list[tuple[str, Any]] = field(default_factory=list)
    columns: list[Table] = field(default_factory=list)
    note: str = ""

    @property
    def label(self) -> str:
        return f"图{NUMERALS[self.number - 1]}{'(续)' if self.continued else ''}"


def _pictures(*drawn: str) -> list[SafeString]:
    return [mark_safe(picture) for picture in drawn if picture]  # noqa: S308 — made by core.charts, escaped there


def _split(sheet: Sheet, table: Table) -> list[Sheet]:
    """The sheet with what fits beside its picture, and pages of three columns for the rest."""
    if len(table.rows) <= ROWS_BESIDE:
        sheet.side.append(("table", table))
        return [sheet]
    sheet.side.append(("table", Table(table.headings, table.rows[: ROWS_BESIDE - 1], table.widths)))
    sheet.note = f"其余 {len(table.rows) - ROWS_BESIDE + 1} 户见{sheet.label}(续)"
    rest, pages = table.rows[ROWS_BESIDE - 1 :], [sheet]
    per_page = ROWS_PER_COLUMN * COLUMNS
    for start in range(0, len(rest), per_page):
        page = rest[start : start + per_page]
        per_column = ROWS_PER_COLUMN if len(page) > ROWS_PER_COLUMN else len(page)
        columns = [Table(table.headings, page[at : at + per_column], table.widths) for at in range(0, len(page), per_column)]
        pages.append(Sheet(sheet.number, sheet.title, sheet.message, continued=True, columns=columns))
    return pages


def _numbered(edition: Edition, *values: Callable[[Any], str]) -> list[tuple[str, ...]]:
    return [(str(n), *(value(home) for value in values)) for n, home in enumerate(edition.snapshot.homes, start=1)]


def _state(home: Any) -> SafeString:
    return mark_safe(f'<svg class="mark" viewBox="0 0 20 20">{drawings.svg.symbol(home.state, 10, 10, 7)}</svg>{STATE_LABELS[home.state]}')  # noqa: S308


def _village(edition: Edition, message: str) -> list[Sheet]:
    s = edition.snapshot
    sheet = Sheet(1, TITLES[0], message, tiles=s.facts[:12], pictures=_pictures(drawings.rate_line(edition)))
    sheet.side += [("heading", "退出需求"), ("picture", _pictures(drawings.traffic(s.needs))[0])] if s.needs else []
    more = Table(("项目", "情况"), [(label, f"{value}{unit}") for label, value, unit in s.facts[12:]], (3, 2))
    if more.rows:
        sheet.side += [("heading", "基本情况"), ("table", more)]
    return [sheet]


def _places(edition: Edition, message: str) -> list[Sheet]:
    sheet = Sheet(2, TITLES[1], message, pictures=_pictures(drawings.places(edition)))
    table = Table(
        ("序号", "户主", "社(组)", "人口", "状态"),
        _numbered(edition, lambda h: h.head, lambda h: h.group, lambda h: str(h.population), _state),
        (2, 4, 3, 2, 4),
    )
    return _split(sheet, table)


def _causes(edition: Edition, message: str) -> list[Sheet]:
    s = edition.snapshot
    sheet = Sheet(3, TITLES[2], message, pictures=_pictures(drawings.causes(edition)))
    for label, name, rows in (("其他致贫原因", "other_causes", s.other_causes), ("贫困户属性", "attributes", s.attributes)):
        if rows:
            cells = edition.shown[name]
            sheet.side += [
                ("heading", label),
                ("table", Table((label, "户数"), [(row[0], cell) for row, cell in zip(rows, cells, strict=True)], (3, 1))),
            ]
    if s.wishes:
        sheet.pictures += _pictures(drawings.wish_matrix(edition))
    if s.needs:
        sheet.side += [("heading", "退出需求"), ("picture", _pictures(drawings.traffic(s.needs))[0])]
    if edition.public and s.causes:
        sheet.note = "为保护个人信息,少于 3 户的以“<3”表示,并相应隐去可推算的数。"
    return [sheet]


def _who(edition: Edition, message: str) -> list[Sheet]:
    sheet = Sheet(4, TITLES[3], message, pictures=_pictures(drawings.tree(edition)))
    table = Table(("序号", "户主", "人口", "主要帮扶责任人", "单位"),
                  _numbered(edition, lambda h: h.head, lambda h: str(h.population), lambda h: h.helper or "暂缺", lambda h: h.unit), (2, 4, 2, 5, 6))  # fmt: skip
    return _split(sheet, table)


def _measures(edition: Edition, message: str) -> list[Sheet]:
    s = edition.snapshot
    sheet = Sheet(5, TITLES[4], message, pictures=_pictures(drawings.measure_bars(edition), drawings.gantt(edition)))
    rows = [(p.name, f"{p.amount_wan:,.2f}", p.source, p.state) for p in s.projects]
    table = Table(("项目名称", "万元", "资金来源", "状态"), rows, (6, 3, 4, 3))
    if len(rows) > 14:
        sheet.side.append(("table", Table(table.headings, rows[:14], table.widths)))
        extra = Sheet(5, TITLES[4], message, continued=True, columns=[Table(table.headings, rows[14:45], table.widths)])
        return [sheet, extra]
    sheet.side.append(("table", table) if rows else ("text", "本村目前没有登记的项目。"))
    return [sheet]


def _when(edition: Edition, message: str) -> list[Sheet]:
    sheet = Sheet(6, TITLES[5], message, pictures=_pictures(drawings.ladder(edition), drawings.income_dots(edition)))

    def year(home: Any) -> str:
        return f"{home.exit_year}年" if home.state == "out" and home.exit_year else (f"计划{home.plan_year}年" if home.plan_year else "待定")

    table = Table(
        ("序号", "户主", "人口", "状态", "脱贫年度"), _numbered(edition, lambda h: h.head, lambda h: str(h.population), _state, year), (2, 4, 2, 4, 4)
    )
    return _split(sheet, table)


def sheets(edition: Edition) -> list[Sheet]:
    """All pages in order; numbers 1 to 6 each at least once."""
    makers = (_village, _places, _causes, _who, _measures, _when)
    return [page for maker, message in zip(makers, messages(edition), strict=True) for page in maker(edition, message)]


def _qr(address: str) -> SafeString:
    return mark_safe(segno.make(address, error="m").svg_inline(border=1, omitsize=True))  # noqa: S308


def render_html(edition: Edition, *, paper: str, only: Sequence[int] = ()) -> str:
    """The pages as one HTML document. `only` limits it to some of the six."""
    from datetime import date

    pages = [page for page in sheets(edition) if not only or page.number in only]
    size, rem = PAPERS[paper]
    context = {
        "edition": edition, "s": edition.snapshot, "pages": pages, "size": size, "rem": rem, "total": len(pages),
        "qr": _qr(edition.snapshot.public_url), "day": chinese_date(date.fromisoformat(edition.snapshot.data_on)),
        "edition_label": LABELS[edition.kind],
    }  # fmt: skip
    return render_to_string("reports/six_charts/sheets.html", context)


def render(edition: Edition, *, paper: str = "A3", only: Sequence[int] = ()) -> bytes:
    """The six charts as PDF: same edition, same bytes."""
    html = render_html(edition, paper=paper, only=only)
    return render_pdf(html, identifier=f"{edition.snapshot.number}/{edition.kind}/{paper}/{edition.watermark}")
