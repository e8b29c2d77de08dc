"""Which room answers where; rooms are named by string."""

from django.urls import include, path

urlpatterns = [
    path("", include("core.urls")),
    path("accounts/", include("accounts.urls")),
    path("villages/", include("villages.urls")),
    path("work/", include("workflow.urls")),
    path("households/", include("households.urls")),
    path("cadres/", include("cadres.urls")),
    path("assistance/", include("assistance.urls")),
    path("funds/", include("funds.urls")),
    path("reports/", include("reports.urls")),
]
