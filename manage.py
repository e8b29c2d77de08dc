#!/usr/bin/env python
"""The command line. Chooses the database role first: a few commands run as the owner, all others restricted."""

import os
import sys

OWNER_COMMANDS = {"migrate", "load_demo", "backup", "restore", "bench", "rotate_keys", "sqlmigrate", "makemigrations"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "povertyaid.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.exceptions import ImproperlyConfigured

    from core.postgres import PostgresError

    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError

        execute_from_command_line(sys.argv)
    except (PostgresError, ImproperlyConfigured) as error:
        sys.exit(f"错误:{error}")
    except OperationalError as error:
        reached = "connection" not in str(error)
        sys.exit(f"错误:{'数据库拒绝了这一步' if reached else '连不上数据库'}:{str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
