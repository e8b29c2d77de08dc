"""The pages of notices, postings, objections and regulations, by who opens them; and the page everybody may open."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core import settings
from tests.core.test_content import pdf
from tests.factories import UserFactory, grant
from tests.workflow.conftest import draft
from workflow import services as flow
from workflow.models import NoticePosting, Objection, PublicNotice, PublicSnapshot, Regulation

TODAY = date(2017, 9, 30)


@pytest.fixture
def notice(world, kind, homes):
    """Running over today."""
    return flow.publish(by=world.people["township_checker"], **draft(world, homes, starts_on=TODAY, day=TODAY))


def url(name, record, *more):
    return reverse(f"workflow:{name}", args=[record.pk, *more])


def test_the_list_says_what_hangs_and_what_is_disputed(signed_in, notice, django_assert_max_num_queries):
    client = signed_in("township_clerk")
    with django_assert_max_num_queries(24):
        page = client.get(reverse("workflow:notice-list")).content.decode()
    for words in ("公示〔2017〕1号", "示范一村", "公示中", "未张贴"):
        assert words in page
    for query, found in (("?state=ended", False), ("?level=village&kind=t_village", True), ("?q=示范", True), ("?q=没有", False)):
        assert ("公示〔2017〕1号" in client.get(reverse("workflow:notice-list") + query).content.decode()) is found, query


def test_a_neighbour_finds_nothing_and_an_administrator_no_door(client, world, notice):
    neighbour = UserFactory()
    grant(neighbour, "township_checker", world.townships[1])
    client.force_login(neighbour, backend="accounts.backends.NameAndPassword")
    for name in ("notice-detail", "notice-post", "notice-end", "objection-create"):
        assert client.get(url(name, notice)).status_code == 404, name
    client.force_login(world.people["system_admin"], backend="accounts.backends.NameAndPassword")
    assert client.get(reverse("workflow:notice-list")).status_code == 403


def test_the_village_hangs_it_out_and_the_township_ends_it(signed_in, notice, photo):
    client = signed_in("village_cadre")
    page = client.get(url("notice-detail", notice)).content.decode()
    assert "欧阳测二" in page
    assert "登记张贴" in page
    assert url("notice-end", notice) not in page
    form = {"village": notice.village_id, "place": "村务公开栏", "posted_on": "20170930", "photo": SimpleUploadedFile("a.jpg", photo)}
    assert client.post(url("notice-post", notice), form).status_code == 302
    assert NoticePosting.objects.get().posted_on == TODAY
    assert client.post(url("notice-end", notice), {"reason": "x"}).status_code == 403
    checker = signed_in("township_checker")
    assert checker.post(url("notice-end", notice), {"reason": "名单有误"}).status_code == 302
    assert PublicNotice.objects.get().state == "withdrawn"


def test_a_posting_without_its_photo_or_with_another_days_is_told_at_the_field(signed_in, notice, photo):
    client = signed_in("village_cadre")
    form = {"village": notice.village_id, "place": "墙", "posted_on": "20170930"}
    assert "请选择文件" in client.post(url("notice-post", notice), form).content.decode()
    late = form | {"posted_on": "20171001", "photo": SimpleUploadedFile("a.jpg", photo)}
    assert "不能晚于今天" in client.post(url("notice-post", notice), late).content.decode()
    assert NoticePosting.objects.get().posted_on is None


def test_outdated_postings_are_listed_and_taken_down(signed_in, world, notice, photo):
    client = signed_in("township_clerk")
    missing = reverse("workflow:posting-list") + "?state=missing"
    assert "公示中未张贴" in client.get(missing).content.decode()
    flow.post_notice(notice=notice, place="墙", posted_on=TODAY, photo=photo, by=world.people["village_cadre"], day=TODAY)
    assert "公示〔2017〕1号" not in client.get(missing).content.decode()
    flow.end_notice(notice=notice, reason="有误", by=world.people["township_checker"], day=TODAY)
    assert "期满未撤下" in client.get(reverse("workflow:posting-list") + "?state=over").content.decode()
    posting = NoticePosting.objects.get()
    assert client.post(url("posting-down", posting), {"taken_down_on": "20170930"}).status_code == 302
    assert "公示〔2017〕1号" not in client.get(reverse("workflow:posting-list") + "?state=over").content.decode()


def test_an_objection_goes_from_the_desk_to_its_result(signed_in, world, notice):
    clerk = signed_in("township_clerk")
    form = {"line_key": "1", "channel": "visit", "received_on": "20170930", "content": "他家有小汽车", "person": "马某某", "phone": "13897012345"}
    assert clerk.post(url("objection-create", notice), form).status_code == 302
    objection = Objection.objects.get()
    page = clerk.get(url("objection-detail", objection)).content.decode()
    assert "13897012345" not in page
    assert "马某某" not in page
    assert "马*某" in page
    assert clerk.post(url("objection-take-up", objection), {"reason": "x"}).status_code == 403
    committee = signed_in("village_committee")
    assert committee.post(url("objection-take-up", objection), {"reason": "有线索"}).status_code == 302
    assert committee.post(url("objection-take-up", objection), {"reason": "有线索"}).status_code == 200, "taken up once"
    assert "请填写" in committee.post(url("objection-resolve", objection), {"upheld": "no"}).content.decode()
    assert committee.post(url("objection-resolve", objection), {"upheld": "no", "result": "车是其兄的"}).status_code == 302
    objection.refresh_from_db()
    assert (objection.state, objection.upheld) == ("resolved", False)
    assert "异议不成立" in committee.get(url("objection-detail", objection)).content.decode()


def test_who_objected_is_shown_to_who_handles_it_with_a_reason_that_is_kept(signed_in, world, notice):
    from accounts.models import AccessEvent

    objection = flow.object_to(notice=notice, content="他家有小汽车", channel="phone", phone="13897012345", person="马某某", received_on=TODAY,
                               by=world.people["township_clerk"], day=TODAY)  # fmt: skip
    assert signed_in("township_clerk").get(url("objection-reveal", objection)).status_code == 403
    committee = signed_in("village_committee")
    shown = committee.post(url("objection-reveal", objection), {"purpose": "电话核实"}).content.decode()
    assert "13897012345" in shown
    assert AccessEvent.objects.filter(action="revealed", table="workflow_objection", purpose="电话核实").count() == 1


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_the_paper_is_a_pdf_with_its_number(signed_in, notice, paper, tmp_path):
    import io

    from pypdf import PdfReader

    response = signed_in("village_cadre").get(url("notice-print", notice, paper))
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    for words in ("示范一村公示", "张测一", "公示〔2017〕1号", "12317", notice.snapshot_sha256[:16]):
        assert words in text
    assert signed_in("village_cadre").get(url("notice-print", notice, "A9")).status_code == 404


# --- regulations -------------------------------------------------------------------------------


def test_the_bureau_registers_a_regulation_and_a_village_reads_it(signed_in):
    bureau = signed_in("bureau_clerk")
    form = {
        "title": "识别办法",
        "number": "格扶组〔2016〕1号",
        "issuer": "领导小组",
        "valid_from": "20160501",
        "upload": SimpleUploadedFile("a.pdf", pdf()),
    }
    assert bureau.post(reverse("workflow:regulation-create"), form).status_code == 302
    regulation = Regulation.objects.get()
    assert bureau.post(url("clause-create", regulation), {"number": "第五条", "text": "公示不少于七日。"}).status_code == 302
    assert "同号的条款" in bureau.post(url("clause-create", regulation), {"number": "第五条", "text": "又一条"}).content.decode()
    assert "已有这个文号" in bureau.post(reverse("workflow:regulation-create"), form | {"upload": ""}).content.decode()
    village = signed_in("village_cadre")
    page = village.get(regulation.get_absolute_url()).content.decode()
    assert "公示不少于七日。" in page
    assert "登记条款" not in page
    assert village.get(regulation.file.get_absolute_url()).status_code == 200
    for name, record in (("regulation-edit", regulation), ("clause-create", regulation), ("clause-edit", regulation.clauses.get())):
        assert village.post(url(name, record), {"title": "改", "number": "改", "text": "改"}).status_code == 403
    assert signed_in("stranger").get(regulation.get_absolute_url()).status_code == 403


# --- the public page ---------------------------------------------------------------------------


def public(notice):
    return PublicSnapshot.objects.get(notice=notice).get_absolute_url()


def test_anybody_reads_the_running_notice_with_names_masked(client, notice):
    response = client.get(public(notice))
    page = response.content.decode()
    assert "这是当前有效的公示" in page
    assert "欧阳*二" in page
    assert "欧阳测二" not in page
    assert response["X-Robots-Tag"].startswith("noindex")


def test_a_notice_that_is_over_is_gone_from_the_page(client, notice, world):
    flow.end_notice(notice=notice, reason="有误", by=world.people["township_checker"], day=TODAY)
    page = client.get(public(notice)).content.decode()
    assert "这不是当前有效的公示" in page
    assert "公示〔2017〕1号" in page
    assert "示范一村公示" not in page
    assert "张*一" not in page
    assert client.post(public(notice), {"content": "还想说一句"}).status_code == 200
    assert not Objection.objects.exists()


def test_a_notice_not_begun_and_one_past_its_days_show_nothing_yet_or_any_more(client, world, kind, homes):
    early = flow.publish(by=world.people["township_checker"], **draft(world, homes[:1], starts_on=date(2017, 10, 9), day=TODAY))
    late = flow.publish(by=world.people["township_checker"], **draft(world, homes[:1]))  # ended yesterday, the nightly job has not run
    assert "还没有开始" in client.get(public(early)).content.decode()
    for notice in (early, late):
        assert "张*一" not in client.get(public(notice)).content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 24, "a" * 500, "%00", "公示", "..", "' or 1=1 --", "%F0%9F%98%80"])
def test_a_forged_address_is_not_found(client, notice, token):
    assert client.get(f"/public/notices/{token}/").status_code == 404


def test_a_villager_objects_from_the_page_and_gets_a_receipt(client, notice):
    form = {"line_key": "2", "content": "他家在城里有房", "person": "", "phone": ""}
    page = client.post(public(notice), form).content.decode()
    made = Objection.objects.get()
    assert made.receipt in page
    assert (made.channel, made.line_key, made.received_by, made.village_id) == ("page", "2", None, notice.village_id)


@pytest.mark.parametrize(("changes", "words"), [
    ({"content": "长" * 1001}, "1000"), ({"content": "有\u202e字符"}, "控制字符"), ({"content": ""}, "请填写"), ({"line_key": "99"}, "请从列表中选择"),
    ({"phone": "123"}, "电话"), ({"person": "长" * 60}, "50"),
])  # fmt: skip
def test_what_a_visitor_cannot_send_is_told_at_the_field_and_kept_out(client, notice, changes, words):
    page = client.post(public(notice), {"content": "他家在城里有房"} | changes)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Objection.objects.exists()


def test_a_flood_from_one_address_is_stopped(client, notice):
    settings.put(key="page_objections_per_sender", value=2, by=None, reason="测试")
    pages = [client.post(public(notice), {"content": f"第{n}次反映问题"}).content.decode() for n in range(3)]
    assert ["已达上限" in page for page in pages] == [False, False, True]
    assert Objection.objects.count() == 2


def test_a_visitor_objects_to_a_townships_notice_and_it_lands_with_its_village(client, world, kind, homes):
    town = world.townships[0].prefix
    notice = flow.publish(
        by=world.people["township_checker"], **draft(world, homes, level="township", village=None, area=town, starts_on=TODAY, day=TODAY)
    )
    client.post(public(notice), {"line_key": "1", "content": "他家在城里有房"})
    client.post(public(notice), {"line_key": "", "content": "评议没有通知到户"})
    assert list(Objection.objects.order_by("id").values_list("village", "area", "level")) == [
        (world.villages[0].pk, world.villages[0].code, "township"), (None, town, "township"),
    ]  # fmt: skip
