"""Comparison: requests to an office, lists answered, records looked through, hits judged by another person."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from core.clock import today
from households import services
from households.models import CrossCheckRequest, CrossCheckResult, CrossCheckSource
from households.rules.crosschecks import comparison_lacks
from tests.factories import HouseholdFactory, MemberFactory, OrganizationFactory


def sheet(*rows) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def people(world):
    services.ensure_sources()
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household, name="甲")
    return [household.members.get(), MemberFactory(household=household, name="乙", relation="02", sex="2")]


@pytest.fixture
def police(world):
    user = world.people["sector_department"]
    user.organization = OrganizationFactory(name="测试车管所")
    user.save()
    return user


@pytest.fixture
def asked(world, people, police):
    return services.request_check(
        source=CrossCheckSource.objects.get(code="vehicles"), organization=police.organization, households=[people[0].household_id], purpose="识别",
        by=world.people["bureau_clerk"],
    )  # fmt: skip


def answer(request, by, data, **more):
    return services.answer_request(request=request, data=data, data_on=today(), by=by, **more)


def test_a_request_is_numbered_and_waits_for_everybody(asked, people):
    assert asked.number == f"协查〔{today().year}〕1号"
    assert list(asked.results.values_list("member", "result")) == [(people[0].pk, "pending"), (people[1].pk, "pending")]


def test_a_filled_list_gives_everybody_a_result(asked, police):
    got = answer(asked, police, sheet(["协查清单"], ["序号", "姓名", "结果", "说明"], [1, "甲", "命中", "小型轿车 2015 年"], [2, "乙", "无记录", ""]))
    assert (got.hits, got.none, got.foreign) == (1, 1, 0)
    hit = asked.results.get(line=1)
    assert (hit.result, hit.judgement, hit.found, hit.rule.code) == ("hit", "open", "小型轿车 2015 年", "V3")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1, "甲", "命中", ""]], "还有 1 人没有结果"),
        ([[1, "甲", "也许", ""], [2, "乙", "无", ""]], "应填“无记录”或“命中”"),
        ([[1, "甲", "无", ""], [1, "甲", "无", ""], [2, "乙", "无", ""]], "序号 1 重复"),
    ],
)
def test_a_list_not_filled_properly_stores_nothing(asked, police, rows, words):
    with pytest.raises(services.HouseholdsError, match=words):
        answer(asked, police, sheet(["序号", "姓名", "结果", "说明"], *rows))
    assert set(CrossCheckResult.objects.values_list("result", flat=True)) == {"pending"}
    asked.refresh_from_db()
    assert asked.state == "sent"


def test_an_offices_own_records_are_looked_through_by_number(asked, police, people):
    got = answer(
        asked,
        police,
        sheet(
            ["车主姓名", "身份证号码", "号牌", "车型"],
            ["甲", people[0].id_number, "青H00001", "轿车"],
            ["外人", "999999197001010011", "青H2", "轿车"],
        ),
    )
    assert (got.hits, got.none, got.foreign) == (1, 1, 1)
    assert asked.results.get(member=people[0]).found == "车主姓名 甲;号牌 青H00001;车型 轿车"


def test_numbers_damaged_by_a_spreadsheet_are_told_and_never_guessed(asked, police):
    with pytest.raises(services.HouseholdsError, match="1 行证件号码是数字格式"):
        answer(asked, police, sheet(["身份证号码", "号牌"], [999999197001010011, "青H1"]))


@pytest.mark.parametrize(("data", "words"), [(b"MZ\x90\x00not a book", "不"), (b"", "空"), (sheet(["号牌"], ["青H1"]), "没有找到“证件号码”")])
def test_what_is_no_such_table_is_refused(asked, police, data, words):
    with pytest.raises(services.HouseholdsError, match=words):
        answer(asked, police, data)


def test_an_answer_comes_once(asked, police):
    data = sheet(["序号", "结果"], [1, "无"], [2, "无"])
    answer(asked, police, data)
    with pytest.raises(services.HouseholdsError, match="已回复"):
        answer(asked, police, data)
    with pytest.raises(services.HouseholdsError, match="只有待回复"):
        services.cancel_request(request=asked, reason="发错", by=police)


@pytest.fixture
def hit(asked, police):
    answer(asked, police, sheet(["序号", "结果"], [1, "命中"], [2, "无"]))
    return asked.results.get(line=1)


def test_a_hit_is_judged_by_another_with_reason_and_evidence(hit, police, world):
    approver = world.people["bureau_approver"]
    with pytest.raises(services.HouseholdsError, match="由另一人办理"):
        services.judge_hit(result=hit, judgement="confirmed", reason="有车", by=police)
    with pytest.raises(services.HouseholdsError, match="豁免要上传证据"):
        services.judge_hit(result=hit, judgement="waived", reason="已报废", by=approver)
    judged = services.judge_hit(result=hit, judgement="waived", reason="已报废", evidence=image(), by=approver)
    assert (judged.judgement, judged.judged_by) == ("waived", approver)
    with pytest.raises(services.HouseholdsError, match="已认定为豁免"):
        services.judge_hit(result=hit, judgement="confirmed", reason="再认", by=approver)


def test_the_database_holds_who_judges(hit, police):
    rows = CrossCheckResult.objects.filter(pk=hit.pk)
    for change, constraint in (
        ({"judgement": ""}, "cross_check_hit_iff_judged"),
        ({"judgement": "confirmed"}, "cross_check_judgement_says_why"),
        ({"judgement": "confirmed", "reason": "有", "judged_by": police, "judged_on": date(2017, 9, 30)}, "cross_check_judge_not_reporter"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            rows.update(**change)


@pytest.mark.parametrize(
    ("counts", "first"),
    [
        ({"people": 0}, "没有在册成员"),
        ({"unasked": 4}, "4 项(人 × 必查项)没有发函"),
        ({"pending": 2}, "2 项(人 × 比对项)待查"),
        ({"open_hits": 1}, "1 项命中没有确认"),
        ({"confirmed_vetoes": 1}, "1 项否决情形已查实"),
        ({}, None),
    ],
)
def test_what_keeps_a_case_at_its_comparison(counts, first):
    lacks = comparison_lacks(**({"people": 2, "unasked": 0, "pending": 0, "open_hits": 0, "confirmed_vetoes": 0} | counts))
    assert (lacks[0] if lacks else None) is first or first in lacks[0]


def test_a_confirmed_veto_counts_and_a_waived_one_does_not(hit, world, people):
    services.judge_hit(result=hit, judgement="confirmed", reason="属实", by=world.people["bureau_approver"])
    counts = services.comparison_of(people[0].household)
    assert counts["confirmed_vetoes"] == 1
    assert counts["unasked"] == 2 * (CrossCheckSource.objects.filter(is_required=True).count() - 1)


def test_an_office_sees_its_own_requests_and_nothing_else(asked, police, signed_in, world):
    other = OrganizationFactory(name="另一部门")
    foreign = CrossCheckRequest.objects.create(
        number="协查〔2017〕99号",
        source=asked.source,
        organization=other,
        purpose="识别",
        sent_on=today(),
        due_on=today(),
        sent_by=world.people["bureau_clerk"],
    )
    client = signed_in("sector_department")
    assert client.get(reverse("households:crosscheck", args=[asked.pk])).status_code == 200
    assert client.get(reverse("households:crosscheck", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("households:crosscheck-answer", args=[foreign.pk])).status_code == 404
    assert client.get(reverse("households:hit-list")).status_code == 403
    page = client.get(reverse("households:crosscheck-list")).content.decode()
    assert asked.number in page
    assert foreign.number not in page


def test_the_letter_names_nobody(asked, signed_in, people):
    answer_ = signed_in("bureau_clerk").get(reverse("households:crosscheck-letter", args=[asked.pk]))
    assert answer_.content.startswith(b"%PDF")
    assert people[0].id_number.encode() not in answer_.content


def test_the_list_holds_full_numbers_only_where_the_office_needs_them(asked, people):
    assert services.request_lines(asked)[0]["证件号码"] == people[0].id_number
    CrossCheckSource.objects.filter(pk=asked.source_id).update(needs_number=False)
    asked.source.refresh_from_db()
    assert "*" in services.request_lines(asked)[0]["证件号码"]


def test_a_clerk_asks_every_office_at_once(signed_in, people, police, world):
    client = signed_in("bureau_clerk")
    sources = CrossCheckSource.objects.filter(code__in=["vehicles", "housing"])
    values = {"sources": [str(s.pk) for s in sources], "scope": "registered", "due_on": str(today()), "purpose": "回头看"}
    assert "还没有设定承办单位" in client.post(reverse("households:crosscheck-create"), values).content.decode()
    assert client.post(reverse("households:crosscheck-create"), values | {"organization": police.organization_id}).status_code == 302
    assert CrossCheckRequest.objects.count() == 2
