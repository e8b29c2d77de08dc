"""Charts as SVG, the same in page and PDF: real text, no inline style or script, title and description inside."""

from core.charts.lines import line_against_line

__all__ = ["line_against_line"]
