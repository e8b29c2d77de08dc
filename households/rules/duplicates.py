"""How alike two people in the register are: points for each ground, and the words for it. All numbers are [assumed].

At or above the setting `duplicate_likely` two people are very likely one, at or above `duplicate_possible` somebody should look.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Ground:
    points: int
    words: str


GROUNDS = {
    "name": Ground(40, "姓名相同"),
    "reading": Ground(30, "姓名同音"),
    "birth": Ground(40, "出生日期相同"),
    "near_birth": Ground(20, "出生日期相近"),
    "birth_year": Ground(10, "出生年份相同"),
    "village": Ground(10, "同村"),
    "sex": Ground(10, "性别相同"),
    "numbers": Ground(-40, "证件号码不同"),
}
LIKELY, POSSIBLE = 80, 60

# What the record that stays takes over from the one that goes, where it has nothing itself.
FILLED = ("marital", "political", "education", "schooling", "disability_category", "disability_grade", "disability_number", "illness_note",
          "work_area", "work_place")  # fmt: skip


def level_of(score: int, *, likely: int) -> str:
    return "很可能" if score >= likely else "可能"
