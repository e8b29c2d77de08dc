"""Each register alert: what it finds, what it leaves alone, and how it explains itself (domain.md §7.4)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from assistance.models import Measure, Pairing
from households import services
from households.models import CrossCheckRequest, CrossCheckResult, CrossCheckSource, Household, Income, Living, Member, MonitorCase, PovertyLine
from households.rules.income import closed_year
from tests.conftest import TODAY
from tests.factories import (
    START,
    HelperFactory,
    HouseholdFactory,
    IncomeFactory,
    LivingFactory,
    MeasureTypeFactory,
    MemberFactory,
    OrganizationFactory,
    PairingFactory,
)
from workflow import alerts_registry as registry
from workflow import services as flow
from workflow.models import Alert


@pytest.fixture
def home(world):
    """A household no rule has anything against."""
    PovertyLine.objects.create(year=2017, series="working", amount=3335)
    household = HouseholdFactory(village=world.villages[0], household_code="6328011009010001", poverty_status="2")
    MemberFactory(household=household, name="王有才", medical_insured=True)
    MemberFactory(
        household=household, name="王小花", medical_insured=True, relation="04", sex="2", birth_on=date(2008, 5, 1), schooling="03", labour="4"
    )
    IncomeFactory(household=household, year=2016, population=2, a1=8000)
    IncomeFactory(household=household, year=2017, population=2, a1=9000)
    LivingFactory(household=household, year=2017, water_safe=True)
    PairingFactory(household=household, helper=HelperFactory(), is_main=True)
    Measure.objects.create(household=household, village=household.village, measure_type=MeasureTypeFactory(), content="帮扶", planned_on=START)
    return household


def found(code: str, day: date = TODAY) -> list[str]:
    passed = flow.run_alerts(day, codes=[code])[0]
    assert not passed.problem
    return [alert.sentence for alert in Alert.objects.filter(code=code, gone_on=None).order_by("id")]


def head() -> Member:
    return Member.objects.get(relation="01")


def child() -> Member:
    return Member.objects.get(relation="04")


def change(record, **fields):
    type(record).objects.filter(pk=record.pk).update(**fields)


def test_a_household_in_order_has_no_alert(home):
    for check in registry.checks():
        if check.code.startswith("R"):
            assert found(check.code) == [], check.code


def test_r01_somebody_without_a_number_who_is_registered_elsewhere(home, world):
    other = HouseholdFactory(village=world.villages[2], household_code="6328012009030007")
    MemberFactory(household=other, name="旦增")
    twin = MemberFactory(household=other, name="王小花", relation="04", sex="2", birth_on=date(2008, 5, 1), id_number="", labour="4")
    assert found("R01") == ["没有证件号码,姓名、性别、出生日期(2008-05-01)与户 6328011009010001 的在册成员相同。"]
    assert Alert.objects.get(code="R01").row_id == twin.pk
    change(twin, birth_on=date(2008, 5, 2))
    assert found("R01") == []


def test_r02_a_head_who_is_a_child(home):
    change(head(), birth_on=date(2001, 10, 1))
    assert found("R02") == ["户主 2001-10-01 出生,未满 16 周岁。"]
    change(head(), birth_on=date(2001, 9, 30))
    assert found("R02") == []


def test_r03_below_the_line_and_counted_as_out_of_poverty(home):
    Income.objects.filter(year=2017).update(a1=6000)
    assert found("R03") == ["2017 年人均纯收入 3,000.00 元,低于当年扶贫标准 3,335.00 元的 100%,而脱贫状态为“已脱贫”,有返贫风险。"]
    change(home, poverty_status="4")
    assert found("R03") == []


def test_r03_without_the_years_line_says_so(home):
    PovertyLine.objects.all().delete()
    assert "没有 2017 年的扶贫标准" in flow.run_alerts(TODAY, codes=["R03"])[0].problem


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"birth_on": date(1910, 1, 1), "labour": "4"}, "年龄过大:1910-01-01 出生,劳动技能为“无劳动力”。"),
        ({"birth_on": date(2002, 1, 1), "labour": "1"}, "未满年龄却登记为有劳动能力:2002-01-01 出生,劳动技能为“普通劳动力”。"),
        ({"birth_on": date(1940, 1, 1), "labour": "2"}, "高龄却登记为普通或技能劳动力:1940-01-01 出生,劳动技能为“技能劳动力”。"),
        ({"birth_on": date(1940, 1, 1), "labour": "5"}, None),
    ],
)
def test_r04_ages_that_do_not_go_with_the_labour(home, fields, words):
    change(head(), **fields)
    assert found("R04") == ([words] if words else [])


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({"schooling": "01"}, True),
        ({"schooling": ""}, True),
        ({"schooling": "02"}, True),
        ({"schooling": "01", "dropout_reason": "3"}, True),
        ({"schooling": "01", "dropout_reason": "2"}, False),
        ({"schooling": "01", "birth_on": date(2011, 9, 2)}, False),
        ({"schooling": "01", "birth_on": date(2011, 9, 1)}, True),
        ({"schooling": "01", "birth_on": date(2002, 9, 1)}, False),
        ({"schooling": "01", "birth_on": date(2002, 9, 2)}, True),
        ({"schooling": "01", "left_on": TODAY, "leave_reason": "1"}, False),
    ],
)
def test_r05_a_child_of_school_age_who_is_not_at_school(home, fields, is_found):
    change(child(), **fields)
    assert bool(found("R05")) is is_found


def test_r05_says_the_reason(home):
    change(child(), schooling="01", dropout_reason="3")
    assert found("R05") == ["2008-05-01 出生,学年开始时满 6 至 14 周岁,在校生状况为“非在校生”,失学或辍学原因:厌学。"]


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({}, True),
        ({"employee_insured": True}, False),
        ({"in_service": True}, False),
        ({"birth_on": date(2017, 7, 3)}, False),
        ({"birth_on": date(2017, 7, 2)}, True),
    ],
)
def test_r06_a_member_without_medical_insurance(home, fields, is_found):
    change(child(), medical_insured=False, **fields)
    assert bool(found("R06")) is is_found


def test_r07_and_r14_look_at_the_newest_year_alone(home):
    LivingFactory(household=home, year=2016, dwelling_unsafe=True, dwelling_grade="D", water_safe=False)
    assert found("R07") == found("R14") == []
    Living.objects.filter(year=2017).update(dwelling_unsafe=True, dwelling_grade="C", water_difficult=True)
    assert found("R07") == ["2017 年登记仍住 C级危房。"]
    assert found("R14") == ["2017 年登记:饮水安全为“是”,饮水困难为“是”。"]


@pytest.mark.parametrize(
    ("cause", "fields", "is_found"),
    [
        ("01", {}, True),
        ("01", {"health": ["2"]}, False),
        ("02", {"health": ["2"]}, True),
        ("02", {"health": ["4"]}, False),
        ("03", {}, False),
        ("03", {"schooling": "01"}, True),
        ("08", {}, False),
        ("07", {}, False),
    ],
)
def test_r10_a_cause_no_member_bears_out(home, cause, fields, is_found):
    change(home, cause_main=cause)
    change(child(), **fields)
    assert bool(found("R10")) is is_found


def test_r10_says_what_it_counted(home):
    change(home, cause_main="01")
    assert found("R10") == ["主要致贫原因为“因病”,而 2 名成员中患病 0 人、残疾 0 人、在校 1 人、普通或技能劳动力 1 人。"]


@pytest.mark.parametrize(("amount", "is_found"), [(12_000, False), (12_001, True), (4_000, False), (3_999, True), (0, True)])
def test_r11_income_that_changed_by_more_than_half(home, amount, is_found):
    Income.objects.filter(year=2017).update(a1=amount)
    sentences = found("R11")
    assert bool(sentences) is is_found
    if amount == 12_001:
        assert sentences == ["2017 年人均纯收入 6,000.50 元,上年 4,000.00 元,变化超过 50%。"]


def test_r11_nothing_to_compare_with(home):
    Income.objects.filter(year=2016).delete()
    assert found("R11") == []


def test_r15_a_number_that_is_long_missing(home):
    change(child(), id_number="", id_number_index=None, joined_on=date(2017, 4, 4))
    assert found("R15") == []
    change(child(), joined_on=date(2017, 4, 3))
    assert len(found("R15")) == 1


def test_r16_many_households_of_a_village_with_one_income(home, world):
    for number in range(4):
        other = HouseholdFactory(village=world.villages[0])
        MemberFactory(household=other, name=f"李{number}")
        IncomeFactory(household=other, year=2017, population=1, a1=4500)
    assert found("R16") == ["2017 年有 5 户的人均纯收入同为 4,500.00 元,请核对是否照抄。"]
    alert = Alert.objects.get(code="R16")
    assert (alert.row_id, alert.household_id, alert.record_url) == (world.villages[0].pk, None, f"/villages/{world.villages[0].pk}/")
    Income.objects.filter(household=home, year=2017).update(a1=Decimal("9000.02"))
    assert found("R16") == []


def test_r09_and_r17_a_household_nobody_helps(home):
    Measure.objects.update(state="stopped")
    Pairing.objects.update(is_main=False)
    assert found("R09") == ["2015-12-31 建档,已超过 30 天,没有任何未终止的帮扶措施。"]
    assert found("R17") == ["2015-12-31 建档,已超过 30 天,没有在任的主要帮扶责任人。"]
    change(home, identified_on=date(2017, 8, 31))
    assert found("R09") == found("R17") == []


def test_a_household_that_left_the_register_has_no_alerts(home):
    change(child(), medical_insured=False)
    assert len(found("R06")) == 1
    Household.objects.update(ended_on=TODAY, end_reason="moved")
    assert found("R06") == []


@pytest.mark.parametrize(("day", "year"), [(date(2017, 9, 29), 2016), (date(2017, 9, 30), 2017), (date(2018, 3, 1), 2017)])
def test_an_accounting_year_is_over_at_the_end_of_september(day, year):
    assert closed_year(day) == year


@pytest.mark.parametrize("check", [check for check in registry.checks() if check.code.startswith("R")], ids=lambda check: check.code)
def test_every_check_can_be_asked_about_one_household(home, check):
    passed = flow.run_alerts(TODAY, codes=[check.code], households=[home.pk])
    assert [each.problem for each in passed] == [""]


def test_r12_a_household_watched_for_longer_than_a_year(home, world):
    proceeding = services.open_monitoring(household=home, category="1", risks=["01", "07"], source="2", warned_on=date(2016, 9, 1), reason="突发大病",
                                          by=world.people["township_clerk"])  # fmt: skip
    assert found("R12") == []
    MonitorCase.objects.filter(proceeding=proceeding).update(recognised_on=date(2016, 9, 29))
    assert found("R12") == ["2016-09-29 认定为脱贫不稳定户,风险:因病、因务工就业不稳,已超过 12 个月没有消除。"]
    MonitorCase.objects.update(no_workforce=True)
    assert found("R12") == []
    MonitorCase.objects.update(no_workforce=False, recognised_on=date(2016, 9, 30))
    assert found("R12") == []


def test_r13_a_hit_nobody_has_judged(home, world):
    services.ensure_sources()
    source = CrossCheckSource.objects.first()
    request = CrossCheckRequest.objects.create(
        number="协查〔2017〕1号", source=source, organization=OrganizationFactory(), purpose="识别", state="answered", sent_on=date(2017, 9, 1),
        due_on=date(2017, 9, 11), sent_by=world.people["bureau_clerk"], answered_on=date(2017, 9, 19), answered_by=world.people["sector_department"],
        data_on=date(2017, 9, 1),
    )  # fmt: skip
    hit = CrossCheckResult.objects.create(
        request=request, line=1, member=head(), household=home, village=home.village, result="hit", judgement="open"
    )
    assert found("R13") == [f"协查函 协查〔2017〕1号({source.item})于 2017-09-19 回复命中,超过 10 天没有认定或豁免。"]
    assert Alert.objects.get(code="R13").title == "6328011009010001 王有才"
    change(request, answered_on=date(2017, 9, 20))
    assert found("R13") == []
    assert hit.pk


def test_a_household_that_has_only_applied_is_not_asked_about(home):
    change(child(), medical_insured=False, schooling="01")
    change(home, identified_on=None, household_code=None, applied_on=TODAY, poverty_status="1")
    for check in registry.checks():
        if check.table.startswith("households_"):
            assert found(check.code) == [], check.code


def test_alerts_go_with_a_household_that_is_taken_back(home):
    """An import that is undone deletes what it brought."""
    change(child(), medical_insured=False)
    found("R06")
    alert = Alert.objects.get(code="R06")
    for model in (Pairing, Measure, Living, Income, Member):
        model.objects.filter(household=home).delete()
    Household.objects.filter(pk=home.pk).delete()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    assert not Alert.objects.filter(pk=alert.pk).exists()
