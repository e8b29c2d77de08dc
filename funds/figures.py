"""Figures of the projects."""

from datetime import date

from django.db.models import QuerySet

from accounts.permissions import Permission
from core.figures import Figure, register, total_wan
from funds.models import Project, Source

COLUMNS = (
    ("项目", "name"),
    ("村", "village.name"),
    ("实施单位", "department.name"),
    ("资金来源", "get_source_display"),
    ("金额(元)", "amount"),
    ("状态", "get_state_display"),
)


def _projects(as_of: date) -> QuerySet:
    return Project.objects.filter(approved_on__lte=as_of).exclude(state=Project.State.DROPPED).select_related("village", "department")


def infrastructure(as_of: date) -> QuerySet:
    """Infrastructure projects paid by the city."""
    return _projects(as_of).filter(kind=Project.Kind.INFRASTRUCTURE, source=Source.CITY)


def sector(as_of: date) -> QuerySet:
    return _projects(as_of).filter(kind__in=Project.SECTOR_KINDS)


P = Permission.PROJECT_VIEW
register(Figure("infra_projects", "基础设施建设项目", "项", infrastructure, P, columns=COLUMNS, source="实施19项基础设施建设项目"))
register(
    Figure(
        "city_infra_fund_wan",
        "市级财政投入基础设施",
        "万元",
        infrastructure,
        P,
        value=total_wan("amount"),
        columns=COLUMNS,
        source="市级财政投入904.5万元",
    )
)
register(Figure("dept_projects", "行业部门项目", "个", sector, P, columns=COLUMNS, source="公路建设、饮水改造、健身、电网改造等项目16个"))
