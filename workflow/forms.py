"""What the workflow pages take in."""

from typing import Any

from django import forms


class PurposeForm(forms.Form):
    """Why somebody takes personal data out or looks at it in full."""

    purpose = forms.CharField(label="用途", min_length=2, max_length=200, error_messages={"required": "请写明用途,会记入查阅记录。"})


class ExportForm(PurposeForm):
    """The purpose, and a password for the workbook when the user would rather choose one."""

    password = forms.CharField(
        label="打开口令", required=False, min_length=8, max_length=64, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"min_length": "打开口令至少 8 位。", "max_length": "打开口令不超过 64 位。"},
    )  # fmt: skip

    def __init__(self, *args: Any, protected: bool, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        made = "不填则由系统生成,导出后在任务页显示一次" if protected else "不填则不加口令"
        self.fields["password"].help_text = f"打开表格时输入。{made}。"

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if password and not (password.isascii() and password.isprintable() and " " not in password):
            raise forms.ValidationError("打开口令请用字母、数字和常用符号,不含空格和汉字。")
        return password
