"""The clerk's day in Chromium: by keyboard alone, at both widths, with the draft that survives."""

from datetime import date

import pytest
from playwright.sync_api import expect

from core.checks.identity import make_id_number

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGES = ("/", "/households/", "/households/new/", "/households/1/", "/households/1/members/", "/households/1/history/", "/villages/", "/work/jobs/",
         "/reports/charts/", "/reports/figures/")  # fmt: skip


class Keys:
    """A keyboard that counts."""

    def __init__(self, page) -> None:
        self.page, self.count = page, 0

    def press(self, key: str) -> None:
        self.count += 1
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.count += len(text)
        self.page.keyboard.type(text)

    def focused(self) -> str:
        return self.page.evaluate("document.activeElement.name || document.activeElement.id || ''")

    def to(self, name: str) -> None:
        """Enter by Enter, as the clerk does, until the field is reached."""
        for _ in range(60):
            if self.focused().removeprefix("id_").endswith(name):
                return
            self.press("Enter")
        raise AssertionError(f"{name} was not reached, stopped at {self.focused()}")

    def fill(self, name: str, text: str) -> None:
        self.to(name)
        self.type(text)


# (name, born, sequence, relation, education, schooling, labour, chronic)
SIX = (
    ("赵甲山", date(1972, 4, 5), 71, "01", "3", "", "1"),
    ("钱秀兰", date(1974, 5, 6), 72, "02", "2", "", "1"),
    ("赵小军", date(2003, 6, 7), 73, "03", "", "06", "4"),
    ("赵小梅", date(2007, 7, 8), 74, "04", "", "03", "4"),
    ("赵老汉", date(1946, 8, 9), 75, "11", "1", "", "3"),
    ("孙桂香", date(1948, 9, 1), 76, "12", "1", "", "3"),
)


def test_a_household_of_six_by_keyboard_alone(visit, address):
    page = visit("zhuangan", "/households/new/")
    keys = Keys(page)
    page.keyboard.press("Tab")
    page.evaluate("document.querySelector('[data-first]').focus()")  # the page opens at the first field of the first member

    for index, (name, born, sequence, relation, education, schooling, labour) in enumerate(SIX):
        if index:
            keys.press("Alt+n")
        prefix = f"members-{index}-"
        keys.fill(prefix + "name", name)
        keys.fill(prefix + "id_number", make_id_number("990777", born, sequence))
        if index:
            keys.fill(prefix + "relation", relation)
        if education:
            keys.fill(prefix + "education", education)
        if schooling:
            keys.fill(prefix + "schooling", schooling)
        keys.fill(prefix + "labour", labour)
        keys.to(prefix + "medical_insured")
        keys.press("Space")
    keys.fill("household-village", "sfyc")
    keys.fill("household-attribute", "01")
    keys.fill("household-cause_main", "07")
    keys.fill("household-plan_exit_year", "2018")
    keys.fill("income-a1", "12000")
    assert page.locator('[data-sum="per_capita"]').inner_text() == "2,000.00"
    keys.press("Control+Enter")

    expect(page.locator("h1")).to_contain_text("赵甲山", timeout=20000)
    assert page.locator("table.list tbody tr").count() == 6
    print(f"keystrokes for a household of six: {keys.count}")
    assert keys.count < 420
    assert page.said == []


def test_what_the_number_tells_is_filled_and_what_is_wrong_is_told_at_the_field(visit):
    page = visit("zhuangan", "/households/new/")
    number = page.locator("#id_members-0-id_number")
    number.fill(make_id_number("990778", date(1980, 2, 29), 12))
    assert page.locator("#id_members-0-birth_on").input_value() == "1980-02-29"
    assert page.locator("#id_members-0-sex").input_value() == "女"
    number.fill("990778198002290000")
    assert "校验码不符" in page.locator('[data-field="id_number"] [data-live]').first.inner_text()
    # the number of a household of another township: the office to call, nothing else
    page.locator("#id_members-0-relation").fill("之子")
    page.keyboard.press("Tab")
    assert "与这个关系不符" in page.locator('[data-field="relation"] [data-live]').first.inner_text()


def test_the_draft_survives_a_closed_page(visit, address):
    page = visit("cunwei", "/households/apply/")
    page.locator("#id_members-0-name").fill("未交草稿")
    expect(page.locator("[data-draft-state]")).to_contain_text("已自动保存", timeout=15000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{address}/households/apply/")
    page.get_by_text("继续填写").click()
    assert page.locator("#id_members-0-name").input_value() == "未交草稿"


def test_a_dead_network_is_told_and_nothing_is_lost(visit):
    page = visit("shuji", "/households/apply/")
    page.context.set_offline(True)
    page.locator("#id_members-0-name").fill("断网之人")
    expect(page.locator("[data-draft-state]")).to_contain_text("网络不通", timeout=15000)
    page.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_contain_text("已自动保存", timeout=15000)
    assert page.locator("#id_members-0-name").input_value() == "断网之人"


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_scrolls_sideways_or_complains(visit, address, width):
    page = visit("fupin", "/", width)
    for path in PAGES:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, path
        assert page.said == [], path


def test_pages_keep_the_accessibility_rules(visit, address):
    from axe_playwright_python.sync_playwright import Axe

    page = visit("fupin")
    found = {}
    for path in PAGES:
        page.goto(address + path)
        serious = [(v["id"], v["nodes"][0]["html"][:160]) for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
        if serious:
            found[path] = serious
    assert found == {}


def test_the_list_is_walked_by_keys(visit, address):
    page = visit("zhuangan", "/households/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("nav.tabs")).to_be_visible(timeout=20000)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"


def decide(page, result: str, opinion: str = "") -> None:
    page.check(f"[name=result][value={result}]")
    page.fill("[name=opinion]", opinion)
    page.click("form[action$='/decide/'] [data-save]")
    page.wait_for_load_state()


def pick(page, name: str, label: str) -> None:
    """Choose in a select that has become a field with a list."""
    page.fill(f"#id_{name}", label)
    page.press(f"#id_{name}", "Enter")
    assert label in page.input_value(f"#id_{name}"), name


def from_inbox(page, address: str, words: str) -> None:
    page.goto(f"{address}/inbox/")
    page.click(f"a:has-text('{words}')")
    page.wait_for_url("**/cases/*/")


def test_a_case_goes_through_four_people_with_a_return_a_deputy_and_a_signed_sheet(visit, address, played, tmp_path):
    made = played.run("shell", "-c", "from workflow.models import Step; print(Step.objects.filter(procedure__key='leave_department_bureau', "
                      "code='department').update(needs_signed_sheet=True))", role="owner")  # fmt: skip
    assert made.stdout.strip().endswith("1"), made.stderr
    cadre = visit("shuji", "/cadres/leaves/new/", 390)
    pick(cadre, "kind", "事假")
    for name, text in (("starts_on", "2017-11-13"), ("ends_on", "2017-11-24"), ("reason", "照料住院的母亲"), ("destination", "西宁市")):
        cadre.fill(f"[name={name}]", text)
    cadre.click("[data-save]")
    cadre.wait_for_url("**/cases/*/")
    case = cadre.url
    title = cadre.locator("h1").inner_text()

    checker = visit("shenhe")
    from_inbox(checker, address, "乡镇(街道)党委审核")
    decide(checker, "return")
    expect(checker.locator("body")).to_contain_text("请写明原因")
    decide(checker, "return", "请补写顶岗安排")
    cadre.goto(case)
    expect(cadre.locator("body")).to_contain_text("请补写顶岗安排")
    cadre.click("button:has-text('重新提交')")
    cadre.wait_for_load_state()

    checker.goto(f"{address}/villages/deputies/new/")
    pick(checker, "deputy", "李专干")
    checker.fill("[name=until]", "2017-10-06")
    checker.fill("[name=reason]", "外出学习")
    checker.click("[data-save]")
    checker.wait_for_load_state()
    deputy = visit("zhuangan", width=390)
    from_inbox(deputy, address, "乡镇(街道)党委审核")
    decide(deputy, "pass", "已安排顶岗")

    department = visit("zuzhibu")
    from_inbox(department, address, "市委组织部审批")
    decide(department, "pass")
    expect(department.locator("body")).to_contain_text("签字")
    kind = department.evaluate("""async () => { const form = document.querySelector("form[action$='/sheet/']");
        return (await fetch(form.action, {method: "POST", body: new FormData(form)})).headers.get("content-type"); }""")
    assert kind == "application/pdf"
    department.goto(case)
    department.click("a:has-text('回传')")
    department.wait_for_load_state()
    scan = tmp_path / "签字件.jpg"
    department.screenshot(path=scan, type="jpeg")
    department.set_input_files("[name=file]", scan)
    department.fill("[name=party_1]", "市委组织部")
    department.fill("[name=name_1]", "陈组织")
    department.click("[data-save]")
    department.wait_for_url(case)
    decide(department, "pass", "同意")

    bureau = visit("shenpi", width=390)
    from_inbox(bureau, address, "农牧和扶贫开发局审批")
    decide(bureau, "pass")
    expect(bureau.locator("body")).to_contain_text("已办结")
    cadre.goto(case)
    said = cadre.locator("ol.steps").inner_text()
    assert "李专干" in said
    assert "赵审核" in said
    assert cadre.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, title
    assert [page.said for page in (cadre, checker, deputy, department, bureau)] == [[], [], [], [], []]
