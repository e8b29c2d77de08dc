from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "基础"

    def ready(self) -> None:
        """Each room registers its figures, alerts, job kinds and record pages in a module of its own."""
        from django.db.models.signals import post_migrate

        from core import (
            checks_system,  # noqa: F401
            seal,  # noqa: F401
            walls,
        )

        post_migrate.connect(walls.install_after_migrate, sender=self)
        autodiscover_modules("parameters", "notices", "figures", "alerts", "changes", "inputs", "approvals", "tasks", "menu")
