"""Register alerts R01–R16 (`domain.md` §7.4): what is asked, and why. All numbers are [assumed] and rows officials edit.

Two heads, or one ID number in two active records, cannot be: the database refuses them. R02 and R01 ask what it cannot see.
R09 and R17 ask about help and stand in `assistance`; R08 (no visit) comes with the visits. R14–R16 are beyond the list there.
"""

from datetime import date
from typing import Any

from django.db.models import Case, CharField, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse

from core.dates import months_before, years_before
from households.models import CrossCheckResult, Income, Living, Member, MonitorCase, PovertyLine
from households.rules import codes
from households.rules.crosschecks import Judgement
from households.rules.income import closed_year
from households.rules.monitoring import Category, Risk
from workflow import alerts_registry as alerts
from workflow.alerts_registry import CannotRun, Check, Input, Parameters, Statement, number

ROOM = "建档立卡"
HOUSEHOLD, MEMBER, LIVING, INCOME = "households_household", "households_member", "households_living", "households_income"
OF_MEMBER = Concat("household__household_code", Value(" "), "name", output_field=CharField())
SEEN = {"permission": "household_view", "room": ROOM, "url": lambda alert: reverse("households:detail", args=[alert.household_id])}
BORN = Input("birth_on", "出生日期")


REGISTERED = {"household__ended_on": None, "household__identified_on__isnull": False}  # not those that only applied


def present() -> QuerySet:
    """Active members of active households."""
    return Member.objects.filter(left_on=None, **REGISTERED)


def same_person(parameters: Parameters, day: date) -> Statement:
    """Somebody without an ID number who bears the name, birth date and sex of another active member."""
    return Statement(
        """select m.id as found_row, m.village_id as found_village, m.household_id as found_household, null::bigint as found_organization,
             other.id::text as found_about, h.household_code || ' ' || m.name as found_title,
             jsonb_build_object('birth_on', m.birth_on, 'other', oh.household_code) as found_inputs
           from households_member m join households_household h on h.id = m.household_id and h.ended_on is null and h.identified_on is not null
           join households_member other on other.name = m.name and other.birth_on = m.birth_on and other.sex = m.sex and other.id <> m.id
             and other.left_on is null and (other.id_number_index is not null or other.id < m.id)
           join households_household oh on oh.id = other.household_id and oh.ended_on is null and h.identified_on is not null
           where m.left_on is null and m.id_number_index is null"""
    )


def young_head(parameters: Parameters, day: date) -> QuerySet:
    rows = present().filter(relation=codes.Relation.HEAD, birth_on__gt=years_before(day, parameters["age"]))
    return alerts.found(rows, title=OF_MEMBER, inputs={"birth_on": F("birth_on")})


def line_of(year: int) -> Any:
    """The working line of a year in yuan. Raises CannotRun when nobody has entered it."""
    amount = PovertyLine.objects.filter(series=PovertyLine.Series.WORKING, area_code="", year=year).values_list("amount", flat=True).first()
    if amount is None:
        raise CannotRun(f"没有 {year} 年的扶贫标准,请先在“代码表和参数”中填写。")
    return amount


def below_the_line(parameters: Parameters, day: date) -> QuerySet:
    """Counted as out of poverty (`domain.md` §3.4) with a net income a head below the year's line."""
    year = closed_year(day)
    line = line_of(year)
    rows = Income.objects.filter(
        year=year, per_capita__lt=line * parameters["percent"] / 100, **REGISTERED, household__poverty_status=codes.PovertyStatus.EXITED
    )
    inputs = {"year": F("year"), "per_capita": F("per_capita"), "line": Value(line), "status": F("household__poverty_status")}
    return alerts.found(rows, title="household__household_code", row="household_id", inputs=inputs)


def age_and_state(parameters: Parameters, day: date) -> QuerySet:
    """Ages that do not go with what else is written (`domain.md` §1.3, L18)."""
    able = ["1", "2"]
    oldest, child, elder = (years_before(day, parameters[name]) for name in ("oldest", "child", "elder"))
    cases = {
        "年龄过大": Q(birth_on__lt=oldest),
        "未满年龄却登记为有劳动能力": Q(birth_on__gt=child, labour__in=[*able, "5"]),
        "高龄却登记为普通或技能劳动力": Q(birth_on__lt=elder, labour__in=able),
    }
    wrong = Q()
    for condition in cases.values():
        wrong |= condition
    word = Case(*(When(condition, then=Value(text)) for text, condition in cases.items()), output_field=CharField())
    inputs = {"problem": word, "birth_on": F("birth_on"), "labour": F("labour")}
    return alerts.found(present().filter(wrong), title=OF_MEMBER, inputs=inputs)


def not_in_school(parameters: Parameters, day: date) -> QuerySet:
    """Of school age on the first of September before, and not at school; taught at home for a grave disability is at school."""
    start = date(day.year if (day.month, day.day) >= (9, 1) else day.year - 1, 9, 1)
    rows = present().filter(
        birth_on__lte=years_before(start, parameters["from"]), birth_on__gt=years_before(start, parameters["to"] + 1),
        schooling__in=["", codes.Schooling.NONE, codes.Schooling.PRESCHOOL],
    ).exclude(dropout_reason=codes.DropoutReason.DISABILITY)  # fmt: skip
    inputs = {"birth_on": F("birth_on"), "schooling": F("schooling"), "dropout_reason": F("dropout_reason")}
    return alerts.found(rows, title=OF_MEMBER, inputs=inputs)


def not_insured(parameters: Parameters, day: date) -> QuerySet:
    born_before = date.fromordinal(day.toordinal() - parameters["days"])
    rows = present().filter(medical_insured=False, employee_insured=False, in_service=False, birth_on__lte=born_before)
    return alerts.found(rows, title=OF_MEMBER, inputs={"birth_on": F("birth_on")})


def newest_living(day: date) -> QuerySet:
    """The newest year's conditions of each active household."""
    newer = Living.objects.filter(household_id=OuterRef("household_id"), year__gt=OuterRef("year"), year__lte=day.year)
    return Living.objects.filter(~Exists(newer), year__lte=day.year, **REGISTERED)


def unsafe_dwelling(parameters: Parameters, day: date) -> QuerySet:
    rows = newest_living(day).filter(dwelling_unsafe=True)
    inputs = {"year": F("year"), "grade": F("dwelling_grade")}
    return alerts.found(rows, title="household__household_code", row="household_id", inputs=inputs)


def unsafe_water(parameters: Parameters, day: date) -> QuerySet:
    rows = newest_living(day).filter(Q(water_safe=False) | Q(water_difficult=True))
    inputs = {"year": F("year"), "safe": F("water_safe"), "difficult": F("water_difficult")}
    return alerts.found(rows, title="household__household_code", row="household_id", inputs=inputs)


def cause_without_ground(parameters: Parameters, day: date) -> Statement:
    """A main cause that no member bears out."""
    return Statement(
        """select h.id as found_row, h.village_id as found_village, h.id as found_household, null::bigint as found_organization,
             '' as found_about, h.household_code as found_title,
             jsonb_build_object('cause', h.cause_main, 'members', m.members, 'sick', m.sick, 'disabled', m.disabled, 'students', m.students,
                                'able', m.able) as found_inputs
           from households_household h
           cross join lateral (
             select count(*) as members, count(*) filter (where health && '{2,3}') as sick, count(*) filter (where '4' = any(health)) as disabled,
               count(*) filter (where schooling not in ('', '01', '02')) as students, count(*) filter (where labour in ('1', '2')) as able
             from households_member where household_id = h.id and left_on is null) m
           where h.ended_on is null and h.identified_on is not null and h.cause_main in ('01', '02', '03', '08')
             and ((h.cause_main = '01' and m.sick = 0) or (h.cause_main = '02' and m.disabled = 0) or (h.cause_main = '03' and m.students = 0)
               or (h.cause_main = '08' and m.able >= %s))""",
        [parameters["limit"]],
    )


def large_change(parameters: Parameters, day: date) -> QuerySet:
    """Net income a head that rose or fell by more than so many per cent against the year before (`domain.md` §2.2)."""
    year, percent = closed_year(day), parameters["percent"]
    rows = (
        Income.objects.filter(year=year, **REGISTERED)
        .annotate(last=FilteredRelation("household__incomes", condition=Q(household__incomes__year=year - 1)))
        .filter(last__per_capita__gt=0)
        .filter(Q(per_capita__gt=F("last__per_capita") * (100 + percent) / 100) | Q(per_capita__lt=F("last__per_capita") * (100 - percent) / 100))
    )
    inputs = {"year": F("year"), "per_capita": F("per_capita"), "before": F("last__per_capita")}
    return alerts.found(rows, title="household__household_code", row="household_id", inputs=inputs)


def watched_too_long(parameters: Parameters, day: date) -> QuerySet:
    """Watched for longer than so many months and the risk not cleared (`domain.md` §3.7); households without any workforce stay watched."""
    since = months_before(day, parameters["months"])
    rows = MonitorCase.objects.filter(recognised_on__lt=since, cleared_on=None, no_workforce=False, **REGISTERED)
    inputs = {"recognised_on": F("recognised_on"), "category": F("category"), "risks": F("risks")}
    return alerts.found(rows, title="household__household_code", inputs=inputs)


def open_hit(parameters: Parameters, day: date) -> QuerySet:
    """A hit of another office's records nobody has confirmed or waived in time (`domain.md` §3.3)."""
    since = date.fromordinal(day.toordinal() - parameters["days"])
    rows = CrossCheckResult.objects.filter(judgement=Judgement.OPEN, request__answered_on__lt=since, household__ended_on=None)
    inputs = {"source": F("request__source__item"), "number": F("request__number"), "answered_on": F("request__answered_on")}
    return alerts.found(rows, title=Concat(Coalesce("household__household_code", Value("申请户")), Value(" "), "member__name"), inputs=inputs)


def without_number(parameters: Parameters, day: date) -> QuerySet:
    since = date.fromordinal(day.toordinal() - parameters["days"])
    rows = present().filter(Q(joined_on__lte=since) | Q(joined_on=None, household__identified_on__lte=since), id_number_index=None)
    inputs = {"document": F("document_kind"), "joined_on": F("joined_on"), "identified_on": F("household__identified_on")}
    return alerts.found(rows, title=OF_MEMBER, inputs=inputs)


def same_incomes(parameters: Parameters, day: date) -> Statement:
    """Exactly the same net income a head in many households of one village: copied, perhaps."""
    return Statement(
        """select i.village_id as found_row, i.village_id as found_village, null::bigint as found_household, null::bigint as found_organization,
             i.per_capita::text as found_about, v.name as found_title,
             jsonb_build_object('year', i.year, 'per_capita', i.per_capita, 'households', count(*)) as found_inputs
           from households_income i join households_household h on h.id = i.household_id and h.ended_on is null and h.identified_on is not null
           join villages_village v on v.id = i.village_id
           where i.year = %s and i.per_capita is not null group by i.village_id, v.name, i.year, i.per_capita having count(*) >= %s""",
        [closed_year(day), parameters["least"]],
    )


YEAR = Input("year", "年度", "year")
PER_CAPITA = Input("per_capita", "人均纯收入", "money", "元")

for check in (
    Check("R01", "疑似重复登记", table=MEMBER, severity="warning", find=same_person, nightly=True, basis="《扶贫开发建档立卡工作方案》数据清洗要求",
          explain="没有证件号码,姓名、性别、出生日期({birth_on})与户 {other} 的在册成员相同。",
          inputs=(BORN, Input("other", "另一户")), **SEEN),
    Check("R02", "户主未成年", table=MEMBER, severity="warning", find=young_head, explain="户主 {birth_on} 出生,未满 {age} 周岁。",
          inputs=(BORN,), parameters=(number("age", "户主最小年龄", 16, unit="周岁", high=30),), **SEEN),
    Check("R03", "收入低于标准但已脱贫", table=HOUSEHOLD, severity="serious", find=below_the_line, basis="厅字〔2016〕16号:稳定超过国家扶贫标准",
          explain="{year} 年人均纯收入 {per_capita} 元,低于当年扶贫标准 {line} 元的 {percent}%,而脱贫状态为“{status}”,有返贫风险。",
          inputs=(YEAR, PER_CAPITA, Input("line", "扶贫标准", "money", "元"), Input("status", "脱贫状态", choices=codes.PovertyStatus)),
          parameters=(number("percent", "低于标准的百分比", 100, unit="%", low=50, high=200),), **SEEN),
    Check("R04", "年龄与状况矛盾", table=MEMBER, severity="notice", find=age_and_state,
          explain="{problem}:{birth_on} 出生,劳动技能为“{labour}”。",
          inputs=(Input("problem", "问题"), BORN, Input("labour", "劳动技能", choices=codes.Labour)),
          parameters=(number("oldest", "最大年龄", 105, unit="周岁", low=90, high=130), number("child", "有劳动能力的最小年龄", 16, unit="周岁", high=20),
                      number("elder", "普通、技能劳动力的最大年龄", 75, unit="周岁", low=55, high=100)), **SEEN),
    Check("R05", "义务教育阶段未在校", table=MEMBER, severity="serious", find=not_in_school, basis="义务教育法第十一条;两不愁三保障",
          explain="{birth_on} 出生,学年开始时满 {from} 至 {to} 周岁,在校生状况为“{schooling}”,失学或辍学原因:{dropout_reason}。",
          inputs=(BORN, Input("schooling", "在校生状况", choices=codes.Schooling), Input("dropout_reason", "失学或辍学原因", choices=codes.DropoutReason)),
          parameters=(number("from", "入学年龄", 6, unit="周岁", low=5, high=8), number("to", "义务教育最大年龄", 14, unit="周岁", low=12, high=18)), **SEEN),
    Check("R06", "未参加医疗保险", table=MEMBER, severity="warning", find=not_insured, basis="两不愁三保障:基本医疗",
          explain="{birth_on} 出生,没有参加城乡居民基本医疗保险,也没有参加职工保险(出生 {days} 天以内除外)。",
          inputs=(BORN,), parameters=(number("days", "新生儿宽限", 90, unit="天", high=366),), **SEEN),
    Check("R07", "危房未改造", table=HOUSEHOLD, severity="serious", find=unsafe_dwelling, basis="两不愁三保障:住房安全",
          explain="{year} 年登记仍住 {grade}危房。", inputs=(YEAR, Input("grade", "危房等级", choices=codes.DwellingGrade)), **SEEN),
    Check("R10", "致贫原因没有依据", table=HOUSEHOLD, severity="notice", find=cause_without_ground,
          explain="主要致贫原因为“{cause}”,而 {members} 名成员中患病 {sick} 人、残疾 {disabled} 人、在校 {students} 人、普通或技能劳动力 {able} 人。",
          inputs=(Input("cause", "主要致贫原因", choices=codes.Cause), Input("members", "成员"), Input("sick", "患病"), Input("disabled", "残疾"),
                  Input("students", "在校"), Input("able", "普通或技能劳动力")),
          parameters=(number("limit", "缺劳力户的劳动力上限", 3, unit="人", low=1, high=10),), **SEEN),
    Check("R11", "收入变化过大", table=HOUSEHOLD, severity="warning", find=large_change,
          explain="{year} 年人均纯收入 {per_capita} 元,上年 {before} 元,变化超过 {percent}%。",
          inputs=(YEAR, PER_CAPITA, Input("before", "上年人均纯收入", "money", "元")),
          parameters=(number("percent", "变化幅度", 50, unit="%", low=10, high=500),), **SEEN),
    Check("R12", "监测超过期限未消除风险", table="households_monitorcase", severity="warning", find=watched_too_long, basis="防止返贫监测和帮扶工作要求",
          explain="{recognised_on} 认定为{category},风险:{risks},已超过 {months} 个月没有消除。",
          inputs=(Input("recognised_on", "认定日期"), Input("category", "类别", choices=Category), Input("risks", "风险类型", choices=Risk)),
          parameters=(number("months", "监测期限", 12, unit="个月", low=1, high=60),), **SEEN),
    Check("R13", "比对命中未认定", table="households_crosscheckresult", severity="warning", find=open_hit, basis="信息比对与一票否决",
          explain="协查函 {number}({source})于 {answered_on} 回复命中,超过 {days} 天没有认定或豁免。",
          inputs=(Input("number", "协查函"), Input("source", "比对项"), Input("answered_on", "回复日期")),
          parameters=(number("days", "认定期限", 10, unit="天", high=366),), **SEEN),
    Check("R14", "饮水不安全", table=HOUSEHOLD, severity="serious", find=unsafe_water, basis="两不愁三保障:饮水安全",
          explain="{year} 年登记:饮水安全为“{safe}”,饮水困难为“{difficult}”。",
          inputs=(YEAR, Input("safe", "饮水安全"), Input("difficult", "饮水困难")), **SEEN),
    Check("R15", "证件号码长期缺失", table=MEMBER, severity="notice", find=without_number,
          explain="登记已超过 {days} 天,仍没有居民身份证号码(证件类型:{document},增加日期:{joined_on},建档日期:{identified_on})。",
          inputs=(Input("document", "证件类型", choices=codes.DocumentKind), Input("joined_on", "增加日期"), Input("identified_on", "建档日期")),
          parameters=(number("days", "宽限", 180, unit="天", high=1000),), **SEEN),
    Check("R16", "同村多户收入完全相同", table="villages_village", severity="notice", find=same_incomes, nightly=True, permission="household_view", room=ROOM,
          explain="{year} 年有 {households} 户的人均纯收入同为 {per_capita} 元,请核对是否照抄。",
          inputs=(YEAR, PER_CAPITA, Input("households", "户数", "number", "户")),
          parameters=(number("least", "最少户数", 5, unit="户", low=2, high=1000),),
          url=lambda alert: reverse("villages:detail", args=[alert.row_id])),
):  # fmt: skip
    alerts.register(check)
