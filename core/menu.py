"""The menu by the seed's four systems; every room adds its pages in its own `menu.py`."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

SECTIONS = ("工作台", "基础保障", "责任监督", "联动帮扶", "精准诊治", "报表", "系统")


@dataclass(frozen=True)
class Item:
    section: str
    label: str
    url_name: str
    permissions: tuple[str, ...]
    order: int


_items: list[Item] = []


def add(section: str, label: str, url_name: str, *permissions: str, order: int = 50) -> None:
    """A page in the menu, shown to users who hold any of the permissions (none: to everyone signed in)."""
    if section not in SECTIONS:
        raise ValueError(f"no menu section {section}")
    _items.append(Item(section, label, url_name, permissions, order))
    _for_permissions.cache_clear()


@lru_cache(maxsize=64)
def _for_permissions(held: frozenset[str]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    sections = []
    for section in SECTIONS:
        items = sorted((item for item in _items if item.section == section), key=lambda item: item.order)
        shown = tuple((item.label, reverse(item.url_name)) for item in items if not item.permissions or held & set(item.permissions))
        if shown:
            sections.append((section, shown))
    return tuple(sections)


def menu_for(held: frozenset[str], path: str) -> list[dict]:
    """The sections and pages of a user with these permissions, the one at `path` marked active."""
    sections = _for_permissions(held)
    urls = [url for _, items in sections for _, url in items if path == url or (url != "/" and path.startswith(url))]
    current = max(urls, key=len, default="")
    return [
        {
            "label": label,
            "active": any(url == current for _, url in items),
            "items": [{"label": name, "url": url, "active": url == current} for name, url in items],
        }
        for label, items in sections
    ]
