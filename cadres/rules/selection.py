"""Who may be sent to a village (`domain.md` §6.1; the years are [assumed] settings)."""

from datetime import date


def full_years(since: date, day: date) -> int:
    """Whole years between two days; born or joined on 29 February counts from 1 March in other years."""
    return day.year - since.year - ((day.month, day.day) < (since.month, since.day))


def selection_problem(
    *, is_first_secretary: bool, is_party_member: bool, party_joined_on: date | None, working_since_on: date, is_fit: bool, day: date,
    party_years: int, working_years: int,
) -> str:  # fmt: skip
    """Why a person cannot be recommended, in words; '' when they can. The years ask for whole years up to `day`."""
    if working_since_on > day or (party_joined_on is not None and party_joined_on > day):
        return "参加工作、入党日期不能晚于今天。"
    if not is_fit:
        return "健康状况为“不宜驻村”的,不能推荐。"
    if not is_party_member and party_joined_on is not None:
        return "填写了入党日期,请勾选“中共党员”。"
    if not is_first_secretary:
        return ""
    if not is_party_member:
        return "第一书记应是中共正式党员;不是党员的可推荐为队员。"
    if party_joined_on is None:
        return "推荐第一书记请填写入党日期。"
    if full_years(party_joined_on, day) < party_years:
        return f"第一书记党龄应满 {party_years} 年。"
    if full_years(working_since_on, day) < working_years:
        return f"第一书记工龄应满 {working_years} 年。"
    return ""
