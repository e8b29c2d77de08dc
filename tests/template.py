"""One migrated database a state of the code; each worker's and each demo's database is a copy of it.

Migrating from nothing costs a minute and more, copying a second. The name is made of the code, so that a changed model or rule
makes a new one and the old ones go.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
PREFIX = "test_template_"


def _name() -> str:
    digest = hashlib.sha256()
    for room in sorted({*settings.ROOMS, "povertyaid"} - {"demo"}):  # the demo has no tables
        for path in sorted((ROOT / room).rglob("*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return PREFIX + digest.hexdigest()[:16]


def owner_login() -> dict[str, Any]:
    from povertyaid.settings import database

    login = database("owner")
    host = login["HOST"] or login["OPTIONS"].get("host")
    return {"host": host, "port": login["PORT"] or None, "user": login["USER"], "password": login.get("PASSWORD") or None, "dbname": login["NAME"]}


def template_database() -> str:
    """The name of the migrated database of this code; made by whoever comes first, the others wait."""
    name = _name()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with open(settings.DATA_DIR / "test-template.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(**owner_login(), autocommit=True) as connection:
            found = {
                row[0] for row in connection.execute("select datname from pg_database where datname like %s", [PREFIX.replace("_", r"\_") + "%"])
            }
            if name in found:
                return name
            for old in found | {"making_template"}:
                connection.execute(f'drop database if exists "{old}" with (force)')
            connection.execute("create database making_template")
            environment = dict(os.environ) | {"DATABASE_NAME": "making_template", "DATABASE_ROLE": "owner", "DEMO_MODE": "1",
                                              "DJANGO_SETTINGS_MODULE": "povertyaid.settings"}  # fmt: skip
            made = subprocess.run([sys.executable, "-W", "ignore", "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=environment,
                                  capture_output=True, text=True)  # fmt: skip
            assert made.returncode == 0, made.stderr
            connection.execute(f'alter database making_template rename to "{name}"')
    return name
