"""The six charts: what may be shown, what is refused, same release same bytes, nothing clipped or lost."""

import io
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from assistance.models import Measure, MeasureType
from core.scope import acting_as
from households.models import Household
from reports import services
from reports.models import Chart, ChartRelease, FullNamePermission
from reports.six_charts.edition import PUBLIC, WORK, project
from reports.six_charts.messages import TITLES
from reports.six_charts.render import render, render_html
from reports.six_charts.snapshot import HomeRow, ProjectRow, Snapshot
from reports.six_charts.suppress import HIDDEN_LARGE, HIDDEN_SMALL, suppress
from tests.factories import HouseholdFactory, MemberFactory

DAY = date(2017, 9, 30)


def make_snapshot(homes: int, **values: object) -> Snapshot:
    states = ("poor", "out", "pre", "back")
    rows = [
        HomeRow(
            f"张测{'甲乙丙丁'[n % 4]}",
            f"{'一二三四'[n % 4]}社",
            n % 6 + 1,
            states[n % 4],
            "因病",
            "低保贫困户",
            "帮扶人",
            "市财政局",
            2018,
            2016,
            2500.0 + n * 9,
        )
        for n in range(homes)
    ]
    base = Snapshot(
        "格尔木市", "郭勒木德镇", "示范一村", "农业村", True, "ZZT-1", "2017-09-30", "示范一村村民委员会", "0979-8100010", "http://localhost/x/", True,
        homes=rows, groups=["一社", "二社", "三社", "四社"], causes=[("因病", homes)] if homes else [], line=3335.0, line_year=2017,
        projects=[ProjectRow("村道硬化", "基础设施", 42.5, "市级财政专项", "市交通运输局", "2016-05-01", "2017-06-01", "已验收")],
        measures=[("产业扶持", 3, 4, 5)] if homes else [],
    )  # fmt: skip
    return Snapshot.from_dict(base.to_dict() | values)


def words(pdf: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_no_hidden_cell_can_be_computed_from_the_shown_ones_and_the_total(counts):
    shown = suppress(counts)

    hidden = [i for i, text in enumerate(shown) if not text.isdigit()]
    rest = sum(counts) - sum(int(text) for text in shown if text.isdigit())
    for i in hidden:
        if not 0 < counts[i] < 3 or shown[i] == "—":
            continue
        for value in (1, 2):
            others = [j for j in hidden if j != i]
            least = sum(1 if shown[j] == HIDDEN_SMALL else 3 for j in others)
            most = sum(2 if shown[j] == HIDDEN_SMALL else 10**6 for j in others)
            assert least <= rest - value <= most, (counts, shown)
    assert all(not 0 < int(text) < 3 for text in shown if text.isdigit())


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([9, 5, 0], ["9", "5", "0"]),
        ([9, 5, 1], ["9", HIDDEN_LARGE, HIDDEN_SMALL]),
        ([9, 1, 2], ["9", HIDDEN_SMALL, HIDDEN_SMALL]),
        ([9, 1, 1], [HIDDEN_LARGE, HIDDEN_SMALL, HIDDEN_SMALL]),
        ([2], ["—"]),
    ],
)
def test_small_cells_and_those_that_would_give_them_away_step_back(counts, shown):
    assert suppress(counts) == shown


def test_the_public_edition_has_no_full_name_and_no_cause_by_household():
    text = words(render(project(make_snapshot(12), PUBLIC)))
    assert "张测甲" not in text
    assert "张*甲" in text
    assert text.count("因病") == 1 + 1, "the message and one bar; nobody's own cause"


def test_full_names_need_a_recorded_permission_and_say_so():
    ground = {"ground": "村民代表会议决议", "approver": "王书记", "date": "2017-09-01"}
    text = words(render(project(make_snapshot(4, full_names=ground), PUBLIC)))
    assert "张测甲" in text
    assert "村民代表会议决议" in text


def test_the_work_edition_is_watermarked_with_who_and_when():
    text = words(render(project(make_snapshot(4), WORK, watermark="内部资料 注意保密 李专干 2017-09-30 10:00")))
    assert "张测甲" in text
    assert text.count("内部资料注意保密李专干") >= 18, "three times on each of six pages"


@pytest.mark.parametrize(("homes", "pages"), [(0, 6), (1, 6), (29, 6), (30, 9), (400, 21)])
def test_every_household_is_listed_however_many_there_are(homes, pages):
    pdf = render(project(make_snapshot(homes), PUBLIC))
    reader = PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == pages
    text = words(pdf)
    for title in TITLES:
        assert title in text
    if homes > 29:
        assert "图四(续)" in text
        assert len(re.findall(rf"(?<!\d){homes}张", text)) == 3, "the last household stands on sheets two, four and six"


@pytest.mark.parametrize("homes", [29, 112, 400])
def test_nothing_runs_into_the_footer_or_off_the_page(homes):
    """Every row of every table ends above the footer's line."""
    for page in PdfReader(io.BytesIO(render(project(make_snapshot(homes), PUBLIC)))).pages:
        placed: list[tuple[str, float, float]] = []

        def note(text, cm, tm, font, size, placed=placed):
            if text.strip():
                x, y = tm[4] * cm[0] + tm[5] * cm[2] + cm[4], tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
                placed.append((text.strip(), x, y))

        page.extract_text(visitor_text=note)
        footer = min(y for text, _, y in placed if text.startswith("制图单位"))
        width = float(page.mediabox.width)
        names = [(x, y) for text, x, y in placed if text.startswith("张")]  # the tables' rows; a drawing has its own coordinates
        assert all(0 < x < width and y > footer + 10 for x, y in names)


def test_paper_sizes_are_what_they_say():
    for paper, size in (("A3", (1190.55, 841.89)), ("A0", (3370.39, 2383.94))):
        page = PdfReader(io.BytesIO(render(project(make_snapshot(3), PUBLIC), paper=paper))).pages[0]
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(size, abs=0.5)


def test_nothing_in_the_pages_is_a_script_or_leads_outside():
    html = render_html(project(make_snapshot(3), PUBLIC), paper="A3")
    assert "<script" not in html
    assert not re.findall(r'(?:src|href)="http', html)


def test_the_same_snapshot_gives_the_same_bytes_in_another_process(tmp_path, settings):
    code = (
        "import django,sys,hashlib; django.setup()\n"
        "from tests.reports.test_six_charts import *\n"
        "print(hashlib.sha256(render(project(make_snapshot(12), PUBLIC))).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR,
                       env=_environment()).stdout for _ in range(2)
    }  # fmt: skip
    assert len(runs) == 1


def _environment() -> dict[str, str]:
    import os

    return dict(os.environ) | {"DJANGO_SETTINGS_MODULE": "povertyaid.settings_test", "PYTHONPATH": "."}


@pytest.fixture
def ready(world):
    """A village with one household that has everything."""
    village = world.villages[0]
    household = HouseholdFactory(village=village, status_confirmed_on=date(2016, 12, 20), group=village.groups.first())
    MemberFactory(household=household, name="张测户")
    kind = MeasureType.objects.create(code="M10", name="产业扶持")
    Measure.objects.create(household=household, village=village, measure_type=kind, content="入股", planned_on=date(2016, 5, 1))
    return village


def test_a_release_freezes_six_sheets(ready, world):
    release = services.release_charts(village=ready, day=DAY, by=world.people["township_clerk"])
    assert Chart.objects.filter(release=release).count() == 6
    before = services.snapshot_of(release)
    Household.objects.filter(village=ready).update(poverty_status="2", exit_year=2017)
    assert services.snapshot_of(release) == before
    assert services.release_charts(village=ready, day=DAY, by=None).version == 2


def test_a_village_with_something_undecided_is_refused_with_the_list(ready, world):
    bare = HouseholdFactory(village=ready)
    MemberFactory(household=bare)
    with pytest.raises(services.NotReady) as refused:
        services.release_charts(village=ready, day=DAY, by=None)
    assert len(refused.value.missing) == 2
    assert bare.household_code in str(refused.value)
    assert not ChartRelease.objects.exists()


def test_a_snapshot_that_was_tampered_with_is_not_drawn(ready):
    release = services.release_charts(village=ready, day=DAY, by=None)
    release.snapshot = release.snapshot.replace("示范一村", "示范二村")
    with pytest.raises(services.ReportsError, match="不符"):
        services.snapshot_of(release)


def test_the_public_file_is_made_once_and_kept(ready, world):
    release = services.release_charts(village=ready, day=DAY, by=None)
    first = services.public_file(release=release, paper="A3", by=world.people["township_clerk"])
    assert services.public_file(release=release, paper="A3", by=world.people["bureau_clerk"]).pk == first.pk
    assert first.file.open().read().startswith(b"%PDF-")
    stored = (first.file.storage.location, first.file.name)
    assert not Path("/".join(map(str, stored))).read_bytes().startswith(b"%PDF-"), "encrypted at rest"


def test_posting_is_recorded_and_takes_the_earlier_version_down(signed_in, ready, world):
    first = services.release_charts(village=ready, day=DAY, by=None)
    second = services.release_charts(village=ready, day=DAY, by=None)
    client = signed_in("township_clerk")
    for release in (first, second):
        assert client.post(release.get_absolute_url(), {"posted_on": "20170930"}).status_code == 302
    first.refresh_from_db()
    assert first.taken_down_on == DAY
    assert "晚于今天" in client.post(second.get_absolute_url(), {"posted_on": "2099-01-01"}).content.decode()


def test_releases_of_another_township_are_not_there(signed_in, ready, world):
    other = services.release_charts(village=world.villages[2], day=DAY, by=None)
    client = signed_in("township_clerk")
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(f"/reports/charts/{world.villages[2].pk}/").status_code == 404
    assert client.post(f"/reports/charts/{world.villages[2].pk}/release/").status_code == 404


def test_only_those_who_may_see_people_get_the_work_edition(signed_in, ready, world):
    release = services.release_charts(village=ready, day=DAY, by=None)
    assert signed_in("village_cadre").get(f"/reports/releases/{release.pk}/work-A3.pdf").status_code == 404
    assert signed_in("township_clerk").get(f"/reports/releases/{release.pk}/work-A3.pdf").status_code == 200


def test_a_passer_by_learns_whether_the_poster_is_current_and_nothing_else(client, ready, world):
    old = services.release_charts(village=ready, day=DAY, by=None)
    new = services.release_charts(village=ready, day=DAY, by=None)
    assert "不是最新版本" in client.get(f"/reports/releases/check/{old.number}/").content.decode()
    page = client.get(f"/reports/releases/check/{new.number}/").content.decode()
    assert "最新版本" in page
    assert "张测户" not in page
    assert client.get("/reports/releases/check/nothing/").status_code == 404


def test_full_name_permission_goes_into_the_snapshot_only_while_it_is_valid(ready):
    FullNamePermission.objects.create(village=ready, legal_ground="决议", approved_by="王", approved_on=date(2017, 1, 1), valid_to=date(2017, 2, 1))
    assert services.build_snapshot(ready, DAY, number="x").full_names == {}
    assert services.build_snapshot(ready, date(2017, 1, 15), number="x").full_names["approver"] == "王"


def test_the_snapshot_reads_only_what_the_user_reaches(ready, world):
    with acting_as(world.people["stranger"]):
        assert services.build_snapshot(ready, DAY, number="x").homes == []


def test_the_permission_for_full_names_is_recorded_with_its_ground(signed_in, ready, world):
    client = signed_in("township_clerk")
    url = f"/reports/charts/{ready.pk}/full-names/"
    data = {"legal_ground": "村民代表会议决议", "approved_by": "王书记", "approved_on": "2017-09-01", "valid_to": ""}
    assert "请填写" in client.post(url, data | {"legal_ground": ""}).content.decode()
    assert "不能早于" in client.post(url, data | {"valid_to": "2017-08-01"}).content.decode()
    assert client.post(url, data).status_code == 302
    assert services.build_snapshot(ready, DAY, number="x").full_names["approver"] == "王书记"
    assert client.post(f"/reports/charts/{world.villages[2].pk}/full-names/", data).status_code == 404
    assert signed_in("village_cadre").get(url).status_code == 403
