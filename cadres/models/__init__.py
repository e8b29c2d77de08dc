"""Dispatched cadres: who is where, every day, and what they promised; a module a noun."""

from cadres.models.attendance import AttendanceDay, Correction, DayCode, DutyTurn, Presence, PresencePosition, SpotCheck
from cadres.models.bodies import BodyMeeting, BodyMember, DutyBody, LeadingBody
from cadres.models.leave import Leave, LeaveRule
from cadres.models.months import AttendanceLine, AttendanceMonth
from cadres.models.people import Cadre, CadreAction, Posting, Secondment, TeamRule

__all__ = [
    "AttendanceDay", "AttendanceLine", "AttendanceMonth", "BodyMeeting", "BodyMember", "Cadre", "CadreAction", "Correction", "DutyBody", "DayCode", "DutyTurn", "LeadingBody", "Leave", "LeaveRule", "Posting",
    "Presence", "PresencePosition", "Secondment", "SpotCheck", "TeamRule",
]  # fmt: skip
