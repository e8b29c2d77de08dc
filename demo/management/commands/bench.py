"""Loads a register of its own and measures pages against their floor."""

import json as jsonlib
import os
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from demo import bench, bench_sheets


class Command(BaseCommand):
    help = "测速:每项与同一次运行中的下限相比,给出中位数和比值;使用自己的数据库。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help="只测这些项")
        parser.add_argument("--households", type=int, default=1000, help="户数,默认1000")
        parser.add_argument("--fresh", action="store_true", help="重新载入数据")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 文档")
        parser.add_argument("--sheet", metavar="FILE", help="内部使用:在本进程中把一个表格处理一次")
        parser.add_argument("--measure", action="store_true", help="内部使用:在已载入的库上测量")

    def handle(self, *, names: list[str], households: int, fresh: bool, json: bool, measure: bool, sheet: str | None, **_: Any) -> None:
        if sheet:
            self.stdout.write(jsonlib.dumps(bench_sheets.once(names[0], sheet)))
            return
        if measure:
            self._measure(names, households)
            return
        if not 278 <= households <= 5_000_000:
            raise CommandError("户数应在278至5000000之间。")
        database = f"povertyaid_bench_{households}"
        seconds = self._load(database, households, fresh)
        found = self._run_measure(database, names, households)
        if seconds:
            found["load_demo"] = {"value": round(seconds, 1), "floor": 600, "ratio": round(seconds / 600, 2), "unit": "s", "floor_is": "十分钟"}
        self._write(found, json)

    def _measure(self, names: list[str], households: int) -> None:
        try:
            self.stdout.write(jsonlib.dumps(bench.measure(names, households), ensure_ascii=False))
        except KeyError as error:
            raise CommandError(f"没有这些测项:{error.args[0]}。") from error

    def _environment(self, database: str, role: str) -> dict[str, str]:
        return dict(os.environ) | {"DATABASE_NAME": database, "DATABASE_ROLE": role, "DEMO_MODE": "1"}

    def _manage(self, database: str, role: str, *arguments: str, capture: bool = False) -> str:
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
        result = subprocess.run(command, env=self._environment(database, role), text=True, stdout=subprocess.PIPE if capture else sys.stderr)
        if result.returncode:
            raise CommandError(f"{arguments[0]} 没有完成,见上面的说明。")
        return result.stdout or ""

    def _load(self, database: str, households: int, fresh: bool) -> float:
        with connection.cursor() as cursor:
            cursor.execute("select 1 from pg_database where datname = %s", [database])
            exists = cursor.fetchone() is not None
            if exists and fresh:
                cursor.execute(f'drop database "{database}"')
            if exists and not fresh:
                return 0
            cursor.execute(f'create database "{database}"')
        try:
            self._manage(database, "owner", "migrate", "--verbosity", "0")
            start = time.monotonic()
            self._manage(database, "owner", "load_demo", "--households", str(households))
            return time.monotonic() - start
        except (CommandError, KeyboardInterrupt):
            with connection.cursor() as cursor:
                cursor.execute(f'drop database if exists "{database}" with (force)')
            raise

    def _run_measure(self, database: str, names: list[str], households: int) -> dict[str, Any]:
        return jsonlib.loads(self._manage(database, "app", "bench", *names, "--measure", "--households", str(households), capture=True))

    def _write(self, found: dict[str, Any], as_json: bool) -> None:
        if as_json:
            self.stdout.write(jsonlib.dumps(found, ensure_ascii=False))
            return
        for name, row in found.items():
            self.stdout.write(f"{name:32} {row['value']:>10} {row['unit']:4} 下限 {row['floor']:>10}  比值 {row['ratio']}")
