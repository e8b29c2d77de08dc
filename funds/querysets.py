"""Money as it is read."""

from decimal import Decimal
from typing import Any, Self

from django.apps import apps
from django.db.models import Case, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

from accounts.permissions import ROLE_PERMISSIONS, Role
from core import scope
from core.querysets import ScopedQuerySet


class ProjectQuerySet(ScopedQuerySet):
    view_permission = "project_view"


class ProjectPartQuerySet(ScopedQuerySet):
    """Rows that hang on a project and carry its village."""

    view_permission = "project_view"


class AllocationQuerySet(ScopedQuerySet):
    view_permission = "fund_view"


class PaymentQuerySet(ScopedQuerySet):
    view_permission = "payment_view"


class CreditQuerySet(ScopedQuerySet):
    """A bank's rows: by area for those who follow credit there, and a bank's own for the bank."""

    view_permission = "loan_view"

    def visible_to(self, user: Any, permission: str | None = None) -> Self:
        permission = permission or self.view_permission
        if user.organization_id and Role.BANK in user.roles and permission in ROLE_PERMISSIONS[Role.BANK]:
            own = self.filter(bank_id=user.organization_id)
            found = scope.reach(user, permission)
            return own if not found else self if found.everything else own | self.filter(village__in=sorted(found.villages))
        return super().visible_to(user, permission)


class LoanQuerySet(CreditQuerySet):
    def with_state(self) -> Self:
        """Beside each loan: what is repaid, what is owed, and the due day of the earliest instalment not paid (null: none)."""
        balance = apps.get_model("funds", "Balance").objects.filter(kind="loan", key=OuterRef("pk"))
        instalments = apps.get_model("funds", "Instalment").objects.filter(loan=OuterRef("pk"), until_then__gt=OuterRef("repaid"))
        rows = self.annotate(repaid=Coalesce(Subquery(balance.values("used")[:1]), Decimal(0)))
        # An extension moves everything that was open to the new day.
        unpaid = Case(
            When(extended=True, repaid__lt=F("amount"), then=F("due_on")), default=Subquery(instalments.order_by("number").values("due_on")[:1])
        )
        return rows.annotate(owed=F("amount") - F("repaid"), unpaid_due_on=unpaid)


class ClueQuerySet(ScopedQuerySet):
    """Clues, for those who hold the permission; the database asks for the role itself."""

    view_permission = "clue_view"


class FindingQuerySet(ScopedQuerySet):
    """Findings of the supervision team: for who sees the whole city, or the village concerned."""

    view_permission = "finding_view"
