"""How fields, states and lookups are shown."""

from typing import Any

from django import forms, template
from django.forms import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.listing import STATUS_CLASSES, show

register = template.Library()


@register.filter
def field_kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "plain"


@register.filter
def described(field: BoundField) -> SafeString:
    """The widget, tied to its hint and error for those who do not see them."""
    attributes: dict[str, Any] = {}
    about = [f"{field.auto_id}_hint"] if field.help_text else []
    if field.errors:
        attributes["aria-invalid"] = "true"
        about.append(f"{field.auto_id}_error")
    if about:
        attributes["aria-describedby"] = " ".join(about)
    return field.as_widget(attrs=attributes)


@register.filter
def warnings(field: BoundField) -> list[str]:
    """The findings that do not stop saving, kept on the form by its `clean`."""
    return getattr(field.form, "warnings", {}).get(field.name, [])


@register.filter
def status(label: str) -> SafeString:
    """A state with its symbol: shape, colour and word."""
    return format_html('<span class="status {}">{}</span>', STATUS_CLASSES.get(label, "plain"), label)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value by a key that is itself a variable; '' when there is none."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


@register.filter
def wan(amount: Any) -> str:
    """Yuan shown in 万元 with two places."""
    return show(amount, "wan")


@register.filter
def money(amount: Any) -> str:
    return show(amount, "money")
