"""Names (`domain.md` §9.6): one canonical middle dot, rare characters kept, never an NFKC form stored."""

import re
import unicodedata

from core.checks.problems import CheckError
from core.checks.text import half_width, has_forbidden

DOT = "\u00b7"
_DOTS = re.compile("[\u2022\u30fb\u2027\u2219\uff65\u0387\uff0e\u22c5\u2024\u00b7]")
_CJK = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0002a6df\U0002a700-\U0002ebef\U0002ebf0-\U0002ee5f\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_NAME = re.compile(f"[{_CJK}]+({DOT}[{_CJK}]+)*|[A-Za-z]+([ {DOT}'][A-Za-z]+)*")
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "司徒",
        "司空",
        "夏侯",
        "端木",
        "百里",
        "呼延",
        "东郭",
        "南宫",
        "独孤",
        "轩辕",
        "淳于",
        "单于",
        "申屠",
        "公羊",
        "澹台",
        "公冶",
        "宗政",
        "濮阳",
        "太史",
        "仲孙",
        "钟离",
        "闾丘",
        "赫连",
        "完颜",
    ]
)
LONGEST = 50


def clean_name(text: str) -> str:
    """The name as it is stored: 2–50 characters, dots canonical. Raises CheckError."""
    text = _DOTS.sub(DOT, half_width(text))
    text = re.sub(f"(?<=[{_CJK}])\\s*\\.\\s*(?=[{_CJK}])", DOT, text)
    text = re.sub(r"\s+", " ", text).strip() if re.search("[A-Za-z]", text) else re.sub(r"\s+", "", text)
    if has_forbidden(text):
        raise CheckError("姓名含有看不见的控制字符,请删除后重新输入。")
    if not 2 <= len(text) <= LONGEST:
        raise CheckError(f"姓名应为2至{LONGEST}个字,现在是{len(text)}个。")
    if text.startswith(DOT) or text.endswith(DOT) or DOT * 2 in text:
        raise CheckError("间隔号只能在姓名中间,且不能连着两个。")
    if not _NAME.fullmatch(text):
        raise CheckError("姓名只能用汉字和间隔号“·”,不能有数字或其他符号。")
    return text


def search_key(text: str) -> str:
    """For comparing alone: NFKC, lower case, without dots and spaces."""
    return re.sub(r"[\s']", "", _DOTS.sub("", unicodedata.normalize("NFKC", text)).replace(".", "")).lower()
