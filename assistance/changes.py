"""What of the pairings may be changed for many: 更换责任人."""

import re
from typing import Any

from django import forms

from accounts.permissions import Permission
from assistance import services
from assistance.models import Helper, Pairing
from core.clock import today
from core.forms import LineField
from workflow import changes_registry as changes
from workflow.changes_registry import Changeable, Held

LISTED = 5


class HelperField(LineField):
    """A helper in the user's reach by name; where several bear it, 姓名(单位) says which."""

    def __init__(self, *, user: Any) -> None:
        self.user = user
        super().__init__(label="新的帮扶责任人", max_length=120, help_text="姓名;有同名的写成 姓名(单位)")

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        named = re.fullmatch(r"(.+?)[((](.+)[))]", text)
        rows = Helper.objects.visible_to(self.user, Permission.PAIRING_EDIT).select_related("unit__organization")
        rows = rows.filter(name=named[1].strip(), unit__organization__name=named[2].strip()) if named else rows.filter(name=text)
        found = list(rows[: LISTED + 1])
        if not found:
            raise forms.ValidationError("您的范围内没有这位帮扶责任人。请先在一户的“帮扶”页结对登记,再来更换。")
        if len(found) > 1:
            raise forms.ValidationError("有同名的帮扶责任人:" + "、".join(map(called, found[:LISTED])) + "。请写成 姓名(单位)。")
        return found[0]


def called(helper: Helper) -> str:
    return f"{helper.name}({helper.unit.organization.name})"


def _read(pairing: Pairing) -> Held:
    return {"helper": pairing.helper_id, "ended": pairing.ended_on is not None}


def _refuse(pairing: Pairing, kept: Held) -> str:
    if pairing.ended_on:
        return "这项结对已经结束。"
    return "已是这位帮扶责任人。" if pairing.helper_id == kept["helper"] else ""


def _apply(pairing: Pairing, kept: Held, *, by: Any, reason: str) -> Held:
    helper = Helper.objects.get(pk=kept["helper"])
    successor = services.replace_helper(pairing=pairing, helper=helper, changed_on=today(), reason=reason, by=by)
    return {**_read(pairing), "ended": True, "successor": successor.pk}


def _undo(pairing: Pairing, before: Held, written: Held, *, by: Any, reason: str) -> None:
    services.undo_replacement(pairing=pairing, successor_id=written["successor"], reason=reason, by=by)


changes.register(
    Changeable(
        key="helper",
        label="更换责任人",
        listing_key="pairings",
        list_url="assistance:pairing-list",
        permission=Permission.PAIRING_EDIT,
        model=Pairing,
        records=lambda rows: Pairing.objects.filter(pk__in=rows.order_by().values("pk")),
        related=("helper__unit__organization", "household", "village"),
        form_field=lambda user: HelperField(user=user),
        keep=lambda helper: {"helper": helper.pk, "name": called(helper)},
        words=lambda kept: kept["name"],
        read=_read,
        show=lambda pairing: called(pairing.helper) + (",已结束" if pairing.ended_on else ""),
        refuse=_refuse,
        apply=_apply,
        undo=_undo,
        name=lambda pairing: f"{pairing.household.household_code}{' 主要' if pairing.is_main else ''}",
        note="原来的结对到昨天结束,新的从今天开始,主要责任人仍是主要责任人。",
    )
)
