"""The rows a new installation begins with: all of them editable, what is assumed marked so (`domain.md` §6)."""

from datetime import date

from django.db import transaction

from cadres.models import DutyBody, LeaveRule, TeamRule
from core.scope import because

TEAM_RULES = (
    (date(2015, 4, 1), date(2017, 11, 30), 2, 1, "市第一书记和扶贫(驻村)工作队干部管理办法", True),
    (date(2017, 12, 1), date(2021, 4, 30), 3, 2, "关于加强贫困村驻村工作队选派管理工作的指导意见(文号待核实)", False),
    (date(2021, 5, 1), None, 3, 2, "关于向重点乡村持续选派驻村第一书记和工作队的意见(文号待核实)", False),
)  # fmt: skip
DUTIES = (
    ("org_department", "市委组织部", "选派、培训、考核和日常监督,牵头办理召回、调整", False),
    ("east_committee", "东城区工委", "辖区街道派驻干部的日常管理和督促检查", False),
    ("west_committee", "西城区工委", "辖区街道派驻干部的日常管理和督促检查", False),
    ("township", "乡镇(街道)党委", "考勤、坐班、请销假、承诺报告等日常管理,听取党员干部群众意见", True),
    ("home_unit", "派出单位", "保障经费和待遇,核对考勤证明,召回后另派合适人选", False),
)  # fmt: skip
# (group, from, to, procedure, informed): who approves how long a leave, all assumed
LEAVE_RULES = (
    ("member", 1, 1, "leave_leader", ""), ("leader", 1, 1, "leave_township", ""),
    ("member", 2, 3, "leave_township", ""), ("leader", 2, 3, "leave_township", ""),
    ("member", 4, 7, "leave_township_unit", "org_department"), ("leader", 4, 7, "leave_department", ""),
    ("member", 8, None, "leave_department", ""), ("leader", 8, None, "leave_department_bureau", ""),
)  # fmt: skip


@transaction.atomic
def load_standard_rows() -> None:
    """Add what is missing; what an official has changed stays as it is."""
    because("载入驻村干部管理的初始规则")
    if not TeamRule.objects.exists():
        TeamRule.objects.bulk_create(
            TeamRule(valid_from=since, valid_to=until, least_members=members, term_years=years, basis=basis, is_assumed=assumed)
            for since, until, members, years, basis, assumed in TEAM_RULES
        )
    if not DutyBody.objects.exists():
        DutyBody.objects.bulk_create(DutyBody(kind=kind, duties=duties, is_main=main, since_on=date(2015, 12, 1)) for kind, _, duties, main in DUTIES)
    if not LeaveRule.objects.exists():
        LeaveRule.objects.bulk_create(
            LeaveRule(group=group, days_from=least, days_to=most, procedure_key=key, informed=informed, valid_from=date(2015, 4, 1),
                      basis="市驻村干部管理办法(数值待核定)")
            for group, least, most, key, informed in LEAVE_RULES
        )  # fmt: skip
