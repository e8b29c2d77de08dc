"""Forms of projects."""

from typing import Any

from django.db.models import Q

from accounts.models import Organization
from core.clock import today
from core.forms import RoomForm, room_field
from funds.models import Project
from villages.models import Village


class ProjectForm(RoomForm):
    widths = {"name": "w6", "content": "w6"}

    class Meta:
        model = Project
        formfield_callback = room_field
        fields = [
            "code", "name", "kind", "village", "department", "source", "amount", "approved_on", "started_on", "planned_finish_on",
            "finished_on", "state", "beneficiary_households", "content",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "project_edit")
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
