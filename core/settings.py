"""Settings an official may change in the browser: each declared in code with its kind, default and ground, read from rows.

`get("export_hours")` gives the stored value, or the declared default while nobody has changed it (or what is stored no
longer fits its declaration). All rows are read by one query, once a request or job (`core.scope` drops them at its ends).
A room declares its settings in its own `parameters.py`; nothing is read at import.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from core.checks.problems import CheckError
from core.checks.text import clean_text
from core.scope import because

LINE = 60  # characters of a text setting that a list shows


class SettingError(Exception):
    """A value that is not stored; str() is shown to the user."""

    for_user = True


@dataclass(frozen=True)
class Declared:
    """One setting. `kind`: whole (a number from `low` to `high`), yes (是/否), many (some of `choices`), text (of at most `high`
    characters; several lines where that is more than a line holds).

    `basis` names the clause or the reason; `assumed` marks what no document settles. A callable default comes from the environment.
    """

    key: str
    label: str
    kind: str
    default: Any
    unit: str = ""
    basis: str = ""
    assumed: bool = False
    low: int = 0
    high: int = 100_000
    choices: Sequence[tuple[str, str]] = ()

    @property
    def standard(self) -> Any:
        return self.default() if isinstance(self.default, Callable) else self.default  # type: ignore[arg-type]

    def clean(self, value: Any) -> Any:
        """The value in its kind. Raises SettingError."""
        if self.kind == "yes" and isinstance(value, bool):
            return value
        if self.kind == "whole" and isinstance(value, int) and not isinstance(value, bool):
            if self.low <= value <= self.high:
                return value
            raise SettingError(f"{self.label}应在 {self.low} 到 {self.high} {self.unit}之间。")
        if self.kind == "text" and isinstance(value, str):
            try:
                return clean_text(value, self.high)
            except CheckError as error:
                raise SettingError(f"{self.label}:{error}") from error
        if self.kind == "many" and isinstance(value, list | tuple | set | frozenset) and set(value) <= {code for code, _ in self.choices}:
            return sorted(value)
        raise SettingError(f"{self.label}的值不合要求,请重新填写。")

    def show(self, value: Any) -> str:
        """The value in words, with its unit."""
        if self.kind == "yes":
            return "是" if value else "否"
        if self.kind == "many":
            labels = dict(self.choices)
            return "、".join(str(labels[code]) for code in value if code in labels) or "无"
        if self.kind == "text":
            return value if len(value) <= LINE else value[:LINE] + "…"
        return f"{value} {self.unit}".strip()


_declared: dict[str, Declared] = {}


def declare(key: str, label: str, kind: str, default: Any, **more: Any) -> Declared:
    """Raises ValueError for a key declared twice."""
    if key in _declared:
        raise ValueError(f"setting {key} is declared twice")
    _declared[key] = Declared(key, label, kind, default, **more)
    return _declared[key]


def declared() -> list[Declared]:
    return sorted(_declared.values(), key=lambda each: each.key)


def declaration(key: str) -> Declared:
    """Raises KeyError."""
    return _declared[key]


def get(key: str) -> Any:
    """What holds now. Raises KeyError for a setting nobody declared."""
    setting = _declared[key]
    stored = _rows()
    if key not in stored:
        return setting.standard
    try:
        return setting.clean(stored[key])
    except SettingError:
        return setting.standard


def _rows() -> dict[str, Any]:
    from core.models import Setting

    kept = getattr(connection, "kept_settings", None)
    if kept is None:
        kept = dict(Setting.objects.values_list("key", "value"))
        if connection.in_atomic_block:
            connection.kept_settings = kept  # type: ignore[attr-defined]
    return kept


@transaction.atomic
def put(*, key: str, value: Any, by: Any, reason: str) -> Any:
    """Store a value; the trail keeps who, why, from what to what. Raises SettingError for a value or reason that does not do."""
    from core.models import Setting

    setting = _declared[key]
    cleaned = setting.clean(value)
    if not reason.strip():
        raise SettingError("请写明修改依据。")
    because(f"修改参数 {setting.label}:{reason}")
    row, _ = Setting.objects.update_or_create(key=key, defaults={"value": cleaned, "note": reason[:200]})
    connection.kept_settings = None  # type: ignore[attr-defined]
    return row
