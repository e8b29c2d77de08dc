"""Forms of credit: a household is named by its code and an ID number together."""

from decimal import Decimal
from typing import Any

from django import forms

from core.checks.accounts import parse_household_code
from core.checks.identity import normalise
from core.clock import today
from core.forms import AmountField, CheckedField, CodeSelect, LineField, WholeField, WrittenDateField
from funds.forms.payments import PlainForm
from funds.forms.sources import not_later
from funds.models import LoanProduct
from funds.rules.codes import BorrowerKind


class BorrowerForm(PlainForm):
    past: tuple[str, ...] = ()
    household_code = CheckedField(label="户编号", parser=parse_household_code, max_length=20)
    id_number = CheckedField(label="户内一人的身份证号码", parser=normalise, max_length=24, help_text="核对用,不保存")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, *self.past)
        return data


class RatingForm(BorrowerForm):
    past = ("rated_on",)
    year = WholeField(label="年度", min_value=2010, max_value=2100)
    grade = LineField(label="信用等级", max_length=10, help_text="按本行的等级,如 AAA、AA、A、B")
    limit = AmountField(label="授信额度(元)", min_value=0, max_digits=14, decimal_places=2, localize=False)
    rated_on = WrittenDateField(label="评级日期")


class FinanceFileForm(BorrowerForm):
    past = ("opened_on",)
    number = LineField(label="档案号", max_length=30)
    opened_on = WrittenDateField(label="建档日期")
    needs_loan = forms.BooleanField(label="有贷款需求", required=False)
    note = LineField(label="服务记录", max_length=300, required=False)


class LoanForm(BorrowerForm):
    past = ("lent_on",)
    product = forms.ModelChoiceField(LoanProduct.objects.none(), label="贷款产品", empty_label="", widget=CodeSelect)
    number = LineField(label="合同编号", max_length=30)
    borrower_kind = forms.ChoiceField(label="借款人种类", choices=BorrowerKind.choices, widget=CodeSelect)
    borrower_name = LineField(label="借款人", max_length=80, required=False, help_text="农户不填,由户编号带出")
    amount = AmountField(label="金额(元)", max_digits=14, decimal_places=2, localize=False)
    rate = AmountField(label="年利率(%)", min_value=0, max_value=36, max_digits=6, decimal_places=3, localize=False)
    lent_on = WrittenDateField(label="放款日期")
    due_on = WrittenDateField(label="到期日期")
    instalments = WholeField(label="还款期数", min_value=1, max_value=60, initial=1)
    purpose = LineField(label="用途", max_length=60)
    productive = forms.BooleanField(label="用于生产经营", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = LoanProduct.objects.exclude(valid_to__lt=today())  # type: ignore[attr-defined]
        for name in ("household_code", "id_number"):
            self.fields[name].required = False
        self.order_fields(["product", "number", "borrower_kind", "household_code", "id_number", "borrower_name"])

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("borrower_kind") == "household":
            for name in ("household_code", "id_number"):
                if name in data and not data[name]:
                    self.add_error(name, "请填写。")
        if data.get("lent_on") and data.get("due_on") and data["due_on"] <= data["lent_on"]:
            self.add_error("due_on", "到期日期应晚于放款日期。")
        return data


class RepaymentForm(PlainForm):
    paid_on = WrittenDateField(label="还款日期")
    principal = AmountField(label="归还本金(元)", min_value=0, max_digits=14, decimal_places=2, localize=False, initial=Decimal(0))
    interest_paid = AmountField(label="支付利息(元)", min_value=0, max_digits=14, decimal_places=2, localize=False, initial=Decimal(0))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        not_later(self, "paid_on")
        return data


class ExtendForm(PlainForm):
    due_on = WrittenDateField(label="展期后的到期日期")


class SubsidyForm(PlainForm):
    first = WrittenDateField(label="起始日期", help_text="如 20170401")
    last = WrittenDateField(label="截止日期", help_text="如 20170630")


class SubsidyPayForm(PlainForm):
    first = WrittenDateField(label="测算期间的起始日期")
