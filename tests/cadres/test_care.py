"""Care, the opinion box, the handover, the diary and the timeline."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cadres import services
from cadres.models import Allowance, AllowanceKind, Handover, Honour, Opinion, Presence, TeamExpense
from core import settings
from core.clock import today
from core.scope import acting_as_system
from tests.factories import OrganizationFactory
from workflow.models import Todo

AUGUST = date(2017, 8, 1)


@pytest.fixture
def due(team):
    """The two allowances of August of the member."""
    kinds = AllowanceKind.objects.filter(is_insurance=False).order_by("id")
    rows = [
        Allowance(cadre=team.member, village=team.posting.village, unit=team.member.home_unit, kind=kind, month_on=AUGUST, days=21) for kind in kinds
    ]
    return Allowance.objects.bulk_create(rows)


def test_a_unit_pays_by_its_list_and_reports_the_day(signed_in, team, due):
    unit = team.member.home_unit
    client, query = signed_in("unit_liaison"), "?month=2017-08"
    page = client.get(reverse("cadres:unit-proof", args=[unit.pk]) + query).content.decode()
    assert "李队员" in page
    assert "21" in page
    assert client.get(reverse("cadres:unit-proof-pdf", args=[unit.pk]) + query).content[:4] == b"%PDF"
    pay = reverse("cadres:unit-pay", args=[unit.pk]) + query
    first = f"amount_{due[0].pk}"
    assert "请至少填写一人" in client.post(pay, {"paid_on": "20170915"}).content.decode()
    assert client.post(pay, {"paid_on": "20170915", first: "-5"}).context["form"].errors[first]
    assert "今天之前" in client.post(pay, {"paid_on": "20171215", first: "800"}).content.decode()
    assert client.post(pay, {"paid_on": "20170915", first: "800.50"}).status_code == 302
    due[0].refresh_from_db()
    assert (due[0].paid_on, due[0].amount) == (date(2017, 9, 15), Decimal("800.50"))
    with pytest.raises(services.CadresError, match="不能再改"):
        services.report_payment(allowance=due[0], paid_on=today(), amount=Decimal(1), by=team.people["org_department"])
    other = OrganizationFactory()
    assert "没有应发的待遇" in client.get(reverse("cadres:unit-proof", args=[other.pk]) + query).content.decode()
    assert client.post(reverse("cadres:unit-pay", args=[other.pk]) + query, {"paid_on": "20170915"}).status_code == 403


def test_another_units_liaison_sees_none_of_it(signed_in, team, due):
    team.people["unit_liaison"].organization = OrganizationFactory()
    team.people["unit_liaison"].save()
    client = signed_in("unit_liaison")
    assert "李队员" not in client.get(reverse("cadres:unit-proof", args=[team.member.home_unit_id]) + "?month=2017-08").content.decode()
    assert "李队员" not in client.get(reverse("cadres:allowance-list")).content.decode()


def test_insurance_honours_and_the_page_of_care(signed_in, team, due):
    client, kind = signed_in("org_department"), AllowanceKind.objects.get(is_insurance=True)
    insure = reverse("cadres:insure", args=[team.member.pk])
    data = {"kind": kind.pk, "policy_number": "保2017-1", "from_on": "20170901", "until_on": "20170801", "amount": "120"}
    assert "应晚于起保日期" in client.post(insure, data).content.decode()
    assert client.post(insure, data | {"until_on": "20180831"}).status_code == 302
    honour = {"kind": "promotion", "level": "city", "awarded_on": "20170620", "title": "提任副科级", "document": ""}
    add = reverse("cadres:honour-create", args=[team.member.pk])
    assert client.post(add, honour).status_code == 302
    assert "已登记" in client.post(add, honour).content.decode()
    assert Honour.objects.count() == 1
    page = client.get(reverse("cadres:care", args=[team.member.pk])).content.decode()
    assert "2018-08-31" in page
    assert "提任副科级" in page


def test_an_expense_is_reversed_once_and_never_edited(signed_in, team):
    client = signed_in("village_cadre")
    data = {
        "village": team.posting.village_id,
        "source": "units",
        "provider": "",
        "use": "living",
        "spent_on": "20170920",
        "amount": "320.5",
        "text": "购买取暖煤",
    }
    assert client.post(reverse("cadres:expense-create"), data | {"amount": "0"}).status_code == 200
    assert "不能晚于今天" in client.post(reverse("cadres:expense-create"), data | {"spent_on": "20171201"}).content.decode()
    assert client.post(reverse("cadres:expense-create"), data).status_code == 302
    expense = TeamExpense.objects.get()
    undo = reverse("cadres:expense-reverse", args=[expense.pk])
    assert client.post(undo, {"reason": "票据重复"}).status_code == 302
    assert "已经冲销" in client.post(undo, {"reason": "再来"}).content.decode()
    assert sum(row.amount for row in TeamExpense.objects.all()) == 0
    assert "320.50" in client.get(reverse("cadres:expense-list")).content.decode()


def test_a_villager_drops_an_opinion_and_the_township_answers(client, signed_in, team):
    village = team.posting.village
    box = f"/public/opinions/{services.box_code(village)}/"
    assert client.get(box).status_code == 200
    assert "请填写" in client.post(box, {"content": "", "contact": "x"}).content.decode()
    words = "王书记常来我家,水费的事还没有说法"
    assert "已收到您的意见" in client.post(box, {"content": words, "contact": "13900139000"}).content.decode()
    for _ in range(settings.get("opinion_sender_limit")):
        page = client.post(box, {"content": "又一条", "contact": ""}).content.decode()
    assert "收到的意见较多" in page
    assert client.get("/public/opinions/" + "0" * 20 + "/").status_code == 404
    opinion = Opinion.objects.get(content=words)
    assert Todo.objects.open().get(url=opinion.get_absolute_url()).role == "township_checker"
    assert signed_in("village_cadre").get(opinion.get_absolute_url()).status_code == 403, "the team does not read the box"
    clerk = signed_in("township_checker")
    page = clerk.get(opinion.get_absolute_url()).content.decode()
    assert "139****9000" in page
    assert "13900139000" not in page
    answer = reverse("cadres:opinion-answer", args=[opinion.pk])
    assert clerk.post(answer, {"answer": "已协调水管站,10月通水"}).status_code == 302
    assert "已经答复" in clerk.post(answer, {"answer": "再答"}).content.decode()
    assert not Todo.objects.open().filter(url=opinion.get_absolute_url()).exists()
    assert clerk.get(reverse("cadres:box-poster", args=[village.pk])).content[:4] == b"%PDF"


def test_the_township_notes_what_it_hears_but_nobody_about_themselves(signed_in, team):
    clerk = signed_in("township_clerk")
    data = {
        "village": team.posting.village_id,
        "cadre": team.member.pk,
        "channel": "gathering",
        "received_on": "20171201",
        "contact": "",
        "content": "走访较少",
    }
    assert "不能晚于今天" in clerk.post(reverse("cadres:opinion-create"), data).content.decode()
    assert clerk.post(reverse("cadres:opinion-create"), data | {"received_on": "20170920"}).status_code == 302
    opinion = Opinion.objects.get()
    team.member.user = team.people["township_clerk"]
    team.member.save()
    assert clerk.get(opinion.get_absolute_url()).status_code == 404
    assert "走访较少" not in clerk.get(reverse("cadres:opinion-list")).content.decode()


def test_a_posting_that_ends_hands_over_on_signature(signed_in, team, due, jpeg):
    posting = team.leader_posting
    with acting_as_system(reason="测试"):
        services.open_duties(day=date(2017, 10, 1))
    assert Todo.objects.open().filter(user=team.leader.user).exists()
    client, page = signed_in("township_checker"), reverse("cadres:handover", args=[posting.pk])
    assert "签订2017年王书记个人承诺" in client.get(page).content.decode()
    sign = reverse("cadres:handover-sign", args=[posting.pk])
    assert "请先生成" in client.post(sign, {"signed_on": "20170930", "scan": jpeg()}).content.decode()
    make = reverse("cadres:handover-create", args=[posting.pk])
    assert "请从列表中选择" in client.post(make, {"successor": team.leader.pk}).content.decode()
    assert client.post(make, {"successor": team.member.pk}).status_code == 302
    handover = Handover.objects.select_related("file").get()
    assert handover.file.kind == "pdf"
    assert "今天以前" in client.post(sign, {"signed_on": "20171101", "scan": jpeg()}).content.decode()
    assert client.post(sign, {"signed_on": "20170930", "scan": jpeg()}).status_code == 302
    assert not Todo.objects.open().filter(user=team.leader.user).exists()
    moved = Todo.objects.open().filter(user=team.member.user, note__contains="移交")
    assert moved.exists()
    assert "不能重新生成" in client.post(make, {"successor": team.member.pk}).content.decode()


def test_the_diary_and_the_timeline_tell_what_the_records_say(signed_in, team, due):
    services.record_presence(cadre=team.member, day=date(2017, 9, 5), kind=Presence.Kind.VISIT, source_table="x", source_id=1, witness="villager",
                             note="走访5户", by=team.people["township_clerk"])  # fmt: skip
    days = services.diary_days(cadre=team.member, month=date(2017, 9, 1), user=team.people["org_department"])
    assert len(days) == 30
    assert days[4].lines == ["入户走访:走访5户"]
    client = signed_in("township_checker")
    assert client.get(reverse("cadres:diary", args=[team.member.pk]) + "?month=2017-09").content[:4] == b"%PDF"
    services.record_action(cadre=team.member, kind="talk", done_on=date(2017, 9, 20), reason="天数不足", by=team.people["org_department"])
    page = client.get(reverse("cadres:timeline", args=[team.member.pk]) + "?month=2017-09").content.decode()
    for words in ("约谈:天数不足", "到示范一村任队员", "驻村 1 天"):
        assert words in page, words
    assert signed_in("stranger").get(reverse("cadres:timeline", args=[team.member.pk])).status_code == 403
