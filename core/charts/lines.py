"""A line against a line: a value by year and the standard it is held against, labelled at their ends."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from core.charts import svg


def line_against_line(
    points: Sequence[tuple[int, float, float | None]],
    *,
    title: str,
    value_label: str,
    line_label: str,
    unit: str,
    width: float = 560,
    height: float = 320,
    size: float = 12,
    digits: int = 0,
) -> SafeString:
    """`points` are (year, value, standard or None). The value is a full line in blue, the standard a dashed one in red."""
    label_room = size * (max(len(value_label), len(line_label) + 4) + 2.4)
    top, bottom, left, right = size * 3.2, height - size * 2.4, size * 4.6, width - label_room
    highest = svg.nice_ceiling(max([value for _, value, _ in points] + [line or 0 for *_, line in points] + [1]))
    step = (right - left) / max(len(points) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        return left + index * step, bottom - (bottom - top) * max(value, 0) / highest

    parts = [svg.text(0, size * 1.3, f"{title}({unit})", size=size * 1.15, weight="bold")]
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - (bottom - top) * share
        parts += [
            svg.line(left, y, right, y),
            svg.text(left - size * 0.5, y + size * 0.35, f"{highest * share:,.{digits}f}", size=size * 0.9, fill=svg.GREY, anchor="end"),
        ]
    for index, (year, _, _) in enumerate(points):
        parts.append(svg.text(left + index * step, bottom + size * 1.6, f"{year}年", size=size, anchor="middle", fill=svg.GREY))
    standard = [place(index, line) for index, (_, _, line) in enumerate(points) if line is not None]
    values = [place(index, value) for index, (_, value, _) in enumerate(points)]
    if standard:
        parts.append(svg.polyline(standard, stroke=svg.ACCENT, width=size / 7, dash=f"{size / 2:g} {size / 3:g}"))
    parts.append(svg.polyline(values, stroke=svg.BLUE, width=size / 5))
    for (x, y), (_, value, line) in zip(values, points, strict=True):
        above = line is None or value >= line
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 3:.1f}" fill="{svg.BLUE}"/>',
                  svg.text(x, y - size * 0.8 if above else y + size * 1.5, f"{value:,.{digits}f}", size=size, anchor="middle", weight="bold")]  # fmt: skip
    end_value = values[-1][1]
    end_line = standard[-1][1] if standard else end_value - 99
    shift = size * 0.8 if abs(end_value - end_line) < size * 1.4 else 0
    sign = -1 if end_value <= end_line else 1
    parts.append(svg.text(right + size * 1.8, end_value + sign * shift + size * 0.35, value_label, size=size, fill=svg.BLUE))
    if standard:
        last = next(line for *_, line in reversed(points) if line is not None)
        parts.append(
            svg.text(right + size * 1.8, end_line - sign * shift + size * 0.35, f"{line_label} {last:,.{digits}f}", size=size, fill=svg.ACCENT)
        )
    said = ";".join(f"{year}年{value:,.{digits}f}{unit}" + (f"(标准{line:,.{digits}f}{unit})" if line else "") for year, value, line in points)
    return svg.document(width, height, parts, title=title, description=said)
