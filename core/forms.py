"""Form fields and the base form of every room: clean text, dates as written, code lists typed by pinyin or number."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from core import content
from core.checks.accounts import parse_phone
from core.checks.problems import CheckError
from core.checks.text import clean_line, has_forbidden
from core.dates import parse_date
from core.masking import mask_phone
from core.pinyin import initials

REQUIRED = {"required": "请填写。"}


@lru_cache(maxsize=4096)
def _initials(label: str) -> str:
    return initials(label)


class FastSelect(forms.Select):
    """A select set as text: a page with a hundred of them costs no template for each option."""

    def option(self, value: str, label: str, chosen: bool) -> str:
        return f'<option value="{escape(value)}"{" selected" if chosen else ""}>{escape(label)}</option>'

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = {str(item) for item in self.format_value(value)}
        own = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        options = "".join(self.option(text, str(label), text in chosen) for text, label in ((_text(v), label) for v, label in self.choices))
        return mark_safe(f"<select{own}>{options}</select>")  # noqa: S308 — every part is escaped


def _text(value: Any) -> str:
    return "" if value is None else str(value)


class CodeSelect(FastSelect):
    """A select the page upgrades: each option carries its pinyin initials."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-combobox": "", **(attrs or {})}, choices)

    def option(self, value: str, label: str, chosen: bool) -> str:
        plain = super().option(value, label, chosen)
        return plain.replace("<option", f'<option data-py="{escape(_initials(label))}"', 1) if value else plain


class LineField(forms.CharField):
    """One line of clean text; null bytes, control and direction-turning characters get an error here."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        try:
            return clean_line(text, self.max_length or 10_000)
        except CheckError as error:
            raise forms.ValidationError(str(error)) from error


class TextField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if has_forbidden(text):
            raise forms.ValidationError("含有看不见的控制字符,请删除后重新输入。")
        return text


class WrittenDateField(forms.DateField):
    """A date as people write it: 20200315, 2020-3-15, 二〇二〇年三月."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"placeholder": "如 20170930", "autocomplete": "off", "inputmode": "numeric"})

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        try:
            return parse_date(str(value)[:40])
        except CheckError as error:
            raise forms.ValidationError(str(error)) from error


class CheckedField(LineField):
    """A line that goes through one of core.checks' parsers."""

    def __init__(self, *args: Any, parser: Callable[[str], str], **kwargs: Any) -> None:
        self.parser = parser
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        try:
            return self.parser(text)
        except CheckError as error:
            raise forms.ValidationError(str(error)) from error


class PhoneField(CheckedField):
    """A phone number kept encrypted: shown masked, and left as stored when the mask comes back (see RoomForm)."""

    stored = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": "联系电话", "max_length": 30, "required": False, "parser": parse_phone, **kwargs})

    def to_python(self, value: Any) -> str:
        if self.stored and str(value or "").strip() == mask_phone(self.stored):
            return self.stored
        return super().to_python(value)


class AmountField(forms.DecimalField):
    """A plain number typed without the browser's spinner; thousands separators are taken."""

    widget = forms.TextInput(attrs={"class": "num", "inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        text = str(value).replace(",", "").strip() if value is not None else ""
        if len(text) > 30:
            raise forms.ValidationError("数字太长,请核对。")
        if not text and not self.required:
            return None
        return super().to_python(text)


class WholeField(forms.IntegerField):
    widget = forms.TextInput(attrs={"class": "num", "inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> Any:
        if value is not None and len(str(value)) > 12:
            raise forms.ValidationError("数字太大,请核对。")
        return super().to_python(value)


ACCEPT = {
    content.PHOTO: "image/*,.heic,.heif",
    content.PDF: "application/pdf,.pdf",
    content.WORKBOOK: ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class UploadField(forms.FileField):
    """A file of the kinds asked for; kind and size are known from its beginning, before it is read.

    `camera` opens the phone's camera instead of asking for a file. The content itself is checked by `workflow.services.attach`.
    """

    widget = forms.FileInput

    def __init__(self, *, accept: tuple[str, ...] = (content.PHOTO, content.PDF), camera: bool = False, **kwargs: Any) -> None:
        self.accept = accept
        limits = "、".join(f"{content.LABELS[kind]}不超过 {content.LIMITS[kind] // content.MEGABYTE} MB" for kind in accept)
        kwargs.setdefault("help_text", limits + ("。照片中的位置信息会被去除。" if content.PHOTO in accept else "。"))
        super().__init__(**kwargs)
        self.error_messages |= {"required": "请选择文件。", "empty": "文件是空的,请重新选择。", "invalid": "请选择文件后再提交。"}
        self.widget.attrs |= {"accept": ",".join(ACCEPT[kind] for kind in accept)} | ({"capture": "environment"} if camera else {})

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if upload is None:
            return None
        upload.seek(0)
        head = upload.read(content.HEAD)
        upload.seek(0)
        try:
            content.accepted(head, size=upload.size, accept=self.accept)
        except content.ContentError as error:
            raise forms.ValidationError(str(error)) from error
        return upload


def room_field(field: models.Field, **options: Any) -> forms.Field | None:
    """The form field of a model field, in this product's manner."""
    if isinstance(field, models.ForeignKey):
        return field.formfield(widget=CodeSelect, empty_label="", **options)
    if getattr(field, "choices", None) and not isinstance(field, models.BooleanField):
        return field.formfield(widget=CodeSelect, **options)
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
        return field.formfield(form_class=WrittenDateField, **options)
    if isinstance(field, models.DecimalField):
        return field.formfield(form_class=AmountField, localize=False, **options)
    if isinstance(field, models.IntegerField):
        return field.formfield(form_class=WholeField, **options)
    if isinstance(field, models.TextField):
        return field.formfield(form_class=TextField if not field.unique else LineField, **options)
    if isinstance(field, models.CharField) and not isinstance(field, models.SlugField):  # a slug has checks of its own
        return field.formfield(form_class=LineField, **options)
    return field.formfield(**options)


class RoomForm(forms.ModelForm):
    """A model form in this product's manner: the user's scope comes in, and widths lay it out."""

    widths: dict[str, str] = {}

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        self.warnings: dict[str, list[str]] = {}
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, bound in self.fields.items():
            if isinstance(bound, PhoneField):
                bound.stored = getattr(self.instance, name, "") or ""
                self.initial[name] = mask_phone(bound.stored)
            bound.error_messages["required"] = REQUIRED["required"]
            bound.error_messages["invalid_choice"] = "请从列表中选择。"
            if bound.required and not isinstance(bound, forms.BooleanField):
                bound.widget.attrs["required"] = True
