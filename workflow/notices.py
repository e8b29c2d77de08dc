"""The kinds of notice there are: each room registers its own in its `notices.py`, and this one knows none of their subjects.

Length, way of counting days and wording are [assumed] (`domain.md` §12, Appendix B) and therefore settings of every kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.permissions import Role
from core import settings
from core.calendar import DayKind
from workflow.rules.notices import KINDS


@dataclass(frozen=True)
class NoticeColumn:
    """One column of the posted list. A `name` column is masked wherever the list is not on paper."""

    label: str
    kind: str = "text"

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no column kind {self.kind}")


@dataclass(frozen=True)
class NoticeKind:
    """`title` and `text` hold `{{ field }}`s; `fields` are those the room fills. `start`, `end`, `days`, `tel` are filled for all."""

    key: str
    label: str
    word: str  # 公示 invites objections, 公告 announces
    title: str
    text: str
    columns: Sequence[NoticeColumn]
    fields: Sequence[str] = ()
    days: int = 7
    day_kind: str = DayKind.CALENDAR
    basis: str = ""
    city_role: str = Role.BUREAU_APPROVER  # who handles objections at the city's level

    @property
    def known_fields(self) -> list[str]:
        return [*self.fields, *OURS]


OURS = ("start", "end", "days", "tel")
_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> NoticeKind:
    """Raises ValueError for a key registered twice or a word that is neither 公示 nor 公告."""
    if kind.key in _kinds or kind.word not in {"公示", "公告"}:
        raise ValueError(f"notice kind {kind.key} is registered twice or is no notice")
    _kinds[kind.key] = kind
    basis = kind.basis or "公示期限和文本样式待核定"
    settings.declare(f"notice_days_{kind.key}", f"{kind.label}期限", "whole", kind.days, unit="天", basis=basis, assumed=True, low=1, high=90)
    settings.declare(
        f"notice_working_days_{kind.key}", f"{kind.label}期限按工作日计", "yes", kind.day_kind == DayKind.WORKING, basis=basis, assumed=True
    )
    settings.declare(f"notice_text_{kind.key}", f"{kind.label}正文格式", "text", kind.text, basis=basis, assumed=True, high=1500)
    return kind


def get(key: str) -> NoticeKind:
    """Raises KeyError."""
    return _kinds[key]


def all_kinds() -> list[NoticeKind]:
    return list(_kinds.values())


def label(key: str) -> str:
    """The words of a kind; of one no longer registered, its key."""
    return _kinds[key].label if key in _kinds else key


def days_of(key: str) -> tuple[int, str]:
    """How long a notice of the kind runs now: number and kind of days."""
    working = settings.get(f"notice_working_days_{key}")
    return settings.get(f"notice_days_{key}"), DayKind.WORKING if working else DayKind.CALENDAR


def text_of(key: str) -> str:
    """The wording in force."""
    return settings.get(f"notice_text_{key}")


def city_role(key: str) -> str:
    """The role that handles objections to a kind at the city's level."""
    return _kinds[key].city_role if key in _kinds else Role.BUREAU_APPROVER
