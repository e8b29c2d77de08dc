"""The wall chart (鉴定挂图): one A3 sheet for one cadre, from plain values. No identity number, no telephone."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from os import cpu_count

import segno
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from assessments.rendering import drawings
from core.pdf import render_pdf


@dataclass(frozen=True)
class ChartLine:
    """One indicator of the sheet; `share` is points over maximum, None while data is missing."""

    code: str
    title: str
    points: str
    maximum: str
    words: str
    share: float | None


@dataclass(frozen=True)
class WallChart:
    """Everything the sheet says."""

    city: str
    period: str
    number: str
    version: str
    day: str
    name: str
    unit: str
    post: str
    role: str
    place: str
    term: str
    total: str
    grade: str
    rank: str
    attendance: list[ChartLine]
    duty: list[ChartLine]
    months: list[tuple[str, float, float]]
    parts: list[tuple[str, str, float | None, float]]
    groups: list[tuple[str, float | None, float, str]]
    bonus: list[tuple[str, str]]
    vetoes: list[str]
    commitments: str
    opinions: list[tuple[str, str, str]]
    check_url: str
    is_demo: bool
    is_draft: bool
    notes: list[str] = field(default_factory=list)


SHORT = {
    "驻村天数": "驻村", "坐班在岗抽查": "坐班", "请销假和外出报备": "请销假", "学习培训与例会": "学习", "月报季报及时": "报告", "抓党建强班子": "党建",
    "精准识别与档案质量": "档案", "帮扶措施与项目推进": "项目", "走访入户": "走访", "政策宣传、为民办事": "服务", "年承诺完成率": "承诺", "信息资料报送": "信息",
}  # fmt: skip


def qr(address: str) -> SafeString:
    return mark_safe(segno.make(address, error="m").svg_inline(border=1, omitsize=True))  # noqa: S308


def html(chart: WallChart) -> str:
    axes = [(SHORT.get(line.title, line.title[:4]), line.share) for line in [*chart.attendance, *chart.duty]]
    pictures = {
        "months": drawings.months(chart.months, width=640, height=330, size=18) if chart.months else "",
        "radar": drawings.radar(axes, width=640, height=400, size=18) if axes else "",
        "parts": drawings.parts(chart.parts, width=560, row=50, size=17),
        "gauges": drawings.gauges(chart.groups, width=560, row=66, size=16) if chart.groups else "",
    }
    return render_to_string("assessments/wall_chart.html", {"c": chart, "qr": qr(chart.check_url), **pictures})


def render(chart: WallChart) -> bytes:
    """The sheet as PDF: the same chart, the same bytes."""
    return render_pdf(html(chart), identifier=f"{chart.number}/{chart.version}")


def render_many(charts: Sequence[WallChart]) -> Iterator[bytes]:
    """The PDFs in the order given, drawn on every core."""
    workers = min(len(charts), cpu_count() or 1)
    if workers <= 1:
        yield from map(render, charts)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(render, charts)
