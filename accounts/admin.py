"""Code lists and settings, edited by the system administrator: an admin site of our own behind our own doors.

What stays of `django.contrib.admin` is the registry and the declarations; its sign-in, its history, its deleting and its
scripts do not come along. Pages are the product's own (strict CSP), writes go through one service and say why, the trail
keeps them. A model that names persons or belongs to a village cannot be registered.
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import services
from accounts.guards import requires
from accounts.permissions import Permission
from core import pages, settings, walls
from core.classification import CLASSES, Class
from core.forms import LineField, RoomForm, TextField, WholeField, room_field
from core.listing import Column
from core.models import Setting
from core.pages import Crumbs, Link

TITLE = "代码表和参数"
LONGEST = 500


class CodeListForm(RoomForm):
    """A row of a code list, and why it is changed."""

    widths = {"why": "w12"}
    why = LineField(label="修改依据", max_length=200, help_text="文号、会议或其他依据,记入变更历史")


class CodeListAdmin(admin.ModelAdmin):
    """How a code list is shown and edited: `list_display`, `fields`, `form` as in any admin. Rows end by a date; none is deleted."""

    form = CodeListForm
    note = "停用请填停用日期;已被引用的条目不删除。"

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest | None, **kwargs: Any) -> forms.Field | None:
        return room_field(db_field)

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(require_safe(self.changelist_view)), name=f"{name}_changelist"),
            path("add/", view(require_http_methods(["GET", "POST"])(self.add_view)), name=f"{name}_add"),
            path("<int:pk>/change/", view(require_http_methods(["GET", "POST"])(self.change_view)), name=f"{name}_change"),
        ]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def crumbs(self) -> Crumbs:
        return [(TITLE, reverse(f"{self.admin_site.name}:index")), (str(self.opts.verbose_name), self.url("changelist"))]

    def columns(self) -> list[Column]:
        names = [name for name in self.list_display if isinstance(name, str)]
        return [Column(str(label_for_field(name, self.model, self)), _value(name, self)) for name in names]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        rows = self.get_queryset(request).order_by(*(self.ordering or self.opts.ordering or ["pk"]))[:LONGEST]
        shown = pages.table("", self.columns(), rows, url=lambda row: self.url("change", row.pk), empty="还没有条目。")
        links = [Link(f"新增{self.opts.verbose_name}", self.url("add"), primary=True)]
        return pages.record_page(request, title=str(self.opts.verbose_name), crumbs=[*self.crumbs()[:1], (str(self.opts.verbose_name), "")],
                                 links=links, tables=[shown])  # fmt: skip

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return self._form(request, self.model(), f"新增{self.opts.verbose_name}")

    def change_view(self, request: HttpRequest, pk: int, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # type: ignore[override]
        record = get_object_or_404(self.get_queryset(request), pk=pk)
        return self._form(request, record, f"修改{self.opts.verbose_name}")

    def _form(self, request: HttpRequest, record: models.Model, title: str) -> HttpResponse:
        form = self.get_form(request, record if record.pk else None, change=bool(record.pk))(request.POST or None, instance=record)
        form.fields["why"] = form.fields.pop("why")  # last, after what is changed

        def save(why: str, **fields: Any) -> str:
            services.save_code(record=form.instance, by=request.user, reason=f"{title}:{why}", **fields)
            return self.url("changelist")

        return pages.form_page(request, form, save, title=title, back=self.url("changelist"), crumbs=self.crumbs(),
                               refusal=services.AccountsError, note=self.note)  # fmt: skip


def _value(name: str, owner: CodeListAdmin) -> Any:
    """What a column shows: a method of the declaration, the words of a coded field, or the field."""
    method = getattr(owner, name, None)
    if callable(method):
        return method
    return lambda row: getattr(row, f"get_{name}_display", lambda: getattr(row, name))()


class SettingAdmin(CodeListAdmin):
    """Every declared setting, changed or not; what is stored goes through `core.settings.put`."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("", view(require_safe(self.changelist_view)), name="core_setting_changelist"),
            path("<slug:key>/change/", view(require_http_methods(["GET", "POST"])(self.setting_view)), name="core_setting_change"),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        columns = [
            Column("参数", "label"), Column("现值", lambda each: each.show(settings.get(each.key))),
            Column("依据", _basis), Column("默认值", lambda each: "同现值" if settings.get(each.key) == each.standard else each.show(each.standard)),
        ]  # fmt: skip
        shown = pages.table("", columns, settings.declared(), url=lambda each: self.url("change", each.key))
        return pages.record_page(request, title="参数", crumbs=[*self.crumbs()[:1], ("参数", "")], tables=[shown])

    def setting_view(self, request: HttpRequest, key: str) -> HttpResponse:
        try:
            setting = settings.declaration(key)
        except KeyError as error:
            raise Http404 from error
        form = SettingForm(request.POST or None, setting=setting)

        def save(value: Any, why: str) -> str:
            settings.put(key=key, value=value, by=request.user, reason=why)
            return self.url("changelist")

        crumbs = [*self.crumbs()[:1], ("参数", self.url("changelist"))]
        note = f"默认值:{setting.show(setting.standard)}。依据:{_basis(setting)}。保存后对下一次请求生效。"
        return pages.form_page(request, form, save, title=setting.label, back=self.url("changelist"), crumbs=crumbs,
                               refusal=settings.SettingError, note=note)  # fmt: skip


def _basis(setting: settings.Declared) -> str:
    return f"{setting.basis or '本系统约定'}{'(数值待核定)' if setting.assumed else ''}"


class SettingForm(forms.Form):
    """One value in its kind, and why it is changed."""

    widths = {"value": "w12", "why": "w12"}
    why = LineField(label="修改依据", max_length=200, help_text="文号、会议或其他依据,记入变更历史")

    def __init__(self, *args: Any, setting: settings.Declared, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        label = f"{setting.label}({setting.unit})" if setting.unit else setting.label
        if setting.kind == "yes":
            value: forms.Field = forms.BooleanField(label=label, required=False)
        elif setting.kind == "many":
            value = forms.MultipleChoiceField(label=label, choices=setting.choices, required=False, widget=forms.CheckboxSelectMultiple)
        elif setting.kind == "text":
            line = setting.high <= settings.LINE
            value = (LineField if line else TextField)(label=label, max_length=setting.high, required=False)
        else:
            value = WholeField(label=label, help_text=f"{setting.low} 到 {setting.high}")
        self.fields = {"value": value, "why": self.fields["why"]}
        self.initial["value"] = settings.get(setting.key)
        for each in self.fields.values():
            each.error_messages["required"] = "请填写。"


class CodeLists(admin.AdminSite):
    """Behind the product's own sign-in and permission; the registry refuses what is no code list."""

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        for model in [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable:
            kinds = set(CLASSES.get(model._meta.label, {}).values())
            if kinds & {Class.PERSONAL, Class.SENSITIVE} or walls.walled(model) is not None:
                raise ImproperlyConfigured(f"{model._meta.label} holds persons or a village's rows and is no code list")
        super().register(model_or_iterable, admin_class or CodeListAdmin, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return request.user.is_authenticated and request.user.may(Permission.SETTING_EDIT)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        return requires(Permission.SETTING_EDIT)(view)

    def get_urls(self) -> list[Any]:
        own = [path("", self.admin_view(require_safe(self.index)), name="index")]
        for model, declared in self._registry.items():
            own += [path(f"{model._meta.app_label}/{model._meta.model_name}/", (declared.get_urls(), None, None))]
        return own

    def index(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        lists = sorted((each for each in self._registry.values() if isinstance(each, CodeListAdmin)), key=lambda each: each.opts.label)
        columns = [
            Column("名称", lambda each: "参数" if each.model is Setting else str(each.opts.verbose_name)),
            Column("所属", lambda each: "系统" if each.model is Setting else str(each.opts.app_config.verbose_name)),
            Column("条数", lambda each: len(settings.declared()) if each.model is Setting else each.model._default_manager.count(), "number"),
        ]
        shown = pages.table("", columns, lists, url=lambda each: each.url("changelist"))
        return pages.record_page(request, title=TITLE, crumbs=[(TITLE, "")], tables=[shown])


code_lists = CodeLists(name="codes")
code_lists.register(Setting, SettingAdmin)
