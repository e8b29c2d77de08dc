"""Filters of the list of assessments."""

from django.db.models import Q, QuerySet

from assessments.models import Assessment, Period
from assessments.rules.scheme import BANDS, WITHOUT_GRADE
from core.filters import choice, pick, search_box
from villages.filters import VillageRowFilter
from villages.models import Division, Village


class AssessmentFilter(VillageRowFilter):
    permission = "assessment_view"
    q = search_box("姓名、派出单位")
    period = pick("考核期", Period.objects.all())
    township = pick("乡镇", Division.objects.none(), method="by_township")
    village = pick("村", Village.objects.none())
    grade = choice("等次", [(band.code, band.label) for band in BANDS] + list(WITHOUT_GRADE.items()))
    stage = choice("环节", Assessment.Stage.choices)

    class Meta:
        model = Assessment
        fields = ["q", "period", "township", "village", "grade", "stage"]

    def search(self, rows: QuerySet, text: str) -> QuerySet:
        return rows.filter(Q(cadre__name__contains=text) | Q(home_unit__name__contains=text))

    def by_township(self, rows: QuerySet, name: str, value: Division) -> QuerySet:
        return rows.filter(village__township=value)
