"""The entry screen: household, members, conditions and income in one form, checked as one."""

from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from core.checks.accounts import parse_bank_account, parse_phone
from core.checks.identity import parse_disability_number, parse_id_number
from core.checks.names import clean_name
from core.checks.problems import CheckError, Problem
from core.forms import AmountField, CheckedField, CodeSelect, LineField, RoomForm, WrittenDateField, room_field
from households.models import Household, Income, Living, Member
from households.rules import codes
from households.rules.income import GROUPS, check_income
from households.rules.living import check_living
from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member
from households.services import HouseholdInput, where_registered
from households.sheets.columns import MASKS
from villages.models import Village, VillageGroup


class EncryptedLine(LineField):
    """An encrypted model field is a text column without a length; the form gives it one."""


def masked(name: str, value: Any) -> Any:
    """A field's value as a form or a comparison may show it."""
    return MASKS[name](value) if name in MASKS else value


def unmasked(name: str, value: str, stored: str) -> str:
    """What a form field means: the stored value when its mask came back, else what was typed."""
    return stored if stored and value == MASKS[name](stored) else value


class HouseholdForm(RoomForm):
    phone = EncryptedLine(label="联系电话", max_length=30, required=False)
    bank_account = EncryptedLine(label="银行账号", max_length=40, required=False)
    cause_note = LineField(label="致贫原因说明", max_length=500, required=False)
    cause_other = forms.MultipleChoiceField(
        label="其他致贫原因(最多两项)", choices=codes.Cause.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    widths = {"cause_other": "w12", "address": "w6", "registered_address": "w6", "cause_note": "w6", "is_martyr_family": "w2",
              "is_only_child": "w2", "is_two_daughters": "w2"}  # fmt: skip

    class Meta:
        model = Household
        formfield_callback = room_field
        fields = [
            "village", "group", "id_standard", "applied_on", "identified_on", "attribute", "cause_main", "cause_other", "cause_note",
            "poverty_status", "status_confirmed_on", "plan_exit_year", "exit_year", "return_reason",
            "is_martyr_family", "is_only_child", "is_two_daughters", "phone", "bank_name", "bank_account_kind", "bank_account",
            "address", "registered_address", "reloc_flag", "reloc_type", "resettlement", "surveyed_by", "surveyed_on",
        ]  # fmt: skip

    # What is settled by registration, exit or return, and not by an application.
    SETTLED = ("identified_on", "poverty_status", "status_confirmed_on", "plan_exit_year", "exit_year", "return_reason")

    def __init__(self, *args: Any, applying: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.SETTLED if applying else ("applied_on",):
            del self.fields[name]
        for name in {"applied_on", "identified_on"} & set(self.fields):
            self.fields[name].required = True
        self.secrets = {name: getattr(self.instance, name) for name in ("phone", "bank_account")}
        self.initial |= {name: MASKS[name](value) for name, value in self.secrets.items()}
        visible = Village.objects.visible_to(self.user, "household_edit")
        self.fields["village"].queryset = visible.select_related("township")
        chosen = self.data.get(self.add_prefix("village")) or self.initial.get("village") or self.instance.village_id
        groups = VillageGroup.objects.visible_to(self.user, "household_edit")
        self.fields["group"].queryset = groups.filter(village_id=chosen) if str(chosen or "").isdigit() else groups.none()
        self.fields["cause_main"].choices = [c for c in codes.Cause.choices if c[0] not in codes.OTHER_ONLY_CAUSES]
        if self.instance.pk:
            self.fields["village"].disabled = True
        else:
            labels = dict(codes.Attribute.choices)
            self.fields["attribute"].choices = [("", ""), *((c, labels[c]) for c in codes.NEW_RECORD_ATTRIBUTES)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, stored in self.secrets.items():
            data[name] = unmasked(name, data.get(name) or "", stored)
        if data["phone"] != self.secrets["phone"] and data["phone"]:
            try:
                data["phone"] = parse_phone(data["phone"])
            except CheckError as error:
                self.add_error("phone", str(error))
        if data["bank_account"] and data["bank_account"] != self.secrets["bank_account"]:
            try:
                data["bank_account"] = parse_bank_account(data["bank_account"], kind=data.get("bank_account_kind") or "card")
            except CheckError as error:
                self.add_error("bank_account", str(error))
        if data.get("group") and data.get("village") and data["group"].village_id != data["village"].pk:
            self.add_error("group", "这个社(组)不属于所选的村。")
        return data

    def facts(self) -> HouseholdFacts:
        data = self.cleaned_data
        return HouseholdFacts(
            **{
                field.name: tuple(data[field.name]) if isinstance(data.get(field.name), list) else data[field.name]
                for field in dataclass_fields(HouseholdFacts)
                if field.name in data and data[field.name] is not None
            }
        )


class MemberForm(RoomForm):
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = CheckedField(label="姓名", parser=clean_name, max_length=60)
    id_number = EncryptedLine(label="证件号码", max_length=40, required=False)
    disability_number = EncryptedLine(label="残疾证号", max_length=40, required=False)
    illness_note = EncryptedLine(label="大病、慢病病种", max_length=60, required=False)
    health = forms.MultipleChoiceField(
        label="健康状况", choices=codes.Health.choices, widget=forms.CheckboxSelectMultiple, initial=["1"],
        error_messages={"required": "请选择健康状况。"},
    )  # fmt: skip
    widths = {"health": "w6", "name": "w2", "id_number": "w4", "sex": "w2", "birth_on": "w2", "relation": "w2",
              "ethnicity": "w2", "document_kind": "w2"}  # fmt: skip

    class Meta:
        model = Member
        formfield_callback = room_field
        fields = [
            "name", "relation", "document_kind", "id_number", "sex", "birth_on", "birth_estimated", "ethnicity",
            "marital", "political", "education", "schooling", "dropout_reason", "health", "disability_category",
            "disability_grade", "disability_number", "illness_note", "labour", "work_area", "work_place", "work_months",
            "public_post", "public_post_months", "medical_insured", "serious_illness_insured", "commercial_insured",
            "pension_insured", "employee_insured", "low_income_support", "extreme_support", "medical_aid", "in_service",
            "speaks_mandarin", "relocated", "joined_on", "join_reason", "left_on", "leave_reason",
        ]  # fmt: skip

    GROUPS = (
        ("", ("name", "id_number", "relation", "sex", "birth_on", "document_kind", "ethnicity", "marital", "political", "birth_estimated")),
        ("教育和健康", ("education", "schooling", "dropout_reason", "health", "disability_category", "disability_grade", "disability_number", "illness_note")),
        ("劳动和务工", ("labour", "work_area", "work_place", "work_months", "public_post", "public_post_months")),
        ("保障", ("medical_insured", "serious_illness_insured", "commercial_insured", "pension_insured", "employee_insured",
                "low_income_support", "extreme_support", "medical_aid", "in_service", "speaks_mandarin", "relocated")),
        ("增加和减少", ("joined_on", "join_reason", "left_on", "leave_reason")),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, stored: dict[int, Member] | None = None, **kwargs: Any) -> None:
        self.today, self.stored = today, stored or {}
        super().__init__(*args, **kwargs)
        for name in ("sex", "birth_on"):
            self.fields[name].required = False
        self.fields["sex"].choices = [("", ""), *codes.Sex.choices]
        self.fields["id_number"].widget.attrs |= {"data-id-number": "", "autocomplete": "off", "inputmode": "text", "maxlength": 24}
        self.fields["name"].widget.attrs |= {"data-first": "", "autocomplete": "off"}
        for name in ("work_months", "public_post_months"):
            self.fields[name].required = False

    def groups(self) -> list[tuple[str, list[Any]]]:
        return [(label, [self[name] for name in names]) for label, names in self.GROUPS]

    def has_changed(self) -> bool:
        # A row counts once it has a name, a number, or belongs to a stored member.
        return bool(self.data.get(self.add_prefix("id")) or (self.data.get(self.add_prefix("name")) or "").strip()
                    or (self.data.get(self.add_prefix("id_number")) or "").strip())  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in ("work_months", "public_post_months"):
            data[name] = data.get(name) or 0
        member = self.stored.get(data.get("id") or 0)
        if data.get("id") and member is None:
            self.add_error(None, "这位成员不属于本户,请重新打开页面。")
        for name in ("id_number", "disability_number", "illness_note"):
            data[name] = unmasked(name, data.get(name) or "", getattr(member, name, ""))
        self._identity(data)
        if not data.get("sex"):
            self.add_error("sex", "请填写,或填证件号码自动带出。")
        if not data.get("birth_on") and "birth_on" not in self.errors:
            self.add_error("birth_on", "请填写,或填证件号码自动带出。")
        return data

    def _identity(self, data: dict[str, Any]) -> None:
        """What an ID number says fills birth date and sex; what was typed otherwise is an error at its field."""
        text = data.get("id_number")
        if text and data.get("document_kind") == codes.DocumentKind.ID_CARD:
            try:
                said = parse_id_number(text, today=self.today, demo=settings.DEMO_MODE)
            except CheckError as error:
                self.add_error("id_number", str(error))
                return
            data["id_number"] = said.number
            if data.get("sex") and data["sex"] != said.sex:
                self.add_error("sex", "与证件号码第17位所示性别不一致,请核对。")
            if data.get("birth_on") and data["birth_on"] != said.birth_on:
                self.add_error("birth_on", f"与证件号码所示出生日期 {said.birth_on} 不一致,请核对。")
            data["sex"], data["birth_on"] = said.sex, said.birth_on
            self._errors.pop("birth_on", None) if not self.data.get(self.add_prefix("birth_on")) else None
        card = data.get("disability_number")
        if card:
            try:
                data["disability_number"] = parse_disability_number(
                    card, id_number=data.get("id_number") or None, today=self.today, demo=settings.DEMO_MODE
                ).number
            except CheckError as error:
                self.add_error("disability_number", str(error))

    def facts(self) -> MemberFacts:
        data = self.cleaned_data
        return MemberFacts(
            **{
                field.name: tuple(data[field.name]) if isinstance(data[field.name], list) else data[field.name]
                for field in dataclass_fields(MemberFacts)
                if field.name in data
            }
        )


class LivingForm(RoomForm):
    widths = {"dwelling_unsafe": "w2"}

    class Meta:
        model = Living
        formfield_callback = room_field
        fields = [field.name for field in Living._meta.fields if field.name not in {"id", "household", "village", "year"}]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, bound in self.fields.items():
            if not isinstance(bound, forms.BooleanField) and name not in {"road_kind"}:
                bound.required = False
                bound.widget.attrs.pop("required", None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field in Living._meta.fields:
            if field.name in data and data[field.name] is None and not field.null:
                data[field.name] = field.get_default()
        return data


class IncomeForm(RoomForm):
    class Meta:
        model = Income
        formfield_callback = room_field
        fields = [*(code for _, names in GROUPS.values() for code in names), "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for group, (_, names) in GROUPS.items():
            for code in names:
                bound = self.fields[code]
                assert isinstance(bound, AmountField)
                bound.required = False
                bound.widget.attrs.pop("required", None)
                bound.widget.attrs["data-sum-group"] = group
                if not self.initial.get(code):
                    self.initial[code] = ""

    def groups(self) -> list[tuple[str, str, list[Any]]]:
        return [(name, label, [self[code] for code in names]) for name, (label, names) in GROUPS.items()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for _, names in GROUPS.values():
            for code in names:
                data[code] = data.get(code) or 0
        return data


MemberForms = forms.formset_factory(MemberForm, extra=0, can_delete=True, max_num=30, absolute_max=40, validate_max=True)


class ReasonForm(forms.Form):
    reason = LineField(label="修改原因", max_length=200, required=False, help_text="如:季度走访更新、户主变更。会写入历史记录。")


class EntryForm:
    """The whole screen. `is_valid` checks every part, then the rules over all of them; errors sit at their fields."""

    def __init__(
        self,
        *,
        user: Any,
        today: date,
        year: int,
        household: Household | None = None,
        data: Any = None,
        initial: dict[str, Any] | None = None,
        applying: bool = False,
    ) -> None:
        self.user, self.today, self.year, self.household_record = user, today, year, household
        self.applying = applying if household is None else not household.is_registered
        self.bound = data is not None
        stored = self._stored(household)
        self.household = HouseholdForm(
            data, prefix="household", instance=household or Household(), user=user, initial=initial or None, applying=self.applying
        )
        kwargs = {"user": user, "today": today, "stored": stored["by_id"]}
        self.members = MemberForms(data, prefix="members", initial=stored["members"], form_kwargs=kwargs)
        self.living = LivingForm(data, prefix="living", instance=stored["living"], user=user)
        self.income = IncomeForm(data, prefix="income", instance=stored["income"], user=user)
        self.reason = ReasonForm(data, prefix="reason", label_suffix="")
        self.parts = [("户", self.household), ("生产生活", self.living), ("收入", self.income), ("原因", self.reason)]
        self.household_warnings: list[str] = []
        self.household_errors: list[str] = []

    def _stored(self, household: Household | None) -> dict[str, Any]:
        if household is None:
            first = {"relation": "01", "ethnicity": "01", "document_kind": "1"}
            return {"members": [first], "by_id": {}, "living": Living(), "income": Income()}
        by_id = {member.pk: member for member in household.members.order_by("number")}
        members = [{"id": pk, **{name: masked(name, getattr(member, name)) for name in MemberForm.Meta.fields}} for pk, member in by_id.items()]
        living = household.living.filter(year=self.year).first() or Living()
        return {"members": members, "by_id": by_id, "living": living, "income": household.incomes.filter(year=self.year).first() or Income()}

    @property
    def active_members(self) -> list[MemberForm]:
        return [form for form in self.members.forms if form.has_changed() and form not in self.members.deleted_forms]

    def is_valid(self) -> bool:
        valid = all([form.is_valid() for _, form in self.parts]) & self.members.is_valid()
        if not self.members.is_valid() and self.members.non_form_errors():
            self.household_errors += [str(e) for e in self.members.non_form_errors()]
        forms_ = [form for form in self.active_members if form.is_valid()]
        if not self.active_members:
            self.household_errors.append("请至少录入户主一人。")
            return False
        if valid:
            self._check(forms_)
        return valid and not self.household_errors and not any(form.errors for form in [*(f for _, f in self.parts), *forms_])

    def _check(self, member_forms: list[MemberForm]) -> None:
        facts = {id(form): form.facts() for form in member_forms}
        members = list(facts.values())
        head = next((m for m in members if m.relation == codes.Relation.HEAD and m.active), None)
        for form in member_forms:
            self._place(form, check_member(facts[id(form)], head=head, today=self.today))
            self._duplicates(form)
        self._place(self.household, check_household(self.household.facts(), members, today=self.today))
        population = sum(m.active for m in members)
        self._place(self.living, check_living(self.living.cleaned_data, population=population))
        previous = None
        if self.household_record:
            before = self.household_record.incomes.filter(year=self.year - 1).first()
            previous = before.per_capita if before else None
        self._place(self.income, check_income(self.income.cleaned_data, members=members, living=self.living.cleaned_data,
                                              year_end=self.today, previous=previous))  # fmt: skip

    def _duplicates(self, form: MemberForm) -> None:
        number = form.cleaned_data.get("id_number")
        if number and not form.cleaned_data.get("left_on"):
            where = where_registered(number, user=self.user, exclude_household=self.household_record.pk if self.household_record else None)
            if where:
                form.add_error("id_number", where)

    def _place(self, form: Any, problems: list[Problem]) -> None:
        for problem in problems:
            if problem.field == "members":
                (self.household_errors if problem.level == "error" else self.household_warnings).append(problem.message)
            elif problem.level == "error":
                form.add_error(problem.field, problem.message)
            else:
                form.warnings.setdefault(problem.field, []).append(problem.message)

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """(address of the field, what is wrong) of every error on the screen, in reading order."""
        found = [("#members", message) for message in self.household_errors]
        named = [("", self.household), *((f"{form['name'].value() or '成员'}:", form) for form in self.active_members),
                 *(("", form) for _, form in self.parts[1:])]  # fmt: skip
        for who, form in named:
            for name, messages in form.errors.items():
                label = form.fields[name].label if name in form.fields else ""
                address = f"#{form[name].id_for_label}" if name in form.fields else "#main"
                found += [(address, f"{who}{label}:{message}") for message in messages]
        return found

    @property
    def warning_list(self) -> list[str]:
        found = list(self.household_warnings)
        for form in [self.household, *self.active_members, self.living, self.income]:
            who = f"{form['name'].value()}:" if isinstance(form, MemberForm) else ""
            found += [f"{who}{form.fields[name].label}:{message}" for name, messages in form.warnings.items() for message in messages]
        return found

    def to_input(self, version: int | None) -> HouseholdInput:
        household = dict(self.household.cleaned_data)
        household.pop("village")
        members = []
        for form in self.active_members:
            values = {name: form.cleaned_data[name] for name in (*MemberForm.Meta.fields, "id") if name in form.cleaned_data}
            members.append(values)
        # A stored row that the form did not touch at all carries no year of its own.
        touched = any(value for name, value in self.income.cleaned_data.items())
        return HouseholdInput(
            household=household,
            members=members,
            living={"year": self.year, **self.living.cleaned_data},
            income={"year": self.year, **self.income.cleaned_data} if touched else None,
            warnings=len(self.warning_list),
            reason=self.reason.cleaned_data.get("reason") or "",
            version=version,
        )


class EndForm(forms.Form):
    ended_on = WrittenDateField(label="退出登记日期")
    end_reason = forms.ChoiceField(label="原因", choices=[("", ""), *Household.LEAVING], widget=CodeSelect)
    leave_reason = forms.ChoiceField(label="成员减少原因", choices=[("", ""), *codes.LeaveReason.choices], widget=CodeSelect)
    reason = LineField(label="说明和依据", max_length=200)


class RevealForm(forms.Form):
    purpose = LineField(label="查看用途", max_length=200, min_length=2, error_messages={"required": "请写明用途,会记入查阅记录。"})
