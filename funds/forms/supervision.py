"""Forms of clues, findings, and the written word on a difference."""

from typing import Any

from django import forms

from accounts.models import Organization
from core.clock import today
from core.forms import LineField, RoomForm, WrittenDateField, room_field
from funds.forms.sources import not_later
from funds.models import Accountability, Clue, ClueTransfer, Finding, Project, Supervisor
from villages.models import Village
from workflow.models import Alert, Regulation


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class ExplainForm(PlainForm):
    explanation = LineField(label="书面说明", max_length=300, help_text="差异的原因和处理办法;会写在公示和报告上")


class ClueForm(RoomForm):
    widths = {"title": "w6", "content": "w6"}

    class Meta:
        model = Clue
        formfield_callback = room_field
        fields = ["title", "source", "alert", "village", "received_on", "content"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        confirmed = Alert.objects.visible_to(self.user).filter(state__in=["true", "rectified"]).select_related("rule")
        self.fields["alert"].queryset = confirmed.exclude(pk__in=Clue.objects.exclude(alert=None).values("alert")).order_by("-id")
        self.fields["alert"].help_text = "只列已认定属实的预警"
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "clue_edit")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "received_on")
        return data


class OfficeForm(RoomForm):
    """A form that names offices that exist."""

    offices: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.offices:
            self.fields[name].queryset = Organization.objects.filter(valid_to=None)


class TransferForm(OfficeForm):
    offices = ("to",)

    class Meta:
        model = ClueTransfer
        formfield_callback = room_field
        fields = ["kind", "to", "document", "sent_on", "note"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "sent_on")
        return data


class ReplyForm(PlainForm):
    reply = LineField(label="回复", max_length=300)
    replied_on = WrittenDateField(label="回复日期")

    def clean(self) -> dict[str, Any]:
        not_later(self, "replied_on")
        return self.cleaned_data


class AccountabilityForm(OfficeForm):
    offices = ("organization", "decided_by")
    widths = {"note": "w6"}

    class Meta:
        model = Accountability
        formfield_callback = room_field
        fields = ["person_name", "cadre", "organization", "post", "form", "decided_on", "decided_by", "document", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cadre"].queryset = self.fields["cadre"].queryset.visible_to(self.user)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "decided_on")
        return data


class CloseForm(PlainForm):
    result = LineField(label="处置结果", max_length=300)


class SupervisorForm(OfficeForm):
    offices = ("organization",)

    class Meta:
        model = Supervisor
        formfield_callback = room_field
        fields = ["name", "organization", "post", "is_head", "since", "until"]


class FindingForm(OfficeForm):
    offices = ("organization",)
    widths = {"title": "w6", "content": "w6"}

    class Meta:
        model = Finding
        formfield_callback = room_field
        fields = ["title", "found_on", "due_on", "organization", "village", "project", "content"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "finding_edit")
        self.fields["project"].queryset = Project.objects.visible_to(self.user).exclude(state="dropped")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "found_on")
        return data


class RectifyForm(PlainForm):
    rectification = forms.CharField(label="整改情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    rectified_on = WrittenDateField(label="整改日期")
    rule = forms.ModelChoiceField(
        label="建立或修订的制度", queryset=Regulation.objects.none(), required=False, help_text="先在“制度文件”中登记;没有制度不能销号"
    )
    rule_note = LineField(label="堵漏建制", max_length=300, required=False, help_text="哪一条堵住了这个漏洞")

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rule"].queryset = Regulation.objects.filter(valid_from__gte=finding.found_on, valid_from__lte=today())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        not_later(self, "rectified_on")
        return self.cleaned_data


class ReturnFindingForm(PlainForm):
    reason = LineField(label="退回原因", max_length=200)
