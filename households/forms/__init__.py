"""What the pages of this room take in, a module a page."""

from households.forms.entry import EndForm, EntryForm, MemberForm, RevealForm, masked

__all__ = ["EndForm", "EntryForm", "MemberForm", "RevealForm", "masked"]
