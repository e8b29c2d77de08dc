"""The register and its life, a module a noun."""

from households.models.complaints import Complaint
from households.models.corrections import Correction, CorrectionItem
from households.models.crosschecks import CrossCheckRequest, CrossCheckResult, CrossCheckSource, VetoRule
from households.models.duplicates import DuplicatePair
from households.models.dynamics import DynamicWindow, HouseholdYear, RegisterChange
from households.models.handbooks import HandbookIssue
from households.models.monitoring import MonitorCase
from households.models.proceedings import ExitCheck, HouseholdSurvey, Proceeding, ProceedingNotice, ReviewMeeting, ReviewVote
from households.models.register import Household, Income, Living, Member, NameGram, PovertyLine
from households.models.sampling import Sample, SampleCall
from households.models.sheets import ColumnMapping, ImportBatch, Reentry
from households.models.village_exits import VillageExit, VillageExitCheck, VillageExitNotice

__all__ = [
    "DuplicatePair",
    "VillageExit", "VillageExitCheck", "VillageExitNotice",
    "Sample", "SampleCall", "ColumnMapping", "Complaint", "Correction", "CorrectionItem", "CrossCheckRequest", "CrossCheckResult", "CrossCheckSource", "ExitCheck", "HandbookIssue", "Household", "HouseholdSurvey", "ImportBatch", "Income", "Living", "Member", "MonitorCase", "NameGram", "PovertyLine",
    "DynamicWindow", "HouseholdYear", "Proceeding", "ProceedingNotice", "RegisterChange", "Reentry", "ReviewMeeting", "ReviewVote", "VetoRule",
]  # fmt: skip
