"""Forms of cadres and their postings."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organization, User
from accounts.services import AccountsError, find_account
from cadres.models import Cadre, CadreAction, Posting
from core.checks.names import clean_name
from core.clock import today
from core.forms import CheckedField, CodeSelect, LineField, PhoneField, RoomForm, WrittenDateField, room_field
from villages.models import Village


class CadreForm(RoomForm):
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)
    phone = PhoneField()
    user = LineField(label="登录用户名", max_length=40, required=False, help_text="本人的登录账号,没有账号的不填。")

    class Meta:
        model = Cadre
        formfield_callback = room_field
        fields = ["name", "sex", "home_unit", "post", "is_party_member", "party_joined_on", "working_since_on", "health", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["user"] = self.instance.user.username if self.instance.user_id else ""
        self.fields["home_unit"].queryset = Organization.objects.filter(Q(valid_to=None) | Q(pk=self.instance.home_unit_id))

    def clean_user(self) -> User | None:
        try:
            return find_account(username=self.cleaned_data["user"])
        except AccountsError as error:
            raise forms.ValidationError(str(error)) from error


class PostingForm(RoomForm):
    class Meta:
        model = Posting
        formfield_callback = room_field
        fields = ["village", "role", "document", "started_on", "term_until_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "cadre_edit")
        self.initial.setdefault("started_on", today())
        if self.instance.started_on is None:
            self.initial["started_on"] = today()


class PostingEndForm(RoomForm):
    class Meta:
        model = Posting
        formfield_callback = room_field
        fields = ["ended_on", "end_reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            self.fields[name].required = True
        self.initial["ended_on"] = today()


class NewCadreForm(CadreForm):
    """A new cadre and the village they go to, in one step."""

    village = forms.ModelChoiceField(label="派驻村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="")
    role = forms.ChoiceField(label="驻村职务", choices=[("", ""), *Posting.Role.choices], widget=CodeSelect)
    started_on = WrittenDateField(label="到岗日期")
    document = LineField(label="下派文件", max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(self.user, "cadre_edit")
        self.initial["started_on"] = today()


class ActionForm(RoomForm):
    widths = {"reason": "w6"}

    class Meta:
        model = CadreAction
        formfield_callback = room_field
        fields = ["kind", "done_on", "reason", "document", "unit_told_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["done_on"] = today()
