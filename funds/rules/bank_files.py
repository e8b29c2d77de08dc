"""A bank's two files (`domain.md` §7.6): what we send, and what comes back, read row by row.

Both end with a line `合计|笔数|金额`: a file cut anywhere lacks it or does not add up. What comes back is taken whole or not at all.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

OUT = "批次号 序号 户名 账号 开户行 金额 摘要"
BACK = "批次号 序号 户名 账号 金额 结果 原因 流水号 日期"
NEEDED_OUT = {"批次号", "序号", "户名", "账号", "金额"}
NEEDED_BACK = {"批次号", "序号", "账号", "金额", "结果"}
TRAILER = "合计"
MOST_TOLD = 50


@dataclass(frozen=True)
class Layout:
    encoding: str = "gb18030"
    separator: str = "|"
    out: tuple[str, ...] = tuple(OUT.split())
    back: tuple[str, ...] = tuple(BACK.split())
    success: str = "成功"


class Sent(NamedTuple):
    """A payment as it went to the bank."""

    number: int
    account_name: str
    account: str
    bank_name: str
    amount: Decimal


class Answer(NamedTuple):
    """What the bank says of one payment."""

    number: int
    account: str
    amount: Decimal
    succeeded: bool
    reason: str
    serial: str
    settled_on: date | None


@dataclass(frozen=True)
class Told:
    """Something wrong in a return file: the line (0: the file) and the words for the user."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"第 {self.line} 行:{self.text}" if self.line else self.text


def wrong_columns(out: str, back: str) -> str:
    """What is wrong with the columns of a layout, or ''."""
    for label, given, known, needed in (("发送文件", out, OUT, NEEDED_OUT), ("回单文件", back, BACK, NEEDED_BACK)):
        columns = given.split()
        strange = [column for column in columns if column not in known.split()]
        if strange:
            return f"{label}的列不认识:{'、'.join(strange)}。可用的列:{known}。"
        if len(set(columns)) != len(columns) or needed - set(columns):
            return f"{label}的列重复或缺少:{'、'.join(sorted(needed - set(columns))) or '重复的列'}。"
    return ""


def _safe(text: str, layout: Layout) -> str:
    return text.replace(layout.separator, " ").replace("\r", " ").replace("\n", " ")


def write(batch: str, note: str, lines: Iterable[Sent], layout: Layout) -> bytes:
    """The file for the bank. The same lines give the same bytes."""
    rows, count, total = [], 0, Decimal(0)
    for sent in lines:
        values = {"批次号": batch, "序号": str(sent.number), "户名": _safe(sent.account_name, layout), "账号": sent.account,
                  "开户行": _safe(sent.bank_name, layout), "金额": str(sent.amount), "摘要": _safe(note, layout)}  # fmt: skip
        rows.append(layout.separator.join([values[column] for column in layout.out]))
        count += 1
        total += sent.amount
    rows.append(layout.separator.join((TRAILER, str(count), str(total))))
    return ("\r\n".join(rows) + "\r\n").encode(layout.encoding, "replace")


def _date(text: str) -> date | None:
    digits = text.replace("-", "").replace("/", "").strip()
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def _amount(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e12") else None


def read(data: bytes, batch: str, layout: Layout) -> tuple[list[Answer], list[Told]]:
    """The answers of a return file, and everything wrong with the file itself."""
    if not data.strip():
        return [], [Told(0, "文件是空的。")]
    try:
        text = data.decode(layout.encoding)
    except UnicodeDecodeError as error:
        cut = error.start >= len(data) - 4
        return [], [Told(0, "文件末尾的汉字不完整,文件可能没有传完,请重新从网银下载。" if cut else f"文件不是 {layout.encoding.upper()} 编码,请确认是银行原始文件。")]  # fmt: skip
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    last = [part.strip() for part in lines[-1].split(layout.separator)]
    if last[0] != TRAILER:
        return [], [Told(0, "缺少末行的合计,文件可能没有传完,请重新从网银下载。")]
    answers: list[Answer] = []
    told: list[Told] = []
    for number, line in enumerate(lines[:-1], start=1):
        found = _answer(number, line, batch, layout)
        if isinstance(found, Told):
            told.append(found)
        else:
            answers.append(found)
    said_count = last[1] if len(last) > 1 else ""
    said_total = _amount(last[2]) if len(last) > 2 else None
    if not told and (said_count != str(len(answers)) or said_total != sum((a.amount for a in answers), Decimal(0))):
        told.append(Told(0, "末行合计与各行不符,文件不完整或被改动,请重新从网银下载。"))
    return answers, told


def _answer(number: int, line: str, batch: str, layout: Layout) -> Answer | Told:
    parts = [part.strip() for part in line.split(layout.separator)]
    if len(parts) != len(layout.back):
        return Told(number, f"应有 {len(layout.back)} 列,实有 {len(parts)} 列。")
    row = dict(zip(layout.back, parts, strict=True))
    if row["批次号"] != batch:
        return Told(number, f"是批次 {row['批次号'][:30]} 的,不是本批次 {batch} 的。")
    amount = _amount(row["金额"])
    if not row["序号"].isascii() or not row["序号"].isdigit() or len(row["序号"]) > 9:
        return Told(number, f"序号“{row['序号'][:20]}”不是数字。")
    if amount is None:
        return Told(number, f"金额“{row['金额'][:20]}”不是数字。")
    if not row["结果"]:
        return Told(number, "没有写明成功或失败。")
    succeeded = row["结果"] == layout.success
    return Answer(
        int(row["序号"]), row["账号"], amount, succeeded, "" if succeeded else (row.get("原因") or row["结果"])[:100],
        row.get("流水号", "")[:40], _date(row.get("日期", "")),
    )  # fmt: skip


def compare(answers: Sequence[Answer], sent: Mapping[int, tuple[str, Decimal]]) -> list[Told]:
    """What does not fit between the answers and what was sent (number → account, amount); all of it, nothing moved."""
    told: list[Told] = []
    seen: set[int] = set()
    for line, answer in enumerate(answers, start=1):
        known = sent.get(answer.number)
        if known is None:
            told.append(Told(line, f"序号 {answer.number} 不在本批次中。"))
        elif answer.number in seen:
            told.append(Told(line, f"序号 {answer.number} 重复。"))
        elif known[0] != answer.account:
            told.append(Told(line, f"序号 {answer.number} 的账号与发送的不一致。"))
        elif known[1] != answer.amount:
            told.append(Told(line, f"序号 {answer.number} 的金额 {answer.amount} 与发送的 {known[1]} 不一致。"))
        seen.add(answer.number)
    missing = len(set(sent) - seen)
    if missing:
        first = min(set(sent) - seen)
        told.append(Told(0, f"缺少 {missing} 笔的结果,如序号 {first}。"))
    return told
