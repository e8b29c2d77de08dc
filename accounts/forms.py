"""Sign-in, passwords, organizations, users."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate, password_validation
from django.db.models import Q
from django.http import HttpRequest

from accounts import rules
from accounts.models import Organization, User
from core.checks.accounts import parse_credit_code
from core.checks.names import clean_name
from core.forms import CheckedField, CodeSelect, LineField, PhoneField, RoomForm, WrittenDateField, room_field


class SignInForm(forms.Form):
    username = forms.CharField(label="用户名", max_length=40, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}))
    password = forms.CharField(label="密码", max_length=200, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.request, self.user = request, None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("username") and data.get("password"):
            self.user = authenticate(self.request, username=data["username"], password=data["password"])
            if self.user is None:
                raise forms.ValidationError("用户名或密码不对。连续 5 次输错将锁定 15 分钟,忘记密码请找本单位管理员重置。")
        return data


class KeyForm(forms.Form):
    """The name of a security key, and what it answered; the browser fills that in."""

    name = forms.CharField(
        label="密钥名称", max_length=40, initial="安全密钥", help_text="便于分辨,如:办公室的蓝色密钥", error_messages={"required": "请填写。"}
    )
    key_answer = forms.CharField(widget=forms.HiddenInput, max_length=8000,
                                 error_messages={"required": "没有读到安全密钥的应答。请插好密钥,点“登记”后按提示触碰。"})  # fmt: skip


class CodeForm(forms.Form):
    """A code of the second factor: from the phone, or printed."""

    code = forms.CharField(label="验证码", max_length=40, error_messages={"required": "请填写。"},
                           widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "one-time-code", "inputmode": "numeric"}))  # fmt: skip


class UseCodeForm(forms.Form):
    """A one-time code from paper, and the password its owner chooses."""

    username = forms.CharField(label="用户名", max_length=40, widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}))
    code = forms.CharField(label="一次性口令", max_length=60, help_text="纸条上的 12 位字母和数字,不分大小写。",
                           widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}))  # fmt: skip
    new = forms.CharField(label="新密码", strip=False, max_length=200, help_text="至少 10 位,含大写、小写、数字、符号中的三种。",
                          widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip
    again = forms.CharField(label="再输一次", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.error_messages["required"] = "请填写。"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new"):
            try:
                password_validation.validate_password(data["new"], User(username=data.get("username", "")))
            except forms.ValidationError as error:
                self.add_error("new", error)
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return data


class PasswordChangeForm(forms.Form):
    old = forms.CharField(
        label="原密码", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True})
    )
    new = forms.CharField(label="新密码", strip=False, max_length=200, help_text="至少 10 位,含大写、小写、数字、符号中的三种。",
                          widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))  # fmt: skip
    again = forms.CharField(label="再输一次", strip=False, max_length=200, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        if not self.user.check_password(self.cleaned_data["old"]):
            raise forms.ValidationError("原密码不对。")
        return self.cleaned_data["old"]

    def clean_new(self) -> str:
        new = self.cleaned_data["new"]
        if self.user.check_password(new):
            raise forms.ValidationError("新密码不能与原密码相同。")
        password_validation.validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一致。")
        return data


class OrganizationForm(RoomForm):
    credit_code = CheckedField(label="统一社会信用代码", max_length=30, required=False, parser=parse_credit_code)
    area_code = forms.RegexField(
        r"^\d{6}(\d{3}){0,2}$", label="辖区代码", required=False, help_text="管辖范围的区划代码,6、9或12位;没有辖区的单位不填。",
        error_messages={"invalid": "应为6、9或12位数字的区划代码。"},
    )  # fmt: skip
    widths = {"name": "w6"}

    class Meta:
        model = Organization
        formfield_callback = room_field
        fields = [
            "name", "short_name", "nature", "level", "parent", "credit_code", "area_code", "phone",
            "posts_authorized", "posts_filled", "valid_from", "valid_to",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Organization.objects.filter(valid_to=None).exclude(pk=self.instance.pk)


class MergeForm(forms.Form):
    """Name a body that was merged into this one."""

    predecessor = forms.ModelChoiceField(label="整合前单位", queryset=Organization.objects.none(), widget=CodeSelect, empty_label="")
    merged_on = WrittenDateField(label="整合日期", help_text="整合前单位还没有撤销日期的,以这一天为撤销日期。")
    widths = {"predecessor": "w6"}

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.fields["predecessor"].queryset = Organization.objects.exclude(pk=organization.pk).exclude(successors=organization)
        for bound in self.fields.values():
            bound.error_messages |= {"required": "请填写。", "invalid_choice": "请从列表中选择。"}


class UserForm(RoomForm):
    name = CheckedField(label="姓名", parser=clean_name, max_length=50)
    phone = PhoneField()

    class Meta:
        model = User
        formfield_callback = room_field
        fields = ["name", "organization", "post", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organization"].queryset = Organization.objects.filter(Q(valid_to=None) | Q(pk=self.instance.organization_id))


class UserEditForm(UserForm):
    """A known user: another organization means that the person has left, unless it is said to be a correction."""

    correction = forms.BooleanField(
        label="单位原来填错,现更正", required=False,
        help_text="单位变动按调离办理:今天之后全部授权截止,登录立即结束。人没有变动、只是更正的,请勾选。",
    )  # fmt: skip
    widths = {"correction": "w6"}


class NewUserForm(UserForm):
    username = forms.RegexField(
        rules.USERNAME, label="用户名", help_text="小写字母开头,3至40位小写字母、数字。",
        error_messages={"invalid": "应为小写字母开头、3至40位的小写字母、数字或 _ . -。"},
    )  # fmt: skip
    field_order = ["username", "name", "organization", "post", "phone"]

    class Meta(UserForm.Meta):
        fields = ["username", *UserForm.Meta.fields]


class ReasonForm(forms.Form):
    reason = LineField(label="原因", max_length=200, error_messages={"required": "请填写。"})
    widths = {"reason": "w6"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
