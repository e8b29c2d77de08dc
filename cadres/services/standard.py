"""The rows a new installation begins with: all of them editable, what is assumed marked so (`domain.md` §6)."""

from datetime import date

from django.db import transaction

from accounts.permissions import Role
from cadres.models import AllowanceKind, DutyBody, LeaveRule, TeamRule
from core.scope import because
from workflow.models import Procedure, Step

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
# (code, name, follows attendance, insurance): the three the seed names; the list is open
ALLOWANCE_KINDS = (
    ("border", "艰苦边远地区工资水平补差", True, False), ("township", "乡镇工作岗位补助", True, False), ("insurance", "干部人身意外伤害险", False, True),
)  # fmt: skip
LEAVE_KINDS = (
    ("leave_leader", "请假(队长审批)"), ("leave_township", "请假(乡镇审批)"), ("leave_township_unit", "请假(乡镇、派出单位审批)"),
    ("leave_department", "请假(组织部审批)"), ("leave_department_bureau", "请假(组织部、扶贫局审批)"),
)  # fmt: skip
# key: title, steps of (code, title, word, role, level, days, requirements)
_CHECKER, _DEPARTMENT = (Role.TOWNSHIP_CHECKER, "township"), (Role.ORG_DEPARTMENT, "city")
PROCEDURES = {
    "leave_leader": ("驻村干部请假:队长审批", (("leader", "队长审批", "approve", Role.VILLAGE_CADRE, "village", 1, []),)),
    "leave_township": ("驻村干部请假:乡镇审批", (("township", "乡镇(街道)党委审批", "approve", *_CHECKER, 1, []),)),
    "leave_township_unit": ("驻村干部请假:乡镇和派出单位审批", (
        ("township", "乡镇(街道)党委审核", "check", *_CHECKER, 1, []), ("unit", "派出单位审批", "approve", Role.UNIT_LIAISON, "unit", 1, []))),
    "leave_department": ("驻村干部请假:组织部审批", (
        ("township", "乡镇(街道)党委审核", "check", *_CHECKER, 1, []), ("department", "市委组织部审批", "approve", *_DEPARTMENT, 2, []))),
    "leave_department_bureau": ("驻村干部请假:组织部和扶贫局审批", (
        ("township", "乡镇(街道)党委审核", "check", *_CHECKER, 1, []), ("department", "市委组织部审批", "approve", *_DEPARTMENT, 2, []),
        ("bureau", "农牧和扶贫开发局审批", "approve", Role.BUREAU_APPROVER, "city", 2, []))),
    "attendance_month": ("驻村干部考勤月报", (
        ("village", "村党支部确认", "confirm", Role.VILLAGE_COMMITTEE, "village", 2, ["attendance_month_closed"]),
        ("township", "乡镇(街道)党委审核", "check", *_CHECKER, 3, []), ("department", "市委组织部备案", "file", *_DEPARTMENT, 5, []))),
    "cadre_selection": ("驻村干部选派", (
        ("department", "市委组织部审核", "check", *_DEPARTMENT, 5, []), ("board", "研究决定", "decide", *_DEPARTMENT, 10, []))),
    "quarter_report": ("驻村季报告", (("township", "乡镇(街道)党委审核", "check", *_CHECKER, 5, ["quarter_report_handed_in"]),)),
    "cadre_sign": ("走读、挂名认定", (("department", "市委组织部认定", "decide", *_DEPARTMENT, 10, ["cadre_heard"]),)),
}  # fmt: skip


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
    known = set(AllowanceKind.objects.values_list("code", flat=True))
    AllowanceKind.objects.bulk_create(
        AllowanceKind(code=code, name=name, by_attendance=attendance, is_insurance=insurance, valid_from=date(2015, 4, 1), basis="市派驻干部待遇规定(待核定)")
        for code, name, attendance, insurance in ALLOWANCE_KINDS if code not in known
    )  # fmt: skip
    for key, (title, steps) in PROCEDURES.items():
        if Procedure.objects.filter(key=key).exists():
            continue
        procedure = Procedure.objects.create(key=key, title=title, valid_from=date(2015, 4, 1), is_assumed=True)
        Step.objects.bulk_create(
            Step(procedure=procedure, number=number, code=code, title=words, word=word, role=role, level=level, days=days, requirements=needs)
            for number, (code, words, word, role, level, days, needs) in enumerate(steps, start=1)
        )
