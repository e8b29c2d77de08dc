"""Quality sampling 抽样核查: how many, which ones, and what the result says. Pure, and documented so that anyone can draw again.

The draw: write the seed, a colon and the household's code ("20170930:6328011009010001"), take its SHA-256 as hexadecimal text, sort the
households by it, take the first ones. `printf '%s' '20170930:6328011009010001' | sha256sum` on any machine gives the same order.
"""

import hashlib
from collections.abc import Iterable
from math import ceil, sqrt
from statistics import NormalDist

from django.db.models import TextChoices


class Frame(TextChoices):
    """Whom a sample asks, and so which error it can find (`domain.md` §3.2)."""

    POOR = "poor", "未脱贫户(查错评)"
    EXITED = "exited", "已脱贫户(查错退)"
    DECLINED = "declined", "申请未纳入户(查漏评)"


ERRORS = {Frame.POOR: "错评", Frame.EXITED: "错退", Frame.DECLINED: "漏评"}

CHECKLISTS: dict[str, tuple[tuple[str, str], ...]] = {
    Frame.POOR: (
        ("people", "家里几口人、都在不在家,与档案一致"), ("income", "去年主要靠什么收入、大约多少,与档案一致"),
        ("property", "家里没有商品房、车辆、商铺,没有财政供养人员"), ("housing", "住房情况与档案一致"),
        ("review", "知道自己家经过村里评议和公示"), ("helper", "说得出帮扶责任人、得到过帮扶"),
    ),
    Frame.EXITED: (
        ("food", "吃饭不愁、四季衣服和被褥够用"), ("water", "喝水安全、取水方便"), ("housing", "住房安全"), ("school", "适龄孩子都在上学"),
        ("medical", "全家参加医疗保险,看病报销过或知道怎么报销"), ("income", "收入稳定,超过当年标准"), ("consent", "退出时本人同意并签字"),
        ("policy", "退出后帮扶政策还在享受"),
    ),
    Frame.DECLINED: (
        ("told", "知道没有纳入和理由"), ("income", "收入稳定,不低于标准"), ("housing", "住房安全"), ("school", "适龄孩子都在上学"),
        ("medical", "全家参加医疗保险,没有大病负担"), ("water", "喝水安全"),
    ),
}  # fmt: skip


def z_of(confidence: int) -> float:
    """The two-sided standard score of a confidence in per cent. Raises ValueError outside 50–99."""
    if not 50 <= confidence <= 99:
        raise ValueError("confidence lies between 50 and 99 per cent")
    return NormalDist().inv_cdf(0.5 + confidence / 200)


def sample_size(population: int, *, confidence: int, margin: int) -> int:
    """How many of a finite population to ask, so that a share is known within ±margin per cent in the worst case (one half).

    Raises ValueError for a margin outside 1–50 per cent.
    """
    if not 1 <= margin <= 50:
        raise ValueError("margin lies between 1 and 50 per cent")
    if population <= 0:
        return 0
    endless = z_of(confidence) ** 2 * 0.25 / (margin / 100) ** 2
    return min(population, ceil(endless / (1 + (endless - 1) / population)))


def place_in_draw(seed: str, code: str) -> str:
    return hashlib.sha256(f"{seed}:{code}".encode()).hexdigest()


def draw(codes: Iterable[str], *, size: int, seed: str) -> list[str]:
    """The first `size` of the codes in the order of their digests. The order the codes come in does not matter."""
    return sorted(set(codes), key=lambda code: (place_in_draw(seed, code), code))[:size]


def frame_digest(codes: Iterable[str]) -> str:
    """One digest of whom the sample was drawn from: the sorted codes, a line each."""
    return hashlib.sha256("\n".join(sorted(set(codes))).encode()).hexdigest()


def wilson(wrong: int, asked: int, *, confidence: int) -> tuple[float, float]:
    """The Wilson score interval of a share, as two shares between 0 and 1. Raises ValueError for numbers that cannot be."""
    if not 0 <= wrong <= asked:
        raise ValueError("no more can be wrong than were asked")
    if asked == 0:
        return 0.0, 1.0
    z, share = z_of(confidence), wrong / asked
    middle = (share + z * z / (2 * asked)) / (1 + z * z / asked)
    half = z * sqrt(share * (1 - share) / asked + z * z / (4 * asked * asked)) / (1 + z * z / asked)
    return max(0.0, middle - half), min(1.0, middle + half)
