"""Workbooks against their floor: the same file read and copied into plain tables, with nothing else done to it.

Each round runs in a process of its own, so that the memory it takes is its own; the import is rolled back afterwards.
"""

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from python_calamine import CalamineWorkbook
from rustpy_xlsxwriter import write_worksheets

from core.clock import today
from core.scope import acting_as_system
from demo.bench import Measured
from demo.households import VillageTraits, make_family, sizes_for
from demo.names import NumberSource
from households import services
from households.models import Household
from households.sheets import reading
from households.sheets.columns import PARTS, TITLES, sheet_columns
from households.sheets.writing import _shower, write_register
from villages.models import Village

ROUNDS = 5
FIRST_SERIAL, FIRST_NUMBER = 5_000, 3_000_000
PER_VILLAGE = 1_000


def make_book(path: str, households: int) -> None:
    """New households for the villages of this register, as our own export would write them: a year of conditions and income each."""
    random, numbers = Random(7), NumberSource(FIRST_NUMBER)
    villages = list(Village.objects.order_by("code").prefetch_related("groups"))
    homes: list[Any] = []
    left = households
    for index, village in enumerate(villages):
        count = min(left, max(PER_VILLAGE, -(-households // len(villages))))
        groups = [group.name for group in village.groups.all()]
        traits = VillageTraits(village.code, village.kind == Village.Kind.HERDING, len(groups), index)
        sizes = sizes_for(count, round(count * 2.9), random)
        for serial, size in enumerate(sizes, start=FIRST_SERIAL):
            homes.append((village, groups, make_family(traits, serial, size, random, numbers)))
        left -= count
        if not left:
            break
    sheets: list[Any] = [(TITLES[part], _records(part, homes)) for part in PARTS]
    write_worksheets(sheets, path)


def _records(part: str, homes: list[Any]) -> Iterator[dict[str, Any]]:
    columns = sheet_columns(part)
    yield {column.key: column.label for column in columns}
    shows = [(column, _shower(column)) for column in columns]
    for village, groups, family in homes:
        home = family.household
        rows = {"household": [home], "member": family.members, "living": family.living[-1:], "income": family.incomes[-1:]}[part]
        for row in rows:
            values = row | {"household_code": home["household_code"], "village": village.code, "head": family.members[0]["name"]}
            if part == "household":
                values["group"] = groups[home["group_number"] - 1]
            yield {column.key: show(values.get(column.name)) for column, show in shows}


def floor(path: str) -> None:
    """Parse the workbook and COPY its cells as text into temporary tables."""
    book = CalamineWorkbook.from_path(path)
    with transaction.atomic(), connection.cursor() as cursor:
        for number, name in enumerate(book.sheet_names):
            rows = book.get_sheet_by_name(name).to_python()
            names = ", ".join(f"c{position} text" for position in range(len(rows[0])))
            cursor.execute(f"create temp table floor_{number} ({names}) on commit drop")
            with cursor.copy(f"copy floor_{number} from stdin") as copy:
                for start in range(0, len(rows), 2_000):
                    copy.write("\n".join("\t".join(map(str, row)) for row in rows[start : start + 2_000]) + "\n")


def check(path: str) -> None:
    """The whole check, as the page's job does it; its list of changes is not kept."""
    data = Path(path).read_bytes()
    with acting_as_system(reason="bench"):
        _, checked = services.check_data(data, reading.XLSX, user=None, year=2017, day=today())
        assert not checked.errors, checked.errors[:3]


def carry_out(path: str) -> None:
    """The whole import to its last constraint: check, encryption, indexes, history, search keys; then rolled back."""
    data = Path(path).read_bytes()
    with acting_as_system(reason="bench"):
        _, checked = services.check_data(data, reading.XLSX, user=None, year=2017, day=today(), lock=True)
        assert not checked.errors, checked.errors[:3]
        services.store(checked, reason="bench", day=today())
        transaction.set_rollback(True)


ACTIONS: dict[str, Callable[[str], None]] = {"floor": floor, "check": check, "import": carry_out}


def once(action: str, path: str) -> dict[str, float]:
    """One action in this process: seconds and the most memory it took, in megabytes."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    start = time.perf_counter()
    ACTIONS[action](path)
    return {"seconds": time.perf_counter() - start, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def _in_process(action: str, path: str) -> dict[str, float]:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "bench", action, "--sheet", path]
    result = subprocess.run(command, text=True, stdout=subprocess.PIPE, check=True, env=dict(os.environ))
    return json.loads(result.stdout)


def _against_floor(action: str, path: str) -> tuple[Measured, float]:
    pairs = [(_in_process(action, path), _in_process("floor", path)) for _ in range(ROUNDS)]
    value, base = (statistics.median(pair[place]["seconds"] for pair in pairs) for place in (0, 1))
    memory = max(pair[0]["megabytes"] for pair in pairs)
    return Measured(value, base, "s", "读取同一文件并 COPY 进临时表"), memory


def benches(households: int) -> dict[str, Callable[[], Measured]]:
    folder = tempfile.mkdtemp()
    path = str(Path(folder) / "bench.xlsx")

    def book() -> str:
        if not Path(path).exists():
            with acting_as_system(reason="bench"):
                make_book(path, households)
        return path

    def memory() -> Measured:
        return Measured(_in_process("import", book())["megabytes"], 300, "MB", "导入时一个进程的内存上限 300 MB")

    return {
        "import": lambda: _against_floor("import", book())[0], "import_check": lambda: _against_floor("check", book())[0],
        "import_memory": memory, "export_register": lambda: _export(),
    }  # fmt: skip


def _export() -> Measured:
    """All households of the register as a workbook, against the same columns as CSV by COPY."""

    def workbook() -> None:
        with acting_as_system(reason="bench"), tempfile.TemporaryDirectory() as folder:
            write_register(str(Path(folder) / "out.xlsx"), Household.objects.active())

    def copied() -> None:
        with acting_as_system(reason="bench"), connection.cursor() as cursor:
            for table in ("households_household", "households_member", "households_living", "households_income"):
                out = io.BytesIO()
                with cursor.copy(f"copy (select * from {table}) to stdout (format csv)") as copy:
                    for part in copy:
                        out.write(part)

    pairs = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        workbook()
        middle = time.perf_counter()
        copied()
        pairs.append((middle - start, time.perf_counter() - middle))
    return Measured(statistics.median(p[0] for p in pairs), statistics.median(p[1] for p in pairs), "s", "同样的表以 COPY 输出 CSV")
