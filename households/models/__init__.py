"""The register and its life, a module a noun."""

from households.models.register import Household, Income, Living, Member, NameGram, PovertyLine

__all__ = ["Household", "Income", "Living", "Member", "NameGram", "PovertyLine"]
