"""The readable table: which role may do what (`domain.md` §11, marked [assumed] there).

A role says what, a grant says where and until when (`villages.models.Grant`). Views and services name
permissions, never roles. `ALONE` roles see single households (their own), not an area;
`BLIND` roles (the three administrators) see no business data at all.
"""

from enum import StrEnum

from django.db import models


class Permission(StrEnum):
    HOUSEHOLD_VIEW = "household_view"
    HOUSEHOLD_EDIT = "household_edit"  # applications, proceedings, handbooks; asking for corrections
    REGISTER_EDIT = "register_edit"  # a registered household directly
    HOUSEHOLD_EXPORT = "household_export"
    HOUSEHOLD_IMPORT = "household_import"
    HOUSEHOLD_IMPORT_CONFIRM = "household_import_confirm"
    PERSON_REVEAL = "person_reveal"
    CROSSCHECK_MANAGE = "crosscheck_manage"
    CROSSCHECK_ANSWER = "crosscheck_answer"
    CROSSCHECK_JUDGE = "crosscheck_judge"
    DYNAMIC_MANAGE = "dynamic_manage"
    DUPLICATE_DECIDE = "duplicate_decide"
    VILLAGE_VIEW = "village_view"
    VILLAGE_EDIT = "village_edit"
    CADRE_VIEW = "cadre_view"
    CADRE_EDIT = "cadre_edit"
    CADRE_SELF = "cadre_self"  # one's own check-in, leave and reports
    ATTENDANCE_EDIT = "attendance_edit"
    CADRE_UNIT = "cadre_unit"  # what a home unit does for its dispatched cadres: recommends them, pays them, reports back
    PAIRING_VIEW = "pairing_view"
    PAIRING_EDIT = "pairing_edit"
    MEASURE_VIEW = "measure_view"
    MEASURE_EDIT = "measure_edit"
    PROJECT_VIEW = "project_view"
    PROJECT_EDIT = "project_edit"
    PROJECT_WORK = "project_work"
    FUND_VIEW = "fund_view"
    FUND_EDIT = "fund_edit"
    PAYMENT_VIEW = "payment_view"
    PAYMENT_MAKE = "payment_make"
    PAYMENT_CHECK = "payment_check"
    PAYMENT_PAY = "payment_pay"
    LOAN_VIEW = "loan_view"
    LOAN_EDIT = "loan_edit"
    CLUE_VIEW = "clue_view"
    CLUE_EDIT = "clue_edit"
    FINDING_VIEW = "finding_view"
    FINDING_EDIT = "finding_edit"
    FINDING_ANSWER = "finding_answer"
    PROOF_EXPLAIN = "proof_explain"
    CHART_VIEW = "chart_view"
    CHART_RELEASE = "chart_release"
    FIGURE_VIEW = "figure_view"
    ALERT_VIEW = "alert_view"
    ALERT_JUDGE = "alert_judge"
    ORGANIZATION_VIEW = "organization_view"
    ORGANIZATION_EDIT = "organization_edit"
    USER_VIEW = "user_view"
    USER_EDIT = "user_edit"
    USER_RESET = "user_reset"
    GRANT_EDIT = "grant_edit"
    ASSESSMENT_VIEW = "assessment_view"
    ASSESSMENT_EDIT = "assessment_edit"
    ASSESSMENT_SCORE = "assessment_score"
    ASSESSMENT_REVIEW = "assessment_review"
    ASSESSMENT_OWN = "assessment_own"
    SURVEY_EDIT = "survey_edit"
    SETTING_EDIT = "setting_edit"
    ACCESS_LOG_VIEW = "access_log_view"
    TRAIL_VERIFY = "trail_verify"
    REGULATION_VIEW = "regulation_view"
    REGULATION_EDIT = "regulation_edit"
    NOTICE_VIEW = "notice_view"
    NOTICE_POST = "notice_post"
    NOTICE_END = "notice_end"
    OBJECTION_HANDLE = "objection_handle"
    COMPLAINT_VIEW = "complaint_view"
    COMPLAINT_HANDLE = "complaint_handle"
    QUALITY_SAMPLE = "quality_sample"


class Role(models.TextChoices):
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    CITY_LEADER = "city_leader", "市级领导"
    BUREAU_CLERK = "bureau_clerk", "扶贫局业务员"
    BUREAU_APPROVER = "bureau_approver", "扶贫局审批员"
    ORG_DEPARTMENT = "org_department", "组织部"
    FINANCE = "finance", "财政/发改"
    SECTOR_DEPARTMENT = "sector_department", "行业部门"
    DISCIPLINE = "discipline", "纪委/检察/督查"
    WORK_COMMITTEE = "work_committee", "工委"
    TOWNSHIP_CLERK = "township_clerk", "乡镇专干"
    TOWNSHIP_CHECKER = "township_checker", "乡镇(街道)审核员"
    VILLAGE_CADRE = "village_cadre", "第一书记/队员"
    VILLAGE_COMMITTEE = "village_committee", "村两委"
    HELPER = "helper", "帮扶责任人"
    BANK = "bank", "银行"
    UNIT_LIAISON = "unit_liaison", "单位联络员"


P = Permission
_READ = frozenset({
    P.HOUSEHOLD_VIEW, P.VILLAGE_VIEW, P.CADRE_VIEW, P.PAIRING_VIEW, P.MEASURE_VIEW, P.PROJECT_VIEW,
    P.CHART_VIEW, P.FIGURE_VIEW, P.ORGANIZATION_VIEW, P.ALERT_VIEW,
})  # fmt: skip
_CLERK = _READ | {
    P.HOUSEHOLD_IMPORT,
    P.HOUSEHOLD_EDIT,
    P.REGISTER_EDIT,
    P.HOUSEHOLD_EXPORT,
    P.PERSON_REVEAL,
    P.VILLAGE_EDIT,
    P.PAIRING_EDIT,
    P.MEASURE_EDIT,
    P.ALERT_JUDGE,
}
_ASSESS = frozenset({P.ASSESSMENT_VIEW, P.ASSESSMENT_EDIT, P.ASSESSMENT_REVIEW, P.SURVEY_EDIT})

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.SYSTEM_ADMIN: frozenset({P.ORGANIZATION_VIEW, P.ORGANIZATION_EDIT, P.USER_VIEW, P.USER_EDIT, P.SETTING_EDIT}),
    Role.SECURITY_ADMIN: frozenset({P.ORGANIZATION_VIEW, P.USER_VIEW, P.GRANT_EDIT}),
    Role.AUDIT_ADMIN: frozenset({P.ORGANIZATION_VIEW, P.USER_VIEW, P.ACCESS_LOG_VIEW, P.TRAIL_VERIFY}),
    Role.CITY_LEADER: _READ | {P.ASSESSMENT_VIEW},
    Role.BUREAU_CLERK: _CLERK | {P.PROJECT_EDIT, P.ORGANIZATION_EDIT},
    Role.BUREAU_APPROVER: _READ | {P.HOUSEHOLD_IMPORT_CONFIRM, P.CHART_RELEASE, P.HOUSEHOLD_EXPORT, P.PERSON_REVEAL, P.ALERT_JUDGE},
    Role.ORG_DEPARTMENT: _ASSESS | frozenset({P.CADRE_VIEW, P.CADRE_EDIT, P.VILLAGE_VIEW, P.PAIRING_VIEW, P.FIGURE_VIEW, P.ORGANIZATION_VIEW,
                                   P.ALERT_VIEW, P.ALERT_JUDGE, P.ATTENDANCE_EDIT, P.CADRE_UNIT}),
    Role.FINANCE: frozenset({P.PROJECT_VIEW, P.PROJECT_EDIT, P.VILLAGE_VIEW, P.FIGURE_VIEW, P.ORGANIZATION_VIEW, P.ALERT_VIEW, P.ALERT_JUDGE}),
    Role.SECTOR_DEPARTMENT: frozenset({P.PROJECT_VIEW, P.VILLAGE_VIEW, P.ORGANIZATION_VIEW}),
    Role.DISCIPLINE: _READ | {P.ASSESSMENT_VIEW, P.ALERT_JUDGE},
    Role.WORK_COMMITTEE: _READ,
    Role.TOWNSHIP_CLERK: _CLERK | {P.SURVEY_EDIT, P.CHART_RELEASE, P.ATTENDANCE_EDIT},
    Role.TOWNSHIP_CHECKER: _READ | {P.HOUSEHOLD_IMPORT_CONFIRM, P.ASSESSMENT_VIEW, P.ASSESSMENT_SCORE, P.SURVEY_EDIT, P.HOUSEHOLD_EXPORT, P.PERSON_REVEAL, P.CHART_RELEASE, P.CADRE_EDIT, P.ALERT_JUDGE, P.ATTENDANCE_EDIT},
    Role.VILLAGE_CADRE: _READ | {P.ASSESSMENT_OWN, P.HOUSEHOLD_EDIT, P.MEASURE_EDIT, P.VILLAGE_EDIT, P.ALERT_JUDGE, P.CADRE_SELF},
    Role.VILLAGE_COMMITTEE: _READ | {P.HOUSEHOLD_EDIT, P.VILLAGE_EDIT},
    Role.HELPER: frozenset({P.HOUSEHOLD_VIEW, P.PAIRING_VIEW, P.MEASURE_VIEW}),
    Role.BANK: frozenset({P.ORGANIZATION_VIEW}),
    Role.UNIT_LIAISON: frozenset({P.PAIRING_VIEW, P.ORGANIZATION_VIEW, P.CADRE_UNIT}),
}  # fmt: skip

_TOWNS = {Role.TOWNSHIP_CLERK, Role.TOWNSHIP_CHECKER}
_BUREAU = {Role.BUREAU_CLERK, Role.BUREAU_APPROVER}
_VILLAGES = {Role.VILLAGE_CADRE, Role.VILLAGE_COMMITTEE}
# Notices are for everyone who sees an area; who publishes for the city also ends and answers there.
_NOTICES = {
    P.REGULATION_VIEW: set(Role) - {Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN},
    P.REGULATION_EDIT: _BUREAU | {Role.ORG_DEPARTMENT},
    P.NOTICE_VIEW: _TOWNS | _BUREAU | _VILLAGES | {Role.CITY_LEADER, Role.ORG_DEPARTMENT, Role.FINANCE, Role.SECTOR_DEPARTMENT, Role.DISCIPLINE, Role.WORK_COMMITTEE},
    P.NOTICE_POST: _TOWNS | _VILLAGES | {Role.BUREAU_CLERK, Role.ORG_DEPARTMENT, Role.FINANCE},
    P.NOTICE_END: {Role.TOWNSHIP_CHECKER, Role.BUREAU_APPROVER, Role.ORG_DEPARTMENT},
    P.OBJECTION_HANDLE: {Role.VILLAGE_COMMITTEE, Role.TOWNSHIP_CHECKER, Role.ORG_DEPARTMENT} | _BUREAU,
}  # fmt: skip
# An office answers what it was asked; who answered does not judge (held by a constraint too).
_COMPARISON = {
    P.CROSSCHECK_MANAGE: {Role.BUREAU_CLERK},
    P.CROSSCHECK_ANSWER: {Role.SECTOR_DEPARTMENT, Role.BANK},
    P.CROSSCHECK_JUDGE: _BUREAU,
}
# The city sets up and closes the year; who decides on duplicates is above the village that entered them [assumed].
_LIFE = {P.DYNAMIC_MANAGE: {Role.BUREAU_CLERK}, P.DUPLICATE_DECIDE: _TOWNS | {Role.BUREAU_CLERK}}
for _permission, _roles in (_NOTICES | _COMPARISON | _LIFE).items():
    for _role in _roles:
        ROLE_PERMISSIONS[_role] |= {_permission}
ROLE_PERMISSIONS[Role.TOWNSHIP_CHECKER] |= {P.USER_RESET}  # [assumed]
_LOOK = frozenset({P.FUND_VIEW, P.PAYMENT_VIEW, P.LOAN_VIEW, P.FINDING_VIEW})
MONEY: dict[str, frozenset[Permission]] = {
    Role.CITY_LEADER: _LOOK,
    Role.BUREAU_CLERK: _LOOK | {P.PAYMENT_MAKE, P.PROJECT_WORK, P.FINDING_ANSWER},
    Role.BUREAU_APPROVER: _LOOK | {P.PAYMENT_CHECK, P.PROOF_EXPLAIN},
    Role.FINANCE: _LOOK | {P.FINDING_ANSWER, P.FUND_EDIT, P.PAYMENT_CHECK, P.PAYMENT_PAY, P.PROJECT_WORK},
    Role.SECTOR_DEPARTMENT: frozenset({P.FUND_VIEW, P.PROJECT_WORK}),
    Role.DISCIPLINE: _LOOK | {P.CLUE_VIEW, P.CLUE_EDIT, P.FINDING_EDIT},
    Role.WORK_COMMITTEE: frozenset({P.FUND_VIEW}),
    Role.TOWNSHIP_CLERK: frozenset({P.FUND_VIEW, P.PAYMENT_VIEW, P.PROJECT_WORK}),
    Role.TOWNSHIP_CHECKER: frozenset({P.FUND_VIEW, P.PAYMENT_VIEW}),
    Role.VILLAGE_CADRE: frozenset({P.FUND_VIEW, P.PROJECT_WORK}),
    Role.VILLAGE_COMMITTEE: frozenset({P.FUND_VIEW, P.PROJECT_WORK}),
    Role.BANK: frozenset({P.LOAN_VIEW, P.LOAN_EDIT}),
}
ROLE_PERMISSIONS |= {role: ROLE_PERMISSIONS[role] | more for role, more in MONEY.items()}
# Petitions are for the township and above; who they are about never sees them (`households.querysets`).
for _role in _TOWNS | _BUREAU:
    ROLE_PERMISSIONS[_role] |= {P.COMPLAINT_VIEW, P.COMPLAINT_HANDLE}
for _role in (Role.CITY_LEADER, Role.DISCIPLINE, Role.WORK_COMMITTEE):
    ROLE_PERMISSIONS[_role] |= {P.COMPLAINT_VIEW}
for _role in _BUREAU | {Role.TOWNSHIP_CHECKER, Role.DISCIPLINE}:  # whoever keeps the records does not check them
    ROLE_PERMISSIONS[_role] |= {P.QUALITY_SAMPLE}

ALONE = frozenset({Role.HELPER, Role.BANK, Role.UNIT_LIAISON})
BLIND = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

BUSINESS = "business"


def duty(role: str) -> str:
    """What a role may not be held together with: each administrator is a duty of its own, all other roles are business."""
    return role if role in BLIND else BUSINESS


def roles_with(permission: str) -> set[str]:
    """The roles that hold a permission."""
    return {role for role, held in ROLE_PERMISSIONS.items() if permission in held}
