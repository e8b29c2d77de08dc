"""Charts as SVG, the same in page and PDF: real text, no inline style or script, title and description inside."""

from core.charts.flows import flow_chart
from core.charts.lines import line_against_line

__all__ = ["flow_chart", "line_against_line"]
