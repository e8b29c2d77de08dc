"""The monthly report from its days to its filing."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from cadres import services
from cadres.models import Allowance, AttendanceDay, AttendanceLine, AttendanceMonth, Presence
from core.clock import today
from tests.factories import PostingFactory

AUGUST = date(2017, 8, 1)


def present(posting, *days, kind="sheet"):
    Presence.objects.bulk_create(
        Presence(cadre=posting.cadre, posting=posting, village=posting.village, day_on=AUGUST.replace(day=day), kind=kind, witness="sheet")
        for day in days
    )
    services.settle_days(cadres=[posting.cadre_id], since=AUGUST, until=date(2017, 8, 31), today=today())


@pytest.fixture
def month(team):
    """August 2017, 23 working days: the leader there all along, the member ten days."""
    present(team.leader_posting, *range(1, 32))
    present(team.posting, *range(1, 11))
    month = services.open_month(village=team.posting.village, month=AUGUST, by=team.leader.user)
    for line in month.lines.all():
        services.write_work(line=line, text="入户走访,整理档案", by=team.leader.user)
    return month


def line_of(month, cadre):
    return AttendanceLine.objects.get(month=month, cadre=cadre)


def test_the_lines_are_made_from_the_days(month, team):
    leader, member = line_of(month, team.leader), line_of(month, team.member)
    assert (leader.required, leader.actual, leader.absent) == (20, 31, 0)
    assert leader.codes == "V" * 31
    assert (member.required, member.actual, member.absent) == (20, 10, 15)
    assert member.codes == "V" * 10 + "ATT" + "AAAAATT" * 2 + "AAAA"


def test_leave_business_and_a_part_of_the_month_lower_what_is_required(month, team):
    checker = team.people["township_checker"]
    for day, code in ((14, "S"), (15, "S"), (16, "P")):
        services.correct_day(cadre=team.member, day=AUGUST.replace(day=day), code=code, reason="补交证明", by=checker)
    services.correct_day(cadre=team.member, day=AUGUST.replace(day=17), code="B", reason="参加会议", by=checker)
    services.refresh_month(month=month)
    member = line_of(month, team.member)
    assert (member.required, member.actual, member.business, member.sick, member.personal) == (17, 11, 1, 2, 1), (
        "business for the village counts as there"
    )
    late = PostingFactory(village=team.posting.village, started_on=date(2017, 8, 16))
    services.settle_days(cadres=[late.cadre_id], since=AUGUST, until=date(2017, 8, 31), today=today())
    services.refresh_month(month=month)
    assert line_of(month, late.cadre).required == 10
    assert line_of(month, late.cadre).codes.startswith(" " * 15)


def test_a_month_closed_by_three_users_is_frozen(month, team):
    services.submit_month(month=month, by=team.leader.user)
    month.refresh_from_db()
    with pytest.raises(services.CadresError, match="已封存"):
        services.enter_sheet(posting=team.posting, days=[date(2017, 8, 14)], by=team.people["township_clerk"])
    with pytest.raises(services.CadresError, match="先退回月报"):
        services.correct_day(cadre=team.member, day=date(2017, 8, 14), code="V", reason="补", by=team.people["township_checker"])
    for role in ("village_committee", "township_checker", "org_department"):
        team.say(month, role)
    assert (month.state, month.filed_on) == ("filed", today())
    assert len(month.content_sha256) == 64
    with pytest.raises(IntegrityError, match="attendance_line_filed_stays"), transaction.atomic():
        month.lines.update(actual=31)
    with pytest.raises(IntegrityError, match="attendance_month_filed_stays"), transaction.atomic():
        AttendanceMonth.objects.filter(pk=month.pk).update(state="draft")
    services.correct_day(cadre=team.member, day=date(2017, 8, 14), code="V", reason="签到册补交", by=team.people["township_checker"])
    services.refresh_month(month=month)
    assert line_of(month, team.member).actual == 10, "what was filed says what it said"
    september = services.open_month(village=team.posting.village, month=date(2017, 9, 1), by=team.leader.user)
    september.month_on = timezone.localdate().replace(day=1)  # corrections are listed with the month they were made in
    assert [row.day_on for row in services.later_corrections(month=september)] == [date(2017, 8, 14)]


def test_filing_makes_what_is_due_to_whom(month, team):
    services.submit_month(month=month, by=team.leader.user)
    for role in ("village_committee", "township_checker", "org_department"):
        team.say(month, role)
    rows = Allowance.objects.filter(cadre=team.member)
    assert sorted(rows.values_list("kind__code", "days")) == [("border", 10), ("township", 10)]
    allowance = rows[0]
    services.report_payment(allowance=allowance, paid_on=date(2017, 9, 12), amount="820.00", by=team.people["org_department"])
    with pytest.raises(services.CadresError, match="不能再改"):
        services.report_payment(allowance=allowance, paid_on=date(2017, 9, 12), amount="1.00", by=team.people["org_department"])


def test_a_month_sent_back_is_a_draft_again_and_handed_in_on_its_page(month, team):
    from workflow.services import StillMissing, resubmit

    services.submit_month(month=month, by=team.leader.user)
    team.say(month, "village_committee", "return", "8月14日李队员在村,请更正")
    assert (month.state, month.closed_days) == ("draft", False)
    services.correct_day(cadre=team.member, day=date(2017, 8, 14), code="V", reason="签到册补交", by=team.people["township_checker"])
    services.submit_month(month=month, by=team.leader.user)
    month.refresh_from_db()
    assert month.case.round == 2
    assert line_of(month, team.member).actual == 11
    team.say(month, "village_committee", "return", "再看")
    resubmit(case=month.case, by=team.leader.user)
    with pytest.raises(StillMissing, match="重新报送"):
        team.say(month, "village_committee")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda month, team: AttendanceLine.objects.filter(month=month).update(main_work=""), "本月主要工作"),
        (lambda month, team: services.submit_month(month=month, by=team.leader.user), "不需要再报送"),
    ],
)
def test_a_month_is_not_handed_in_twice_nor_without_its_work(month, team, change, words):
    change(month, team)
    with pytest.raises(services.CadresError, match=words):
        services.submit_month(month=month, by=team.leader.user)


def test_a_month_that_has_not_ended_or_has_nobody_is_refused(team):
    september = services.open_month(village=team.posting.village, month=date(2017, 9, 1), by=team.leader.user)
    with pytest.raises(services.CadresError, match="还没有结束"):
        services.submit_month(month=september, by=team.leader.user)
    with pytest.raises(services.CadresError, match="没有派驻干部"):
        services.open_month(village=team.world.villages[1], month=AUGUST, by=team.leader.user)
    with pytest.raises(services.CadresError, match="还没有到"):
        services.open_month(village=team.posting.village, month=date(2018, 1, 1), by=team.leader.user)


def test_many_lines_are_one_query(month, team, django_assert_num_queries):
    from core import settings

    settings.get("attendance_monthly_days")
    with django_assert_num_queries(1):
        assert len(services.month_lines(villages=[team.posting.village_id], month=AUGUST)) == 2


def test_the_pages_of_a_month(signed_in, month, team):
    client = signed_in("village_cadre")
    page = client.get(month.get_absolute_url()).content.decode()
    assert "报送月报" in page
    pdf = client.get(reverse("cadres:month-pdf", args=[month.pk]))
    assert pdf.content.startswith(b"%PDF")
    book = client.get(reverse("cadres:month-workbook", args=[month.pk]))
    assert book.content.startswith(b"PK")
    assert client.post(reverse("cadres:month-submit", args=[month.pk])).status_code == 302
    month.refresh_from_db()
    assert month.state == "running"
    assert "报送月报" not in client.get(month.get_absolute_url()).content.decode()
    assert signed_in("discipline").post(reverse("cadres:month-submit", args=[month.pk])).status_code == 403
    for name in ("month-list", "bulletin"):
        assert signed_in("org_department").get(reverse(f"cadres:{name}")).status_code == 200


def test_a_check_in_after_the_month_was_handed_in_is_told_so(month, team):
    services.submit_month(month=month, by=team.leader.user)
    assert AttendanceDay.objects.filter(cadre=team.leader, day_on=today()).exists()
    now = timezone.now()
    presence, _ = services.check_in(
        cadre=team.leader, key=uuid4(), taken=now, sent=now, received=now, place=services.Place("refused"), by=team.leader.user
    )
    assert presence.day_on == today(), "September is open"
