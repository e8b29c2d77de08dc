"""The pages: a period from opening to freezing by five users, and each page's own promises."""

import io
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from django.core.management import call_command
from django.test import Client
from PIL import Image

from assessments import services
from assessments.models import Appeal, Assessment, AssessmentScheme, BallotBox, BonusClaim, BonusKind, Period, Score, VetoFinding, VetoKind
from assessments.services import charts, surveys
from core import clock, scoring_inputs
from tests.assessments.conftest import DAY, INPUTS, JUDGED
from tests.factories import CadreFactory, HouseholdFactory, MemberFactory, PostingFactory, UserFactory, grant
from workflow.models import NoticePosting, Todo

TEXT = "一年来吃住在村,完成了全部承诺,情况属实。"


def photo(name="photo.jpg"):
    out = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(out, "JPEG")
    found = io.BytesIO(out.getvalue())
    found.name = name
    return found


def sent(response, where=""):
    """A form that was taken: it leads somewhere, and says so there."""
    errors = response.context["form"].errors if response.status_code == 200 and response.context and "form" in response.context else ""
    assert response.status_code == 302 and where in response["Location"], errors
    return response["Location"]


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def titles(user):
    return [todo.title for todo in Todo.objects.waiting_for(user)]


@pytest.fixture
def village(world, monkeypatch):
    """A village of six households with one cadre, who signs in; facts come from paper."""
    monkeypatch.setattr(scoring_inputs, "_inputs", {"archive_error_pct": scoring_inputs.get("archive_error_pct")})
    for _ in range(6):
        MemberFactory(household=HouseholdFactory(village=world.villages[0]))
    PostingFactory(cadre=CadreFactory(name="王书记", user=world.people["village_cadre"]), village=world.villages[0], role="first_secretary")
    return world


def score_values(**changes):
    values = {f"{key}-value": value for key, value in ({**INPUTS, **JUDGED} | changes).items() if key != "archive_error_pct"}
    return values | {name.replace("-value", "-words"): "台账" for name in values}


def test_five_users_take_a_period_from_opening_to_freezing_and_an_appeal(village, signed_in, monkeypatch):
    people = village.people
    # The organization department adopts the scheme, opens the period and the survey.
    client = signed_in("org_department")
    scheme = sent(client.post("/assessments/schemes/new/"), "/assessments/schemes/")
    sent(client.post(f"{scheme}adopt/"), scheme)
    days = {
        "since": "2017-01-01",
        "until": "2017-12-31",
        "report_due_on": "2017-10-10",
        "scoring_due_on": "2017-10-20",
        "review_due_on": "2017-10-31",
    }
    page = sent(client.post("/assessments/periods/new/", {"code": "2017", "title": "2017年度考核", **days}), "/assessments/periods/")
    period, card = Period.objects.get(), Assessment.objects.get()
    assert titles(people["village_cadre"]) == ["请提交个人述职:2017年度考核"]
    survey_round = sent(client.post(f"{page}rounds/new/", {"opens_on": "2017-09-30", "closes_on": "2017-10-03"}), "/assessments/rounds/")
    # The township's clerk prints slips; villagers answer on their phones, without signing in.
    client = signed_in("township_clerk")
    box = BallotBox.objects.get(group="C1")
    assert "示范一村" in text_of(client.get(survey_round))
    printed = client.post(f"/assessments/boxes/{box.pk}/slips/", {"count": "2"})
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    surveys.void_slips(box=box, by=people["township_clerk"])
    villager = Client()
    for each in BallotBox.objects.all():
        for secret in surveys.issue_slips(box=each, count=5, by=people["township_clerk"]):
            if each == box:
                assert "已投票" in text_of(villager.post(f"/assessments/ballot/{secret}/", {f"p{card.pk}": "satisfied"}))
            else:
                services.cast(secret=secret, answers={card.pk: "satisfied"}, day=DAY)
    client = signed_in("org_department")
    sent(client.post(f"{survey_round}close/"), survey_round)
    sheet = {
        "village": card.village_id,
        "kind": "ledger",
        "held_on": "2017-09-28",
        "people": "3",
        "files_checked": "50",
        "errors_found": "0",
        "words": "抽查户档案",
    }
    sent(client.post(f"{page}sheets/new/", sheet), page)
    # The cadre reports, the township scores what people judge and what only paper holds.
    sent(signed_in("village_cadre").post(f"/assessments/own/{card.pk}/report/", {"text": TEXT}), f"/assessments/own/{card.pk}/")
    assert "请提交个人述职:2017年度考核" not in titles(people["village_cadre"])
    client = signed_in("township_checker")
    assert Todo.objects.waiting_for(people["township_checker"]).get(case=Assessment.objects.get().case).due_on == period.scoring_due_on
    sent(client.post(f"/assessments/{card.pk}/score/", score_values(days_in_village="150")), f"/assessments/{card.pk}/")
    sent(client.post(f"/assessments/{card.pk}/act/", {"act": "finish", "reason": "同意"}), f"/assessments/{card.pk}/")
    # The department reviews on its screen and stays on it.
    client, screen = signed_in("org_department"), f"{page}review/?sort=stage&a={card.pk}"
    assert "复核通过" in text_of(client.get(screen))
    assert sent(client.post(f"/assessments/{card.pk}/act/", {"act": "confirm", "reason": "无误", "next": screen})) == screen
    assert "各项已齐" in text_of(client.get(page))
    sent(client.post(f"{page}publish/", {"starts_on": "2017-09-30"}), page)
    posting = NoticePosting.objects.get()
    client = signed_in("township_clerk")
    sent(
        client.post(
            f"/work/notices/{posting.notice_id}/post/",
            {"village": card.village_id, "place": "村务公开栏", "posted_on": "2017-09-30", "photo": photo()},
        )
    )
    with clock.on(Period.objects.get().publish_until_on + timedelta(days=1)):
        client = signed_in("org_department")
        sent(client.post(f"{page}freeze/"), page)
        assert Assessment.objects.get().stage == "graded" and Assessment.objects.get().total == 97
        # The cadre sees what cost how much, appeals; another of the department puts it right as a second version.
        client = signed_in("village_cadre")
        assert titles(people["village_cadre"]) == ["请确认得分或申诉:2017年度考核"]
        receipt = text_of(client.get(f"/assessments/own/{card.pk}/"))
        assert "扣分在哪里" in receipt and "−3.00" in receipt and "A1 驻村天数" in receipt
        sent(client.post(f"/assessments/own/{card.pk}/appeal/", {"grounds": "五月培训二十天漏记"}), f"/assessments/own/{card.pk}/")
        appeal = Appeal.objects.get()
        assert titles(people["org_department"]) == ["请答复申诉:王书记"]
        client = signed_in("org_department")
        answered = score_values(days_in_village="170") | {"upheld": "yes", "answer": "属实,补记二十天"}
        sent(client.post(f"/assessments/appeals/{appeal.pk}/decide/", answered), f"/assessments/{card.pk}/")
        assert list(Score.objects.order_by("version").values_list("version", "total")) == [(1, 97), (2, Decimal("98.20"))]
        shown = text_of(client.get(f"/assessments/{card.pk}/?version=1"))
        assert "这是第 1 版的得分卡" in shown and "97.00" in shown
        sent(signed_in("village_cadre").post(f"/assessments/own/{card.pk}/confirm/"))
        assert Assessment.objects.get().confirmed_on == clock.today()
        assert titles(people["village_cadre"]) == []


# --- each page on one period of three cadres -------------------------------------------------------
@pytest.fixture
def shown(assessed):
    """Cards with their points, and a bonus and a veto that wait."""
    for card in assessed.cards:
        assessed.fill(card)
    first, by = assessed.cards[0], assessed.people["township_checker"]
    services.claim_bonus(assessment=first, kind=BonusKind.objects.get(scheme=assessed.scheme, code="honour"), level="city", fact="先进个人", document="1号",
                         issued_on=date(2017, 7, 1), certified_by="市委", by=by)  # fmt: skip
    services.propose_veto(assessment=first, kind=VetoKind.objects.get(scheme=assessed.scheme, code="V1"), found_on=DAY, words="夜查不在村", by=by)
    services.refresh(period=assessed.period)
    return assessed.reload()


def test_the_reviewers_screen_keeps_its_place(shown, signed_in, django_assert_max_num_queries):
    client, first = signed_in("org_department"), shown.cards[0]
    url = f"/assessments/periods/{shown.period.pk}/review/"
    with django_assert_max_num_queries(40):
        page = text_of(client.get(f"{url}?sort=township&a={first.pk}"))
    assert "待认定加分 1 件" in page and "待查实否决 1 项" in page and "优秀名额" in page and "各乡镇得分分布" in page
    part = text_of(client.get(f"{url}?sort=township&a={shown.cards[2].pk}", headers={"hx-request": "true"}))
    assert "<html" not in part and f'data-card="{shown.cards[2].pk}"' in part
    claim = BonusClaim.objects.get()
    assert f"/assessments/bonus/{claim.pk}/decide/?from=township" in page
    back = sent(client.post(f"/assessments/bonus/{claim.pk}/decide/?from=township", {"accept": "yes", "reason": "属实"}))
    assert back == f"{url}?sort=township&a={first.pk}"
    assert sent(client.post(f"/assessments/{first.pk}/act/", {"act": "comment", "reason": "请补材料", "next": back})) == back
    assert "请补材料" in text_of(client.get(back))
    assert (
        sent(client.post(f"/assessments/{first.pk}/act/", {"act": "comment", "reason": "x", "next": "//evil.example/"})) == first.get_absolute_url()
    )


def test_findings_wait_for_the_department_and_for_the_cadre(shown, signed_in):
    finding, people = VetoFinding.objects.get(), shown.people
    assert any(title.startswith("请申辩") for title in titles(people["village_cadre"]))
    assert any(title.startswith("请查实:王书记") for title in titles(people["org_department"]))
    sent(signed_in("village_cadre").post(f"/assessments/own/vetoes/{finding.pk}/", {"reason": "当晚在邻村调解"}))
    decided = signed_in("org_department").post(f"/assessments/vetoes/{finding.pk}/decide/", {"accept": "no", "reason": "经查当晚在邻村"})
    sent(decided, f"/assessments/{shown.cards[0].pk}/")
    assert not any(title.startswith(("请申辩", "请查实")) for user in ("village_cadre", "org_department") for title in titles(people[user]))


def test_two_cadres_are_compared_line_by_line_and_the_list_is_exported_as_shown(shown, signed_in):
    client = signed_in("org_department")
    page = text_of(client.get(f"/assessments/periods/{shown.period.pk}/compare/?a={shown.cards[0].pk}&b={shown.cards[2].pk}"))
    assert "A1 驻村天数" in page and page.count("200 ÷ 200") == 2
    assert client.get(f"/assessments/periods/{shown.period.pk}/compare/?a=x&b=999999999999").status_code == 200
    assert "王书记" in text_of(client.get(f"/assessments/scores/?period={shown.period.pk}"))


def test_a_point_is_followed_to_its_day(shown, signed_in):
    card = shown.cards[0]
    services.record_sheet(period=shown.period, village=card.village, kind="ledger", held_on=date(2017, 9, 12), people=3, words="抽查", files_checked=40,
                          errors_found=1, by=shown.people["org_department"])  # fmt: skip
    services.refresh(period=shown.period)
    page = text_of(signed_in("township_checker").get(f"/assessments/{card.pk}/lines/B2/"))
    assert "2017-09-12" in page and "查台账 40 份,有差错 1 份" in page and "差错率 2.5%" in page
    own = text_of(signed_in("village_cadre").get(f"/assessments/own/{card.pk}/lines/B2/"))
    assert "2017-09-12" in own
    assert signed_in("village_cadre").get(f"/assessments/own/{card.pk}/lines/ZZ/").status_code == 404


def test_a_receipt_is_its_cadres_alone(shown, signed_in):
    other = UserFactory(username="other_cadre", name="另一队员")
    grant(other, "village_cadre", shown.world.villages[0].division)
    client = Client()
    client.force_login(other, backend="accounts.backends.NameAndPassword")
    own = f"/assessments/own/{shown.cards[0].pk}/"
    for tail in ("", "report/", "appeal/", "lines/A1/"):
        assert client.get(own + tail).status_code == 404
    assert client.post(own + "confirm/").status_code == 404
    assert signed_in("org_department").get(own).status_code == 403
    assert signed_in("village_cadre").get(own).status_code == 200
    assert signed_in("village_cadre").get(shown.cards[0].get_absolute_url()).status_code == 403


def test_the_ballot_on_a_phone_is_small_says_little_and_takes_one_answer_each(assessed, django_assert_max_num_queries):
    survey_round = services.open_round(period=assessed.period, opens_on=DAY, closes_on=DAY, by=None)
    box = survey_round.boxes.get(village=assessed.world.villages[0], group="C1")
    secret = surveys.issue_slips(box=box, count=1, by=None)[0]
    phone, url = Client(), f"/assessments/ballot/{secret[:5]}-{secret[5:10]}-{secret[10:]}/"
    page = phone.get(url)
    assert "王书记" in text_of(page) and len(page.content) < 12_000 and "no-store" in page["Cache-Control"] and not page.cookies.get("sessionid")
    assert "请给每一位干部选一个答案" in text_of(phone.post(url, {f"p{assessed.cards[0].pk}": "satisfied"}))
    whole = {f"p{each.pk}": "basic" for each in surveys.covered(box)}
    assert "已投票" in text_of(phone.post(url, whole))
    assert "已经用过" in text_of(phone.post(url, whole))
    assert "没有这张测评票" in text_of(phone.get("/assessments/ballot/forgedforged22/"))


def test_paper_is_typed_by_two_on_the_page(assessed, signed_in):
    survey_round = services.open_round(period=assessed.period, opens_on=DAY, closes_on=DAY, by=None)
    box = survey_round.boxes.get(village=assessed.world.villages[0], group="C1")
    url = f"/assessments/boxes/{box.pk}/paper/"
    client = signed_in("township_clerk")
    assert "第 2 行应为 2 个数字" in text_of(client.post(url, {"slips": "1 1\n1"}))
    sent(client.post(url, {"slips": "1 1\n1 2"}), box.get_absolute_url())
    assert "第二次录入要由另一个人进行" in text_of(client.post(url, {"slips": "1 1\n1 2"}))
    assert "等另一个人再录一次" in text_of(client.get(box.get_absolute_url()))
    sent(signed_in("second_clerk").post(url, {"slips": "1 2\n1 1"}), box.get_absolute_url())
    assert surveys.box_states(survey_round)[box.pk].paper == 2


def test_the_wall_chart_is_one_a3_page_without_private_data(shown, signed_in, tmp_path):
    card = shown.cards[0]
    page = signed_in("org_department").get(f"/assessments/{card.pk}/chart/")
    read = pypdf.PdfReader(io.BytesIO(page.content))
    assert len(read.pages) == 1 and [round(float(side)) for side in read.pages[0].mediabox[2:]] == [1191, 842]
    words = "".join(read.pages[0].extract_text().split())
    for block in ("一、考勤", "二、管理", "三、履职", "四、满意度", "村党支部意见", "加分和一票否决", "王书记", charts.number_of(card)):
        assert block in words, block
    out = tmp_path / "图"
    call_command("export_appraisal_chart", "2017", "--all", "--output", str(out))
    assert len(list(out.glob("*.pdf"))) == 3
    one = tmp_path / "一人.pdf"
    call_command("export_appraisal_chart", card.cadre.code, "2017", "--output", str(one))
    assert one.read_bytes().startswith(b"%PDF")


def test_the_paper_that_is_taken_to_the_village_is_printed(assessed, signed_in):
    survey_round = services.open_round(period=assessed.period, opens_on=DAY, closes_on=DAY, by=None)
    box = survey_round.boxes.get(village=assessed.world.villages[0], group="C1")
    blank = pypdf.PdfReader(io.BytesIO(signed_in("township_clerk").get(f"/assessments/boxes/{box.pk}/paper-ballots/").content))
    assert "".join(page.extract_text() for page in blank.pages).count("不满意") == 2 * box.electorate
    sheets = pypdf.PdfReader(io.BytesIO(signed_in("org_department").get(f"/assessments/periods/{assessed.period.pk}/sheets/print/").content))
    assert len(sheets.pages) == 2 and "入户访谈" in sheets.pages[0].extract_text()
    assert signed_in("township_checker").get(f"/assessments/periods/{assessed.period.pk}/sheets/print/").status_code == 403


@pytest.mark.parametrize(("name", "word"), [("score_331", "考核期"), ("export_appraisal_chart", "鉴定挂图")])
def test_the_commands_explain_themselves_in_chinese(name, word, capsys):
    with pytest.raises(SystemExit):
        call_command(name, "--help")
    assert word in capsys.readouterr().out


def test_a_draft_is_edited_tried_and_adopted_on_its_pages(shown, signed_in):
    client = signed_in("org_department")
    page = sent(client.post("/assessments/schemes/new/", {"from": shown.scheme.pk}))
    draft = AssessmentScheme.objects.get(state="draft")
    tried = text_of(client.get(f"{page}try/?period={shown.period.pk}"))
    assert "没有写入任何内容" in tried and "王书记" in tried
    form = text_of(client.get(f"{page}edit/"))
    assert "A1 名称" in form
    sent(client.post(f"{page}bonus/new/", {"title": "乡村治理创新", "criterion": "获市级以上推广", "proof": "文件", "certifier": "推广单位"}), page)
    assert draft.bonus_kinds.count() == 4
    row = draft.bonus_kinds.get(title="乡村治理创新")
    sent(
        client.post(
            f"/assessments/bonus-kinds/{row.pk}/edit/", {"title": "治理创新", "criterion": "获推广", "proof": "文件", "certifier": "推广单位"}
        ),
        page,
    )
    sent(client.post(f"/assessments/bonus-kinds/{row.pk}/remove/"), page)
    sent(client.post(f"{page}vetoes/new/", {"title": "群众投诉三次以上查实", "effect": "basic"}), page)
    sent(client.post(f"{page}indicators/new/", {"part": "B", "code": "B8", "title": "夜校授课", "maximum": "2", "kind": "judged"}), page)
    assert "B 部分" in text_of(client.post(f"{page}adopt/", follow=True))
    sent(client.post(f"/assessments/indicators/{draft.indicators.get(code='B8').pk}/remove/"), page)
    assert "已通过" in text_of(client.post(f"{page}adopt/", follow=True))
    refused = client.post(f"{page}bonus/new/", {"title": "再加", "criterion": "x", "proof": "x", "certifier": "x"})
    assert "考核期内不能改动" in text_of(refused)


def test_an_indicator_with_inputs_names_them(shown, signed_in):
    client = signed_in("org_department")
    page = sent(client.post("/assessments/schemes/new/"))
    url = f"{page}indicators/new/"
    base = {"part": "A", "code": "A6", "title": "迟报", "maximum": "2"}
    assert "应选 2 项数据" in text_of(client.post(url, base | {"kind": "ratio", "inputs": ["late_reports"]}))
    assert "每次扣分应填 1 个数" in text_of(client.post(url, base | {"kind": "deduction", "inputs": ["late_reports"], "terms": "1, 2"}))
    sent(client.post(url, base | {"kind": "deduction", "inputs": ["late_reports"], "terms": "1"}), page)
    assert "代码重复" in text_of(client.post(url, base | {"kind": "judged"}))


def test_the_figures_of_the_scheme_are_the_seeds(assessed, everywhere):
    from core.figures import get

    wanted = {"assessment_method_331": 331, "assessment_clear_rules": 3, "assessment_parts": 3, "assessment_weight_attendance": 30,
              "assessment_weight_duty": 30, "assessment_weight_satisfaction": 40, "bonus_kinds": 3}  # fmt: skip
    assert {key: get(key).compute(DAY) for key in wanted} == wanted
