"""Forms of this room, a module a noun."""

from cadres.forms.attendance import CheckInForm, CorrectionForm, MonthPick, RosterForm, SheetForm, SpotCheckForm
from cadres.forms.leave import LeaveForm, MonthOpenForm, ReturnForm, WorkForm
from cadres.forms.people import ActionForm, CadreForm, NewCadreForm, PostingEndForm, PostingForm

__all__ = [
    "ActionForm", "CadreForm", "CheckInForm", "CorrectionForm", "LeaveForm", "MonthOpenForm", "MonthPick", "NewCadreForm", "PostingEndForm", "PostingForm", "ReturnForm", "RosterForm",
    "SheetForm", "SpotCheckForm", "WorkForm",
]  # fmt: skip
