"""年承诺、季报告 on their pages: promised, hung out, reported with the system's numbers, checked by the township; what is due waits."""

from datetime import date

import pytest
from django.urls import reverse

from cadres import rules, services
from cadres.models import AttendanceMonth, Commitment, CommitmentItem, QuarterReport
from core import clock, figures
from workflow import services as flow
from workflow.models import Message, Todo

ITEM = {"text": "每户每季走访一次", "measure": "排出走访计划", "due_quarter": "3"}


@pytest.fixture
def promised(team):
    """The member's signed commitment of the year."""
    commitment = Commitment.objects.create(village=team.posting.village, cadre=team.member, year=2017, state="signed", signed_on=date(2017, 8, 10))
    for number, weight in enumerate((40, 30, 30), start=1):
        CommitmentItem.objects.create(commitment=commitment, village=commitment.village, number=number, text=f"事项{number}", measure="逐项落实",
                                      due_quarter=3, weight=weight)  # fmt: skip
    return commitment


def test_a_first_secretary_promises_for_the_team_and_hangs_it_out(signed_in, team, jpeg):
    client = signed_in("village_cadre")
    response = client.post(reverse("cadres:commitment-create"), {"village": team.posting.village_id, "cadre": "", "year": "2017"})
    commitment = Commitment.objects.get()
    assert response.url == commitment.get_absolute_url()
    for weight in ("40", "30", "20"):
        assert client.post(reverse("cadres:commitment-item", args=[commitment.pk]), ITEM | {"weight": weight}).status_code == 302
    signing = reverse("cadres:commitment-sign", args=[commitment.pk])
    assert "合计应为 100,现为 90" in client.post(signing, {"signed_on": "20170929"}).content.decode()
    item = commitment.items.last()
    assert client.post(reverse("cadres:item-edit", args=[item.pk]), ITEM | {"weight": "30"}).status_code == 302
    assert client.post(signing, {"signed_on": "20170929"}).status_code == 302
    assert "不能再改" in client.post(reverse("cadres:item-edit", args=[item.pk]), ITEM | {"weight": "10"}).content.decode()
    hang = reverse("cadres:commitment-post", args=[commitment.pk])
    assert "不能早于签订日期" in client.post(hang, {"posted_on": "20170901", "photo": jpeg()}).content.decode()
    assert client.post(hang, {"posted_on": "20170930", "photo": jpeg()}).status_code == 302
    page = client.get(commitment.get_absolute_url()).content.decode()
    assert "查看照片" in page
    assert "填报季报告" in page


def test_nobody_promises_for_another_cadre_or_village(signed_in, team, promised):
    client = signed_in("village_cadre")
    data = {"village": team.world.villages[2].pk, "cadre": "", "year": "2017"}
    assert "请从列表中选择" in client.post(reverse("cadres:commitment-create"), data).content.decode()
    forged = {"village": team.posting.village_id, "cadre": team.member.pk, "year": "2016"}
    assert "请从列表中选择" in client.post(reverse("cadres:commitment-create"), forged).content.decode()
    for name in ("commitment-item", "commitment-sign", "commitment-post", "report-create"):
        assert client.post(reverse(f"cadres:{name}", args=[promised.pk])).status_code == 403, name
    assert "本年度已有承诺" in signed_in("township_checker").post(reverse("cadres:commitment-create"), forged | {"year": "2017"}).content.decode()


def test_a_quarter_is_reported_with_the_systems_numbers_and_checked(client, team, promised):
    client.force_login(team.member.user, backend="accounts.backends.NameAndPassword")
    response = client.post(reverse("cadres:report-create", args=[promised.pk]), {"quarter": "3"})
    report = QuarterReport.objects.get()
    assert response.url == reverse("cadres:report-edit", args=[report.pk])
    assert "实际驻村天数" in client.get(report.get_absolute_url()).content.decode()
    words = {f"note_{item.pk}": "已走访" for item in promised.items.all()}
    percents = {f"percent_{item.pk}": "50" for item in promised.items.all()}
    edit, submit = reverse("cadres:report-edit", args=[report.pk]), reverse("cadres:report-submit", args=[report.pk])
    over = client.post(edit, words | percents | {f"percent_{promised.items.first().pk}": "101", "problems": "无", "next_plan": "继续"})
    assert over.status_code == 200
    client.post(submit)
    report.refresh_from_db()
    assert report.state == "draft", "without words it is not handed in"
    assert client.post(edit, words | percents | {"problems": "无", "next_plan": "继续走访"}).status_code == 302
    client.post(submit)
    report.refresh_from_db()
    assert report.state == "running"
    assert report.numbers
    assert "不能再修改" in client.post(edit, words | percents | {"problems": "改", "next_plan": "改"}).content.decode()
    team.say(report, "township_checker", "return", "补充照片")
    assert report.state == "draft"
    client.post(submit)
    team.say(report, "township_checker")
    assert report.state == "accepted"
    assert "50" in services.items_with_progress(commitment=promised)[1]


def test_what_is_due_waits_for_who_owes_it_and_goes_when_it_is_handed_in(team, promised):
    day = date(2017, 10, 1)
    with clock.on(day):
        assert services.open_duties(day=day) == 4, "month, quarter, the team's and the leader's commitments"
        assert services.open_duties(day=day) == 0
        due = {todo.kind: todo for todo in Todo.objects.open().filter(kind__in=["attendance_month_due", "quarter_report_due"])}
        assert due["attendance_month_due"].due_on == date(2017, 10, 5)
        assert (due["quarter_report_due"].user, due["quarter_report_due"].due_on) == (team.member.user, date(2017, 10, 10))
        assert flow.remind(date(2017, 10, 8)) > 0
        assert Message.objects.filter(user=team.member.user, text__contains="第3季度报告").exists()
        report = QuarterReport.objects.get()
        services.write_report(report=report, problems="无", next_plan="继续", progress={}, by=team.member.user)
        services.submit_report(report=report, by=team.member.user)
        assert not Todo.objects.open().filter(kind="quarter_report_due").exists()
        AttendanceMonth.objects.update(state="filed", closed_days=True, filed_on=day, content_sha256="0" * 64, submitted_on=day)
        services.open_duties(day=day)
        assert not Todo.objects.open().filter(kind="attendance_month_due").exists()


@pytest.mark.parametrize(("day", "over"), [(date(2017, 10, 1), (2017, 3)), (date(2017, 11, 30), (2017, 3)), (date(2017, 1, 1), (2016, 4)),
                                           (date(2017, 2, 3), (2016, 4)), (date(2016, 2, 29), (2015, 4)), (date(2017, 4, 1), (2017, 1))])  # fmt: skip
def test_the_quarter_that_is_over(day, over):
    assert rules.quarter_over(day) == over


def test_the_figures_say_one_promise_a_year_and_one_report_a_quarter_and_month(team, promised):
    day = date(2017, 10, 15)
    assert figures.get("commitment_per_year").compute(day) == 1
    assert figures.get("report_per_quarter").compute(day) is None
    QuarterReport.objects.create(
        commitment=promised, village=promised.village, cadre=team.member, year=2017, quarter=3, due_on=day, state="accepted", submitted_on=day
    )
    assert figures.get("report_per_quarter").compute(day) == 1
    month = AttendanceMonth.objects.create(village=promised.village, month_on=date(2017, 9, 1), due_on=day)
    assert figures.get("attendance_report_per_month").compute(day) is None, "a draft is no report"
    AttendanceMonth.objects.filter(pk=month.pk).update(state="running", closed_days=True, submitted_on=day)
    assert figures.get("attendance_report_per_month").compute(day) == 1


def test_the_page_of_today_says_who_is_late_with_what(signed_in, team, promised):
    day = date(2017, 9, 30)
    AttendanceMonth.objects.create(village=team.posting.village, month_on=date(2017, 8, 1), due_on=date(2017, 9, 5))
    QuarterReport.objects.create(commitment=promised, village=promised.village, cadre=team.member, year=2017, quarter=2, due_on=date(2017, 7, 10))
    late = services.late_things(user=team.people["org_department"], day=day)
    assert [(each.what, each.who, each.days) for each in late] == [("第2季度报告", "李队员", 82), ("2017年8月考勤月报", "示范一村", 25)]
    page = signed_in("township_checker").get(reverse("cadres:today")).content.decode()
    assert "第2季度报告" in page
    far = team.world.people["township_clerk"]
    assert services.late_things(user=team.people["stranger"], day=day) == []
    assert len(services.late_things(user=far, day=day)) == 2


def test_the_first_screen_leads_to_the_report_that_is_to_be_written(client, team, promised):
    client.force_login(team.member.user, backend="accounts.backends.NameAndPassword")
    report = QuarterReport.objects.create(
        commitment=promised, village=promised.village, cadre=team.member, year=2017, quarter=2, due_on=date(2017, 7, 10)
    )
    page = client.get(reverse("cadres:my-day")).content.decode()
    assert reverse("cadres:report-edit", args=[report.pk]) in page
    assert page.index(">签到</button>") < page.index(">报告</a>")
