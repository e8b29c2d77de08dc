"""The contact list 通讯录: who does what where, and how to reach them; a mobile number in full with a reason, and written down."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import recently_confirmed, requires
from accounts.models import AccessEvent
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core.forms import LineField
from core.listing import Column
from core.masking import mask_phone
from villages.filters import ContactFilter
from villages.querysets import contacts_of


def _roles(person: Any) -> list[str]:
    return [f"{grant.get_role_display()}({grant.division.name})" for grant in person.grants.all() if grant.in_force]


CONTACTS = listings.register(
    listings.Listing(
        key="contacts",
        title="通讯录",
        rows=lambda user: contacts_of(user).select_related("organization").prefetch_related("grants__division"),
        columns=(
            Column("姓名", "name"),
            Column("单位", "organization.name"),
            Column("职务", "post"),
            Column("工作", _roles),
            Column("办公电话", "organization.phone"),
            Column("手机", lambda person: mask_phone(person.phone)),
        ),
        permission=Permission.ORGANIZATION_VIEW,
        order=("organization__name", "name", "id"),
        filters=ContactFilter,
        empty="没有符合条件的人员。",
        row_url=lambda person: reverse("villages:contact", args=[person.pk]),
        table="accounts_user",
    )
)


@requires(Permission.ORGANIZATION_VIEW)
@require_safe
def contact_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, CONTACTS)


class PurposeForm(forms.Form):
    purpose = LineField(label="用途", max_length=200, error_messages={"required": "请填写。"})


@never_cache
@requires(Permission.ORGANIZATION_VIEW)
@recently_confirmed
@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """One person; the number in full after a purpose was given."""
    person = get_object_or_404(contacts_of(request.user).select_related("organization").prefetch_related("grants__division"), pk=pk)
    form = PurposeForm(request.POST or None, label_suffix="")
    phone = ""
    if request.method == "POST" and form.is_valid():
        note_access(request, AccessEvent.Action.REVEALED, person, detail="手机号码", purpose=form.cleaned_data["purpose"])
        phone = person.phone
    context = {"person": person, "roles": _roles(person), "masked": mask_phone(person.phone), "phone": phone, "form": form, "title": person.name,
               "crumbs": [("通讯录", reverse("villages:contacts")), (person.name, "")]}  # fmt: skip
    return render(request, "villages/contact.html", context)
