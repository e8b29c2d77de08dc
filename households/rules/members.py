"""What must and what should be true of members and of a household as a whole (`domain.md` §1.3, §1.4, §7.4 R10)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.checks import Problem
from core.checks.identity import age_on
from households.rules import codes

AT_SCHOOL = frozenset(codes.Schooling.values) - {codes.Schooling.NONE}
COMPULSORY_SCHOOL = range(6, 16)
GENERATION_YEARS = 12
WORKING_AGE, PENSION_AGE = 16, 60
SMALL_DWELLING_M2 = 13


@dataclass(frozen=True)
class MemberFacts:
    """A member's values as the rules need them; codes as strings, '' for not filled."""

    name: str
    sex: str
    relation: str
    birth_on: date | None
    document_kind: str = "1"
    id_number: str = ""
    birth_estimated: bool = False
    education: str = ""
    schooling: str = ""
    dropout_reason: str = ""
    health: tuple[str, ...] = ()
    disability_category: str = ""
    disability_grade: str = ""
    labour: str = ""
    work_area: str = ""
    work_months: int = 0
    public_post: str = ""
    public_post_months: int = 0
    medical_insured: bool = True
    pension_insured: bool = False
    low_income_support: bool = False
    extreme_support: bool = False
    political: str = ""
    joined_on: date | None = None
    join_reason: str = ""
    left_on: date | None = None
    leave_reason: str = ""

    @property
    def active(self) -> bool:
        return self.left_on is None

    @property
    def at_school(self) -> bool:
        return self.schooling in AT_SCHOOL


def _error(field: str, message: str) -> Problem:
    return Problem(field, "error", message)


def _warning(field: str, message: str) -> Problem:
    return Problem(field, "warning", message)


def _identity(m: MemberFacts, today: date) -> list[Problem]:
    found = []
    if m.document_kind == codes.DocumentKind.ID_CARD and not m.id_number:
        found.append(_error("id_number", "居民身份证要填18位号码;没有身份证的请把证件类型选为户口簿,号码留空。"))
    if m.document_kind == codes.DocumentKind.BOOKLET and not m.id_number and not m.birth_on:
        found.append(_error("birth_on", "没有证件号码时要填出生日期,不确切的请勾选“出生日期为估计”。"))
    if m.birth_on and m.birth_on > today:
        found.append(_error("birth_on", "出生日期晚于今天。"))
    if m.document_kind == codes.DocumentKind.ID_CARD and len(m.id_number) == 18:
        if m.sex != (codes.Sex.MALE if m.id_number[16] in "13579" else codes.Sex.FEMALE):
            found.append(_error("sex", "与证件号码第17位所示性别不一致,请核对。"))
        if m.birth_on and f"{m.birth_on:%Y%m%d}" != m.id_number[6:14]:
            found.append(_error("birth_on", "与证件号码所示出生日期不一致,请核对。"))
    return found


def _relation(m: MemberFacts, head: MemberFacts | None) -> list[Problem]:
    found = []
    if m.sex == codes.Sex.FEMALE and m.relation in codes.MALE_RELATIONS:
        found.append(_error("relation", f"性别为女,与户主关系不能是“{codes.Relation(m.relation).label}”。"))
    if m.sex == codes.Sex.MALE and m.relation in codes.FEMALE_RELATIONS:
        found.append(_error("relation", f"性别为男,与户主关系不能是“{codes.Relation(m.relation).label}”。"))
    if not (head and head is not m and head.birth_on and m.birth_on):
        return found
    years = (m.birth_on - head.birth_on).days / 365.25
    if m.relation in codes.CHILD_RELATIONS and years < GENERATION_YEARS:
        found.append(_warning("relation", f"比户主小不到{GENERATION_YEARS}岁,请核对与户主关系和出生日期。"))
    if m.relation in codes.PARENT_RELATIONS and years > -GENERATION_YEARS:
        found.append(_warning("relation", f"比户主大不到{GENERATION_YEARS}岁,请核对与户主关系和出生日期。"))
    if m.relation == codes.Relation.SPOUSE and head.sex == m.sex:
        found.append(_warning("relation", "配偶与户主性别相同,请核对。"))
    return found


def _school(m: MemberFacts, age: int | None) -> list[Problem]:
    found = []
    if m.at_school and m.education:
        found.append(_error("education", "在校生不填文化程度。"))
    if not m.at_school and not m.education:
        found.append(_error("education", "不在校的人要填文化程度,学龄前选“学龄前儿童”。"))
    if age in COMPULSORY_SCHOOL and not m.at_school and not m.dropout_reason:
        found.append(_error("dropout_reason", "6至15岁不在校的,要填失学或辍学原因。"))
    if m.education == codes.Education.PRESCHOOL and age is not None and age > 7:
        found.append(_warning("education", f"{age}岁选了“学龄前儿童”,请核对。"))
    return found


def _health(m: MemberFacts) -> list[Problem]:
    found = []
    if not m.health:
        found.append(_error("health", "请选择健康状况。"))
    if codes.Health.HEALTHY in m.health and len(m.health) > 1:
        found.append(_error("health", "“健康”不能与其他健康状况同时选择。"))
    disabled = codes.Health.DISABLED in m.health
    if disabled and not (m.disability_category and m.disability_grade):
        found.append(_warning("disability_category", "残疾人要填残疾类别和等级。"))
    if not disabled and (m.disability_category or m.disability_grade):
        found.append(_error("health", "填了残疾类别或等级,健康状况要包括“残疾”。"))
    return found


def _work(m: MemberFacts, age: int | None) -> list[Problem]:
    found = []
    young = age is not None and age < WORKING_AGE
    for field, months in (("work_months", m.work_months), ("public_post_months", m.public_post_months)):
        if not 0 <= months <= 12:
            found.append(_error(field, "一年的月数应在0至12之间。"))
    if (young or m.at_school) and m.labour != codes.Labour.NONE:
        found.append(_error("labour", "未满16岁或在校的,劳动技能应为“无劳动力”。"))
    if age is not None and age >= PENSION_AGE and m.labour in {codes.Labour.ORDINARY, codes.Labour.SKILLED}:
        found.append(_warning("labour", f"{age}岁选了“{codes.Labour(m.labour).label}”,请核对。"))
    if m.work_months and not m.work_area:
        found.append(_error("work_area", "有务工时间的要填务工区域。"))
    if m.work_area and not m.work_months:
        found.append(_warning("work_months", "填了务工区域,请填务工时间。"))
    if m.public_post and not m.public_post_months:
        found.append(_warning("public_post_months", "有公益性岗位,请填聘用月数。"))
    if m.work_months and young:
        found.append(_warning("work_months", "未满16岁有务工时间,请核对。"))
    return found


def _support(m: MemberFacts, age: int | None) -> list[Problem]:
    found = []
    if not m.medical_insured:
        found.append(_warning("medical_insured", "未参加基本医疗保险,请落实参保。"))
    if m.pension_insured and (m.at_school or (age is not None and age < WORKING_AGE)):
        found.append(_warning("pension_insured", "未满16岁或在校的一般不参加养老保险,请核对。"))
    if m.low_income_support and m.extreme_support:
        found.append(_error("extreme_support", "低保和特困供养不能同时享受。"))
    if m.political and age is not None and age < 14:
        found.append(_warning("political", "未满14岁不填政治面貌。"))
    return found


def _change(m: MemberFacts) -> list[Problem]:
    found = []
    if bool(m.left_on) != bool(m.leave_reason):
        found.append(_error("leave_reason" if m.left_on else "left_on", "人员减少要同时写明日期和原因。"))
    if m.joined_on and not m.join_reason:
        found.append(_error("join_reason", "人员增加要写明原因。"))
    if m.join_reason and not m.joined_on:
        found.append(_error("joined_on", "人员增加要写明日期。"))
    if m.left_on and m.birth_on and m.left_on < m.birth_on:
        found.append(_error("left_on", "减少日期早于出生日期。"))
    if m.left_on and m.joined_on and m.left_on < m.joined_on:
        found.append(_error("left_on", "减少日期早于增加日期。"))
    return found


def check_member(m: MemberFacts, *, head: MemberFacts | None, today: date) -> list[Problem]:
    """Everything about one member, at its fields. A member who has left is checked for the change alone."""
    if not m.active:
        return _change(m)
    age = age_on(m.birth_on, today) if m.birth_on else None  # unknown: the rules on ages are left out
    return [*_identity(m, today), *_relation(m, head), *_school(m, age), *_health(m), *_work(m, age), *_support(m, age), *_change(m)]


@dataclass(frozen=True)
class HouseholdFacts:
    """A household's values as the rules need them."""

    attribute: str = ""
    cause_main: str = ""
    cause_other: tuple[str, ...] = ()
    poverty_status: str = ""
    exit_year: int | None = None
    plan_exit_year: int | None = None
    return_reason: str = ""
    is_only_child: bool = False
    is_two_daughters: bool = False
    reloc_flag: bool = False
    reloc_type: str = ""
    bank_name: str = ""
    bank_account: str = ""
    bank_account_kind: str = ""


def _bears_out(cause: str, members: Sequence[MemberFacts]) -> str:
    """R10: what contradicts a cause, or ''."""
    if cause == codes.Cause.ILLNESS and not any({"2", "3"} & set(m.health) for m in members):
        return "致贫原因为因病,但没有患病的成员。"
    if cause == codes.Cause.DISABILITY and not any("4" in m.health for m in members):
        return "致贫原因为因残,但没有残疾的成员。"
    if cause == codes.Cause.SCHOOLING and not any(m.at_school for m in members):
        return "致贫原因为因学,但没有在校的成员。"
    able = sum(m.labour in {codes.Labour.ORDINARY, codes.Labour.SKILLED} for m in members)
    if cause == codes.Cause.LABOUR and able >= 2 and able * 2 > len(members):
        return "致贫原因为缺劳力,但多数成员是劳动力。"
    return ""


def _causes(facts: HouseholdFacts, members: Sequence[MemberFacts]) -> list[Problem]:
    found = []
    if facts.cause_main in codes.OTHER_ONLY_CAUSES:
        found.append(_error("cause_main", "因婚、因丧只能作为其他致贫原因。"))
    if facts.cause_main in facts.cause_other:
        found.append(_error("cause_other", "其他致贫原因不能与主要原因相同。"))
    if len(facts.cause_other) > 2:
        found.append(_error("cause_other", "其他致贫原因最多选两项。"))
    contradiction = _bears_out(facts.cause_main, members)
    if contradiction:
        found.append(_warning("cause_main", contradiction + "请核对。"))
    return found


def _status(facts: HouseholdFacts) -> list[Problem]:
    found = []
    if facts.poverty_status in {codes.PovertyStatus.EXITED, codes.PovertyStatus.RETURNED} and not facts.exit_year:
        found.append(_error("exit_year", "已脱贫或返贫的户要填脱贫年度。"))
    if facts.poverty_status in {codes.PovertyStatus.POOR, codes.PovertyStatus.PRE_EXIT} and facts.exit_year:
        found.append(_error("exit_year", "未脱贫、预脱贫的户不填脱贫年度。"))
    if facts.poverty_status == codes.PovertyStatus.RETURNED and not facts.return_reason:
        found.append(_error("return_reason", "返贫的户要填返贫原因。"))
    return found


def check_household(facts: HouseholdFacts, members: Sequence[MemberFacts], *, today: date) -> list[Problem]:
    """What concerns the household as a whole; `members` are all its members, those who left too."""
    present = [m for m in members if m.active]
    relations = Counter(m.relation for m in present)
    found = [*_causes(facts, present), *_status(facts)]
    ended = facts.poverty_status in {codes.PovertyStatus.REMOVED, codes.PovertyStatus.GONE} and not present
    if relations[codes.Relation.HEAD] != 1 and not ended:
        found.append(_error("members", "一户必须有且只有一位户主。"))
    if relations[codes.Relation.SPOUSE] > 1:
        found.append(_warning("members", "有两位以上配偶,请核对与户主关系。"))
    if facts.is_only_child and facts.is_two_daughters:
        found.append(_error("is_two_daughters", "独生子女户和双女户不能同时为是。"))
    if facts.reloc_flag and not facts.reloc_type:
        found.append(_error("reloc_type", "易地扶贫搬迁户要选搬迁方式。"))
    if facts.attribute in {codes.Attribute.LOW_INCOME_POOR} and present and not any(m.low_income_support for m in present):
        found.append(_warning("attribute", "属性为低保贫困户,但没有享受低保的成员。"))
    if facts.bank_account and not (facts.bank_name and facts.bank_account_kind):
        found.append(_error("bank_name" if not facts.bank_name else "bank_account_kind", "有银行账号的要填开户银行和账户种类。"))
    numbers = Counter(m.id_number for m in present if m.id_number)
    found += [_error("members", f"证件号码末四位{number[-4:]}在本户中填了{n}次。") for number, n in numbers.items() if n > 1]
    return found
