"""What a change of persons or households asks for, and a year's window."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings

from core.checks.identity import parse_id_number
from core.checks.names import clean_name
from core.checks.problems import CheckError
from core.clock import today
from core.forms import CheckedField, CodeSelect, FastSelect, LineField, RoomForm, UploadField, WrittenDateField, room_field
from households.forms.proceedings import PlainForm
from households.models import DynamicWindow, Household, Member
from households.rules import codes
from households.rules.dynamics import ChangeKind
from households.services import Happening


def _codes(label: str, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", ""), *choices], widget=CodeSelect, **options)


def _person(member: Member) -> str:
    return f"{member.name}({member.get_relation_display()},{member.birth_on})"


class ChangeForm(PlainForm):
    """Day, reason and paper of a change; `happening` is the three of them."""

    happened_on = WrittenDateField(label="发生日期")
    reason = LineField(label="事由", max_length=300)
    evidence = UploadField(label="依据材料(照片或扫描件)", camera=True)
    widths = {"reason": "w12", "evidence": "w12"}

    def __init__(self, *args: Any, household: Household, **kwargs: Any) -> None:
        self.household = household
        self.present = list(household.members.filter(left_on=None).order_by("number"))
        super().__init__(*args, **kwargs)
        last = {name: self.fields.pop(name) for name in ("reason", "evidence")}
        self.add_fields()
        self.fields |= last
        for bound in self.fields.values():
            if not isinstance(bound, UploadField):
                bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}

    def add_fields(self) -> None:
        """What this kind of change asks between its day and its reason."""

    def happening(self) -> Happening:
        data = self.cleaned_data
        return Happening(on=data["happened_on"], reason=data["reason"], evidence=data["evidence"])

    def _choose(self, label: str, members: list[Member], *, required: bool = True, hint: str = "") -> forms.ChoiceField:
        choices = [("", ""), *((str(member.pk), _person(member)) for member in members)]
        return forms.ChoiceField(label=label, choices=choices, widget=FastSelect, required=required, help_text=hint)

    def member(self, name: str) -> Member | None:
        """The member chosen in a field, or None."""
        return next((member for member in self.present if str(member.pk) == self.cleaned_data.get(name)), None)


class JoinForm(ChangeForm):
    """A newborn: birth date is the day of the change."""

    def add_fields(self) -> None:
        self.fields["happened_on"].label = "出生日期"
        self.fields |= self._who()

    def _who(self) -> dict[str, forms.Field]:
        head = next((member for member in self.present if member.is_head), None)
        relations = [each for each in codes.Relation.choices if each[0] != codes.Relation.HEAD]
        return {
            "name": CheckedField(label="姓名", parser=clean_name, max_length=60),
            "id_number": LineField(label="证件号码", max_length=40, required=False, help_text="还没有号码的留空,按户口簿登记。"),
            "sex": _codes("性别", codes.Sex.choices[1:3], required=False, help_text="有证件号码的自动带出。"),
            "relation": _codes("与户主关系", relations),
            "ethnicity": _codes("民族", codes.Ethnicity.choices, initial=head.ethnicity if head else "01"),
            "medical_insured": forms.BooleanField(label="城乡居民基本医疗保险", required=False),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("id_number"):
            try:
                said = parse_id_number(data["id_number"], today=today(), demo=settings.DEMO_MODE)
            except CheckError as error:
                self.add_error("id_number", str(error))
                return data
            data["id_number"] = said.number
            if data.get("sex") and data["sex"] != said.sex:
                self.add_error("sex", "与证件号码第17位所示性别不一致,请核对。")
            data["sex"] = said.sex
            born = "birth_on" if "birth_on" in self.fields else "happened_on"
            if data.get(born) and data[born] != said.birth_on:
                self.add_error(born, f"与证件号码所示出生日期 {said.birth_on} 不一致,请核对。")
            data[born] = data.get(born) or said.birth_on
        elif not data.get("sex"):
            self.add_error("sex", "请填写,或填证件号码自动带出。")
        return data

    def person(self) -> dict[str, Any]:
        """The member's values; a newborn is at home and healthy until somebody says otherwise."""
        names = ("name", "id_number", "sex", "relation", "ethnicity", "medical_insured")
        return {name: self.cleaned_data[name] for name in names} | {"education": codes.Education.PRESCHOOL}


class GrownJoinForm(JoinForm):
    """Who marries or moves in: of any age."""

    def add_fields(self) -> None:
        who = self._who()
        born = WrittenDateField(label="出生日期", required=False, help_text="有证件号码的自动带出。")
        more = {
            "marital": _codes("婚姻状况", codes.Marital.choices, required=False),
            "education": _codes("文化程度", codes.Education.choices, required=False, help_text="在校生不填。"),
            "schooling": _codes("在校生状况", codes.Schooling.choices, required=False),
            "health": forms.MultipleChoiceField(label="健康状况", choices=codes.Health.choices, widget=forms.CheckboxSelectMultiple, initial=["1"]),
            "labour": _codes("劳动技能", codes.Labour.choices),
        }
        insured = who.pop("medical_insured")
        self.fields |= who | {"birth_on": born} | more | {"medical_insured": insured}
        self.widths = self.widths | {"health": "w12"}

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("birth_on") and "birth_on" not in self.errors and "id_number" not in self.errors:
            self.add_error("birth_on", "请填写,或填证件号码自动带出。")
        return data

    def person(self) -> dict[str, Any]:
        names = (
            "name",
            "id_number",
            "sex",
            "birth_on",
            "relation",
            "ethnicity",
            "marital",
            "education",
            "schooling",
            "health",
            "labour",
            "medical_insured",
        )
        return {name: self.cleaned_data[name] for name in names}


SUCCESSOR = "户主去世或离开时必须选;其他人与新户主的关系按原关系推算,请到“成员”核对。"


class LeaveForm(ChangeForm):
    def add_fields(self) -> None:
        self.fields["member"] = self._choose("减少的人", self.present)
        others = [member for member in self.present if not member.is_head]
        self.fields["new_head"] = self._choose("新户主", others, required=False, hint=SUCCESSOR)


class HeadForm(ChangeForm):
    def add_fields(self) -> None:
        others = [member for member in self.present if not member.is_head]
        self.fields["new_head"] = self._choose("新户主", others, hint="其他人与新户主的关系按原关系推算,请到“成员”核对。")


class SplitForm(ChangeForm):
    def add_fields(self) -> None:
        choices = [(str(member.pk), _person(member)) for member in self.present]
        self.fields["leaving"] = forms.MultipleChoiceField(label="分出的成员", choices=choices, widget=forms.CheckboxSelectMultiple,
                                                           error_messages={"required": "请至少勾选一位。"})  # fmt: skip
        self.fields["head"] = self._choose("分出户的户主", self.present, hint="要在分出的成员里。")
        others = [member for member in self.present if not member.is_head]
        self.fields["new_head"] = self._choose("原户新户主", others, required=False, hint="户主分出时必须选,要在留下的成员里。")
        self.widths = self.widths | {"leaving": "w12"}

    def leaving(self) -> list[Member]:
        return [member for member in self.present if str(member.pk) in self.cleaned_data["leaving"]]


class MergeForm(ChangeForm):
    """Which household of the village this one joins, and what each member is to the head there."""

    def __init__(self, *args: Any, others: list[tuple[int, str]], **kwargs: Any) -> None:
        self.others = others
        super().__init__(*args, **kwargs)

    def add_fields(self) -> None:
        choices = [("", ""), *((str(pk), label) for pk, label in self.others)]
        self.fields["into"] = forms.ChoiceField(label="并入的户", choices=choices, widget=CodeSelect, help_text="本村在册的户。")
        relations = [each for each in codes.Relation.choices if each[0] != codes.Relation.HEAD]
        for member in self.present:
            field = _codes(f"{member.name}与并入户户主的关系", relations, initial=codes.Relation.OTHER)
            self.fields[f"r{member.pk}"] = field

    def relations(self) -> dict[int, str]:
        return {member.pk: self.cleaned_data[f"r{member.pk}"] for member in self.present}


class GoneForm(ChangeForm):
    def add_fields(self) -> None:
        reasons = [each for each in Household.EndReason.choices if each[0] in {"died_out", "moved"}]
        self.fields["end_reason"] = _codes("整户减少原因", reasons)


FORMS: dict[str, type[ChangeForm]] = {
    ChangeKind.BIRTH: JoinForm, ChangeKind.MARRIED_IN: GrownJoinForm, ChangeKind.MOVED_IN: GrownJoinForm,
    ChangeKind.DEATH: LeaveForm, ChangeKind.MARRIED_OUT: LeaveForm, ChangeKind.MOVED_OUT: LeaveForm,
    ChangeKind.HEAD: HeadForm, ChangeKind.SPLIT: SplitForm, ChangeKind.MERGED: MergeForm, ChangeKind.GONE: GoneForm,
}  # fmt: skip


class WindowForm(RoomForm):
    widths = {"document": "w12"}

    class Meta:
        model = DynamicWindow
        formfield_callback = room_field
        fields = ["year", "starts_on", "opens_on", "closes_on", "level", "document"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            last = DynamicWindow.objects.order_by("-year").first()
            year = last.year + 1 if last else today().year
            starts = date.fromordinal(last.closes_on.toordinal() + 1) if last else date(year, 1, 1)
            self.initial |= {"year": year, "starts_on": starts, "opens_on": date(year, 10, 1), "closes_on": date(year, 12, 15)}
