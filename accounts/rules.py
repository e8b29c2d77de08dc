"""Pure rules of the doors: codes of a phone, lock-out, a browser in words."""

import re
import unicodedata
from datetime import datetime, timedelta

USERNAME = r"^[a-z][a-z0-9_.-]{2,39}$"
FAILURES, LOCK_MINUTES = 5, 15
CODE_LETTERS, CODE_GROUPS, GROUP_LENGTH = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 3, 4  # nothing that looks like something else
_SYSTEMS = (("HarmonyOS", "鸿蒙"), ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"), ("Windows", "Windows 电脑"),
            ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑"))  # fmt: skip
_BROWSERS = (("MicroMessenger", "微信"), ("QQBrowser", "QQ 浏览器"), ("360SE", "360 浏览器"), ("Edg", "Edge 浏览器"),
             ("Firefox", "火狐浏览器"), ("Chrome", "Chrome 内核浏览器"), ("Safari", "Safari 浏览器"))  # fmt: skip


def plain_code(text: str) -> str:
    """The digits of a code as typed: full-width, spaced, hyphenated. Anything else gives ''."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:40]))
    return code if code.isascii() and code.isdigit() else ""


def plain_paper_code(text: str) -> str:
    """A code on paper as typed: small letters, spaces, hyphens, full-width. Anything else gives ''."""
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:60])).upper()
    return code if len(code) == CODE_GROUPS * GROUP_LENGTH and set(code) <= set(CODE_LETTERS) else ""


def is_locked(failures: int, failed_at: datetime | None, now: datetime) -> bool:
    """Five wrong codes shut the door for a quarter of an hour after the last (`domain.md` §9.1)."""
    return failures >= FAILURES and failed_at is not None and now - failed_at < timedelta(minutes=LOCK_MINUTES)


def device(agent: str) -> str:
    """Where a browser's own description says it runs, in words."""
    system = next((words for mark, words in _SYSTEMS if mark in agent), "其他设备")
    browser = next((words for mark, words in _BROWSERS if mark in agent), "其他浏览器")
    return f"{system},{browser}"
