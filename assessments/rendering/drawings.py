"""The pictures of scores: hand-set SVG, the same on the page and in the PDF."""

from collections.abc import Sequence
from math import cos, pi, sin

from core.charts import svg

ATTENDANCE, DUTY, SATISFACTION = "#1f4e79", "#7a5c1e", "#1f6b3a"
COLOURS = {"A": ATTENDANCE, "B": DUTY, "C": SATISFACTION}
T = 12.5


def bars(parts: Sequence[tuple[str, float | None, float]], *, width: float = 132, height: float = 14) -> str:
    """Three short bars side by side, each as long as its weight, filled as far as its points: (part, points, weight)."""
    whole = sum(weight for *_, weight in parts) or 1
    gap, x, drawn, said = 3, 0.0, [], []
    for part, points, weight in parts:
        room = (width - gap * (len(parts) - 1)) * weight / whole
        drawn.append(svg.rect(x, 2, room, height - 4, fill="#e9e7e0"))
        if points is None:
            drawn.append(svg.line(x, height / 2, x + room, height / 2, stroke=svg.GREY, dash="2 2"))
        else:
            drawn.append(svg.rect(x, 2, room * min(points / weight, 1) if weight else 0, height - 4, fill=COLOURS[part]))
        said.append(f"{part} {'未齐' if points is None else f'{points:g}'}/{weight:g}")
        x += room + gap
    return svg.document(width, height, drawn, title="三部分得分", description=",".join(said))


def spread(rows: Sequence[tuple[str, Sequence[float]]], *, width: float = 820, low: float = 40, high: float = 110) -> str:
    """Small multiples: for every township its scores as dots on one scale, the median as a stroke, so that a generous one stands out."""
    row, left, right, top = 34, 116, 92, 26
    room = width - left - right

    def x(value: float) -> float:
        return left + room * (min(max(value, low), high) - low) / (high - low)

    drawn = []
    for mark in range(int(low), int(high) + 1, 10):
        drawn += [
            svg.line(x(mark), top - 4, x(mark), top + row * len(rows)),
            svg.text(x(mark), top - 10, mark, size=10, fill=svg.GREY, anchor="middle"),
        ]
    said = []
    for index, (name, values) in enumerate(rows):
        y = top + row * index + row / 2
        drawn += [svg.text(left - 10, y + 4, name, size=T, anchor="end"), svg.line(left, y, left + room, y, stroke=svg.PALE)]
        middle = median(values)
        stacked: dict[int, int] = {}
        for value in sorted(values):
            place = round(x(value) / 6)
            level = stacked[place] = stacked.get(place, 0) + 1
            offset = (level // 2) * 6 * (1 if level % 2 else -1)
            drawn.append(f'<circle cx="{x(value):.1f}" cy="{y + offset:.1f}" r="3" fill="{svg.BLUE}" fill-opacity="0.75"/>')
        if middle is not None:
            drawn.append(svg.line(x(middle), y - 12, x(middle), y + 12, stroke=svg.ACCENT, width=2))
            drawn.append(svg.text(left + room + 8, y + 4, f"中位 {middle:.1f}", size=11, fill=svg.GREY))
            said.append(f"{name}{len(values)}人,中位{middle:.1f}分")
        else:
            drawn.append(svg.text(left + room + 8, y + 4, "未齐", size=11, fill=svg.GREY))
    return svg.document(width, top + row * len(rows) + 6, drawn, title="各乡镇得分分布(分)", description=";".join(said))


def median(values: Sequence[float]) -> float | None:
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def months(values: Sequence[tuple[str, float, float]], *, width: float = 620, height: float = 250, size: float = 15) -> str:
    """Twelve months of attendance: a bar of days in the village, a stroke across it for the days required."""
    left, right, top, bottom = 6, width - 6, size * 3, height - size * 2.2
    highest = max([31.0, *(value for _, value, _ in values), *(due for *_, due in values)])
    step = (right - left) / max(len(values), 1)
    drawn = [
        svg.text(0, size * 1.2, "每月驻村天数", size=size * 1.1, weight="bold"),
        svg.text(width, size * 1.2, "横线为应驻村天数", size=size * 0.85, fill=svg.ACCENT, anchor="end"),
    ]
    said = []
    for index, (name, value, due) in enumerate(values):
        x, tall = left + step * index, (bottom - top) * value / highest
        short = value < due
        inside = tall >= size * 2
        written = bottom - tall + size * 1.4 if inside else bottom - tall - size * 0.45
        drawn += [
            svg.rect(x + step * 0.18, bottom - tall, step * 0.64, tall, fill="#8aa6c1" if short else ATTENDANCE),
            svg.text(x + step / 2, written, f"{value:g}", size=size * 0.95, anchor="middle", weight="bold", fill="#ffffff" if inside else svg.INK),
            svg.text(x + step / 2, bottom + size * 1.5, name, size=size * 0.9, anchor="middle", fill=svg.GREY),
        ]
        if due:
            y = bottom - (bottom - top) * due / highest
            drawn.append(svg.line(x + step * 0.06, y, x + step * 0.94, y, stroke=svg.ACCENT, width=2))
        said.append(f"{name}{value:g}天/应{due:g}天")
    drawn.append(svg.line(left, bottom, right, bottom, stroke=svg.GREY))
    return svg.document(width, height, drawn, title="每月驻村天数", description=";".join(said))


def radar(axes: Sequence[tuple[str, float | None]], *, width: float = 460, height: float = 400, size: float = 14) -> str:
    """Indicators around a circle, each at its share of the maximum; what is missing is an empty mark at the rim."""
    centre_x, centre_y, radius = width / 2, height / 2, min(width, height) / 2 - size * 3
    count = len(axes)

    def point(index: int, share: float) -> tuple[float, float]:
        angle = 2 * pi * index / count
        return centre_x + radius * share * sin(angle), centre_y - radius * share * cos(angle)

    drawn = []
    for ring in (0.25, 0.5, 0.75, 1):
        corners = [point(index, ring) for index in range(count)]
        drawn.append(svg.polyline([*corners, corners[0]], stroke=svg.LINE if ring < 1 else "#b9b6ac", width=1))
    shares = [share if share is not None else 0 for _, share in axes]
    shape = " ".join(f"{x:.1f},{y:.1f}" for x, y in (point(index, share) for index, share in enumerate(shares)))
    drawn.append(f'<polygon points="{shape}" fill="{ATTENDANCE}" fill-opacity="0.16" stroke="{ATTENDANCE}" stroke-width="2"/>')
    said = []
    for index, (name, share) in enumerate(axes):
        x, y = point(index, 1)
        drawn.append(svg.line(centre_x, centre_y, x, y))
        label_x, label_y = point(index, 1 + size * 1.0 / radius)
        anchor = "middle" if abs(label_x - centre_x) < size else "start" if label_x > centre_x else "end"
        drop = size * 0.35 + (size * 0.5 if label_y > centre_y + radius * 0.8 else -size * 0.3 if label_y < centre_y - radius * 0.8 else 0)
        drawn.append(svg.text(label_x, label_y + drop, name, size=size, anchor=anchor))
        dot_x, dot_y = point(index, share or 0)
        if share is None:
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#fff" stroke="{svg.GREY}"/>')
        else:
            colour = ATTENDANCE if share >= 0.8 else svg.ACCENT
            drawn.append(f'<circle cx="{dot_x:.1f}" cy="{dot_y:.1f}" r="4" fill="{colour}"/>')
        said.append(f"{name}{'未齐' if share is None else f'{share:.0%}'}")
    return svg.document(width, height, drawn, title="各项得分占满分的比例", description=";".join(said))


def gauges(groups: Sequence[tuple[str, float | None, float, str]], *, width: float = 460, row: float = 58, size: float = 14) -> str:
    """A bar for every respondent group: (label, mean of a hundred or None, weight, words)."""
    drawn, said = [], []
    for index, (name, mean, weight, words) in enumerate(groups):
        y = row * index
        drawn += [svg.text(0, y + size * 1.2, name, size=size), svg.text(0, y + row - 6, words, size=size * 0.8, fill=svg.GREY),
                  svg.rect(0, y + size * 1.8, width - 96, 13, fill="#e9e7e0")]  # fmt: skip
        if mean is None:
            drawn.append(svg.text(width, y + size * 2.6, "样本不足", size=size, anchor="end", fill=svg.ACCENT))
        else:
            drawn += [svg.rect(0, y + size * 1.8, (width - 96) * mean / 100, 13, fill=SATISFACTION),
                      svg.text(width, y + size * 2.6, f"{mean:g}", size=size * 1.25, anchor="end", weight="bold"),
                      svg.text(width, y + size * 1.15, f"占 {weight:g} 分", size=size * 0.8, anchor="end", fill=svg.GREY)]  # fmt: skip
        said.append(f"{name}{'样本不足' if mean is None else f'{mean:g}分'}")
    return svg.document(width, row * len(groups) + 4, drawn, title="满意度", description=";".join(said))


def parts(values: Sequence[tuple[str, str, float | None, float]], *, width: float = 460, row: float = 46, size: float = 15) -> str:
    """The three parts against their weights: (part, title, points, weight)."""
    drawn, said = [], []
    longest = max([weight for *_, weight in values] + [1])
    room = width - 110
    for index, (part, title, points, weight) in enumerate(values):
        y = row * index
        length = room * weight / longest
        drawn += [svg.text(0, y + size * 1.1, title, size=size), svg.rect(0, y + size * 1.6, length, 14, fill="#e9e7e0")]
        if points is not None:
            drawn.append(svg.rect(0, y + size * 1.6, length * points / weight, 14, fill=COLOURS[part]))
        text = "未齐" if points is None else f"{points:g}"
        drawn.append(svg.text(width, y + size * 2.5, f"{text} / {weight:g}", size=size * 1.1, anchor="end", weight="bold"))
        said.append(f"{title}{text}/{weight:g}")
    return svg.document(width, row * len(values) + 4, drawn, title="三项考评", description=";".join(said))
