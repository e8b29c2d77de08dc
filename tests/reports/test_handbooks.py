"""A household's handbook: what stands in it, whose numbers are shown, a village's as one file, the command."""

import io
from datetime import date

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import AccessEvent
from assistance.models import Measure, Wish
from core.clock import today
from households.services import issue_handbook
from reports import services, tasks
from reports.handbooks import books
from reports.handbooks.render import join, render_html
from tests.factories import HouseholdFactory, IncomeFactory, LivingFactory, MeasureTypeFactory, MemberFactory, PairingFactory
from workflow.models import Attachment

DAY = date(2017, 9, 30)


@pytest.fixture
def home(world):
    household = HouseholdFactory(village=world.villages[0], phone="13800001234", bank_account="6222000000000000", cause_main="01", cause_other=["03"])
    head = MemberFactory(household=household, name="张测户")
    MemberFactory(household=household, name="张离家", relation="03", joined_on=date(2016, 1, 1), left_on=date(2017, 5, 1), leave_reason="1")
    IncomeFactory(household=household, a1=5000, d2=300)
    LivingFactory(household=household, sheep=20)
    PairingFactory(household=household, is_main=True)
    Measure.objects.create(
        household=household, village=household.village, measure_type=MeasureTypeFactory(name="医疗救助"), content="签约", planned_on=DAY
    )
    Wish.objects.create(household=household, village=household.village, aspect="W4", recorded_on=DAY)
    issue_handbook(household=household, kind="national", number="QG7", issued_on=DAY, received_by="张测户", by=world.people["township_clerk"])
    household.head_number = head.id_number
    return household


def content(home, full=False, kind="national"):
    return services.handbook_content(household=home, kind=kind, day=DAY, full=full)


def test_both_books_hold_what_is_recorded(home):
    c = content(home)
    assert (c.number, c.head, c.basics[3]) == ("QG7", "张测户", ("家庭人口", "1 人"))
    assert [row[0] for row in c.moves] == ["张离家"], "who left stands among the changes and not among the members"
    assert ("羊(只)", "20") in c.living
    assert ("年纯收入", "5,300.00") in c.income_sums and ("务工收入", "5,000.00") in c.income_items
    for kind in books.TITLES:
        html = render_html(kind, c)
        for words in ("QG7", "张测户", "因病", "因学", "医疗救助", "个人信息处理告知书", "主要帮扶责任人", "走访", "12317"):
            assert words in html, (kind, words)
    assert "第六部分" in render_html("province", c) and "第六部分" not in render_html("national", c)


def test_numbers_are_masked_unless_asked_for_in_full(home):
    masked, full = render_html("national", content(home)), render_html("national", content(home, full=True))
    for number in (home.head_number, "13800001234", "6222000000000000"):
        assert number not in masked
        assert number in full
    assert "138****1234" in masked


def test_an_applicant_has_no_handbook(world):
    applied = HouseholdFactory(village=world.villages[0], household_code=None, identified_on=None, applied_on=today())
    MemberFactory(household=applied)
    with pytest.raises(services.ReportsError, match="还没有建档"):
        content(applied)


def test_queries_do_not_grow_with_the_households(home, world, django_assert_max_num_queries):
    homes = [home, *(HouseholdFactory(village=world.villages[0]) for _ in range(4))]
    for each in homes[1:]:
        MemberFactory(household=each)
    with django_assert_max_num_queries(18):
        services.handbook_contents(households=homes, kind="national", day=DAY, full=False)


def test_a_village_cadre_prints_masked_and_cannot_ask_for_more(signed_in, home, monkeypatch):
    seen = []
    monkeypatch.setattr("reports.views.handbooks.render_book", lambda kind, c: seen.append(c) or b"%PDF-")
    client, url = signed_in("village_cadre"), reverse("reports:handbook", args=[home.pk])
    assert 'name="full"' not in client.get(url).content.decode()
    response = client.post(url, {"kind": "province", "full": "on", "purpose": "发放"})
    assert response["Content-Type"] == "application/pdf"
    assert home.head_number not in str(seen[0].members)
    assert AccessEvent.objects.get(action="printed").detail.endswith("号码打码")


def test_full_numbers_take_permission_purpose_and_a_recent_sign_in(signed_in, home, monkeypatch):
    seen = []
    monkeypatch.setattr("reports.views.handbooks.render_book", lambda kind, c: seen.append(c) or b"%PDF-")
    client, url = signed_in("township_clerk"), reverse("reports:handbook", args=[home.pk])
    assert "请写明用途" in client.post(url, {"kind": "national", "full": "on"}).content.decode()
    session = client.session
    session["confirmed"] = 0
    session.save()
    asked = client.post(url, {"kind": "national", "full": "on", "purpose": "发放给户主"})
    assert "再次确认身份" in asked.content.decode() and not seen
    session = client.session
    session["confirmed"] = 9_999_999_999
    session.save()
    assert client.post(url, {"kind": "national", "full": "on", "purpose": "发放给户主"}).status_code == 200
    assert home.head_number in str(seen[0].members)
    assert AccessEvent.objects.get(action="printed").purpose == "发放给户主"


def test_a_villages_handbooks_become_one_file(home, world, monkeypatch):
    class Run:
        parameters = {"village": home.village_id, "kind": "national", "full": False, "purpose": ""}
        user = world.people["township_clerk"]
        left = None

        def progress(self, done, total, message=""):
            self.done = done

        def leave(self, data, **more):
            self.left = data

    other = HouseholdFactory(village=world.villages[0])
    MemberFactory(household=other)
    page = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(page)
    monkeypatch.setattr("reports.tasks.render_each", lambda kind, contents: [page.getvalue() for _ in contents])
    run = Run()
    tasks.print_handbooks(run)
    found = pypdf.PdfReader(io.BytesIO(run.left))
    assert len(found.pages) == 2
    assert [item.title for item in found.outline][0].startswith("张测户")
    assert AccessEvent.objects.filter(action="printed").count() == 2, "each household can see that its handbook was printed"
    run.parameters = run.parameters | {"village": world.villages[2].pk}
    with pytest.raises(services.ReportsError, match="没有您可以打印"):
        tasks.print_handbooks(run)
    assert not Attachment.objects.exists()
    assert join([page.getvalue()], ["一"]).startswith(b"%PDF-")


def test_the_village_page_starts_a_job_within_the_township_only(signed_in, home, world):
    client = signed_in("township_clerk")
    started = client.post(reverse("reports:village-handbooks", args=[home.village_id]), {"kind": "national"})
    assert started.status_code == 302 and "/work/jobs/" in started["Location"]
    assert client.get(reverse("reports:village-handbooks", args=[world.villages[2].pk])).status_code == 404
    assert signed_in("village_cadre").get(reverse("reports:village-handbooks", args=[home.village_id])).status_code == 403


def test_the_command_writes_the_file_and_refuses_in_one_line(home, world, tmp_path, capsys):
    out = tmp_path / "手册" / "h.pdf"
    call_command("export_handbook", home.household_code, "--output", str(out), "--kind", "national")
    text = "".join(page.extract_text() for page in pypdf.PdfReader(out).pages)
    assert "张测户" in text and home.head_number not in text
    with pytest.raises(CommandError, match="没有户编号"):
        call_command("export_handbook", "0" * 16, "--output", str(tmp_path / "x.pdf"))
    with pytest.raises(CommandError, match="同时给出"):
        call_command("export_handbook", home.household_code, "--output", str(out), "--user", "township_clerk")
    assert not (tmp_path / "x.pdf").exists()
    with pytest.raises(SystemExit):
        call_command("export_handbook", "--help")
    assert "导出一户的手册" in capsys.readouterr().out
