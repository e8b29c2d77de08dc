"""What the pages of this room take in, a module a page."""

from households.forms.entry import EndForm, EntryForm, MemberForm, RevealForm, masked
from households.forms.sheets import ColumnsForm, ImportForm, OpinionForm, UndoForm

__all__ = [
    "ColumnsForm", "EndForm", "EntryForm", "ImportForm", "MemberForm", "OpinionForm", "RevealForm", "UndoForm", "masked",
]  # fmt: skip
