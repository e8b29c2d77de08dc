"""Forms of payment batches."""

from decimal import Decimal
from typing import Any

from django import forms

from core.checks.accounts import parse_bank_account
from core.clock import today
from core.forms import AmountField, CheckedField, CodeSelect, LineField, UploadField, WrittenDateField
from funds.models import BankLayout, Contract, FundAllocation, SubsidyItem
from funds.services import FundsError, Wanted
from funds.services.lists import all_households, read_list


def _account(text: str) -> str:
    return parse_bank_account(text, kind="passbook")


class PlainForm(forms.Form):
    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, label_suffix="", **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = "请填写。"


def _pick(label: str, rows: Any, **options: Any) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(rows, label=label, empty_label="", widget=CodeSelect, **options)


class BatchForm(PlainForm):
    """A list of payments to households: everyone on the project's list at one sum, or a workbook that names each."""

    widths = {"title": "w6"}
    allocation = _pick("资金分配", FundAllocation.objects.none())
    item = _pick("发放项目", SubsidyItem.objects.none())
    period_on = WrittenDateField(label="所属月份", help_text="填当月任一天")
    title = LineField(label="摘要", max_length=80, required=False)
    amount = AmountField(
        label="每户金额(元)", max_digits=14, decimal_places=2, localize=False, required=False,
        help_text="不传名单时,按此金额发给项目受益户(未登记受益户的,为本村全部在册户)",
    )  # fmt: skip
    file = UploadField(label="发放名单", accept=("xlsx",), required=False)

    def __init__(self, *args: Any, project: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.project = project
        self.fields["allocation"].queryset = FundAllocation.objects.visible_to(self.user, "payment_make").filter(project=project, reverses=None)
        self.fields["item"].queryset = SubsidyItem.objects.filter(valid_from__lte=today()).exclude(valid_to__lt=today())
        self.fields["file"].help_text = "第一行为标题,列:户编号、领款人(可空,为户主)、数量(可空)、金额(元)、户名(可空)。" + str(
            self.fields["file"].help_text
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        upload, amount = data.pop("file", None), data.pop("amount", None)
        if (upload is None) == (amount is None):
            raise forms.ValidationError("每户金额和发放名单填一项。")
        try:
            data["lines"] = read_list(upload.read()) if upload else self._everyone(amount)
        except FundsError as error:
            raise forms.ValidationError(str(error)) from error
        return data

    def _everyone(self, amount: Decimal) -> list[Wanted]:
        return [Wanted(pk, amount) for pk in all_households(self.project)]


class UnitBatchForm(PlainForm):
    allocation = _pick("资金分配", FundAllocation.objects.none())
    contract = _pick("合同", Contract.objects.none())
    invoice = LineField(label="发票号", max_length=40)
    amount = AmountField(label="金额(元)", max_digits=14, decimal_places=2, localize=False)
    account = CheckedField(label="收款账号", parser=_account, max_length=40)
    bank_name = LineField(label="开户行", max_length=60)

    def __init__(self, *args: Any, project: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["allocation"].queryset = FundAllocation.objects.visible_to(self.user, "payment_make").filter(project=project, reverses=None)
        self.fields["contract"].queryset = Contract.objects.visible_to(self.user, "payment_make").filter(project=project)
        self.fields["contract"].label_from_instance = lambda row: f"{row.number} {row.contractor}"  # type: ignore[attr-defined]


class SeenForm(PlainForm):
    """A signature under what was seen: the digest of the batch as the page showed it."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)


class CancelForm(PlainForm):
    reason = LineField(label="作废原因", max_length=200)


class ReturnForm(PlainForm):
    layout = _pick("银行文件格式", BankLayout.objects.all(), required=False, help_text="不选则按通用格式")
    file = forms.FileField(label="银行回单文件", max_length=120, help_text="银行返回的文本文件,不超过 20 MB;逐笔核对,有一处不符就不导入")

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > 20 * 1024 * 1024:
            raise forms.ValidationError("文件超过 20 MB。")
        return upload


class ReverseForm(PlainForm):
    numbers = LineField(label="冲销的序号", max_length=400, help_text="用逗号隔开,如 3,7")
    reason = LineField(label="冲销原因", max_length=60)

    def clean_numbers(self) -> list[int]:
        parts = [part.strip() for part in self.cleaned_data["numbers"].replace(",", ",").replace("、", ",").split(",") if part.strip()]
        if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts) or not parts:
            raise forms.ValidationError("请填写序号,用逗号隔开。")
        return sorted({int(part) for part in parts})


class ResultForm(PlainForm):
    succeeded = forms.TypedChoiceField(label="结果", choices=[("1", "到账"), ("0", "失败")], coerce=lambda value: value == "1", widget=CodeSelect)
    reason = LineField(label="失败原因", max_length=100, required=False)
    serial = LineField(label="银行流水号", max_length=40, required=False)
    settled_on = WrittenDateField(label="到账(退回)日期")

    def clean_settled_on(self) -> Any:
        if self.cleaned_data["settled_on"] > today():
            raise forms.ValidationError("日期不能晚于今天。")
        return self.cleaned_data["settled_on"]
