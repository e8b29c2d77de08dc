"""What this room's pages take in, a module a noun."""

from funds.forms.payments import BatchForm, CancelForm, ResultForm, ReturnForm, ReverseForm, SeenForm, UnitBatchForm
from funds.forms.projects import PART_FORMS, DropForm, ProjectForm
from funds.forms.sources import AllocationForm, CutForm, IndicatorForm, ReturnMoneyForm

__all__ = [
    "PART_FORMS", "AllocationForm", "BatchForm", "CancelForm", "CutForm", "DropForm", "IndicatorForm", "ProjectForm", "ResultForm", "ReturnForm",
    "ReturnMoneyForm", "ReverseForm", "SeenForm", "UnitBatchForm",
]  # fmt: skip
