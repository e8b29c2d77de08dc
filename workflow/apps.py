from typing import Any

from django.apps import AppConfig
from django.db import connection


def install_rules(**_: Any) -> None:
    """A check registered today has its rule today, in every database that is migrated."""
    from workflow import services
    from workflow.models import AlertRule

    if AlertRule._meta.db_table in connection.introspection.table_names():
        services.install_rules()


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "办件"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        post_migrate.connect(install_rules, sender=self)
