"""Forms of projects and of what belongs to them."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organization
from core.clock import today
from core.forms import LineField, RoomForm, UploadField, room_field
from funds.forms.sources import not_later
from funds.models import Acceptance, Asset, Beneficiary, BudgetLine, Contract, Performance, ProgressReport, Project
from households.models import Household
from villages.models import Village


class ProjectForm(RoomForm):
    widths = {"name": "w6", "content": "w6", "benefit": "w6", "other_villages": "w6"}

    class Meta:
        model = Project
        formfield_callback = room_field
        fields = [
            "code", "name", "kind", "village", "other_villages", "department", "source", "amount", "need", "benefit", "applied_on", "listed_on",
            "library_number", "approved_on", "approval_document", "started_on", "planned_finish_on", "finished_on", "state",
            "beneficiary_households", "forbidden_use", "content",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "project_edit" if self.user.may("project_edit") else "project_work")
        self.fields["other_villages"].queryset = self.fields["village"].queryset
        self.fields["other_villages"].widget.attrs["size"] = 5
        self.fields["department"].queryset = Organization.objects.filter(Q(valid_to=None) | Q(pk=self.instance.department_id))
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("finished_on") and data["finished_on"] > today():
            self.add_error("finished_on", "竣工日期不能晚于今天。")
        if data.get("approved_on") and data.get("started_on") and data["started_on"] < data["approved_on"]:
            self.add_error("started_on", "开工日期不能早于批复日期。")
        return data


class DropForm(forms.Form):
    reason = LineField(label="移出原因", max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)


class PartForm(RoomForm):
    """A form of something that hangs on a project; `past` are days that cannot lie ahead."""

    past: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, *self.past)
        return data


class BudgetLineForm(PartForm):
    class Meta:
        model = BudgetLine
        formfield_callback = room_field
        fields = ["source", "content", "amount"]


class BeneficiaryForm(PartForm):
    past = ("recorded_on",)
    household_code = LineField(label="户编号", max_length=16)

    class Meta:
        model = Beneficiary
        formfield_callback = room_field
        fields = ["benefit", "amount", "recorded_on"]
        field_order = ["household_code"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["household_code", "benefit", "amount", "recorded_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        code = data.pop("household_code", None)
        if code is not None:
            household = Household.objects.visible_to(self.user).active().filter(household_code=code).first()
            if household is None:
                self.add_error("household_code", "没有这个户编号的在册户,或不在您的范围内。")
            else:
                data["household"] = household
        return data


class ProgressForm(PartForm):
    past = ("reported_on",)
    widths = {"note": "w6"}
    upload = UploadField(label="现场照片", accept=("jpg",), camera=True, required=False)

    class Meta:
        model = ProgressReport
        formfield_callback = room_field
        fields = ["reported_on", "percent", "note"]


class ContractForm(PartForm):
    past = ("signed_on",)
    upload = UploadField(label="合同扫描件", required=False)

    class Meta:
        model = Contract
        formfield_callback = room_field
        fields = ["number", "contractor", "amount", "method", "signed_on", "declared", "related_to_approver"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contractor"].queryset = Organization.objects.filter(valid_to=None)


class AcceptanceForm(PartForm):
    past = ("accepted_on",)
    upload = UploadField(label="验收单", required=False)

    class Meta:
        model = Acceptance
        formfield_callback = room_field
        fields = ["accepted_on", "result", "members", "note"]


class AssetForm(PartForm):
    past = ("handed_over_on", "registered_on")

    class Meta:
        model = Asset
        formfield_callback = room_field
        fields = ["name", "kind", "value", "owner", "keeper", "handed_over_on", "registered_on"]


class PerformanceForm(PartForm):
    past = ("evaluated_on",)
    widths = {"target": "w6", "note": "w6"}

    class Meta:
        model = Performance
        formfield_callback = room_field
        fields = ["target", "indicator", "planned", "reached", "score", "evaluated_on", "note"]


PART_FORMS: dict[str, type[PartForm]] = {
    "budget": BudgetLineForm, "beneficiary": BeneficiaryForm, "progress": ProgressForm, "contract": ContractForm, "acceptance": AcceptanceForm,
    "asset": AssetForm, "performance": PerformanceForm,
}  # fmt: skip
