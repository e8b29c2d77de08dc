"""Training, commitments, reports, bodies: read by who may see cadres, counted by figures."""

from datetime import date

import pytest
from django.urls import reverse

from cadres import services
from cadres.models import Commitment, QuarterReport, TrainingAttendance, TrainingSession
from core import figures, scoring_inputs
from core.clock import today
from tests.factories import OrganizationFactory, PostingFactory, make_attendance


@pytest.fixture
def records(team):
    make_attendance(team.posting, team.member.user)
    return team


def test_lists_and_pages_open_and_strangers_are_kept_out(signed_in, records):
    client = signed_in("org_department")
    for name in ("training-list", "commitment-list", "report-list", "secondment-list", "body-list"):
        assert client.get(reverse(f"cadres:{name}")).status_code == 200, name
    pages = [
        TrainingSession.objects.get().get_absolute_url(),
        Commitment.objects.get().get_absolute_url(),
        QuarterReport.objects.get().get_absolute_url(),
    ]
    for url in pages:
        assert client.get(url).status_code == 200, url
    for url in pages:
        assert signed_in("stranger").get(url).status_code == 403, url


def test_a_commitment_of_another_township_is_not_there(signed_in, records):
    far = PostingFactory(village=records.world.villages[2])
    commitment = Commitment.objects.create(village=far.village, cadre=far.cadre, year=2017)
    assert signed_in("township_clerk").get(commitment.get_absolute_url()).status_code == 404


def test_training_is_work_and_coverage_counts_cadres_in_post(records):
    session = TrainingSession.objects.create(
        mode="rotation", title="专题轮训", starts_on=date(2017, 9, 12), ends_on=date(2017, 9, 12), place="党校", organizer=OrganizationFactory()
    )
    services.attend(session=session, cadres=[records.member], means="list", by=records.people["org_department"])
    assert services.attend(session=session, cadres=[records.member], means="list", by=records.people["org_department"]) == 0
    assert TrainingAttendance.objects.count() == 1
    assert records.member.postings.get().pk
    assert figures.get("training_coverage_pct").compute(today()) == 50
    assert figures.get("training_attendances").bound == "lower"
    found = scoring_inputs.get("sessions_attended").compute([records.member.pk, records.leader.pk], date(2017, 1, 1), today())
    assert [found[cadre.pk].value for cadre in (records.member, records.leader)] == [1, 0]


def test_a_commitment_is_signed_with_three_items_that_make_a_hundred(records):
    commitment = services.open_commitment(village=records.posting.village, cadre=None, year=2017, by=records.leader.user)
    item = {"text": "走访", "measure": "每月一次", "due_quarter": 3}
    for weight in (40, 30):
        services.save_item(commitment=commitment, item=None, by=records.leader.user, weight=weight, **item)
    with pytest.raises(services.CadresError, match="3 至 8 项"):
        services.sign_commitment(commitment=commitment, signed_on=today(), by=records.leader.user)
    last = services.save_item(commitment=commitment, item=None, by=records.leader.user, weight=20, **item)
    with pytest.raises(services.CadresError, match="现为 90"):
        services.sign_commitment(commitment=commitment, signed_on=today(), by=records.leader.user)
    services.save_item(commitment=commitment, item=last, by=records.leader.user, weight=30)
    services.sign_commitment(commitment=commitment, signed_on=today(), by=records.leader.user)
    with pytest.raises(services.CadresError, match="已签订"):
        services.save_item(commitment=commitment, item=last, by=records.leader.user, weight=10)


def test_a_quarterly_report_draws_its_numbers_and_is_checked_by_the_township(records):
    report = QuarterReport.objects.get()
    services.write_report(report=report, problems="无", next_plan="继续走访", progress={}, by=records.member.user)
    services.submit_report(report=report, by=records.member.user)
    report.refresh_from_db()
    assert {row["key"] for row in report.numbers} >= {"duty_absences", "late_returns"}
    records.say(report, "township_checker")
    assert report.state == "accepted"


def test_a_sign_is_confirmed_only_when_the_cadre_was_heard(records):
    from workflow.services import StillMissing

    sign = services.propose_sign(cadre=records.member, kind="commuting", grounds="8月签到均在白天", by=records.people["township_checker"])
    with pytest.raises(StillMissing, match="还没有申辩"):
        records.say(sign, "org_department")
    services.make_statement(sign=sign, statement="住在村里,早晚无信号", by=records.member.user)
    records.say(sign, "org_department")
    assert sign.state == "confirmed"


def test_the_cadre_answers_on_the_page_and_nobody_for_them(signed_in, records):
    url = reverse("cadres:sign-create", args=[records.leader.pk])
    response = signed_in("township_checker").post(url, {"kind": "nominal", "grounds": "8月缺勤5天"})
    sign = records.leader.signs.get()
    assert response.url == sign.get_absolute_url()
    statement = reverse("cadres:sign-statement", args=[sign.pk])
    assert signed_in("township_clerk").post(statement, {"statement": "代答"}).status_code == 403
    assert signed_in("village_cadre").post(statement, {"statement": "在州里开会"}).status_code == 302
    sign.refresh_from_db()
    assert sign.statement == "在州里开会"
