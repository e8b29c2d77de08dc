from django.apps import AppConfig


class VillagesConfig(AppConfig):
    name = "villages"
    verbose_name = "区划与村"

    def ready(self) -> None:
        from accounts.services import on_departure
        from core import scope
        from villages.reach import area_reach
        from villages.services import recall

        scope.register(area_reach)
        on_departure(recall)
