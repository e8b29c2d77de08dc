"""Small workbooks for the import tests, made as people make them."""

import io
from datetime import date
from typing import Any

from openpyxl import Workbook

from core.checks.identity import make_id_number
from households.sheets.columns import INCOME, LIVING, PARTS, TITLES, sheet_columns


def number(born: date, sequence: int) -> str:
    return make_id_number("990001", born, sequence)


HUSBAND, WIFE, CHILD = number(date(1970, 3, 2), 101), number(date(1972, 5, 6), 102), number(date(2008, 1, 9), 104)
HOME = {"ref": "1", "village": "示范一村", "household.identified_on": "2015-12-20", "household.attribute": "一般贫困户", "household.cause_main": "缺技术",
        "household.phone": "13812345678"}  # fmt: skip
PERSON = {"ref": "1", "member.document_kind": "居民身份证", "member.education": "初中", "member.health": "健康", "member.labour": "普通劳动力",
          "member.medical_insured": "是"}  # fmt: skip
PEOPLE = [
    PERSON | {"member.name": "张三丰", "member.relation": "户主", "member.id_number": HUSBAND},
    PERSON | {"member.name": "李秀英", "member.relation": "配偶", "member.id_number": WIFE},
    PERSON | {"member.name": "张小花", "member.relation": "之女", "member.id_number": CHILD, "member.education": "", "member.schooling": "小学",
              "member.labour": "无劳动力"},
]  # fmt: skip
YEAR = {"ref": "1", "living.year": 2017, "living.cultivated_mu": 12.5}
MONEY = {"ref": "1", "income.year": 2017, "income.b1": "8,000.50", "income.e1": 2000}


def rows_of(part: str, rows: list[dict[str, Any]]) -> list[list[Any]]:
    """Both headings of our template, then the rows."""
    columns = sheet_columns(part)
    return [[c.key for c in columns], [c.label for c in columns], *([row.get(c.key, "") for c in columns] for row in rows)]


def sheets(homes: Any = (HOME,), people: Any = PEOPLE, living: Any = (YEAR,), incomes: Any = (MONEY,)) -> dict[str, list[list[Any]]]:
    """Our own workbook with these rows."""
    given = dict(zip(PARTS, (homes, people, living, incomes), strict=True))
    return {TITLES[part]: rows_of(part, list(rows)) for part, rows in given.items() if rows or part not in {LIVING, INCOME}}


def book(tables: dict[str, list[list[Any]]]) -> bytes:
    """A workbook whose cells are exactly these: text stays text."""
    made = Workbook()
    made.remove(made.active)
    for title, rows in tables.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append([None if value == "" else value for value in row])
        for line in sheet.iter_rows():
            for cell in line:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def change(base: dict[str, Any], **values: Any) -> dict[str, Any]:
    return base | {key.replace("__", "."): value for key, value in values.items()}
