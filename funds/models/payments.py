"""Payments (`domain.md` §7.6): batches made, checked and paid by different people; lines frozen as they were made."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from accounts.models import Organization, User
from core.fields import BlindIndexField, EncryptedTextField
from funds.models.money import signed_yuan
from funds.models.projects import Contract, Project
from funds.models.sources import FundAllocation
from funds.querysets import PaymentQuerySet
from funds.rules import bank_files
from households.models import Household, Member
from villages.models import Village
from workflow.models import Attachment


class SubsidyItem(models.Model):
    """A kind of money paid to households, with its policy standard; officials edit the rows."""

    class Every(models.TextChoices):
        ONCE = "once", "一次性"
        MONTH = "month", "按月"
        YEAR = "year", "按年"

    code = models.CharField("代码", max_length=8, unique=True)
    name = models.CharField("发放项目", max_length=60)
    unit = models.CharField("计量单位", max_length=10, default="户")
    standard = models.DecimalField(
        "标准(元/单位)", max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)], help_text="没有统一标准的不填"
    )
    every = models.CharField("周期", max_length=6, choices=Every, default=Every.ONCE)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期", null=True, blank=True)
    basis = models.CharField("依据", max_length=100, blank=True)
    is_assumed = models.BooleanField("数值待核定", default=True)

    class Meta:
        verbose_name = "发放项目"
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="subsidy_item_days_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(name="subsidy_item_standard_not_negative", condition=Q(standard=None) | Q(standard__gte=0)),
        ]

    def __str__(self) -> str:
        return self.name


class BankLayout(models.Model):
    """How one bank's files are laid out; officials edit the rows. Columns are the words of `funds.rules.bank_files`."""

    class Encoding(models.TextChoices):
        GB18030 = "gb18030", "GB18030"
        UTF8 = "utf-8", "UTF-8"

    class Separator(models.TextChoices):
        BAR = "|", "竖线 |"
        COMMA = ",", "逗号 ,"
        TAB = "tab", "制表符"

    bank = models.OneToOneField(Organization, models.PROTECT, related_name="+", verbose_name="银行")
    encoding = models.CharField("编码", max_length=8, choices=Encoding, default=Encoding.GB18030)
    separator = models.CharField("分隔符", max_length=3, choices=Separator, default=Separator.BAR)
    out_columns = models.CharField("发送文件的列", max_length=200, default=bank_files.OUT)
    back_columns = models.CharField("回单文件的列", max_length=200, default=bank_files.BACK)
    success_word = models.CharField("成功的写法", max_length=20, default="成功")
    is_assumed = models.BooleanField("待银行核定", default=True)

    class Meta:
        verbose_name = "银行文件格式"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.bank}文件格式"

    def clean(self) -> None:
        wrong = bank_files.wrong_columns(self.out_columns, self.back_columns)
        if wrong:
            raise ValidationError(wrong)

    @property
    def layout(self) -> bank_files.Layout:
        separator = "\t" if self.separator == "tab" else self.separator
        return bank_files.Layout(
            self.encoding, separator, tuple(self.out_columns.split()), tuple(self.back_columns.split()), self.success_word
        )  # fmt: skip


def _person(label: str) -> models.ForeignKey:
    return models.ForeignKey(User, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=label)


def _moment(label: str) -> models.DateTimeField:
    return models.DateTimeField(label, null=True, blank=True, editable=False)


SIGNERS = ("maker", "checker", "second_checker", "third_checker", "payer")
_ALL_DIFFER = Q()
for _number, _one in enumerate(SIGNERS):
    for _other in SIGNERS[_number + 1 :]:
        _ALL_DIFFER &= Q(**{_one: None}) | Q(**{_other: None}) | ~Q(**{_one: F(_other)})


class PaymentBatch(models.Model):
    """A list of payments that is made, checked and paid as one. Once made it does not change."""

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", "一卡通发放"
        UNIT = "unit", "拨付单位"
        REVERSAL = "reversal", "冲销"

    class State(models.TextChoices):
        MADE = "made", "待复核"
        CHECKED = "checked", "待支付"
        SENT = "sent", "待银行回单"
        SETTLED = "settled", "已对账"
        CANCELLED = "cancelled", "已作废"

    number = models.CharField("批次号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=10, choices=Kind)
    project = models.ForeignKey(Project, models.PROTECT, related_name="batches", verbose_name="项目")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    allocation = models.ForeignKey(FundAllocation, models.PROTECT, related_name="batches", verbose_name="资金分配")
    item = models.ForeignKey(SubsidyItem, models.PROTECT, null=True, blank=True, related_name="batches", verbose_name="发放项目")
    period_on = models.DateField("所属月份(首日)")
    title = models.CharField("摘要", max_length=80)
    state = models.CharField("状态", max_length=10, choices=State, default=State.MADE)
    lines = models.PositiveIntegerField("笔数", default=0)
    total = signed_yuan("金额(元)", default=0)
    digest = models.CharField("内容摘要", max_length=64, blank=True)
    mac = models.CharField("完整性校验", max_length=64, blank=True)
    checks_needed = models.PositiveSmallIntegerField("须复核人数", default=1)
    maker = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="制单人")
    made_at = models.DateTimeField("制单时间", auto_now_add=True)
    checker, checked_at = _person("复核人"), _moment("复核时间")
    second_checker, second_checked_at = _person("第二复核人"), _moment("第二复核时间")
    third_checker, third_checked_at = _person("第三复核人"), _moment("第三复核时间")
    payer, sent_at = _person("支付人"), _moment("支付时间")
    settled_at = _moment("对账时间")
    cancelled_by, cancelled_at = _person("作废人"), _moment("作废时间")
    cancel_reason = models.CharField("作废原因", max_length=200, blank=True)
    reissues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="reissued_by", verbose_name="补发的原批次")
    is_demo = models.BooleanField("演示数据", default=False, editable=False)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "支付批次"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="payment_batch_people_are_different",
                condition=_ALL_DIFFER,
                violation_error_message="制单、复核、支付须由不同的人办理。",
            ),
            models.CheckConstraint(
                name="payment_batch_signed_before_sent",
                condition=Q(state__in=["made", "cancelled"])
                | (
                    Q(checker__isnull=False)
                    & (Q(checks_needed__lt=2) | Q(second_checker__isnull=False))
                    & (Q(checks_needed__lt=3) | Q(third_checker__isnull=False))
                ),
                violation_error_message="复核人数不够。",
            ),
            models.CheckConstraint(
                name="payment_batch_paid_by_somebody",
                condition=Q(state__in=["made", "checked", "cancelled"]) | Q(payer__isnull=False, sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_batch_item_iff_to_households",
                condition=Q(kind="household", item__isnull=False) | Q(kind="unit", item=None) | Q(kind="reversal"),
                violation_error_message="发放到户的批次要选发放项目。",
            ),
            models.CheckConstraint(name="payment_batch_period_is_a_month", condition=Q(period_on__day=1)),
            models.CheckConstraint(name="payment_batch_checks_one_to_three", condition=Q(checks_needed__gte=1, checks_needed__lte=3)),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="payment_batch_by_state")]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("funds:batch-detail", args=[self.pk])

    @property
    def checkers(self) -> list[User]:
        return [person for person in (self.checker, self.second_checker, self.third_checker) if person]


class Payment(models.Model):
    """One line of a batch, its recipient as at the making. Never changed; a reversal is a line of another batch, below zero."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="payments", verbose_name="批次")
    number = models.PositiveIntegerField("序号")
    allocation = models.ForeignKey(FundAllocation, models.PROTECT, related_name="payments", verbose_name="资金分配")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="户")
    member = models.ForeignKey(Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="领款人")
    organization = models.ForeignKey(Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="收款单位")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="payments", verbose_name="合同")
    invoice = models.CharField("发票号", max_length=40, blank=True)
    household_code = models.CharField("户编号", max_length=16, blank=True)
    person_name = models.CharField("领款人", max_length=100)
    account = EncryptedTextField("账号")
    account_index = BlindIndexField(source="account", purpose="bank_account")
    account_name = models.CharField("户名", max_length=100)
    bank_name = models.CharField("开户行", max_length=60, blank=True)
    standard = models.DecimalField("标准(元)", max_digits=12, decimal_places=2, null=True)
    quantity = models.DecimalField("数量", max_digits=10, decimal_places=2, default=1)
    amount = signed_yuan("金额(元)")
    mac = models.CharField("完整性校验", max_length=64)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversal", verbose_name="冲销的支付")
    reissues = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reissue", verbose_name="补发的支付")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "支付"
        ordering = ["batch_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="payment_number_once_in_batch"),
            models.UniqueConstraint(
                fields=["batch", "household", "member"], condition=Q(household__isnull=False), name="payment_person_once_in_batch"
            ),
            models.UniqueConstraint(
                fields=["organization", "invoice"],
                condition=~Q(invoice="") & Q(reverses=None, reissues=None),
                name="payment_invoice_once",
                violation_error_message="这张发票已经付过款。",
            ),
            models.CheckConstraint(
                name="payment_to_a_person_or_a_unit",
                condition=Q(household__isnull=False, organization=None) | Q(household=None, organization__isnull=False),
            ),
            models.CheckConstraint(
                name="payment_negative_iff_reversal", condition=Q(reverses=None, amount__gt=0) | Q(reverses__isnull=False, amount__lt=0)
            ),
        ]
        indexes = [models.Index(fields=["account_index"], name="payment_by_account")]

    def __str__(self) -> str:
        return f"{self.person_name} {self.amount}"


class ReturnFile(models.Model):
    """A return file of the bank, taken in once. Never changed."""

    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="return_files", verbose_name="批次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    sha256 = models.CharField("摘要", max_length=64)
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, related_name="+", verbose_name="文件")
    name = models.CharField("文件名", max_length=120, blank=True)
    succeeded = models.PositiveIntegerField("成功笔数")
    failed = models.PositiveIntegerField("失败笔数")
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="导入人")
    taken_at = models.DateTimeField("导入时间", auto_now_add=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "银行回单文件"
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="return_file_once_a_batch")]


class PaymentResult(models.Model):
    """What the bank said of one payment. There is one, and it is never changed."""

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="result", verbose_name="支付")
    batch = models.ForeignKey(PaymentBatch, models.PROTECT, related_name="results", verbose_name="批次")
    village = models.ForeignKey(Village, models.PROTECT, related_name="+", verbose_name="村")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", verbose_name="户")
    succeeded = models.BooleanField("成功")
    reason = models.CharField("失败原因", max_length=100, blank=True)
    bank_serial = models.CharField("银行流水号", max_length=40, blank=True)
    settled_on = models.DateField("到账日期")
    return_file = models.ForeignKey(ReturnFile, models.PROTECT, null=True, related_name="results", verbose_name="回单文件")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = "支付结果"
        constraints = [
            models.CheckConstraint(name="payment_result_failed_iff_reason", condition=Q(succeeded=True, reason="") | (Q(succeeded=False) & ~Q(reason=""))),
        ]  # fmt: skip
