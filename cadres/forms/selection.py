"""Forms of selection: the unit's recommendation, the document that sends, the report for duty."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organization, User
from accounts.services import AccountsError, find_account
from cadres.models import Cadre, Nomination, Posting
from core.checks.names import clean_name
from core.clock import today
from core.forms import REQUIRED, CheckedField, CodeSelect, LineField, PhoneField, RoomForm, WrittenDateField, room_field
from villages.models import Village

CHOICES = REQUIRED | {"invalid_choice": "请从列表中选择。"}


class NominationForm(RoomForm):
    widths = {"reason": "w12"}
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)

    class Meta:
        model = Nomination
        formfield_callback = room_field
        fields = [
            "unit",
            "name",
            "sex",
            "post",
            "role",
            "village",
            "replaces",
            "is_party_member",
            "party_joined_on",
            "working_since_on",
            "health",
            "reason",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organization.objects.filter(pk=self.user.organization_id)
        self.fields["unit"].queryset = Organization.objects.filter(Q(valid_to=None)) if self.user.may("cadre_edit") else own
        self.initial.setdefault("unit", self.user.organization_id)
        self.fields["village"].help_text = "没有意向的不填,由组织部确定"
        self.fields["replaces"].queryset = Cadre.objects.filter(postings__in=Posting.objects.active_on(today())).distinct().order_by("code")
        self.fields["replaces"].help_text = "接替召回、到期干部的填写"
        if not self.user.may("cadre_edit"):
            self.fields["replaces"].queryset = self.fields["replaces"].queryset.filter(home_unit_id=self.user.organization_id)

    def _post_clean(self) -> None:
        """The service fills what the form has not; it checks the whole record."""


class SendForm(forms.Form):
    village = forms.ModelChoiceField(label="派驻村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="", error_messages=CHOICES)
    document = LineField(label="下派文件文号", max_length=60, error_messages=REQUIRED)
    sent_on = WrittenDateField(label="下派日期", error_messages=REQUIRED)
    report_by_on = WrittenDateField(label="报到期限", error_messages=REQUIRED)

    def __init__(self, *args: Any, user: Any, nomination: Nomination, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(user, "cadre_edit")
        self.initial |= {"village": nomination.village, "sent_on": today()}


class ReportForDutyForm(forms.Form):
    reported_on = WrittenDateField(label="报到日期", error_messages=REQUIRED)
    phone = PhoneField()
    user = LineField(label="登录用户名", max_length=40, required=False, help_text="本人的登录账号;以前派驻过的填写后沿用原档案,没有账号的不填")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.initial["reported_on"] = today()

    def clean_user(self) -> User | None:
        try:
            return find_account(username=self.cleaned_data["user"])
        except AccountsError as error:
            raise forms.ValidationError(str(error)) from error
