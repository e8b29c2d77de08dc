from typing import Any

from django.apps import AppConfig
from django.db import connection


def install_procedures(**_: Any) -> None:
    """The six gates have their procedures in every database that is migrated; officials change them from there."""
    from funds import services
    from workflow.models import Procedure

    if Procedure._meta.db_table in connection.introspection.table_names():
        services.install_procedures()


class FundsConfig(AppConfig):
    name = "funds"
    verbose_name = "资金项目"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from core import walls
        from funds.models.ceilings_sql import STATEMENTS
        from funds.models.clues import CLUE_WALL
        from funds.models.credit import BANK_WALL

        post_migrate.connect(install_procedures, sender=self)
        for statement in (*STATEMENTS, BANK_WALL, CLUE_WALL):
            walls.add(statement)
