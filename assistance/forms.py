"""Forms of leaders, units, helpers, pairings and measures."""

from typing import Any

from django import forms
from django.db.models import Q

from accounts.models import Organization, User
from accounts.services import AccountsError, find_account
from assistance.models import ExitNeed, Helper, HelpUnit, Leader, Measure, MeasureType, UnitVillage, Wish
from assistance.rules import ANSWERS
from core.checks.names import clean_name
from core.clock import today
from core.forms import CheckedField, CodeSelect, LineField, PhoneField, RoomForm, WrittenDateField, room_field
from households.models import Household
from households.rules.codes import Cause
from villages.models import Village


class PlainForm(forms.Form):
    """A form without a model, in this product's manner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class LeaderForm(RoomForm):
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)

    class Meta:
        model = Leader
        formfield_callback = room_field
        fields = ["name", "post", "organization"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(Q(valid_to=None) | Q(pk=self.instance.organization_id))


class UnitForm(RoomForm):
    class Meta:
        model = HelpUnit
        formfield_callback = room_field
        fields = ["organization", "nature", "joined_on", "left_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["organization"].disabled = True
            self.fields["organization"].queryset = Organization.objects.filter(pk=self.instance.organization_id)
        else:
            self.fields["organization"].queryset = Organization.objects.filter(valid_to=None, help_unit=None)


class HelperForm(RoomForm):
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)
    phone = PhoneField()
    user = LineField(label="登录用户名", max_length=40, required=False, help_text="本人的登录账号,没有账号的不填。")

    class Meta:
        model = Helper
        formfield_callback = room_field
        fields = ["name", "unit", "post", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["user"] = self.instance.user.username if self.instance.user_id else ""
        self.fields["unit"].queryset = HelpUnit.objects.filter(Q(left_on=None) | Q(pk=self.instance.unit_id)).select_related("organization")

    def clean_user(self) -> User | None:
        try:
            return find_account(username=self.cleaned_data["user"])
        except AccountsError as error:
            raise forms.ValidationError(str(error)) from error


class LinkForm(PlainForm):
    """A village to be linked, within the user's scope."""

    village = forms.ModelChoiceField(label="村", queryset=Village.objects.none(), widget=CodeSelect, empty_label="")
    started_on = WrittenDateField(label="开始日期")

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["village"].queryset = Village.objects.visible_to(user, "pairing_edit")
        self.initial.setdefault("started_on", today())


class EndForm(PlainForm):
    ended_on = WrittenDateField(label="最后一天")
    reason = LineField(label="结束原因", max_length=100)
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("ended_on", today())


class HelperChoiceForm(PlainForm):
    """A helper of a unit linked with the household's village, or a new one named here."""

    helper = forms.ModelChoiceField(label="帮扶责任人", queryset=Helper.objects.none(), widget=CodeSelect, empty_label="", required=False,
                                    help_text="本村联村单位的人员;名单里没有的在后面填写。")  # fmt: skip
    new_name = CheckedField(label="新帮扶责任人姓名", parser=clean_name, max_length=50, required=False)
    new_unit = forms.ModelChoiceField(label="单位", queryset=HelpUnit.objects.none(), widget=CodeSelect, empty_label="", required=False)
    new_post = LineField(label="职务", max_length=40, required=False)

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        linked = UnitVillage.objects.active_on(today()).filter(village_id=household.village_id).values("unit_id")
        self.fields["helper"].queryset = Helper.objects.filter(unit__in=linked).select_related("unit__organization").order_by("name", "id")
        self.fields["helper"].label_from_instance = lambda helper: f"{helper.name}({helper.unit.organization.name})"
        self.fields["new_unit"].queryset = HelpUnit.objects.filter(pk__in=linked).select_related("organization")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        new = {name: data.pop(f"new_{name}", None) for name in ("name", "unit", "post")}
        if data.get("helper") and new["name"]:
            self.add_error("new_name", "已选了名单里的帮扶责任人,这里不要再填。")
        elif not data.get("helper") and not new["name"] and "new_name" not in self.errors:
            self.add_error("helper", "请从名单中选择,或填写新帮扶责任人。")
        elif new["name"] and not new["unit"]:
            self.add_error("new_unit", "请选择新帮扶责任人的单位。")
        data["new_helper"] = {**new, "post": new["post"] or ""} if new["name"] else None
        return data


class PairingForm(HelperChoiceForm):
    started_on = WrittenDateField(label="结对日期")
    is_main = forms.BooleanField(label="主要帮扶责任人", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("started_on", today())


class ChangeMainForm(HelperChoiceForm):
    changed_on = WrittenDateField(label="更换日期", help_text="从这一天起由新的主要帮扶责任人负责。")
    reason = LineField(label="更换原因", max_length=100)
    former_stays = forms.BooleanField(label="原主要帮扶责任人继续参与帮扶", required=False)
    widths = {"reason": "w6", "former_stays": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("changed_on", today())


class MeasureTypeForm(RoomForm):
    causes = forms.MultipleChoiceField(label="适用致贫原因", choices=Cause.choices, required=False, widget=forms.CheckboxSelectMultiple)
    widths = {"causes": "w12", "examples": "w6"}

    class Meta:
        model = MeasureType
        formfield_callback = room_field
        fields = ["code", "name", "examples", "causes", "evidence", "policy", "valid_from", "valid_to"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].upper()
        if not (len(code) == 3 and code[0] == "M" and code[1:].isascii() and code[1:].isdigit()):
            raise forms.ValidationError("编码为 M 加两位数字,如 M45。")
        return code


class MeasureForm(RoomForm):
    widths = {"content": "w6", "result": "w6"}

    class Meta:
        model = Measure
        formfield_callback = room_field
        fields = ["measure_type", "content", "planned_on", "amount", "state", "given_on", "result"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = Q(valid_to=None) | Q(valid_to__gt=today()) | Q(pk=self.instance.measure_type_id)
        self.fields["measure_type"].queryset = MeasureType.objects.filter(in_use)
        if self.instance.pk is None:
            self.initial.setdefault("planned_on", today())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("amount") is not None and data["amount"] < 0:
            self.add_error("amount", "金额不能为负数。")
        if data.get("given_on") and data["given_on"] > today():
            self.add_error("given_on", "落实日期不能晚于今天。")
        if data.get("state") == Measure.State.DONE and not data.get("given_on") and "given_on" not in self.errors:
            self.add_error("given_on", "已落实的措施要填落实日期。")
        return data


class WishForm(RoomForm):
    """A wish; the measures offered are the household's own, those that answer the aspect first."""

    widths = {"content": "w6", "measure": "w6", "result": "w6"}

    class Meta:
        model = Wish
        formfield_callback = room_field
        fields = ["aspect", "content", "recorded_on", "state", "measure", "result"]

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = set(household.wishes.exclude(pk=self.instance.pk).values_list("aspect", flat=True))
        self.fields["aspect"].choices = [("", ""), *(each for each in Wish.Aspect.choices if each[0] not in taken)]
        measures = household.measures.exclude(state=Measure.State.STOPPED).select_related("measure_type")
        self.fields["measure"].queryset = measures
        self.fields["measure"].label_from_instance = lambda row: f"{row.measure_type.name}:{row.content}({row.get_state_display()})"
        self.fields["measure"].help_text = "先在“帮扶措施”安排,再在这里对应。"
        if self.instance.pk is None:
            self.initial.setdefault("recorded_on", today())
        elif self.instance.measure_id is None:
            codes = ANSWERS.get(self.instance.aspect, ())
            fitting = [row for row in measures if row.measure_type.code in codes]
            self.initial["measure"] = fitting[0].pk if len(fitting) == 1 else None

    def clean_recorded_on(self) -> Any:
        if self.cleaned_data["recorded_on"] > today():
            raise forms.ValidationError("登记日期不能晚于今天。")
        return self.cleaned_data["recorded_on"]


class NeedForm(RoomForm):
    widths = {"gap": "w6", "result": "w6"}

    class Meta:
        model = ExitNeed
        formfield_callback = room_field
        fields = ["aspect", "gap", "recorded_on", "target_on", "state", "result"]

    def __init__(self, *args: Any, village: Village, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taken = set(village.exit_needs.exclude(pk=self.instance.pk).values_list("aspect", flat=True))
        self.fields["aspect"].choices = [("", ""), *(each for each in ExitNeed.Aspect.choices if each[0] not in taken)]
        self.fields["gap"].required = True
        if self.instance.pk is None:
            self.initial.setdefault("recorded_on", today())
