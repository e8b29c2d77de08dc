"""Checks of numbers, names and text. A refusal is a CheckError whose text tells the user what to do."""

from core.checks.problems import CheckError, Problem

__all__ = ["CheckError", "Problem"]
