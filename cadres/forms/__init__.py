"""Forms of this room, a module a noun."""

from cadres.forms.attendance import CheckInForm, CorrectionForm, MonthPick, RosterForm, SheetForm, SpotCheckForm
from cadres.forms.leave import LeaveForm, MonthOpenForm, ReturnForm, WorkForm
from cadres.forms.people import ActionForm, CadreForm, NewCadreForm, PostingEndForm, PostingForm
from cadres.forms.promises import CommitmentForm, HungOutForm, ItemForm, QuarterForm, ReportForm, SigningForm

__all__ = [
    "ActionForm", "CadreForm", "CheckInForm", "CommitmentForm", "CorrectionForm", "HungOutForm", "ItemForm", "LeaveForm", "MonthOpenForm", "MonthPick",
    "NewCadreForm", "PostingEndForm", "PostingForm", "QuarterForm", "ReportForm", "ReturnForm", "RosterForm", "SheetForm", "SigningForm",
    "SpotCheckForm", "WorkForm",
]  # fmt: skip
