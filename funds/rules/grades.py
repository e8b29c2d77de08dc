"""Grades of a project's performance."""

from decimal import Decimal

from funds.rules.codes import Grade


def grade_of(score: Decimal) -> Grade:
    """优 ≥ 90, 良 80–<90, 及格 60–<80, 不及格 < 60 (`domain.md` §7.1)."""
    for least, grade in ((90, Grade.GOOD), (80, Grade.FAIR), (60, Grade.PASS)):
        if score >= least:
            return grade
    return Grade.FAIL
