"""What a petition and its answer ask for."""

from typing import Any

from django import forms
from django.conf import settings

from accounts.services import AccountsError, find_account
from core.checks.names import clean_name
from core.clock import today
from core.forms import CheckedField, CodeSelect, LineField, PhoneField, TextField, UploadField, WrittenDateField
from core.scope import reach
from households.forms.proceedings import PlainForm
from households.models import Complaint, Household
from villages.models import Division, Village

HANDLE = "complaint_handle"


class ComplaintForm(PlainForm):
    channel = forms.ChoiceField(label="来源", choices=[("", ""), *Complaint.Channel.choices], widget=CodeSelect)
    received_on = WrittenDateField(label="收到日期")
    cause = forms.ChoiceField(label="反映事项", choices=[("", ""), *Complaint.Cause.choices], widget=CodeSelect)
    township = forms.ModelChoiceField(label="乡镇", queryset=Division.objects.none(), required=False, widget=CodeSelect, empty_label="",
                                      help_text="反映一个村的不用选。")  # fmt: skip
    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), required=False, widget=CodeSelect, empty_label="")
    household_code = LineField(label="户编号", max_length=16, required=False, help_text="反映某一户的填写。")
    content = TextField(label="反映内容", max_length=2000)
    person = CheckedField(label="反映人", parser=clean_name, max_length=50, required=False, help_text="匿名的不填。")
    phone = PhoneField()
    about_name = CheckedField(
        label="被反映的干部", parser=clean_name, max_length=50, required=False, help_text="填写后由市级办理,被反映人和同名的人都看不到这件信访。"
    )
    about = LineField(label="被反映人登录用户名", max_length=40, required=False, help_text="知道的填写,按账号回避。")
    widths = {"content": "w12", "about_name": "w4", "about": "w4"}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        villages = Village.objects.visible_to(user, HANDLE)
        self.fields["village"].queryset = villages.order_by("code")  # type: ignore[attr-defined]
        towns = Division.objects.filter(pk__in=villages.order_by().values("township_id")).order_by("code")
        self.fields["township"].queryset = towns  # type: ignore[attr-defined]
        self.initial.setdefault("received_on", today())

    def clean_about(self) -> Any:
        try:
            return find_account(username=self.cleaned_data["about"])
        except AccountsError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        village, town, code = data.get("village"), data.pop("township", None), data.pop("household_code", "")
        data["household"] = None
        if code:
            home = Household.objects.visible_to(self.user, HANDLE).filter(household_code=code).select_related("village").first()
            if home is None:
                self.add_error("household_code", "您的范围内没有这个户编号,请核对。")
            elif village and home.village_id != village.pk:
                self.add_error("household_code", f"这一户在{home.village.name},请核对所选的村。")
            else:
                data["household"], data["village"] = home, home.village
        found = reach(self.user, HANDLE)
        data["area"] = town.prefix if town else settings.CITY_CODE
        if not data.get("village") and not found.governs(data["area"]) and "village" not in self.errors:
            self.add_error("township", "请选择乡镇或村。")
        return data


class AnswerComplaintForm(PlainForm):
    finding = forms.ChoiceField(label="核实结果", choices=[("", ""), *Complaint.Finding.choices], widget=CodeSelect)
    answered_on = WrittenDateField(label="答复日期")
    answer = TextField(label="处理和答复", max_length=2000, help_text="查了什么、怎么处理、怎么答复反映人。")
    reply = UploadField(label="答复书(照片或扫描件)", required=False)
    widths = {"answer": "w12", "reply": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("answered_on", today())
