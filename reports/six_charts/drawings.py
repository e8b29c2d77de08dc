"""The pictures of the six sheets. Units: 10 to the rem, so that type in a drawing is as large as type on the page."""

from collections.abc import Sequence
from datetime import date

from core.charts import svg
from core.charts.lines import line_against_line
from reports.six_charts.edition import Edition
from reports.six_charts.snapshot import STATE_LABELS, HomeRow

WIDE, TALL = 740, 560
T = 12.5  # body type of a drawing
NEED_MARKS = {"met": ("out", "已落实"), "running": ("pre", "落实中"), "open": ("poor", "未落实")}


def sorted_bars(rows: Sequence[tuple[str, float, str]], *, title: str, unit: str, width: float = WIDE, row: float = 34, label: float = 150) -> str:
    """Horizontal bars in the order given (label, length, text at the end); hidden cells have length None → no bar."""
    highest = max([value for _, value, _ in rows] + [1])
    top = T * 2.6
    room = width - label - 90
    parts = [svg.text(0, T * 1.2, f"{title}({unit})", size=T * 1.1)]
    for index, (name, value, text) in enumerate(rows):
        y = top + index * row
        parts += [
            svg.text(label - 10, y + row * 0.62, name, size=T, anchor="end"),
            svg.rect(label, y + row * 0.18, room * value / highest, row * 0.62, fill=svg.ACCENT if index == 0 else svg.BLUE),
            svg.text(label + room * value / highest + 8, y + row * 0.64, text, size=T),
        ]
    height = top + len(rows) * row + 6
    return svg.document(width, height, parts, title=title, description=";".join(f"{name}{text}{unit}" for name, _, text in rows))


def traffic(rows: Sequence[tuple[str, str]], width: float = 350) -> str:
    """The ten needs with their marks: shape, colour and word."""
    parts = []
    step = 34
    for index, (name, state) in enumerate(rows):
        x, y = (index % 2) * width / 2, (index // 2) * step + 16
        mark, word = NEED_MARKS.get(state, ("watch", "无差距"))
        if state == "none":
            parts.append(svg.line(x + 4, y, x + 18, y, stroke=svg.GREY, width=2))
            word = "无差距"
        else:
            parts.append(svg.symbol(mark, x + 10, y, 7))
        parts += [svg.text(x + 26, y + 4.5, name, size=T), svg.text(x + width / 2 - 12, y + 4.5, word, size=T * 0.92, fill=svg.GREY, anchor="end")]
    height = -(-len(rows) // 2) * step + 4
    return svg.document(width, height, parts, title="退出需求", description=";".join(f"{n}{NEED_MARKS.get(s, ('', '无差距'))[1]}" for n, s in rows))


def rate_line(edition: Edition) -> str:
    """The poverty rate by year against the 3 % at which a western village exits."""
    rates = edition.snapshot.rates
    if len(rates) < 2:
        return ""
    return line_against_line([(year, rate, 3.0) for year, rate in rates], title="贫困发生率", value_label="本村", line_label="退出线", unit="%",
                             width=WIDE, height=250, size=T, digits=1)  # fmt: skip


def legend(states: Sequence[str], counts: dict[str, int], x: float, y: float) -> list[str]:
    parts = []
    for state in states:
        parts += [svg.symbol(state, x + 8, y - 4, 7), svg.text(x + 22, y, f"{STATE_LABELS[state]} {counts.get(state, 0)} 户", size=T)]
        x += 120
    return parts


def _counts(homes: Sequence[HomeRow]) -> dict[str, int]:
    return {state: sum(home.state == state for home in homes) for state in STATE_LABELS}


def places(edition: Edition) -> str:
    """Where the households are: on the village's outline where there is one, else group by group."""
    s = edition.snapshot
    if s.outline and any(home.position for home in s.homes):
        return _map(edition)
    parts = legend(list(STATE_LABELS), _counts(s.homes), 0, 16)
    groups = s.groups or ["全村"]
    columns = 2 if len(groups) > 1 else 1
    rows = -(-len(groups) // columns)
    gap, top = 18, 34
    width, height = (WIDE - 2 - gap * (columns - 1)) / columns, (TALL - top - gap * (rows - 1)) / rows
    for index, group in enumerate(groups):
        x, y = 1 + (index % columns) * (width + gap), top + (index // columns) * (height + gap)
        numbered = [(number, home) for number, home in enumerate(s.homes, start=1) if home.group == group or len(groups) == 1]
        homes = [home for _, home in numbered]
        parts += [svg.rect(x, y, width, height, fill="#ffffff", stroke=svg.LINE), svg.text(x + 14, y + 24, group, size=T * 1.3),
                  svg.text(x + width - 14, y + 24, f"{len(homes)} 户 {sum(h.population for h in homes)} 人", size=T, anchor="end", fill=svg.GREY)]  # fmt: skip
        parts += _cluster(numbered, x + 14, y + 40, width - 28, height - 54)
    return svg.document(WIDE, TALL, parts, title="贫困户分布", description=";".join(f"{g}{sum(h.group == g for h in s.homes)}户" for g in groups))


def _cluster(homes: Sequence[tuple[int, HomeRow]], x: float, y: float, width: float, height: float) -> list[str]:
    """Numbered symbols in rows, poor first; as large as fit, so that 3 and 200 both fill their field."""
    if not homes:
        return [svg.text(x, y + 20, "没有贫困户", size=T, fill=svg.GREY)]
    order = {"poor": 0, "back": 1, "pre": 2, "out": 3}
    homes = sorted(homes, key=lambda pair: order[pair[1].state])
    cell = 84.0
    while int(width // cell) * int(height // cell) < len(homes) and cell > 7:
        cell -= 1
    per_row = max(1, int(width // cell))
    numbered = cell >= 26
    parts = []
    for index, (number, home) in enumerate(homes):
        left, top = x + (index % per_row + 0.5) * cell, y + (index // per_row + 0.5) * cell
        parts.append(svg.symbol(home.state, left, top - (cell * 0.14 if numbered else 0), cell * (0.24 if numbered else 0.34)))
        if numbered:
            parts.append(svg.text(left, top + cell * 0.36, number, size=max(9.2, min(T * 1.3, cell * 0.24)), anchor="middle", fill=svg.GREY))
    return parts


def _map(edition: Edition) -> str:
    s = edition.snapshot
    points = [point for ring in s.outline for point in ring]
    left, right = min(p[0] for p in points), max(p[0] for p in points)
    low, high = min(p[1] for p in points), max(p[1] for p in points)
    scale = min((WIDE - 40) / max(right - left, 1e-6), (TALL - 80) / max(high - low, 1e-6))

    def place(point: Sequence[float]) -> tuple[float, float]:
        return 20 + (point[0] - left) * scale, TALL - 20 - (point[1] - low) * scale

    parts = legend(list(STATE_LABELS), _counts(s.homes), 0, 16)
    for ring in s.outline:
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, ring))
        parts.append(f'<polygon points="{path}" fill="{svg.PALE}" stroke="{svg.GREY}" stroke-width="1.5"/>')
    parts += [svg.symbol(home.state, *place(home.position), 7) for home in s.homes if home.position]
    return svg.document(WIDE, TALL, parts, title="贫困户分布", description=f"{len(s.homes)}户在村界内的位置")


def causes(edition: Edition) -> str:
    s = edition.snapshot
    rows = list(zip(s.causes, edition.shown["causes"], strict=True))
    if not rows:
        return ""
    # A hidden cell gets no length that could be measured.
    bars = [(name, n if shown.isdigit() else (1 if shown == "<3" else 3), f"{shown} 户" if shown != "—" else "不单列") for (name, n), shown in rows]
    return sorted_bars(bars, title="主要致贫原因", unit="户", row=min(44, 420 / len(bars)))


def wish_matrix(edition: Edition) -> str:
    """Eight aspects by how far they are met, as small bars beside each other."""
    rows = edition.snapshot.wishes
    highest = max([max(row[1:]) for row in rows] + [1])
    parts = [
        svg.text(130, 14, "已落实", size=T, fill=svg.GREY),
        svg.text(330, 14, "落实中", size=T, fill=svg.GREY),
        svg.text(530, 14, "未落实", size=T, fill=svg.GREY),
    ]
    for index, (name, met, running, still) in enumerate(rows):
        y = 24 + index * 22
        parts.append(svg.text(110, y + 15, name, size=T, anchor="end"))
        for column, (value, colour) in enumerate(((met, "#1f6b3a"), (running, "#b35c00"), (still, "#b3261e"))):
            text = str(value) if value == 0 or value >= 3 or not edition.public else "<3"
            length = 140 * (value if text != "<3" else 1.5) / highest
            x = 130 + column * 200
            parts += [svg.rect(x, y + 4, length, 13, fill=colour), svg.text(x + length + 6, y + 15, text, size=T)]
    return svg.document(WIDE, 28 + len(rows) * 22, parts, title="脱贫意愿", description="八个方面的脱贫意愿落实情况")


def tree(edition: Edition) -> str:
    """Leader → unit → team → helpers → households, from left to right."""
    s = edition.snapshot
    columns = (
        ("联点领导", [f"{name} {post}" for name, post in s.leaders]),
        ("联村单位", [name for name, _ in s.units]),
        ("驻村工作队", [f"{name} {role}" for name, role, _ in s.team]),
        ("帮扶责任人", [f"{s.helpers} 名"]),
        ("贫困户", [f"{s.households} 户 {s.members} 人"]),
    )
    widths = (168, 164, 134, 104, 128)
    gap, head, parts, x = 10, 34, [], 0.0
    middle = TALL / 2
    for (label, names), width in zip(columns, widths, strict=True):
        shown, rest = names[:11], len(names) - 11
        lines = [*shown, *([f"等 {len(names)} 个"] if rest > 0 else [])] or ["暂缺"]
        box = 52.0 if len(lines) <= 8 else 38.0
        height = head + len(lines) * box
        y = middle - height / 2
        parts += [svg.rect(x, y, width, head - 4, fill=svg.ACCENT), svg.text(x + width / 2, y + 20, label, size=T, fill="#ffffff", anchor="middle")]
        for index, line in enumerate(lines):
            top = y + head + index * box
            parts += [
                svg.rect(x, top, width, box - 5, fill="#ffffff", stroke=svg.LINE),
                svg.text(x + 8, top + box / 2 + 2, _clip(line, width), size=T),
            ]
        if x:
            parts.append(svg.line(x - gap, middle, x, middle, stroke=svg.ACCENT, width=2))
        x += width + gap
    return svg.document(
        x - gap,
        TALL,
        parts,
        title="帮扶责任",
        description=f"{len(s.leaders)}名领导、{len(s.units)}个单位、{len(s.team)}名驻村干部、{s.helpers}名帮扶责任人",
    )


def _clip(text: str, width: float) -> str:
    most = int((width - 14) / T)
    return text if len(text) <= most else text[: most - 1] + "…"


def measure_bars(edition: Edition) -> str:
    """Each kind of measure: done, running, planned beside each other in one bar; a hidden cell has no measurable length."""
    rows = [row for row in edition.snapshot.measures if sum(row[1:])]
    if not rows:
        return ""
    cells = edition.shown["measures"]
    highest = max(sum(row[1:]) for row in rows)
    row_height = min(30, 250 / len(rows))
    parts = [svg.rect(150, 2, 12, 12, fill="#1f6b3a"), svg.text(168, 13, "已落实", size=T), svg.rect(250, 2, 12, 12, fill="#b35c00"),
             svg.text(268, 13, "实施中", size=T), svg.rect(350, 2, 12, 12, fill="#b9b6ac"), svg.text(368, 13, "计划", size=T)]  # fmt: skip
    for index, ((name, planned, running, done), cell) in enumerate(zip(rows, cells, strict=True)):
        y, x = 24 + index * row_height, 150.0
        parts.append(svg.text(140, y + row_height * 0.66, name, size=T, anchor="end"))
        if not cell.isdigit():
            parts.append(svg.text(x, y + row_height * 0.66, f"{cell} 户次" if cell != "—" else "不单列", size=T, fill=svg.GREY))
            continue
        for value, colour in ((done, "#1f6b3a"), (running, "#b35c00"), (planned, "#b9b6ac")):
            length = 480 * value / highest
            parts.append(svg.rect(x, y + row_height * 0.16, length, row_height * 0.66, fill=colour))
            x += length
        parts.append(svg.text(x + 8, y + row_height * 0.66, f"{cell} 户次", size=T))
    return svg.document(
        WIDE,
        28 + len(rows) * row_height,
        parts,
        title="到户措施",
        description=";".join(f"{r[0]}{cell}户次" for r, cell in zip(rows, cells, strict=True)),
    )


def gantt(edition: Edition) -> str:
    """Projects over the months, with the data day."""
    rows = [p for p in edition.snapshot.projects if p.started and p.finish][:9]
    if not rows:
        return ""
    day = date.fromisoformat(edition.snapshot.data_on)
    first = min(date.fromisoformat(p.started) for p in rows).replace(month=1, day=1)
    last = max([date.fromisoformat(p.finish) for p in rows] + [day]).replace(month=12, day=31)
    label, room, row = 270, WIDE - 270, 26

    def at(when: date) -> float:
        return label + room * (when - first).days / max((last - first).days, 1)

    parts = []
    for year in range(first.year, last.year + 1):
        x = at(date(year, 1, 1))
        parts += [svg.line(x, 18, x, 24 + len(rows) * row), svg.text(x + 4, 14, f"{year}年", size=T, fill=svg.GREY)]
    for index, project in enumerate(rows):
        y = 24 + index * row
        done = project.state in {"已竣工", "已验收"}
        start, end = at(date.fromisoformat(project.started)), at(date.fromisoformat(project.finish))
        parts += [svg.text(0, y + 17, _clip(project.name, label), size=T * 0.94), svg.rect(start, y + 6, end - start, 14, fill="#1f6b3a" if done else "#b35c00"),
                  svg.text(min(end + 6, WIDE - 60), y + 18, project.state, size=T * 0.9, fill=svg.GREY)]  # fmt: skip
    parts.append(svg.line(at(day), 18, at(day), 24 + len(rows) * row, stroke=svg.ACCENT, width=1.5, dash="4 3"))
    return svg.document(WIDE, 28 + len(rows) * row, parts, title="项目进度", description=";".join(f"{p.name}{p.state}" for p in rows))


def ladder(edition: Edition) -> str:
    """How many have left poverty by each year, and how many are planned."""
    s = edition.snapshot
    years = sorted({y for home in s.homes for y in ((home.exit_year,) if home.state == "out" else (home.plan_year,)) if y})
    if not years:
        return ""
    width, height, base = WIDE, 240, 200
    step = width / max(len(years), 3)
    total, parts, done = s.households, [], 0
    for index, year in enumerate(years):
        exited = sum(home.state == "out" and home.exit_year == year for home in s.homes)
        planned = sum(home.state != "out" and home.plan_year == year for home in s.homes)
        before, done = done, done + exited + planned
        x, full = index * step, 150 / total
        parts += [
            svg.rect(x + 10, base - done * full, step - 40, (done - before) * full, fill="#1f6b3a" if exited and not planned else "#b35c00"),
            svg.rect(x + 10, base - before * full, step - 40, before * full, fill="#dfe9e2"),
            svg.text(
                x + 10, base - done * full - 8, f"{'脱贫' if exited and not planned else '计划脱贫'} {exited + planned} 户,累计 {done} 户", size=T
            ),
            svg.text(x + 10, base + 20, f"{year}年", size=T * 1.1),
        ]
    parts.append(svg.line(0, base, width, base, stroke=svg.GREY))
    return svg.document(width, height, parts, title="脱贫时序", description=f"到{years[-1]}年累计{done}户")


def income_dots(edition: Edition) -> str:
    """Each household's income a head as a dot in rising order, against the line."""
    s = edition.snapshot
    values = sorted(home.income for home in s.homes if home.income is not None)
    if not values or not s.line:
        return ""
    width, height, left, top, bottom = WIDE, 300, 56, 34, 280
    highest = svg.nice_ceiling(max(values[-1], s.line) * 1.05)

    def y(value: float) -> float:
        return bottom - (bottom - top) * max(value, 0) / highest

    above = sum(value >= s.line for value in values)
    parts = [svg.text(0, 16, f"{s.line_year}年人均纯收入(元),每点一户:{above} 户达到或超过标准,{len(values) - above} 户低于标准", size=T * 1.05)]
    for share in (0, 0.5, 1):
        parts += [
            svg.line(left, y(highest * share), width, y(highest * share)),
            svg.text(left - 6, y(highest * share) + 4, f"{highest * share:,.0f}", size=T * 0.9, fill=svg.GREY, anchor="end"),
        ]
    step = (width - left - 20) / max(len(values), 1)
    radius = min(6.0, max(1.6, step * 0.45))
    for index, value in enumerate(values):
        parts.append(svg.symbol("out" if value >= s.line else "poor", left + 12 + index * step, y(value), radius))
    parts += [svg.line(left, y(s.line), width, y(s.line), stroke=svg.ACCENT, width=2, dash="6 4"),
              svg.text(width - 4, y(s.line) - 6, f"扶贫标准 {s.line:,.0f} 元", size=T, fill=svg.ACCENT, anchor="end")]  # fmt: skip
    return svg.document(width, height, parts, title="人均纯收入与扶贫标准", description=f"{above}户达到标准,{len(values) - above}户低于标准")
