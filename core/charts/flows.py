"""Where money goes: bands from column to column, as wide as the sum they carry, each labelled where it starts or ends."""

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString

from core.charts import svg

COLOURS = ("#1f4e79", "#1f6b3a", "#b35c00", "#6b3fa0", "#a8322d", "#0f6674", "#7a5c1e", "#50555e")
Flow = tuple[str, ...]


def flow_chart(
    flows: Sequence[tuple[Flow, float]], *, title: str, columns: Sequence[str], unit: str, width: float = 960, size: float = 12, digits: int = 2
) -> SafeString:
    """`flows` are (names from left to right, sum). Every band keeps the colour of where it came from."""
    flows = [(names, value) for names, value in flows if value > 0]
    count = len(columns)
    totals: list[dict[str, float]] = [{} for _ in range(count)]
    for names, value in flows:
        for place, name in zip(totals, names, strict=True):
            place[name] = place.get(name, 0) + value
    whole = sum(value for _, value in flows) or 1
    gap, least = size * 0.55, size * 1.25
    most = max((len(place) for place in totals), default=0)
    scale = max(size * 16, most * size * 1.5) / whole
    heights = [{name: max(value * scale, least) for name, value in place.items()} for place in totals]
    tall = max((sum(place.values()) + gap * (len(place) - 1) for place in heights), default=0)
    top, bar = size * 4.6, size
    room_left, room_right = (
        size * (1.5 + max((_ems(f"{name} {value:,.{digits}f}") for name, value in totals[index].items()), default=0)) for index in (0, -1)
    )
    xs = [room_left + index * (width - room_left - room_right - bar) / max(count - 1, 1) for index in range(count)]
    tops = [_stack(place, totals[index], top, tall, gap) for index, place in enumerate(heights)]
    colour = {name: COLOURS[number % len(COLOURS)] for number, name in enumerate(_ordered(totals[0]))} if totals else {}
    parts = [svg.text(0, size * 1.4, f"{title}({unit})", size=size * 1.15, weight="bold")]
    parts += [svg.text(x + bar / 2, size * 3.4, label, size=size, fill=svg.GREY, anchor="middle") for x, label in zip(xs, columns, strict=True)]
    parts += _bands(flows, xs, tops, heights, totals, bar, colour)
    for index, place in enumerate(totals):
        for name, value in place.items():
            y, height = tops[index][name], heights[index][name]
            parts.append(svg.rect(xs[index], y, bar, height, fill=colour.get(name, svg.INK) if index == 0 else svg.GREY))
            left = index == 0
            x = xs[index] - size * 0.5 if left else xs[index] + bar + size * 0.5
            label = f"{name} {value:,.{digits}f}"
            parts.append(svg.text(x, y + height / 2 + size * 0.36, label, size=size, anchor="end" if left else "start"))
    said = ";".join(f"{'→'.join(names)} {value:,.{digits}f}{unit}" for names, value in flows)
    return svg.document(width, top + tall + size * 2, parts, title=title, description=said[:4000])


def _ems(label: str) -> float:
    """About how wide a label is, in letters' heights: a Chinese character is one, a figure a little more than half."""
    return sum(1 if ord(letter) > 0x2E80 else 0.58 for letter in label)


def _ordered(place: dict[str, float]) -> list[str]:
    return sorted(place, key=lambda name: -place[name])


def _stack(heights: dict[str, float], totals: dict[str, float], top: float, tall: float, gap: float) -> dict[str, float]:
    """Where each block begins, the largest first, the column in the middle of the drawing."""
    y = top + (tall - sum(heights.values()) - gap * (len(heights) - 1)) / 2
    tops = {}
    for name in _ordered(totals):
        tops[name] = y
        y += heights[name] + gap
    return tops


def _bands(flows: Sequence[tuple[Flow, float]], xs: list[float], tops: list[dict[str, float]], heights: list[dict[str, float]],
           totals: list[dict[str, float]], bar: float, colour: dict[str, str]) -> list[str]:  # fmt: skip
    parts: list[str] = []
    ordered = sorted(flows, key=lambda flow: tuple(tops[index][name] for index, name in enumerate(flow[0])))
    out = [dict(place) for place in tops]
    into = [dict(place) for place in tops]
    for names, value in ordered:
        for index in range(len(xs) - 1):
            a, b = names[index], names[index + 1]
            width_a = value / totals[index][a] * heights[index][a]
            width_b = value / totals[index + 1][b] * heights[index + 1][b]
            x1, x2 = xs[index] + bar, xs[index + 1]
            y1, y2 = out[index][a], into[index + 1][b]
            middle = (x1 + x2) / 2
            path = (f"M{x1:.1f},{y1:.1f} C{middle:.1f},{y1:.1f} {middle:.1f},{y2:.1f} {x2:.1f},{y2:.1f} L{x2:.1f},{y2 + width_b:.1f} "
                    f"C{middle:.1f},{y2 + width_b:.1f} {middle:.1f},{y1 + width_a:.1f} {x1:.1f},{y1 + width_a:.1f} Z")  # fmt: skip
            parts.append(f'<path d="{path}" fill="{escape(colour[names[0]])}" fill-opacity="0.28"/>')
            out[index][a] += width_a
            into[index + 1][b] += width_b
    return parts
