"""What every sum of this room is: yuan with two places, never zero or less where it is an amount."""

from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models

CENT = Decimal("0.01")


def yuan(label: str, **options: Any) -> models.DecimalField:
    """An amount above zero, in yuan: at most 999,999,999,999.99."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, validators=[MinValueValidator(CENT, "金额应大于零。")], **options)


def signed_yuan(label: str, **options: Any) -> models.DecimalField:
    """An amount that a reversal makes negative."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)
