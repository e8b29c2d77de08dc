"""Days are expected first, filled by what happens, and closed; check-ins, sheets, corrections."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cadres import services
from cadres.models import AttendanceDay, AttendanceMonth, Correction, Presence, PresencePosition
from cadres.services import Place
from core.clock import today
from tests.factories import CadreFactory, PostingFactory

FRIDAY = date(2017, 9, 15)
NO_PLACE = Place("unavailable")


@pytest.fixture
def posting(world):
    """The village's first secretary, with an account, since the first of September."""
    cadre = CadreFactory(user=world.people["village_cadre"])
    return PostingFactory(cadre=cadre, village=world.villages[0], role="first_secretary", started_on=date(2017, 9, 1))


def settle(posting, since=date(2017, 9, 1), until=date(2017, 9, 30)):
    return services.settle_days(cadres=[posting.cadre_id], since=since, until=until, today=today())


def codes(posting):
    return "".join(AttendanceDay.objects.filter(cadre=posting.cadre_id).order_by("day_on").values_list("code", flat=True))


def check_in(posting, *, days_ago=0, place=NO_PLACE, key=None, taken=None, sent=None, **more):
    now = timezone.now()
    at = now - timedelta(days=days_ago)
    return services.check_in(cadre=posting.cadre, key=key or uuid4(), taken=taken or at, sent=sent or now, received=now, place=place,
                             by=posting.cadre.user, **more)  # fmt: skip


def test_every_day_of_a_posting_is_there_before_anything_happens(posting):
    settle(posting)
    # 1 September is a Friday; what is older than the days of grace is missing, the last days are open, 30 September is a working day
    assert codes(posting) == "ATT" + "AAAAATT" * 3 + "AANNNN"


def test_settling_again_changes_nothing(posting):
    assert settle(posting) == 30
    assert settle(posting) == 0


def test_a_posting_that_ends_in_the_month_has_no_days_after_it(posting, world):
    settle(posting)
    services.end_posting(posting=posting, ended_on=FRIDAY, end_reason="exchange", by=world.people["org_department"])
    assert codes(posting) == "ATT" + "AAAAATT" + "AAAAA"


def test_a_leap_day_is_a_day(world):
    posting = PostingFactory(village=world.villages[0], started_on=date(2016, 2, 28))
    settle(posting, date(2016, 2, 1), date(2016, 3, 1))
    assert list(AttendanceDay.objects.order_by("day_on").values_list("day_on", "code")) == [
        (date(2016, 2, 28), "T"), (date(2016, 2, 29), "A"), (date(2016, 3, 1), "A"),
    ]  # fmt: skip


def test_a_check_in_fills_the_day(posting):
    presence, is_new = check_in(posting)
    assert is_new
    assert presence.day_on == today()
    day = AttendanceDay.objects.get(cadre=posting.cadre, day_on=today())
    assert (day.code, day.source, day.presence_id) == ("V", "presence", presence.pk)


def test_a_request_sent_again_is_the_same_check_in(posting):
    key = uuid4()
    first, _ = check_in(posting, key=key)
    again, is_new = check_in(posting, key=key)
    assert (again.pk, is_new) == (first.pk, False)
    assert Presence.objects.count() == 1


def test_a_check_in_kept_on_the_phone_counts_for_its_own_day_and_is_marked_late(posting):
    presence, _ = check_in(posting, days_ago=2)
    assert presence.day_on == today() - timedelta(days=2)
    assert presence.is_late


def test_a_clock_a_day_off_does_not_move_the_day(posting):
    wrong = timezone.now() + timedelta(days=1)
    presence, _ = check_in(posting, taken=wrong, sent=wrong)
    assert presence.day_on == today()
    assert presence.skew_seconds > 80_000


def test_a_moved_clock_and_too_long_a_wait_are_refused(posting):
    now = timezone.now()
    for taken in (now + timedelta(hours=1), now - timedelta(hours=80)):
        with pytest.raises(services.CadresError, match="纸质签到册"):
            check_in(posting, taken=taken, sent=now)
    assert not Presence.objects.exists()


def near(posting, metres_north=0):
    village = posting.village
    village.longitude, village.latitude = Decimal("94.900000"), Decimal("36.400000")
    village.save()
    return Place("given", Decimal("94.9"), Decimal("36.4") + Decimal(metres_north) / 111_000, 30)


def test_a_position_in_the_village_is_a_witness_and_is_kept_apart(posting):
    presence, _ = check_in(posting, place=near(posting, 500))
    assert presence.counts
    assert presence.witness == "position"
    assert 450 < presence.distance_m < 550
    assert PresencePosition.objects.get().point.startswith("94.9,")


def test_a_position_far_away_is_kept_and_does_not_count(posting):
    presence, _ = check_in(posting, place=near(posting, 60_000))
    assert not presence.counts
    assert AttendanceDay.objects.get(day_on=today()).code == "N"


def test_a_position_in_the_ocean_is_not_believed(posting):
    presence, _ = check_in(posting, place=Place("given", Decimal("-150"), Decimal("0"), 10))
    assert presence.position == "implausible"
    assert not presence.counts
    assert not PresencePosition.objects.exists()


def test_a_refused_position_counts_and_says_so(posting):
    presence, _ = check_in(posting, place=Place("refused"))
    assert presence.counts
    assert presence.position == "refused"
    assert presence.witness == ""


def test_travel_between_two_check_ins_is_measured(posting):
    check_in(posting, place=near(posting))
    presence, _ = check_in(posting, place=near(posting, 7_000))
    assert presence.speed_kmh > 400


def test_nobody_checks_in_for_another_or_without_a_posting(posting, world):
    with pytest.raises(services.CadresError, match="本人"):
        services.check_in(cadre=posting.cadre, key=uuid4(), taken=timezone.now(), sent=timezone.now(), received=timezone.now(), place=NO_PLACE,
                          by=world.people["village_committee"])  # fmt: skip
    services.end_posting(posting=posting, ended_on=FRIDAY, end_reason="exchange", by=world.people["org_department"])
    with pytest.raises(services.CadresError, match="没有派驻"):
        check_in(posting)


def test_a_day_takes_so_many_check_ins_and_no_more(posting):
    for _ in range(8):
        check_in(posting)
    with pytest.raises(services.CadresError, match="8 次"):
        check_in(posting)


def test_the_paper_sheet_is_typed_by_another(posting, world):
    days = [date(2017, 9, 14), FRIDAY, FRIDAY]
    assert services.enter_sheet(posting=posting, days=days, by=world.people["township_clerk"]) == 2
    assert services.enter_sheet(posting=posting, days=days, by=world.people["township_clerk"]) == 0
    assert set(AttendanceDay.objects.filter(day_on__in=days).values_list("code", flat=True)) == {"V"}
    for day, words in ((today() + timedelta(days=1), "还没有到"), (date(2017, 8, 1), "派驻期")):
        with pytest.raises(services.CadresError, match=words):
            services.enter_sheet(posting=posting, days=[day], by=world.people["township_clerk"])
    with pytest.raises(services.CadresError, match="其他工作人员"):
        services.enter_sheet(posting=posting, days=days, by=posting.cadre.user)


def test_what_the_cadre_typed_alone_needs_a_second_witness(posting, world):
    def record(number, **more):
        return services.record_presence(cadre=posting.cadre, day=FRIDAY, kind="visit", source_table="visits", source_id=number, **more)

    alone = record(1, by=posting.cadre.user)
    settle(posting)
    assert not alone.counts
    assert AttendanceDay.objects.get(day_on=FRIDAY).code == "A"
    record(2, by=posting.cadre.user, witness="villager")
    assert AttendanceDay.objects.get(day_on=FRIDAY).code == "V"
    assert record(2, by=world.people["township_clerk"]).pk != alone.pk
    assert Presence.objects.count() == 2, "a source counts once"


def test_a_day_is_corrected_by_a_reverse_entry_of_somebody_else(posting, world):
    settle(posting)
    checker = world.people["township_checker"]
    services.correct_day(cadre=posting.cadre, day=FRIDAY, code="B", reason="参加市里会议,会议通知补交", by=checker)
    day = AttendanceDay.objects.get(day_on=FRIDAY)
    assert (day.code, day.source) == ("B", "correction")
    services.correct_day(cadre=posting.cadre, day=FRIDAY, code="A", reason="核实未参加会议", by=checker)
    assert list(Correction.objects.order_by("id").values_list("was", "code")) == [("A", "B"), ("B", "A")]
    with pytest.raises(services.CadresError, match="相同"):
        services.correct_day(cadre=posting.cadre, day=FRIDAY, code="A", reason="再次", by=checker)
    with pytest.raises(services.CadresError, match="本人"):
        services.correct_day(cadre=posting.cadre, day=FRIDAY, code="V", reason="我在", by=posting.cadre.user)
    with pytest.raises(services.CadresError, match="理由"):
        services.correct_day(cadre=posting.cadre, day=FRIDAY, code="V", reason=" ", by=checker)


def filed(posting):
    return AttendanceMonth.objects.create(village=posting.village, month_on=date(2017, 9, 1), state="filed", closed_days=True, due_on=date(2017, 10, 5),
                                          filed_on=today(), content_sha256="a" * 64)  # fmt: skip


def test_a_filed_month_changes_by_corrections_only(posting, world):
    settle(posting)
    month = filed(posting)
    assert settle(posting) == 0
    with pytest.raises(services.CadresError, match="已封存"):
        check_in(posting)
    with pytest.raises(services.CadresError, match="已封存"):
        services.enter_sheet(posting=posting, days=[FRIDAY], by=world.people["township_clerk"])
    services.correct_day(cadre=posting.cadre, day=FRIDAY, code="V", reason="签到册补交", by=world.people["township_checker"])
    assert AttendanceDay.objects.get(day_on=FRIDAY).code == "V"
    with pytest.raises(IntegrityError, match="attendance_month_filed_stays"), transaction.atomic():
        AttendanceMonth.objects.filter(pk=month.pk).update(state="draft", closed_days=False, filed_on=None)
    with pytest.raises(IntegrityError, match="attendance_day_closed_with_its_month"), transaction.atomic():
        AttendanceDay.objects.filter(day_on=date(2017, 9, 14)).update(code="V")
    with pytest.raises(IntegrityError, match="attendance_day_closed_with_its_month"), transaction.atomic():
        AttendanceDay.objects.filter(day_on=date(2017, 9, 14)).delete()


def test_the_application_cannot_rewrite_what_happened(posting, world):
    check_in(posting)
    for sql in ("update cadres_presence set counts = true", "delete from cadres_presence", "update cadres_correction set reason = 'x'"):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(sql)


def test_a_spot_check_on_the_spot_is_presence_and_an_excuse_needs_leave(posting, world):
    checker = world.people["township_checker"]
    services.record_spot_check(cadre=posting.cadre, day=FRIDAY, means="on_site", result="present", by=checker)
    assert AttendanceDay.objects.get(day_on=FRIDAY).code == "V"
    with pytest.raises(services.CadresError, match="没有批准"):
        services.record_spot_check(cadre=posting.cadre, day=FRIDAY, means="phone", result="excused", by=checker)
    with pytest.raises(services.CadresError, match="本人"):
        services.record_spot_check(cadre=posting.cadre, day=FRIDAY, means="phone", result="present", by=posting.cadre.user)


def test_positions_go_a_year_after_the_term_and_the_check_in_stays(posting, world):
    check_in(posting, place=near(posting))
    services.end_posting(posting=posting, ended_on=today(), end_reason="term", by=world.people["org_department"])
    assert services.drop_old_positions(day=today() + timedelta(days=300)) == 0
    assert services.drop_old_positions(day=today() + timedelta(days=400)) == 1
    assert Presence.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_check_ins_at_once_are_one_when_they_are_the_same(as_owner):
    from core.scope import acting_as_system
    from tests.factories import make_world

    with acting_as_system(reason="测试"):
        world = make_world()
        cadre = CadreFactory(user=world.people["village_cadre"])
        posting = PostingFactory(cadre=cadre, village=world.villages[0], started_on=date(2017, 9, 1))
    key, gate, answers = uuid4(), Barrier(2), []

    def press():
        gate.wait(10)
        with acting_as_system(reason="测试"):
            answers.append(check_in(posting, key=key)[1])
        connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [False, True]
    assert as_owner("select count(*) from cadres_presence") == [(1,)]


def test_at_least_a_time_is_kept_as_the_phone_meant_it(posting):
    presence, _ = check_in(posting)
    assert timezone.localtime(presence.at).date() == presence.day_on
    assert abs((timezone.localtime(presence.at).time().hour - datetime.now(tz=timezone.get_current_timezone()).hour) % 24) in {0, 1, 23}
