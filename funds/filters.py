"""Filters of the project list."""

from django.db.models import Q, QuerySet

from core.filters import choice, pick, search_box
from funds.models import Project, Source
from villages.filters import VillageRowFilter
from villages.models import Division, Village


class ProjectFilter(VillageRowFilter):
    permission = "project_view"
    q = search_box("项目名称、编号、实施单位")
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    kind = choice("类别", Project.Kind.choices)
    source = choice("资金来源", Source.choices)
    state = choice("状态", Project.State.choices)

    class Meta:
        model = Project
        fields = ["q", "township", "village", "kind", "source", "state"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(name__contains=text) | Q(code__startswith=text.upper()) | Q(department__name__contains=text))
