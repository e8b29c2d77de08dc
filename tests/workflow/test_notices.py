"""Notices: frozen at release, hung out with a photo, taken down, their records closed meanwhile."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from core import scope, settings
from households import services as households
from tests.workflow.conftest import STARTS, draft
from workflow import notices as kinds
from workflow import services as flow
from workflow.models import NoticePosting, NoticeRecord, PublicNotice, PublicSnapshot
from workflow.rules import notices as rules

LAST = date(2017, 9, 26)


@pytest.fixture
def checker(world):
    return world.people["township_checker"]


def posted(notice, photo, by, day=STARTS, **more):
    return flow.post_notice(notice=notice, place="村务公开栏", posted_on=day, photo=photo, by=by, day=max(day, STARTS), **more)


# --- release -----------------------------------------------------------------------------------


def test_a_notice_is_numbered_frozen_and_expects_a_posting_of_its_village(notice, world, homes):
    assert (notice.number, notice.ends_on, notice.state) == ("公示〔2017〕1号", LAST, "running")
    assert notice.snapshot_sha256 == rules.digest({name: getattr(notice, name) for name in ("title", "body", "signer", "columns", "lines")})
    assert list(NoticePosting.objects.values_list("village", "posted_on")) == [(world.villages[0].pk, None)]
    assert set(NoticeRecord.objects.values_list("row_id", flat=True)) == {home.pk for home in homes}


def test_numbers_run_on_over_the_city_whoever_publishes(notice, world, homes, checker):
    with scope.acting_as(world.people["village_committee"]):
        second = flow.publish(by=checker, **draft(world, homes[:1]))
    assert second.number == "公示〔2017〕2号"


def test_paper_shows_the_name_and_the_page_never_does(notice):
    assert notice.lines[1]["cells"] == ["2", "欧阳测二", "3"]
    snapshot = PublicSnapshot.objects.get()
    assert [line["cells"][1] for line in snapshot.lines] == ["张*一", "欧阳*二"]
    assert len(snapshot.token) >= 20


def test_the_setting_masks_the_paper_too(world, kind, homes, checker):
    settings.put(key="notice_full_names", value=False, by=None, reason="测试")
    masked = flow.publish(by=checker, **draft(world, homes))
    assert masked.lines[0]["cells"][1] == "张*一"


def test_the_wording_is_filled_and_a_field_nobody_fills_is_named(everywhere, kind):
    title, body = flow.notice_text(kind="t_village", values={"village": "示范一村"}, starts_on=STARTS)
    assert title == "示范一村公示"
    assert body == "示范一村拟定下列各户,公示期 2017年9月20日 至 2017年9月26日(7天)。电话 0979-8412317。"
    settings.put(key="notice_text_t_village", value="{{village}} {{secret}}", by=None, reason="测试")
    with pytest.raises(flow.NoticeError, match="secret"):
        flow.notice_text(kind="t_village", values={"village": "示范一村"}, starts_on=STARTS)


def test_a_value_with_braces_is_not_filled_again():
    assert rules.fill("{{a}} {{b}}", {"a": "{{b}}", "b": "<b>"}) == "{{b}} <b>"


def test_days_and_working_days_over_the_october_holiday(world, kind, homes, checker):
    start = date(2017, 9, 28)
    calendar_days = flow.publish(by=checker, **draft(world, homes[:1], starts_on=start, days=5))
    settings.put(key="notice_working_days_t_village", value=True, by=None, reason="测试")
    working = flow.publish(by=checker, **draft(world, homes[:1], starts_on=start, days=5))
    assert (calendar_days.ends_on, working.ends_on) == (date(2017, 10, 2), date(2017, 10, 10))


def test_a_year_without_announced_holidays_counts_monday_to_friday(world, kind, homes, checker):
    start = date(2031, 9, 30)
    late = flow.publish(by=checker, **draft(world, homes[:1], starts_on=start, day=start, days=5, day_kind="working"))
    assert late.ends_on == date(2031, 10, 6)


FORBIDDEN = [
    ({"body": "联系证件 632801199001011234"}, "正文中有证件号码"),
    ({"lines": [{"key": "1", "cells": ["1", "张测一", "63280119900101123X"]}]}, "第 1 行有证件号码"),
    ({"lines": [{"key": "1", "cells": ["1", "张测一", "13897012345"]}]}, "手机号码"),
    ({"lines": [{"key": "1", "cells": ["1", "张测一", "因病致贫"]}]}, "疾病或残疾"),
    ({"columns": [kinds.NoticeColumn("户主姓名", "name"), kinds.NoticeColumn("主要致贫原因"), kinds.NoticeColumn("人口")]}, "致贫原因"),
    ({"columns": [kinds.NoticeColumn("户主姓名", "name"), kinds.NoticeColumn("出生日期"), kinds.NoticeColumn("人口")]}, "出生日期"),
    ({"starts_on": date(2017, 9, 19)}, "不能早于发布日期"),
    ({"village": None}, "要指明村"),
    ({"level": "township", "village": None}, "要指明乡镇"),
    ({"lines": [{"key": "1", "cells": ["1"]}]}, "每行按栏目填齐"),
    ({"lines": [{"key": "1", "cells": ["1", "张测一", "长" * 201]}]}, "每格不超过"),
    ({"lines": [{"key": "1", "cells": ["1", "a", "1"]}] * 2}, "编号重复"),
    ({"records": [flow.Record("households_household", 2**40, line_key="1")]}, "已不存在"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "words"), FORBIDDEN, ids=[words for _, words in FORBIDDEN])
def test_what_may_not_be_hung_out_is_refused_and_nothing_is_written(world, kind, homes, checker, changes, words):
    wanted = draft(world, homes[:1]) | {"records": []} | changes
    with pytest.raises(flow.NoticeError, match=words), transaction.atomic():
        flow.publish(by=checker, **wanted)
    assert not PublicNotice.objects.exists()


def test_many_are_published_in_sets(world, kind, homes, checker, django_assert_max_num_queries):
    drafts = [flow.NoticeDraft(**{k: v for k, v in draft(world, homes[:1]).items() if k != "day"}) for _ in range(60)]
    with django_assert_max_num_queries(20):
        made = flow.publish_many(drafts=drafts, by=checker, day=STARTS)
    assert [made[0].number, made[-1].number] == ["公示〔2017〕1号", "公示〔2017〕60号"]
    assert PublicSnapshot.objects.count() == NoticePosting.objects.count() == NoticeRecord.objects.count() == 60


@pytest.mark.parametrize("column", ["title", "body", "number", "ends_on", "starts_on", "snapshot_sha256"])
def test_what_a_notice_says_cannot_be_changed_by_the_application(notice, column):
    value = "2017-12-01" if column.endswith("_on") else "改"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        PublicNotice.objects.filter(pk=notice.pk).update(**{column: value})
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        connection.cursor().execute("delete from workflow_publicnotice")


# --- posting -----------------------------------------------------------------------------------


def test_a_posting_takes_a_photo_and_a_second_place_is_a_row_more(notice, photo, world):
    cadre = world.people["village_cadre"]
    first = posted(notice, photo, cadre)
    assert first.pk == NoticePosting.objects.get().pk, "the expected one is filled"
    posted(notice, photo, cadre, date(2017, 9, 21))
    assert NoticePosting.objects.count() == 2
    assert first.photo.village_id == world.villages[0].pk


@pytest.mark.parametrize(
    ("day", "today", "words"),
    [(date(2017, 9, 19), STARTS, "之后"), (date(2017, 9, 22), date(2017, 9, 21), "晚于今天"), (date(2017, 9, 27), date(2017, 9, 28), "之前")],
)
def test_a_posting_day_that_cannot_be_is_refused(notice, photo, checker, day, today, words):
    with pytest.raises(flow.NoticeError, match=words):
        flow.post_notice(notice=notice, place="公开栏", posted_on=day, photo=photo, by=checker, day=today)


def test_a_file_that_is_no_photo_is_refused_and_nothing_is_posted(notice, checker):
    with pytest.raises(flow.WorkflowError, match="类型不对"), transaction.atomic():
        posted(notice, b"%PDF-1.7 ...", checker)
    assert NoticePosting.objects.get().posted_on is None


def test_a_village_the_notice_is_not_about_posts_nothing(notice, photo, world, checker):
    with pytest.raises(flow.NoticeError, match="不在这份公示的范围"):
        posted(notice, photo, checker, village=world.villages[1])


def test_paper_comes_down_only_after_the_days(notice, photo, checker):
    posting = posted(notice, photo, checker)
    with pytest.raises(flow.NoticeError, match="期满前不能撤下"):
        flow.take_down(posting=posting, taken_down_on=LAST, by=checker, day=LAST)
    assert flow.take_down(posting=posting, taken_down_on=LAST + timedelta(days=1), by=checker, day=LAST + timedelta(days=1)).taken_down_on
    with pytest.raises(flow.NoticeError, match="已登记撤下"):
        flow.take_down(posting=posting, taken_down_on=date(2017, 9, 28), by=checker, day=date(2017, 9, 28))


def test_the_township_sees_what_does_not_hang_and_what_hangs_too_long(notice, world, kind, homes, photo, checker):
    hung = flow.publish(by=checker, **draft(world, homes[:1]))
    posted(hung, photo, checker)
    asked = flow.hung_outdated(NoticePosting.objects.all())
    assert [posting.notice_id for posting in asked] == [notice.pk], "running and not posted"
    flow.take_down_ended(date(2017, 9, 27))
    assert [posting.notice_id for posting in flow.hung_outdated(NoticePosting.objects.all())] == [hung.pk], "over and still hanging"


# --- running, over -----------------------------------------------------------------------------


def test_what_a_step_still_waits_for_is_said_in_words(notice, photo, checker):
    assert [text[:5] for text in flow.notice_problems(notice, STARTS)] == ["还没有登记", "公示到 2"]
    posted(notice, photo, checker)
    assert flow.notice_problems(notice, LAST) == ["公示到 2017年9月26日 期满,尚未期满。"]
    assert flow.notice_problems(notice, LAST + timedelta(days=1)) == []


def test_posted_late_is_not_the_full_time(notice, photo, checker):
    posted(notice, photo, checker, date(2017, 9, 23))
    (problem,) = flow.notice_problems(notice, LAST + timedelta(days=1))
    assert "9月23日才张贴" in problem
    assert "不足 7天" in problem


def test_a_notice_takes_itself_down_after_its_last_day(notice):
    assert flow.take_down_ended(LAST) == 0
    assert flow.take_down_ended(LAST + timedelta(days=1)) == 1
    notice.refresh_from_db()
    snapshot = PublicSnapshot.objects.get()
    assert (notice.state, snapshot.is_current, snapshot.lines, snapshot.title) == ("ended", False, [], "")
    assert flow.take_down_ended(LAST + timedelta(days=2)) == 0


def test_ended_early_needs_a_reason_and_the_step_begins_again(notice, checker):
    with pytest.raises(flow.NoticeError, match="原因"):
        flow.end_notice(notice=notice, reason=" ", by=checker)
    flow.end_notice(notice=notice, reason="名单有误", by=checker)
    notice.refresh_from_db()
    assert flow.notice_problems(notice, LAST + timedelta(days=9)) == ["公示〔2017〕1号 已提前结束(名单有误),应重新公示。"]
    assert not PublicSnapshot.objects.get().is_current
    with pytest.raises(flow.NoticeError, match="已经结束"):
        flow.end_notice(notice=notice, reason="再来", by=checker)


def test_records_are_closed_while_the_notice_runs_and_open_after(notice, homes, world, checker):
    with pytest.raises(flow.UnderNotice, match=r"示范一村公示》\(公示〔2017〕1号\),2017年9月26日"):
        flow.refuse_if_noticed("households_household", [homes[0].pk])
    flow.refuse_if_noticed("households_member", [homes[0].pk])
    flow.refuse_if_noticed("households_household", [])
    flow.end_notice(notice=notice, reason="名单有误", by=checker)
    flow.refuse_if_noticed("households_household", [homes[0].pk])


def test_a_record_is_closed_even_to_an_editor_who_cannot_see_the_notice(world, kind, homes, checker):
    town = world.townships[0].prefix
    flow.publish(by=checker, **draft(world, homes[:1], level="township", village=None, area=town))
    with scope.acting_within(scope.Reach(households=frozenset({homes[0].pk})), reason="测试"):
        assert not PublicNotice.objects.exists()
        with pytest.raises(flow.UnderNotice):
            flow.refuse_if_noticed("households_household", [homes[0].pk])


def test_a_household_in_a_notice_is_not_changed_and_not_ended(notice, homes, world):
    clerk, household = world.people["township_clerk"], homes[0]
    data = households.HouseholdInput(household={"address": "新地址"}, members=[])
    with pytest.raises(households.HouseholdsError, match="正在公示"):
        households.save_household(household=household, village=household.village, data=data, by=clerk, today=STARTS)
    with pytest.raises(households.HouseholdsError, match="正在公示"):
        households.end_household(household=household, ended_on=STARTS, end_reason="moved", leave_reason="2", by=clerk, reason="迁出")
    household.refresh_from_db()
    assert (household.address, household.ended_on) == ("", None)


# --- walls -------------------------------------------------------------------------------------


def test_a_townships_notice_is_read_in_its_villages_and_not_next_door(world, kind, homes, checker):
    town = world.townships[0].prefix
    flow.publish(by=checker, **draft(world, homes[:1], level="township", village=None, area=town))
    for role, seen in (("village_cadre", 1), ("township_clerk", 1), ("bureau_clerk", 1), ("helper", 0), ("system_admin", 0), ("stranger", 0)):
        user = world.people[role]
        with scope.acting_as(user):
            assert PublicNotice.objects.count() == seen, role
            assert PublicNotice.objects.visible_to(user).count() == seen, role
    from tests.factories import UserFactory, grant

    neighbour = UserFactory()
    grant(neighbour, "township_clerk", world.townships[1])
    with scope.acting_as(neighbour):
        assert PublicNotice.objects.count() == PublicNotice.objects.visible_to(neighbour).count() == 0


READABLE = {"workflow_publicsnapshot"}


def test_the_public_role_reads_published_snapshots_and_nothing_else(notice):
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c where c.relkind in ('r', 'p', 'v', 'm') and c.relnamespace = 'public'::regnamespace "
            "and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"  # an extension's own views hold no rows of ours
        )
        tables = [row[0] for row in cursor.fetchall()]
    assert len(tables) > 50
    for table in tables:
        with transaction.atomic():
            try:
                with scope.as_public(), connection.cursor() as cursor:
                    cursor.execute(f'select * from "{table}" limit 1')
                    assert table in READABLE, table
            except DatabaseError as error:
                assert "permission denied" in str(error), table
                assert table not in READABLE


@pytest.mark.parametrize("attack", [
    "update workflow_publicsnapshot set title = '改'", "delete from workflow_publicsnapshot", "select workflow_running_notice('households_household', '{1}')",
    "select households_where_registered('x')", "select core_record_change()", "set role pa_owner", "select pg_read_file('/etc/passwd')", "create table x (id int)",
])  # fmt: skip
def test_the_public_role_does_nothing_but_read(notice, attack):
    with pytest.raises(DatabaseError), scope.as_public(), connection.cursor() as cursor:
        cursor.execute(attack)
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == ("pa_app",), "and the role is given back"


# --- constraints -------------------------------------------------------------------------------

BROKEN = [
    ("notice_village_iff_village_level", {"level": "city"}),
    ("notice_has_days", {"days": 0}),
    ("notice_ends_after_start", {"ends_on": date(2017, 9, 19)}),
    ("notice_taken_down_iff_over", {"state": "ended"}),
    ("notice_reason_iff_withdrawn", {"state": "withdrawn", "taken_down_at": timezone.now()}),
]


@pytest.mark.parametrize(("name", "changes"), BROKEN, ids=[name for name, _ in BROKEN])
def test_the_database_refuses_a_notice_that_cannot_be(notice, name, changes):
    for field, value in ({"pk": None, "number": "另", "_state": type(notice._state)()} | changes).items():
        setattr(notice, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        notice.save(force_insert=True)


def test_the_database_refuses_a_record_twice_and_a_posting_without_its_photo(notice, homes, world):
    with pytest.raises(IntegrityError, match="notice_record_once"), transaction.atomic():
        NoticeRecord.objects.create(notice=notice, table="households_household", row_id=homes[0].pk, village=world.villages[0], area="632801100901")
    with pytest.raises(IntegrityError, match="notice_posting_photo_iff_posted"), transaction.atomic():
        NoticePosting.objects.update(posted_on=STARTS, place="墙")
    with pytest.raises(IntegrityError, match="public_snapshot_empty_when_over"), transaction.atomic():
        PublicSnapshot.objects.update(is_current=False)


def test_the_database_refuses_a_posting_taken_down_before_it_hung(notice, photo, checker):
    posting = posted(notice, photo, checker)
    with pytest.raises(IntegrityError, match="notice_posting_down_after_posted"), transaction.atomic():
        NoticePosting.objects.filter(pk=posting.pk).update(taken_down_on=date(2017, 9, 1))
