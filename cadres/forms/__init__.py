"""Forms of this room, a module a noun."""

from cadres.forms.attendance import CheckInForm, CorrectionForm, MonthPick, RosterForm, SheetForm, SpotCheckForm
from cadres.forms.bodies import MeetingForm, MemberEndForm, MemberForm, SecondmentForm
from cadres.forms.care import ExpenseForm, HonourForm, InsuranceForm, PaymentForm, ReasonForm
from cadres.forms.leave import LeaveForm, MonthOpenForm, ReturnForm, WorkForm
from cadres.forms.people import ActionForm, CadreForm, NewCadreForm, PostingEndForm, PostingForm
from cadres.forms.promises import CommitmentForm, HungOutForm, ItemForm, QuarterForm, ReportForm, SigningForm
from cadres.forms.selection import NominationForm, ReportForDutyForm, SendForm
from cadres.forms.training import CadresForm, NeedForm, PublicityForm, SessionForm

__all__ = [
    "ActionForm", "CadreForm", "CadresForm", "CheckInForm", "CommitmentForm", "CorrectionForm", "ExpenseForm", "HonourForm", "HungOutForm", "InsuranceForm",
    "ItemForm", "LeaveForm", "MeetingForm", "MemberEndForm", "MemberForm", "MonthOpenForm", "MonthPick", "NeedForm", "NewCadreForm", "NominationForm",
    "PaymentForm", "PostingEndForm", "PostingForm", "PublicityForm", "QuarterForm", "ReasonForm", "ReportForDutyForm", "ReportForm", "ReturnForm",
    "RosterForm", "SecondmentForm", "SendForm", "SessionForm", "SheetForm", "SigningForm", "SpotCheckForm", "WorkForm",
]  # fmt: skip
