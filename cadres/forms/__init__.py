"""Forms of this room, a module a noun."""

from cadres.forms.attendance import CheckInForm, CorrectionForm, MonthPick, RosterForm, SheetForm, SpotCheckForm
from cadres.forms.people import ActionForm, CadreForm, NewCadreForm, PostingEndForm, PostingForm

__all__ = [
    "ActionForm", "CadreForm", "CheckInForm", "CorrectionForm", "MonthPick", "NewCadreForm", "PostingEndForm", "PostingForm", "RosterForm",
    "SheetForm", "SpotCheckForm",
]  # fmt: skip
