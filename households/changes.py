"""What of the register may be changed for many records: 全村参保."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.permissions import Permission
from core.forms import FastSelect
from households import services
from households.models import Member
from workflow import changes_registry as changes
from workflow.changes_registry import Changeable, Held


def _insured(listing_key: str, list_url: str, path: str) -> Changeable:
    """The same change from the list of households and from that of villages."""

    def members(rows: QuerySet) -> QuerySet:
        return Member.objects.filter(**{f"{path}__in": rows.order_by().values("pk")}, left_on=None, household__ended_on=None)

    return Changeable(
        key=f"insured-{path}",
        label="修改参加医疗保险",
        listing_key=listing_key,
        list_url=list_url,
        permission=Permission.REGISTER_EDIT,
        model=Member,
        records=members,
        related=("household",),
        form_field=lambda user: forms.ChoiceField(label="城乡居民基本医疗保险", choices=[("yes", "参保"), ("no", "未参保")], widget=FastSelect),
        keep=lambda value: value == "yes",
        words=_words,
        read=_read,
        show=lambda member: _words(member.medical_insured),
        refuse=lambda member, kept: f"已是“{_words(kept)}”。" if member.medical_insured == kept else "",
        apply=_apply,
        undo=_undo,
        name=lambda member: f"{member.household.household_code} {member.name}",
        note="所选户(村)的全部在册成员都会列出。",
    )


def _words(insured: bool) -> str:
    return "参保" if insured else "未参保"


def _read(member: Member) -> Held:
    return {"insured": member.medical_insured}


def _apply(member: Member, kept: bool, *, by: Any, reason: str) -> Held:
    return _read(services.set_insured(member=member, insured=kept, by=by, reason=reason))


def _undo(member: Member, before: Held, written: Held, *, by: Any, reason: str) -> None:
    services.set_insured(member=member, insured=before["insured"], by=by, reason=reason)


changes.register(_insured("households", "households:list", "household"))
changes.register(_insured("villages", "villages:list", "village"))
