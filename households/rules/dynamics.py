"""Changes of persons and households within a year's window 动态管理 (`domain.md` §3.6): when one may be recorded, and who is what to a new head."""

from datetime import date

from django.db.models import TextChoices

from households.rules.codes import Relation, Sex

R = Relation
MALE = Sex.MALE


class ChangeKind(TextChoices):
    """What happened, in the words of the yearly statement."""

    BIRTH = "birth", "出生"
    MARRIED_IN = "married_in", "婚入"
    MOVED_IN = "moved_in", "迁入"
    DEATH = "death", "死亡"
    MARRIED_OUT = "married_out", "婚出"
    MOVED_OUT = "moved_out", "迁出"
    HEAD = "head", "户主变更"
    SPLIT = "split", "分户"
    MERGED = "merged", "并户"
    GONE = "gone", "整户减少"


JOINING = (ChangeKind.BIRTH, ChangeKind.MARRIED_IN, ChangeKind.MOVED_IN)
LEAVING = (ChangeKind.DEATH, ChangeKind.MARRIED_OUT, ChangeKind.MOVED_OUT)


def window_problem(*, year: int, starts_on: date, opens_on: date, closes_on: date) -> str:
    """'' or why these days are no window of that year."""
    if opens_on > closes_on:
        return "关闭日期不能早于开放日期。"
    if starts_on > opens_on:
        return "变动起算日期不能晚于开放日期。"
    if not (starts_on.year in {year - 1, year} and closes_on.year in {year, year + 1}):
        return f"变动起算日期应在 {year - 1} 或 {year} 年,关闭日期应在 {year} 或 {year + 1} 年。"
    return ""


def day_problem(happened_on: date, *, starts_on: date, closes_on: date, today: date) -> str:
    """'' or why a change of this day is not recorded in the window. Both ends count."""
    if happened_on > today:
        return f"发生日期 {happened_on} 晚于今天,还没有发生的变动不能登记。"
    if not starts_on <= happened_on <= closes_on:
        return f"发生日期应在本年度动态管理的 {starts_on} 至 {closes_on} 之间。"
    return ""


def leaving_problem(happened_on: date, *, birth_on: date, joined_on: date | None, died: bool) -> str:
    """'' or why a person cannot leave on this day."""
    word = "死亡" if died else "离开"
    if happened_on < birth_on:
        return f"{word}日期 {happened_on} 早于出生日期 {birth_on}。"
    if joined_on and happened_on < joined_on:
        return f"{word}日期 {happened_on} 早于加入本户的日期 {joined_on}。"
    return ""


def _by_sex(sex: str, man: str, woman: str) -> str:
    return man if sex == MALE else woman


def relation_to_new_head(*, new: str, new_sex: str, old_head_sex: str, member: str, member_sex: str, only_child: bool) -> str:
    """What a member is to the new head, from what both were to the old one; 其他 where that does not tell.

    `member` 01 is the old head. `only_child` says that no other child of the new head's sex is in the household, so that
    children-in-law and grandchildren can only be the new head's own.
    """
    if member == R.HEAD:
        return _old_head(new, old_head_sex)
    if new == R.SPOUSE:
        return _to_spouse(new_sex, member)
    if new in {R.SON, R.DAUGHTER}:
        return _to_child(new, old_head_sex, member, member_sex, only_child)
    if new in {R.FATHER, R.MOTHER}:
        return _to_parent(new, old_head_sex, member, member_sex)
    if new in {R.DAUGHTER_IN_LAW, R.SON_IN_LAW}:
        return _to_child_in_law(new, member, member_sex, only_child)
    return R.OTHER


def _old_head(new: str, sex: str) -> str:
    found: dict[str, str] = {
        R.SPOUSE: R.SPOUSE, R.SON: _by_sex(sex, R.FATHER, R.MOTHER), R.DAUGHTER: _by_sex(sex, R.FATHER, R.MOTHER),
        R.FATHER: _by_sex(sex, R.SON, R.DAUGHTER), R.MOTHER: _by_sex(sex, R.SON, R.DAUGHTER),
        R.DAUGHTER_IN_LAW: _by_sex(sex, R.HUSBANDS_FATHER, R.HUSBANDS_MOTHER), R.SON_IN_LAW: _by_sex(sex, R.WIFES_FATHER, R.WIFES_MOTHER),
    }  # fmt: skip
    return found.get(new, R.OTHER)


def _to_spouse(new_sex: str, member: str) -> str:
    same = {R.SON, R.DAUGHTER, R.DAUGHTER_IN_LAW, R.SON_IN_LAW, R.GRANDSON, R.GRANDDAUGHTER, R.DAUGHTERS_SON, R.DAUGHTERS_DAUGHTER}
    own: dict[str, str] = {R.WIFES_FATHER: R.FATHER, R.WIFES_MOTHER: R.MOTHER, R.HUSBANDS_FATHER: R.FATHER, R.HUSBANDS_MOTHER: R.MOTHER}
    in_law: dict[str, str] = {
        R.FATHER: _by_sex(new_sex, R.WIFES_FATHER, R.HUSBANDS_FATHER),
        R.MOTHER: _by_sex(new_sex, R.WIFES_MOTHER, R.HUSBANDS_MOTHER),
    }
    return member if member in same else (own | in_law).get(member, R.OTHER)


def _to_child(new: str, old_sex: str, member: str, member_sex: str, only_child: bool) -> str:
    if member == R.SPOUSE:
        return _by_sex(member_sex, R.FATHER, R.MOTHER)
    paternal: dict[str, str] = {R.FATHER: R.GRANDFATHER, R.MOTHER: R.GRANDMOTHER}
    maternal: dict[str, str] = {R.FATHER: R.MATERNAL_GRANDFATHER, R.MOTHER: R.MATERNAL_GRANDMOTHER}
    above: dict[str, str] = (paternal if old_sex == MALE else maternal) | {
        R.WIFES_FATHER: R.MATERNAL_GRANDFATHER, R.WIFES_MOTHER: R.MATERNAL_GRANDMOTHER,
        R.HUSBANDS_FATHER: R.GRANDFATHER, R.HUSBANDS_MOTHER: R.GRANDMOTHER,
    }  # fmt: skip
    if member in above:
        return above[member]
    if not only_child:
        return R.OTHER
    below: dict[str, str] = {R.DAUGHTER_IN_LAW: R.SPOUSE, R.GRANDSON: R.SON, R.GRANDDAUGHTER: R.DAUGHTER}
    if new == R.DAUGHTER:
        below = {R.SON_IN_LAW: R.SPOUSE, R.DAUGHTERS_SON: R.SON, R.DAUGHTERS_DAUGHTER: R.DAUGHTER}
    return below.get(member, R.OTHER)


def _to_parent(new: str, old_sex: str, member: str, member_sex: str) -> str:
    if member in {R.FATHER, R.MOTHER}:
        return R.SPOUSE
    if member == R.SPOUSE:
        return _by_sex(member_sex, R.SON_IN_LAW, R.DAUGHTER_IN_LAW)
    grand: dict[str, str] = (
        {R.SON: R.GRANDSON, R.DAUGHTER: R.GRANDDAUGHTER} if old_sex == MALE else {R.SON: R.DAUGHTERS_SON, R.DAUGHTER: R.DAUGHTERS_DAUGHTER}
    )
    above: dict[str, str] = {R.GRANDFATHER: R.FATHER, R.GRANDMOTHER: R.MOTHER} if new == R.FATHER else {
        R.GRANDFATHER: R.HUSBANDS_FATHER, R.GRANDMOTHER: R.HUSBANDS_MOTHER,
    }  # fmt: skip
    return (grand | above).get(member, R.OTHER)


def _to_child_in_law(new: str, member: str, member_sex: str, only_child: bool) -> str:
    if member == R.SPOUSE:
        wifes = _by_sex(member_sex, R.WIFES_FATHER, R.WIFES_MOTHER)
        return _by_sex(member_sex, R.HUSBANDS_FATHER, R.HUSBANDS_MOTHER) if new == R.DAUGHTER_IN_LAW else wifes
    if not only_child:
        return R.OTHER
    own: dict[str, str] = {R.SON: R.SPOUSE, R.GRANDSON: R.SON, R.GRANDDAUGHTER: R.DAUGHTER}
    if new == R.SON_IN_LAW:
        own = {R.DAUGHTER: R.SPOUSE, R.DAUGHTERS_SON: R.SON, R.DAUGHTERS_DAUGHTER: R.DAUGHTER}
    return own.get(member, R.OTHER)
