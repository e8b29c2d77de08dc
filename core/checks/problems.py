"""What a check says."""

from dataclasses import dataclass
from typing import Literal


class CheckError(ValueError):
    """A value that cannot be taken as it is; str() is the Chinese sentence the user reads."""


@dataclass(frozen=True)
class Problem:
    """A finding at a field: an error stops saving, a warning is shown and counted."""

    field: str
    level: Literal["error", "warning"]
    message: str
