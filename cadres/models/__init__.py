"""Dispatched cadres: who is where, every day, and what they promised; a module a noun."""

from cadres.models.attendance import AttendanceDay, Correction, DayCode, DutyTurn, Presence, PresencePosition, SpotCheck
from cadres.models.bodies import BodyMeeting, BodyMember, DutyBody, LeadingBody
from cadres.models.care import Allowance, AllowanceKind, Honour, TeamExpense
from cadres.models.conduct import Handover, Opinion, Sign
from cadres.models.leave import Leave, LeaveRule
from cadres.models.months import AttendanceLine, AttendanceMonth
from cadres.models.people import Cadre, CadreAction, Posting, Secondment, TeamRule
from cadres.models.promises import Commitment, CommitmentItem, QuarterProgress, QuarterReport
from cadres.models.selection import Nomination
from cadres.models.training import Publicity, TrainingAttendance, TrainingEnrolment, TrainingMode, TrainingNeed, TrainingSession

__all__ = [
    "Allowance",
    "AllowanceKind",
    "AttendanceDay",
    "AttendanceLine",
    "AttendanceMonth",
    "BodyMeeting",
    "BodyMember",
    "Cadre",
    "CadreAction",
    "Commitment",
    "CommitmentItem",
    "Correction",
    "DayCode",
    "DutyBody",
    "DutyTurn",
    "Handover",
    "Honour",
    "LeadingBody",
    "Leave",
    "LeaveRule",
    "Nomination",
    "Opinion",
    "Posting",
    "Presence",
    "PresencePosition",
    "Publicity",
    "QuarterProgress",
    "QuarterReport",
    "Secondment",
    "Sign",
    "SpotCheck",
    "TeamExpense",
    "TeamRule",
    "TrainingAttendance",
    "TrainingEnrolment",
    "TrainingMode",
    "TrainingNeed",
    "TrainingSession",
]
