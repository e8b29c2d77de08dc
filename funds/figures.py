"""Figures of the money and the projects, keyed as the seed names them."""

from collections.abc import Callable
from datetime import date

from django.db.models import QuerySet

from accounts.permissions import Permission
from core.figures import Figure, Number, register, total_wan
from funds.models import FundAllocation, FundIndicator, Loan, LoanProduct, Project, Source, Supervisor
from funds.rules.codes import LoanKind
from workflow.models import Procedure

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


def city_infrastructure(as_of: date) -> QuerySet:
    """Allocations of the city's money to infrastructure projects."""
    rows = FundAllocation.objects.filter(allocated_on__lte=as_of, indicator__source=Source.CITY, project__kind=Project.Kind.INFRASTRUCTURE)
    return rows.exclude(project__state=Project.State.DROPPED).select_related("indicator", "project", "village")


def indicators(as_of: date, sources: tuple[str, ...], category: str) -> QuerySet:
    """Indicators issued by a day; one counted inside another, or carried over from one, is not counted again."""
    rows = FundIndicator.objects.filter(issued_on__lte=as_of, source__in=sources, category=category, carried_from=None)
    return rows.exclude(counting=FundIndicator.Counting.INSIDE)


def _of(sources: tuple[str, ...], category: str) -> Callable[[date], QuerySet]:
    return lambda as_of: indicators(as_of, sources, category)


def kinds(rows: QuerySet) -> Number:
    return rows.order_by().values("kind").distinct().count()


def loans(as_of: date) -> QuerySet:
    """Every loan lent by a day, whatever is repaid of it."""
    return Loan.objects.filter(lent_on__lte=as_of).select_related("bank", "product", "village")


def products(as_of: date) -> QuerySet:
    """Loan products in force; the policy's micro-credit is no kind of its own in the seed's list."""
    rows = LoanProduct.objects.filter(valid_from__lte=as_of).exclude(kind=LoanKind.MICRO)
    return rows.exclude(valid_to__lt=as_of)


def loan_kinds(rows: QuerySet) -> Number:
    return rows.order_by().values("kind").distinct().count()


def gate_procedures(as_of: date) -> QuerySet:
    """The gates a project that begins on a day has to pass."""
    return Procedure.objects.valid_on(as_of).filter(key__startswith="gate").order_by("key")


def team(as_of: date) -> QuerySet:
    return Supervisor.objects.filter(since__lte=as_of).exclude(until__lt=as_of).select_related("organization")


P, F = Permission.PROJECT_VIEW, Permission.FUND_VIEW
INDICATOR_COLUMNS = (
    ("文号", "document"), ("名称", "title"), ("资金来源", "get_source_display"), ("年度", "year"), ("金额(元)", "amount"), ("下达日期", "issued_on"),
    ("口径", "get_counting_display"),
)  # fmt: skip
ALLOCATION_COLUMNS = (("分配文号", "document"), ("指标", "indicator.document"), ("项目", "project.name"), ("村", "village.name"), ("金额(元)", "amount"), ("分配日期", "allocated_on"))  # fmt: skip
REGIONAL, CITY = (Source.PROVINCE, Source.PREFECTURE), (Source.CITY,)

register(Figure("infra_projects", "基础设施建设项目", "项", infrastructure, P, columns=COLUMNS, source="实施19项基础设施建设项目"))
register(Figure("dept_projects", "行业部门项目", "个", sector, P, columns=COLUMNS, source="公路建设、饮水改造、健身、电网改造等项目16个"))
register(
    Figure("sector_project_kinds", "行业部门项目类别", "类", sector, P, value=kinds, columns=COLUMNS, source="公路建设、饮水改造、健身、电网改造")
)
for _key, _label, _rows, _columns, _source in (
    ("city_infra_fund_wan", "市级财政投入基础设施", city_infrastructure, ALLOCATION_COLUMNS, "市级财政投入904.5万元"),
    ("fund_province_prefecture_wan", "省州扶贫专项资金", _of(REGIONAL, "special"), INDICATOR_COLUMNS, "争取并落实省州扶贫专项资金1655万元"),
    ("fund_city_special_wan", "市级财政扶贫专项资金", _of(CITY, "special"), INDICATOR_COLUMNS, "市级财政同步安排扶贫专项资金1500万元"),
    ("fund_special_total_wan", "扶贫专项资金合计", _of((*REGIONAL, *CITY), "special"), INDICATOR_COLUMNS, "省州1655万元、市级1500万元"),
    ("fund_dispatch_units_wan", "选派单位筹集工作队经费", _of((Source.HOME_UNIT,), "team"), INDICATOR_COLUMNS, "选派单位筹集资金22.5万元"),
    ("fund_org_dept_wan", "市委组织部筹集工作队经费", _of((Source.ORG_DEPARTMENT,), "team"), INDICATOR_COLUMNS, "市委组织部筹集资金13万元"),
):
    register(Figure(_key, _label, "万元", _rows, F, value=total_wan("amount"), columns=_columns, source=_source))

LOAN_COLUMNS = (("合同编号", "number"), ("银行", "bank.name"), ("产品", "product.name"), ("借款人种类", "get_borrower_kind_display"), ("借款人", "borrower_name"),
                ("村", "village.name"), ("金额(元)", "amount"), ("放款日期", "lent_on"))  # fmt: skip
register(Figure("loan_total_wan", "发放贷款额度", "万元", loans, Permission.LOAN_VIEW, value=total_wan("amount"), columns=LOAN_COLUMNS,
                source="发放贷款额度达3016.12万元"))  # fmt: skip
register(Figure("loan_kinds", "贷款种类", "种", products, Permission.LOAN_VIEW, value=loan_kinds, columns=(("贷款产品", "name"), ("种类", "get_kind_display"), ("依据", "basis")),
                source="担保贷款、创业贷款、贴息贷款等,另有扶贫小额信贷"))  # fmt: skip
register(
    Figure(
        "project_gates",
        "项目关口",
        "道",
        gate_procedures,
        P,
        columns=(("关口", "title"), ("施行日期", "valid_from")),
        source="选项、立项、申报、审批、发放、效益六道关",
    )
)
register(Figure("inspection_team", "市委督查五人小组", "人", team, Permission.FINDING_VIEW, columns=(("姓名", "name"), ("单位", "organization.name"), ("职务", "post")),
                source="市委督查五人小组"))  # fmt: skip
