from django.apps import AppConfig


class VillagesConfig(AppConfig):
    name = "villages"
    verbose_name = "区划与村"

    def ready(self) -> None:
        from core import scope
        from villages.reach import area_reach

        scope.register(area_reach)
