"""Money from its source to the household (`domain.md` §7), a module a noun."""

from funds.models.ceilings import Balance
from funds.models.clues import Accountability, Clue, ClueEvent, ClueTransfer
from funds.models.credit import CreditRating, FinanceFile, Instalment, InterestSubsidy, Loan, LoanProduct, Repayment
from funds.models.findings import Finding, Supervisor
from funds.models.gates import Gate, ProjectNotice
from funds.models.payments import BankLayout, Payment, PaymentBatch, PaymentResult, ReturnFile, SubsidyItem
from funds.models.projects import (
    Acceptance,
    Asset,
    Beneficiary,
    BudgetLine,
    Contract,
    Performance,
    ProgressReport,
    Project,
)
from funds.models.proof import BalanceDifference, BalanceProof
from funds.models.sources import FundAllocation, FundIndicator, IndicatorReturn, Source

__all__ = [
    "Acceptance", "Accountability", "Asset", "Balance", "BalanceDifference", "BalanceProof", "BankLayout", "Clue", "ClueEvent", "ClueTransfer",
    "Finding", "Supervisor", "Beneficiary", "BudgetLine", "Contract", "CreditRating", "FinanceFile", "Instalment", "InterestSubsidy", "Loan", "LoanProduct", "Repayment", "FundAllocation", "FundIndicator", "Gate", "IndicatorReturn", "ProjectNotice", "Payment",
    "PaymentBatch", "PaymentResult", "Performance", "ProgressReport", "Project", "ReturnFile", "Source", "SubsidyItem",
]  # fmt: skip
