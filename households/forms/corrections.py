"""What asking for a correction adds to the entry form, and what deciding one asks."""

from collections.abc import Iterator
from typing import Any

from django import forms

from core.forms import FastSelect, LineField, UploadField
from households.forms.proceedings import PlainForm
from households.models.corrections import Correction, CorrectionItem


class RequestCorrectionForm(PlainForm):
    reason = LineField(label="更正理由", max_length=200, min_length=2)
    document = UploadField(label="证明材料(照片或扫描件)", help_text="如身份证、户口簿、残疾证、银行卡复印件,出生、死亡证明。")
    widths = {"reason": "w6", "document": "w6"}


class DecideCorrectionForm(PlainForm):
    """Each item accepted or refused; a refusal says why."""

    def __init__(self, *args: Any, correction: Correction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = list(correction.items.all())
        for item in self.items:
            choices = [("", ""), *CorrectionItem.Decision.choices]
            self.fields[f"item_{item.pk}"] = forms.ChoiceField(
                label=f"{item.label}:核对", choices=choices, widget=FastSelect, error_messages={"required": "请选择采纳或不采纳。", "invalid_choice": "请从列表中选择。"}
            )  # fmt: skip
            self.fields[f"reason_{item.pk}"] = LineField(label=f"{item.label}:不采纳理由", max_length=200, required=False)

    def lines(self) -> Iterator[tuple[CorrectionItem, Any, Any]]:
        for item in self.items:
            yield item, self[f"item_{item.pk}"], self[f"reason_{item.pk}"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for item in self.items:
            if data.get(f"item_{item.pk}") == CorrectionItem.Decision.REFUSED and not data.get(f"reason_{item.pk}"):
                self.add_error(f"reason_{item.pk}", "不采纳的请写明理由。")
        return data

    def answers(self) -> dict[int, tuple[bool, str]]:
        data = self.cleaned_data
        return {item.pk: (data[f"item_{item.pk}"] == CorrectionItem.Decision.ACCEPTED, data[f"reason_{item.pk}"]) for item in self.items}
