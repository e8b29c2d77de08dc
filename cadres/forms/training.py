"""Forms of training and publicity."""

from typing import Any

from django import forms

from accounts.models import Organization
from cadres.models import Publicity, TrainingNeed, TrainingSession
from core.forms import RoomForm, room_field
from villages.models import Village


class SessionForm(RoomForm):
    widths = {"title": "w6", "topic": "w12", "document": "w6"}

    class Meta:
        model = TrainingSession
        formfield_callback = room_field
        fields = ["mode", "title", "starts_on", "ends_on", "hours", "place", "organizer", "for_first_secretaries", "document", "topic"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organizer"].queryset = Organization.objects.filter(valid_to=None)
        self.initial.setdefault("organizer", self.user.organization_id)


class CadresForm(forms.Form):
    """Some of the cadres in post, ticked; who is on the list already stands first and is ticked."""

    cadres = forms.ModelMultipleChoiceField(label="派驻干部", queryset=None, widget=forms.CheckboxSelectMultiple,
                                            error_messages={"required": "请勾选干部。", "invalid_choice": "请从列表中选择。", "invalid_pk_value": "请从列表中选择。"})  # fmt: skip
    widths = {"cadres": "w12"}

    def __init__(self, *args: Any, cadres: Any, ticked: list[int], **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["cadres"].queryset = cadres
        self.fields["cadres"].label_from_instance = lambda cadre: f"{cadre.name}({cadre.home_unit.name})"
        self.initial["cadres"] = ticked


class NeedForm(RoomForm):
    widths = {"topic": "w6"}

    class Meta:
        model = TrainingNeed
        formfield_callback = room_field
        fields = ["topic", "mode"]


class PublicityForm(RoomForm):
    widths = {"topic": "w12", "place": "w6"}

    class Meta:
        model = Publicity
        formfield_callback = room_field
        fields = ["village", "kind", "held_on", "place", "reached", "topic"]

    def __init__(self, *args: Any, villages: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = villages
        if self.instance.pk is None:
            self.initial.setdefault("village", Village.objects.filter(pk__in=villages).order_by("code").first())
