from django.urls import path, register_converter

from reports.views import figures, handbooks, releases


class EditionConverter:
    regex = "public|work"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PaperConverter(EditionConverter):
    regex = "A3|A0"


register_converter(EditionConverter, "edition")
register_converter(PaperConverter, "paper")

app_name = "reports"
urlpatterns = [
    path("figures/", figures.figure_list, name="figures"),
    path("figures/<slug:key>/", figures.figure_detail, name="figure"),
    path("figures/<slug:key>/value/", figures.figure_value, name="figure-value"),
    path("handbooks/<int:pk>/", handbooks.handbook, name="handbook"),
    path("handbooks/villages/<int:pk>/", handbooks.village_handbooks, name="village-handbooks"),
    path("charts/", releases.chart_list, name="charts"),
    path("charts/release/", releases.release_many, name="release-many"),
    path("charts/<int:pk>/", releases.village_charts, name="village-charts"),
    path("charts/<int:pk>/full-names/", releases.full_names, name="full-names"),
    path("charts/<int:pk>/release/", releases.release_create, name="release-create"),
    path("releases/<int:pk>/", releases.release_detail, name="release-detail"),
    path("releases/<int:pk>/<edition:edition>-<paper:paper>.pdf", releases.release_pdf, name="release-pdf"),
    path("releases/check/<slug:number>/", releases.release_check, name="release-check"),
]
