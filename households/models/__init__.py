"""The register and its life, a module a noun."""

from households.models.register import Household, Income, Living, Member, NameGram, PovertyLine
from households.models.sheets import ColumnMapping, ImportBatch, Reentry

__all__ = ["ColumnMapping", "Household", "ImportBatch", "Income", "Living", "Member", "NameGram", "PovertyLine", "Reentry"]
