"""Small building blocks of hand-set SVG. Coordinates are in the drawing's own units; text is escaped."""

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString, mark_safe

INK, GREY, LINE, PALE = "#1d2129", "#6b7280", "#dedcd5", "#f4f3ef"
ACCENT, BLUE = "#a8322d", "#1f4e79"
FONT = "Noto Sans SC, Microsoft YaHei, PingFang SC, sans-serif"


def text(x: float, y: float, content: object, *, size: float = 12, fill: str = INK, anchor: str = "start", weight: str = "") -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{bold}>{escape(str(content))}</text>'


def line(x1: float, y1: float, x2: float, y2: float, *, stroke: str = LINE, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


def rect(x: float, y: float, width: float, height: float, *, fill: str, stroke: str = "", radius: float = 0) -> str:
    border = f' stroke="{stroke}" stroke-width="1"' if stroke else ""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="{fill}" rx="{radius:g}"{border}/>'


def polyline(points: Iterable[tuple[float, float]], *, stroke: str, width: float = 2, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{stroke}" stroke-width="{width:g}"{dashed}/>'


SHAPES = {
    "poor": ("#b3261e", "circle"),
    "pre": ("#b35c00", "triangle"),
    "out": ("#1f6b3a", "square"),
    "back": ("#6b3fa0", "diamond"),
    "watch": ("#1f5f99", "star"),
}


def symbol(state: str, x: float, y: float, r: float) -> str:
    """The mark of a state: shape and colour, so that it reads in black and white too."""
    colour, shape = SHAPES[state]
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" fill="{colour}"/>'
    if shape == "square":
        return rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8, fill=colour)
    if shape == "triangle":
        points = [(x, y - r * 1.1), (x + r * 1.05, y + r * 0.85), (x - r * 1.05, y + r * 0.85)]
    elif shape == "diamond":
        points = [(x, y - r * 1.2), (x + r * 1.2, y), (x, y + r * 1.2), (x - r * 1.2, y)]
    else:
        from math import cos, pi, sin

        points = [
            (x + (r * 1.2 if n % 2 == 0 else r * 0.5) * sin(n * pi / 5), y - (r * 1.2 if n % 2 == 0 else r * 0.5) * cos(n * pi / 5))
            for n in range(10)
        ]
    return f'<polygon points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in points)}" fill="{colour}"/>'


def document(width: float, height: float, parts: Iterable[str], *, title: str, description: str) -> SafeString:
    """A drawing with its title and description inside, for readers who hear it."""
    return mark_safe(  # noqa: S308 — every text above is escaped
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'font-family="{FONT}"><title>{escape(title)}</title><desc>{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def nice_ceiling(value: float) -> float:
    """A round number at or above a value, for the end of an axis."""
    if value <= 0:
        return 1
    magnitude = 10 ** (len(str(int(value))) - 1)
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * magnitude:
            return step * magnitude
    return 10 * magnitude
