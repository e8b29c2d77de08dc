"""Which room answers where; rooms are named by string."""

from django.urls import include, path
from django.utils.module_loading import import_string

urlpatterns = [
    path("", include("core.urls")),
    path("accounts/", include("accounts.urls")),
    path("code-lists/", import_string("accounts.admin.code_lists").urls),
    path("villages/", include("villages.urls")),
    path("", include("workflow.urls")),
    path("public/", include((import_string("workflow.urls.open_to_all")[0] + import_string("cadres.urls.open_to_all"), "public"))),
    path("households/", include("households.urls")),
    path("cadres/", include("cadres.urls")),
    path("assessments/", include("assessments.urls")),
    path("assistance/", include("assistance.urls")),
    path("funds/", include("funds.urls")),
    path("reports/", include("reports.urls")),
]
