"""Lists of whom to pay: a workbook that names each household, or everyone a project is for."""

import io
from decimal import Decimal, InvalidOperation

from python_calamine import CalamineError, CalamineWorkbook

from funds.models import Beneficiary, Project
from funds.services.errors import FundsError
from funds.services.payees import Wanted
from households.models import Household, Member

MOST = 200_000
MOST_TOLD = 20
COLUMNS = ("户编号", "领款人", "数量", "金额", "户名")


def all_households(project: Project) -> list[int]:
    """The project's beneficiaries, else the active households of its village."""
    listed = list(Beneficiary.objects.filter(project=project).order_by("household_id").values_list("household_id", flat=True))
    return listed or list(Household.objects.active().filter(village_id=project.village_id).order_by("pk").values_list("pk", flat=True))


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and Decimal(0) < value < Decimal("1e12") else None


def read_list(data: bytes) -> list[Wanted]:
    """The payments a workbook asks for, each household by its code. Raises FundsError with every line that cannot be read."""
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise FundsError("名单打不开,请用模板另存为 .xlsx 后再传。") from error
    heading = [_text(cell) for cell in rows[0]] if rows else []
    if "户编号" not in heading or "金额" not in heading:
        raise FundsError("名单第一行要有标题“户编号”和“金额”。")
    if len(rows) > MOST:
        raise FundsError(f"名单超过 {MOST:,} 行,请分批。")
    place = {name: heading.index(name) for name in COLUMNS if name in heading}
    lines = [{name: _text(row[index]) if index < len(row) else "" for name, index in place.items()} for row in rows[1:]]
    return _wanted([line for line in lines if any(line.values())])


def _wanted(lines: list[dict[str, str]]) -> list[Wanted]:
    codes = {line["户编号"] for line in lines}
    households = dict(Household.objects.filter(household_code__in=codes).values_list("household_code", "pk"))
    named = {line["户编号"] for line in lines if line.get("领款人")}
    members = {
        (household, name): pk
        for pk, household, name in Member.objects.filter(household__household_code__in=named).values_list("pk", "household_id", "name")
    }
    wanted, told = [], []
    for number, line in enumerate(lines, start=2):
        household, amount = households.get(line["户编号"]), _number(line["金额"])
        quantity = _number(line["数量"]) if line.get("数量") else Decimal(1)
        name = line.get("领款人", "")
        member = members.get((household, name)) if household else None
        if household is None:
            told.append(f"第 {number} 行:户编号“{line['户编号'][:20]}”不在登记中或不在您的范围内;")
        elif amount is None or quantity is None:
            told.append(f"第 {number} 行:金额或数量不是大于零的数字;")
        elif name and member is None:
            told.append(f"第 {number} 行:户内没有“{name[:20]}”;")
        else:
            wanted.append(Wanted(household, amount, quantity, member, line.get("户名", "")))
    if told:
        more = f"……共 {len(told)} 处" if len(told) > MOST_TOLD else ""
        raise FundsError(f"名单有误,没有写入任何内容。{''.join(told[:MOST_TOLD])}{more}")
    if not wanted:
        raise FundsError("名单里没有明细。")
    return wanted
