from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = "演示"

    def ready(self) -> None:
        """The sign-in page shows the demo's users, in demo mode only."""
        if not settings.DEMO_MODE:
            return
        from accounts.views import DemoUsers
        from demo.people import AREA_LABELS, DEMO_USERS

        DemoUsers.shown = [
            {"username": p.username, "password": p.password, "role_label": p.role_label, "area_label": AREA_LABELS.get(p.area, "格尔木市")}
            for p in DEMO_USERS
        ]
