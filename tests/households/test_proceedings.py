"""A household's life in the office: applied, surveyed, voted on, published, compared, registered; its exit, removal, watching."""

import io
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from PIL import Image

from core import clock
from core.checks.identity import make_id_number
from core.clock import today
from households import services
from households.models import HandbookIssue, Household, MonitorCase, PovertyLine, Proceeding, ReviewMeeting, ReviewVote
from households.rules.review import Votes
from tests.factories import HouseholdFactory, IncomeFactory, LivingFactory, MemberFactory, UserFactory, grant
from workflow import services as flow
from workflow.models import PublicNotice

Kind = Proceeding.Kind


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "JPEG")
    return buffer.getvalue()


def application(name="申请一", serial=101):
    number = make_id_number("999999", date(1975, 5, 5), serial)
    member = {"name": name, "sex": "1", "birth_on": date(1975, 5, 5), "relation": "01", "health": ["1"], "labour": "1", "id_number": number,
              "medical_insured": True}  # fmt: skip
    household = {"attribute": "01", "cause_main": "07", "applied_on": today()}
    return services.HouseholdInput(household=household, members=[member])


@pytest.fixture
def office(world):
    """Who acts at each step, and the sources every comparison asks."""
    services.ensure_sources()
    return world.people


@pytest.fixture
def applied(world, office):
    return services.apply(village=world.villages[0], data=application(), reason="因缺技术", by=office["village_committee"], day=today())


def at(proceeding) -> str:
    proceeding.refresh_from_db()
    proceeding.case.refresh_from_db()
    return proceeding.case.step.code if proceeding.case.step else proceeding.case.state


def bring(proceeding, by, *labels):
    proceeding.case.refresh_from_db()
    for label in labels:
        flow.add_evidence(case=proceeding.case, label=label, file=image(), by=by)


def survey(proceeding, by):
    services.record_survey(
        proceeding=proceeding, surveyed_on=today(), first_surveyor="村干部甲", second_surveyor="队员乙", population_note="常住一人", property_note="土房三间",
        income_note="务工一万元", by=by,
    )  # fmt: skip
    flow.advance(case=proceeding.case, by=by)


def vote(proceeding, by, votes=Votes(20, 3, 1), **more):
    meeting = {"held_on": today(), "place": "村委会", "chair": "村支书", "due_count": 30, "present_count": 24, "minutes": image()} | more
    return services.hold_review(village=proceeding.village, kind=proceeding.kind, votes={proceeding.pk: votes}, by=by, **meeting)


def rows_at(village, kind, step, user):
    return services.waiting_at(village=village, kind=kind, codes=[step], user=user)


def publish(proceeding, step, by):
    notice = services.publish_step(
        village=proceeding.village, kind=proceeding.kind, step=step, proceedings=rows_at(proceeding.village, proceeding.kind, step, by),
        starts_on=today(), by=by,
    )  # fmt: skip
    for posting in notice.postings.all():
        flow.post_notice(notice=notice, place="村务公开栏", posted_on=today(), photo=image(), by=by, village=posting.village)
    return notice


def after(notice):
    """The day a notice is over: taken down, and everybody may go on."""
    day = notice.ends_on + timedelta(days=1)
    flow.take_down_ended(day)
    return clock.on(day)


def publish_and_pass(proceeding, step, by):
    notice = publish(proceeding, step, by)
    with after(notice):
        passed, left = services.pass_notices(proceedings=rows_at(proceeding.village, proceeding.kind, step, by), by=by)
    assert (passed, left) == (1, [])
    return notice


def compare(proceeding, office):
    from households.models import CrossCheckResult, CrossCheckSource

    for source in CrossCheckSource.objects.filter(is_required=True):
        request = services.request_check(source=source, organization=office["sector_department"].organization or make_office(office),
                                         households=[proceeding.household_id], purpose="识别", by=office["bureau_clerk"])  # fmt: skip
        CrossCheckResult.objects.filter(request=request).update(result="none")


def make_office(office):
    from tests.factories import OrganizationFactory

    user = office["sector_department"]
    user.organization = OrganizationFactory(name="测试公安局")
    user.save()
    return user.organization


def to_registration(proceeding, office):
    team, committee = office["village_cadre"], office["village_committee"]
    bring(proceeding, committee, "申请书", "信息比对授权书")
    flow.advance(case=proceeding.case, by=committee)
    survey(proceeding, team)
    vote(proceeding, team)
    publish_and_pass(proceeding, "notice", team)
    flow.advance(case=proceeding.case, by=office["township_checker"], opinion="符合条件")
    compare(proceeding, office)
    flow.advance(case=proceeding.case, by=office["bureau_clerk"])
    publish_and_pass(proceeding, "second_notice", office["township_clerk"])
    services.set_document(proceeding=proceeding, document_number="格扶组〔2017〕9号", by=office["bureau_approver"])
    flow.advance(case=proceeding.case, by=office["bureau_approver"])
    publish_and_pass(proceeding, "announcement", office["bureau_clerk"])


# --- identification -------------------------------------------------------------------------------
def test_an_applicant_is_in_no_figure_and_in_no_list_before_registration(applied):
    household = applied.household
    assert household.household_code is None
    assert not Household.objects.active().filter(pk=household.pk).exists()
    assert not Household.objects.registered_by(today()).filter(pk=household.pk).exists()
    assert Household.objects.applied().get() == household


def test_an_application_goes_through_ten_steps_to_a_code_and_two_handbooks(applied, office):
    assert applied.case.procedure.steps.count() == 10
    to_registration(applied, office)
    assert at(applied) == "registration"
    with pytest.raises(flow.StillMissing, match="建档立卡"):
        flow.advance(case=applied.case, by=office["township_clerk"])
    services.register_identified(
        proceeding=applied, identified_on=today(), national_number="A001", province_number="B001", received_by="申请一", by=office["township_clerk"]
    )
    assert at(applied) == "done"
    household = Household.objects.active().get(pk=applied.household_id)
    assert household.household_code == f"{household.village.code}0001"
    assert applied.outcome == "admitted"
    assert set(HandbookIssue.objects.values_list("kind", "number")) == {("national", "A001"), ("province", "B001")}


def test_a_case_page_tells_the_whole_way_and_what_is_missing(applied, office, signed_in):
    page = signed_in("village_cadre").get(applied.get_absolute_url()).content.decode()
    assert "申请一" in page
    assert "农户申请" in page
    assert "建档立卡" in page


def test_a_lost_vote_ends_the_application_with_step_and_reason(applied, office):
    bring(applied, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=office["village_committee"])
    survey(applied, office["village_cadre"])
    _, carried, lost = vote(applied, office["village_cadre"], Votes(12, 12, 0))
    assert (carried, lost) == (0, 1)
    assert at(applied) == "refused"
    assert (applied.outcome, applied.closed_step) == ("declined", "民主评议")
    assert "同意 12 票,未过半数" in applied.closed_reason
    household = applied.household
    household.refresh_from_db()
    assert household.end_reason == "declined"
    again = services.apply(village=household.village, data=application(), reason="再次申请", by=office["village_committee"], day=today())
    assert again.outcome == "running"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"due_count": 37}, "不足三分之二"),
        ({"present_count": 40, "due_count": 30}, "实到人数不能多于"),
        ({"held_on": date(2090, 1, 1)}, "不能晚于今天"),
    ],
)
def test_a_meeting_that_cannot_decide_writes_nothing(applied, office, change, words):
    bring(applied, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=office["village_committee"])
    survey(applied, office["village_cadre"])
    with pytest.raises(services.HouseholdsError, match=words):
        vote(applied, office["village_cadre"], **change)
    assert not ReviewMeeting.objects.exists()
    with pytest.raises(services.HouseholdsError, match="与实到 24 人不符"):
        vote(applied, office["village_cadre"], Votes(20, 0, 0))
    assert not ReviewVote.objects.exists()


def test_a_step_out_of_order_is_refused(applied, office):
    with pytest.raises(services.HouseholdsError, match="现在在“农户申请”"):
        services.record_survey(proceeding=applied, surveyed_on=today(), first_surveyor="甲", second_surveyor="乙", population_note="一", property_note="二",
                               income_note="三", by=office["village_cadre"])  # fmt: skip
    with pytest.raises(services.HouseholdsError, match="现在在“农户申请”"):
        services.set_document(proceeding=applied, document_number="一号", by=office["bureau_approver"])
    with pytest.raises(services.HouseholdsError, match="现在在“农户申请”"):
        services.register_identified(proceeding=applied, identified_on=today(), national_number="1", province_number="2", received_by="甲",
                                     by=office["township_clerk"])  # fmt: skip


def test_who_applies_does_not_check_or_decide(applied, office):
    committee = office["village_committee"]
    grant(committee, "township_checker", applied.village.township)
    bring(applied, committee, "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=committee)
    survey(applied, office["village_cadre"])
    vote(applied, office["village_cadre"])
    assert at(applied) == "notice"
    applied.case.step = applied.case.procedure.steps.get(code="township")
    applied.case.save()
    with pytest.raises(flow.NotYours, match="自己申请或发起"):
        flow.advance(case=applied.case, by=committee)


def test_one_person_is_not_a_survey(applied, office):
    bring(applied, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=office["village_committee"])
    with pytest.raises(services.HouseholdsError, match="两位不同的调查人"):
        services.record_survey(proceeding=applied, surveyed_on=today(), first_surveyor="甲", second_surveyor="甲", population_note="一", property_note="二",
                               income_note="三", by=office["village_cadre"])  # fmt: skip
    with pytest.raises(flow.StillMissing, match="入户调查"):
        flow.advance(case=applied.case, by=office["village_cadre"])


# --- notices --------------------------------------------------------------------------------------
@pytest.fixture
def at_notice(applied, office):
    bring(applied, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=office["village_committee"])
    survey(applied, office["village_cadre"])
    vote(applied, office["village_cadre"])
    return applied


def test_a_notice_names_the_household_masks_it_on_the_web_and_closes_its_record(at_notice, office):
    notice = publish(at_notice, "notice", office["village_cadre"])
    assert "应到 30 人、实到 24 人" in notice.body
    assert notice.lines[0]["cells"][1] == "申请一"
    with pytest.raises(services.HouseholdsError, match="正在公示"):
        services.save_household(
            household=at_notice.household, village=at_notice.village, data=application(), by=office["township_clerk"], today=today()
        )


def test_only_an_objection_that_was_taken_up_stops_the_case(at_notice, office):
    team = office["village_cadre"]
    notice = publish(at_notice, "notice", team)
    objection = flow.object_to(
        notice=notice, line_key=at_notice.case.number, content="他家有轿车没有申报", channel="visit", received_on=today(), by=team
    )
    flow.take_up(objection=objection, reason="需核查", by=office["village_committee"])
    with after(notice):
        passed, left = services.pass_notices(proceedings=rows_at(at_notice.village, at_notice.kind, "notice", team), by=team)
        assert passed == 0
        assert "已受理的异议没有办结" in left[0]
        flow.resolve_objection(objection=objection, result="经核查,车辆已报废", upheld=False, by=office["village_committee"])
        passed, left = services.pass_notices(proceedings=rows_at(at_notice.village, at_notice.kind, "notice", team), by=team)
        assert (passed, left) == (1, [])


def test_an_upheld_objection_keeps_its_household_and_lets_the_neighbour_go(at_notice, office):
    team = office["village_cadre"]
    other = services.apply(village=at_notice.village, data=application("申请二", 103), reason="因残", by=office["village_committee"], day=today())
    bring(other, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=other.case, by=office["village_committee"])
    survey(other, team)
    vote(other, team)
    notice = publish(at_notice, "notice", team)
    assert len(notice.lines) == 2
    objection = flow.object_to(notice=notice, line_key=at_notice.case.number, content="他家有商铺出租", channel="visit", received_on=today(), by=team)
    flow.take_up(objection=objection, reason="需核查", by=office["village_committee"])
    flow.resolve_objection(objection=objection, result="属实", upheld=True, by=office["village_committee"])
    with after(notice):
        passed, left = services.pass_notices(proceedings=rows_at(at_notice.village, at_notice.kind, "notice", team), by=team)
    assert passed == 1
    assert "查实成立" in left[0]
    assert at(other) == "township"


def test_a_notice_ended_early_is_published_again(at_notice, office):
    team = office["village_cadre"]
    notice = publish(at_notice, "notice", team)
    with pytest.raises(flow.StillMissing, match="尚未期满"):
        flow.advance(case=at_notice.case, by=team)
    flow.end_notice(notice=notice, reason="名单有误", by=office["township_checker"])
    with pytest.raises(flow.StillMissing, match="还没有发布公示"):
        flow.advance(case=at_notice.case, by=team)
    again = publish(at_notice, "notice", team)
    assert again.number != notice.number
    with pytest.raises(services.HouseholdsError, match="已经公示"):
        services.publish_step(village=at_notice.village, kind=Kind.IDENTIFICATION, step="notice", proceedings=rows_at(at_notice.village, Kind.IDENTIFICATION, "notice", team),
                              starts_on=today(), by=team)  # fmt: skip
    assert PublicNotice.objects.filter(state="running").count() == 1


# --- exit -----------------------------------------------------------------------------------------
@pytest.fixture
def registered(world, office):
    household = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=household, name="在册一", medical_insured=True)
    IncomeFactory(household=household, year=today().year, a1=9000)
    LivingFactory(household=household, year=today().year, water_safe=True, domestic_power=True, broadcast=True)
    PovertyLine.objects.create(year=today().year, series="working", amount=3335)
    return household


def test_the_sheet_of_checks_says_what_the_register_shows(registered, office):
    proceeding = services.open_proceeding(household=registered, kind=Kind.EXIT, reason="收入稳定", by=office["village_committee"])
    said = services.exit_suggestions(proceeding)
    assert said["01"].met is True
    assert "9,000.00" in said["01"].words
    assert said["04"].met is True
    assert said["02"].met is None


def test_an_exit_needs_every_check_and_the_householders_consent(registered, office):
    committee, team = office["village_committee"], office["village_cadre"]
    proceeding = services.open_proceeding(household=registered, kind=Kind.EXIT, reason="收入稳定", by=committee)
    vote(proceeding, team)
    survey(proceeding, team)
    bring(proceeding, team, "户主认可书(签字或手印)")
    met = {f"{n:02d}": (True, "入户核实") for n in range(1, 11)}
    services.save_exit_checks(proceeding=proceeding, answers=met, by=team)
    with pytest.raises(flow.StillMissing, match="还有 1 项没有核实:户主认可"):
        flow.advance(case=proceeding.case, by=team)
    services.save_exit_checks(proceeding=proceeding, answers={"11": (False, "户主不同意")}, by=team)
    with pytest.raises(flow.StillMissing, match="户主认可不达标"):
        flow.advance(case=proceeding.case, by=team)
    services.save_exit_checks(proceeding=proceeding, answers={"11": (True, "认可书已签字")}, by=team)
    flow.advance(case=proceeding.case, by=team)
    publish_and_pass(proceeding, "notice", team)
    registered.refresh_from_db()
    assert registered.poverty_status == "3"
    flow.advance(case=proceeding.case, by=office["township_checker"])
    services.set_document(proceeding=proceeding, document_number="格扶组〔2017〕10号", by=office["bureau_approver"])
    flow.advance(case=proceeding.case, by=office["bureau_approver"])
    publish_and_pass(proceeding, "announcement", office["bureau_clerk"])
    flow.advance(case=proceeding.case, by=office["township_clerk"])
    registered.refresh_from_db()
    assert (registered.poverty_status, registered.exit_year) == ("2", today().year)
    with pytest.raises(services.HouseholdsError, match="已经脱贫"):
        services.open_proceeding(household=registered, kind=Kind.EXIT, reason="再来", by=committee)


def test_a_second_proceeding_of_the_kind_waits_for_the_first(registered, office):
    services.open_proceeding(household=registered, kind=Kind.REMOVAL, reason="有商铺", by=office["village_committee"])
    with pytest.raises(services.HouseholdsError, match="正在办理"):
        services.open_proceeding(household=registered, kind=Kind.REMOVAL, reason="有商铺", by=office["village_committee"])
    with pytest.raises(IntegrityError, match="proceeding_one_running_per_kind"), transaction.atomic():
        first = Proceeding.objects.get()
        case = flow.start_case(kind="removal", title="另一件", village=registered.village, by=office["village_committee"], day=today())
        Proceeding.objects.create(kind="removal", household=registered, village=registered.village, case=case, year=2017, started_on=first.started_on)


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"outcome": "admitted"}, "proceeding_closed_iff_ended"),
        ({"outcome": "declined", "closed_on": date(2030, 1, 1)}, "proceeding_declined_with_reason"),
        ({"outcome": "admitted", "closed_on": date(2000, 1, 1)}, "proceeding_closed_after_started"),
    ],
)
def test_how_a_proceeding_ends_is_held_by_the_database(applied, values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Proceeding.objects.filter(pk=applied.pk).update(**values)


def test_votes_belong_to_the_meeting_and_add_up(at_notice):
    ballot = at_notice.vote
    with pytest.raises(IntegrityError, match="review_vote_everybody_once"), transaction.atomic():
        ReviewVote.objects.filter(pk=ballot.pk).update(agree=30)
    with pytest.raises(IntegrityError, match="review_vote_of_its_meeting"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("update households_reviewvote set present_count = 30, agree = 26 where id = %s", [ballot.pk])
        cursor.execute("set constraints all immediate")
    with pytest.raises(IntegrityError, match="review_meeting_quorum"), transaction.atomic():
        ReviewMeeting.objects.update(due_count=60)


# --- removal, return, watching --------------------------------------------------------------------
def test_a_removed_household_leaves_the_register_with_its_members(registered, office):
    committee, team = office["village_committee"], office["village_cadre"]
    proceeding = services.open_proceeding(household=registered, kind=Kind.REMOVAL, reason="有商铺", by=committee)
    bring(proceeding, team, "识别不准的证据")
    survey(proceeding, team)
    vote(proceeding, team)
    publish_and_pass(proceeding, "notice", team)
    flow.advance(case=proceeding.case, by=office["township_checker"])
    services.set_document(proceeding=proceeding, document_number="格扶组〔2017〕11号", recover_benefits=True, by=office["bureau_approver"])
    flow.advance(case=proceeding.case, by=office["bureau_approver"])
    registered.refresh_from_db()
    assert (registered.poverty_status, registered.end_reason) == ("5", "removed")
    assert not registered.members.filter(left_on=None).exists()


def watch(household, office, **more):
    values = {"category": "3", "risks": ["01", "06"], "source": "2", "warned_on": today(), "reason": "突发大病"} | more
    return services.open_monitoring(household=household, by=office["village_committee"], **values)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"category": "1"}, "必须是已脱贫"), ({"category": "2"}, "不能认定为边缘易致贫户"), ({"risks": []}, "至少选择一项"), ({"risks": ["01", "01"]}, "不能重复"),
     ({"risks": ["01", "02", "03", "04", "05", "06"]}, "最多选 5 项"), ({"warned_on": date(2090, 1, 1)}, "不能晚于今天")],
)  # fmt: skip
def test_who_cannot_be_watched_as_such_is_told(registered, office, change, words):
    with pytest.raises(services.HouseholdsError, match=words):
        watch(registered, office, **change)
    assert not MonitorCase.objects.exists()


def test_a_watched_household_is_recognised_and_its_risk_ends_on_its_conditions(registered, office):
    team = office["village_cadre"]
    proceeding = watch(registered, office)
    survey(proceeding, team)
    bring(proceeding, team, "承诺授权书")
    flow.advance(case=proceeding.case, by=team)
    compare(proceeding, office)
    flow.advance(case=proceeding.case, by=office["bureau_clerk"])
    vote(proceeding, team)
    publish_and_pass(proceeding, "notice", team)
    flow.advance(case=proceeding.case, by=office["township_checker"])
    services.set_document(proceeding=proceeding, document_number="格防返贫〔2021〕1号", by=office["bureau_approver"])
    flow.advance(case=proceeding.case, by=office["bureau_approver"])
    flow.advance(case=proceeding.case, by=office["township_clerk"])
    monitor = MonitorCase.objects.get()
    assert monitor.recognised_on == today()
    assert services.possible_kinds(registered)[-1] == Kind.CLEARING
    clearing = services.start(household=registered, kind=Kind.CLEARING, how="1", reason="收入恢复", by=office["village_committee"])
    lacks = services.clearing_lacks(clearing)
    assert "认定不满 180 天" in lacks[0]
    assert "缺少本年度收入或监测线" in lacks[1]


def test_a_household_without_workforce_is_not_cleared(registered, office):
    proceeding = watch(registered, office, no_workforce=True)
    MonitorCase.objects.update(recognised_on=today())
    with pytest.raises(services.HouseholdsError, match="暂不标注风险消除"):
        services.open_clearing(monitor=proceeding.monitor, how="1", reason="试", by=office["village_committee"])
    with pytest.raises(IntegrityError, match="monitor_case_without_workforce_not_cleared"), transaction.atomic():
        MonitorCase.objects.update(cleared_on=today(), cleared_how="1")


# --- handbooks ------------------------------------------------------------------------------------
def test_a_lost_handbook_is_replaced_and_both_stay(registered, office):
    clerk = office["township_clerk"]
    first = services.issue_handbook(household=registered, kind="national", number="N1", issued_on=today(), received_by="在册一", by=clerk)
    with pytest.raises(services.HouseholdsError, match="手中已有"):
        services.issue_handbook(household=registered, kind="national", number="N2", issued_on=today(), received_by="在册一", by=clerk)
    services.end_handbook(issue=first, end_reason="lost", ended_on=today(), by=clerk)
    second = services.issue_handbook(
        household=registered, kind="national", number="N2", issued_on=today(), received_by="在册一", replaces=first, by=clerk
    )
    assert second.replaces == first
    other = HouseholdFactory(village=registered.village)
    MemberFactory(household=other)
    with pytest.raises(services.HouseholdsError, match="N2 已发放"):
        services.issue_handbook(household=other, kind="national", number="N2", issued_on=today(), received_by="乙", by=clerk)


# --- pages ----------------------------------------------------------------------------------------
def test_the_pages_of_a_village_and_a_household(at_notice, signed_in, registered):
    client = signed_in("village_cadre")
    work = client.get(reverse("households:village-work", args=[at_notice.village_id])).content.decode()
    assert "村内公示" in work
    assert "发布公示" in work
    listed = client.get(reverse("households:proceeding-list")).content.decode()
    assert at_notice.case.number in listed
    tab = client.get(reverse("households:proceedings", args=[registered.pk])).content.decode()
    assert "办理贫困户退出" in tab


def test_the_survey_form_keeps_what_was_typed_and_shows_errors(applied, office, signed_in):
    bring(applied, office["village_committee"], "申请书", "信息比对授权书")
    flow.advance(case=applied.case, by=office["village_committee"])
    client = signed_in("village_cadre")
    address = reverse("households:survey", args=[applied.pk])
    values = {
        "surveyed_on": str(today()),
        "first_surveyor": "甲",
        "second_surveyor": "甲",
        "population_note": "一人",
        "property_note": "无",
        "income_note": "少",
    }
    answer = client.post(address, values)
    assert answer.status_code == 200
    assert "两位不同的调查人" in answer.content.decode()
    assert client.post(address, values | {"second_surveyor": "乙"}).status_code == 302


def test_another_township_neither_sees_nor_acts(applied, office, client):
    stranger = UserFactory(username="far-team")
    grant(stranger, "village_cadre", Household.objects.get(pk=applied.household_id).village.township.parent.children.last())
    client.force_login(stranger, backend="accounts.backends.NameAndPassword")
    assert client.get(reverse("households:survey", args=[applied.pk])).status_code == 404
    assert client.get(reverse("households:village-work", args=[applied.village_id])).status_code == 404
