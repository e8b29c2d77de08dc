"""Workbooks in and out: what is created, changed, unchanged, refused; the same rules as typing; exact round trips."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from core.models import Event
from households import services
from households.models import Household, ImportBatch, Income, Member, NameGram
from households.services.imports import import_file
from households.sheets.writing import template
from tests.conftest import TODAY
from tests.factories import HouseholdFactory, MemberFactory
from tests.households.books import CHILD, HOME, HUSBAND, MONEY, PEOPLE, PERSON, WIFE, YEAR, book, change, number, sheets


def take(data: bytes, *, only_check: bool = False):
    counts, errors, _ = import_file(data=data, title="测试.xlsx", day=TODAY, only_check=only_check, mark=False)
    return counts, errors


def done(counts):
    return {part: tuple(counts[part].values()) for part in counts}


def test_a_household_comes_in_as_if_typed(world):
    counts, errors = take(book(sheets()))

    assert errors == []
    assert done(counts) == {"household": (1, 0, 0), "member": (3, 0, 0), "living": (1, 0, 0), "income": (1, 0, 0)}
    household = Household.objects.get()
    assert household.household_code == f"{world.villages[0].code}0001"
    assert (household.phone, household.cause_main, household.attribute, household.version) == ("13812345678", "07", "01", 1)
    first, _, child = household.members.order_by("number")
    assert (first.name, first.sex, first.birth_on, first.id_number) == ("张三丰", "1", date(1970, 3, 2), HUSBAND)
    assert (child.schooling, child.education, child.labour) == ("03", "", "4")
    assert str(household.living.get().cultivated_mu) == "12.50"
    income = household.incomes.get()
    assert (str(income.net), income.population) == ("6000.50", 3)
    assert NameGram.objects.filter(household_id=household.pk, gram="zsf").exists()


def test_the_same_file_twice_changes_nothing(world):
    take(book(sheets()))
    before = Household.objects.get().version

    counts, errors = take(book(sheets()))

    assert errors == []
    assert done(counts) == {"household": (0, 0, 1), "member": (0, 0, 3), "living": (0, 0, 1), "income": (0, 0, 1)}
    assert (Household.objects.get().version, Member.objects.count()) == (before, 3)


def test_one_changed_cell_changes_exactly_one_field(world, tmp_path):
    take(book(sheets()))
    path = tmp_path / "out.xlsx"
    services.export_file(str(path))
    counts, errors = take(path.read_bytes())
    assert errors == []
    assert done(counts) == {"household": (0, 0, 1), "member": (0, 0, 3), "living": (0, 0, 1), "income": (0, 0, 1)}, "an export comes back unchanged"

    people = [PEOPLE[0], change(PEOPLE[1], member__education="小学"), PEOPLE[2]]
    last = Event.objects.order_by("-id").values_list("id", flat=True).first()
    counts, errors = take(book(sheets(people=people)))

    assert done(counts) == {"household": (0, 1, 0), "member": (0, 1, 2), "living": (0, 0, 1), "income": (0, 0, 1)}
    event = Event.objects.get(id__gt=last, table="households_member")
    assert (event.before, event.after) == ({"education": "3"}, {"education": "2"})


def home(**values):
    return sheets(homes=[change(HOME, **values)])


def person(index, **values):
    return sheets(people=[change(row, **values) if place == index else row for place, row in enumerate(PEOPLE)])


@pytest.mark.parametrize(
    ("tables", "where", "message"),
    [
        (person(0, member__id_number=123456789012345678), ("家庭成员", 3, "证件号码"), "存成了数字"),
        (person(0, member__id_number="1.23E+17"), ("家庭成员", 3, "证件号码"), "存成了数字"),
        (person(0, member__id_number=HUSBAND[:17] + "0"), ("家庭成员", 3, "证件号码"), "校验码不符"),
        (person(0, member__id_number=HUSBAND[:6] + "********" + HUSBAND[14:]), ("家庭成员", 3, "证件号码"), "脱敏"),
        (person(0, member__id_number=""), ("家庭成员", 3, "证件号码"), "居民身份证要填18位号码"),
        (person(1, member__id_number=HUSBAND), ("家庭成员", 4, "证件号码"), "同一个证件号码"),
        (sheets(people=[*PEOPLE, PEOPLE[2]]), ("家庭成员", 6, "证件号码"), "完全相同,请删去一行"),
        (person(1, member__relation="户主"), ("家庭成员", 3, "与户主关系"), "必须有且只有一位户主"),
        (person(0, member__relation="其他"), ("家庭成员", 3, "与户主关系"), "必须有且只有一位户主"),
        (person(1, member__marital="农民"), ("家庭成员", 4, "婚姻状况"), "没有这个选项"),
        (person(2, member__labour="普通劳动力"), ("家庭成员", 5, "劳动技能"), "无劳动力"),
        (person(1, member__birth_on="19.5.6"), ("家庭成员", 4, "出生日期"), "日期请写成"),
        (person(1, member__birth_on="2021-02-29"), ("家庭成员", 4, "出生日期"), "没有这一天"),
        (person(1, member__birth_on="二〇一九年"), ("家庭成员", 4, "出生日期"), "日期请写成"),
        (person(1, member__left_on="1960-01-01", member__leave_reason="死亡"), ("家庭成员", 4, "减少日期"), "早于出生日期"),
        (person(1, member__left_on="2017-01-01", member__leave_reason="死亡", member__joined_on="2017-02-01", member__join_reason="婚入"),
         ("家庭成员", 4, "减少日期"), "早于增加日期"),
        (person(0, member__name='=HYPERLINK("http://x","点")'), ("家庭成员", 3, "姓名"), "只能用汉字"),
        (person(0, member__work_months=13), ("家庭成员", 3, "务工时间(月)"), "0至12"),
        (person(0, member__work_months=99999999999), ("家庭成员", 3, "务工时间(月)"), "整数"),
        (person(0, ref="9"), ("家庭成员", 3, "村"), "新户要写明村"),
        (person(0, ref=""), ("家庭成员", 3, "户编号"), "不知道是哪一户"),
        (home(village="不存在村"), ("户", 3, "村"), "没有“不存在村”"),
        (home(household__group="九社"), ("户", 3, "社(组)"), "没有这个社"),
        (home(household_code=6328011009010001), ("户", 3, "户编号"), "存成了数字"),
        (home(household_code="6328011009020001"), ("户", 3, "户编号"), "前12位应是所在村的代码"),
        (home(household__cause_main=""), ("户", 3, "主要致贫原因"), "请填写"),
        (home(household__cause_other="因病、因残、因学"), ("户", 3, "其他致贫原因"), "最多选两项"),
        (home(household__phone="12"), ("户", 3, "联系电话"), "11位手机号"),
        (home(household__bank_account="6222021234567890", household__bank_name="农商行", household__bank_account_kind="银行卡"), ("户", 3, "银行账号"), "校验不符"),
        (sheets(homes=[HOME, HOME]), ("户", 4, "户编号"), "已填过"),
        (sheets(people=[]), ("户", 3, ""), "没有成员"),
        (sheets(living=[change(YEAR, living__irrigated_mu=99)]), ("生产生活条件", 3, "有效灌溉面积(亩)"), "不能大于耕地面积"),
        (sheets(living=[change(YEAR, living__cattle=-5)]), ("生产生活条件", 3, "牛(头)"), "0至"),
        (sheets(incomes=[change(MONEY, income__b1="十万元")]), ("家庭收入", 3, "种植业"), "请填数字"),
        (sheets(incomes=[change(MONEY, income__b1="1.005")]), ("家庭收入", 3, "种植业"), "最多2位小数"),
        (sheets(incomes=[change(MONEY, income__b1=-1)]), ("家庭收入", 3, "种植业"), "不能是负数"),
        (sheets(incomes=[change(MONEY, income__b1="NaN")]), ("家庭收入", 3, "种植业"), "请填数字"),
        (sheets(incomes=[MONEY, MONEY]), ("家庭收入", 4, "户编号"), "已填过"),
        (sheets(incomes=[change(MONEY, income__year="二〇一七")]), ("家庭收入", 3, "年度"), "4位年份"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_is_written(world, tables, where, message):
    _, errors = take(book(tables))

    found = [(e.sheet, e.row, e.column) for e in errors if message in e.message]
    assert where in [place if where[2] else (*place[:2], "") for place in found], [(e.sheet, e.row, e.column, e.message) for e in errors]
    assert not Household.objects.exists()


@pytest.mark.parametrize(
    ("written", "read"),
    [(f"'{HUSBAND}", HUSBAND), (HUSBAND.translate(str.maketrans("0123456789X", "0123456789X")), HUSBAND), (f" {HUSBAND}\u00a0", HUSBAND)],
)  # fmt: skip
def test_an_id_number_is_taken_however_it_was_typed(world, written, read):
    assert take(book(person(0, member__id_number=written)))[1] == []
    assert Member.objects.get(name="张三丰").id_number == read


@pytest.mark.parametrize(
    "written", [42_084, "42084", "2015.3.21", "2015/3/21", "20150321", 20150321, "2015年3月21日", "二〇一五年三月二十一日", date(2015, 3, 21)]
)
def test_a_date_is_taken_however_it_was_written(world, written):
    assert take(book(home(household__identified_on=written)))[1] == []
    assert Household.objects.get().identified_on == date(2015, 3, 21)


def test_codes_and_labels_mean_the_same(world):
    people = [change(PEOPLE[0], member__relation="1", member__health=" 长期慢性病、残疾 ", member__ethnicity="藏", member__sex="男"), *PEOPLE[1:]]
    assert take(book(sheets(people=people)))[1] == []
    head = Member.objects.get(name="张三丰")
    assert (head.relation, head.health, head.ethnicity) == ("01", ["2", "4"], "04")


def test_titles_order_extra_columns_totals_and_merged_cells_do_not_matter(world):
    made = Workbook()
    sheet = made.active
    sheet.append(["格尔木市建档立卡户信息采集表"])
    sheet.merge_cells("A1:F1")
    sheet.append(
        [
            "备注(自用)",
            "身份证号码",
            "家庭编号",
            "所在村",
            "成员姓名",
            "与户主的关系",
            "识别时间",
            "贫困类型",
            "致贫原因",
            "学历",
            "健康情况",
            "劳动能力",
            "家庭人口数",
        ]
    )
    rows = [
        [row["member.id_number"], row["member.name"], row["member.relation"], row["member.education"], row["member.labour"]] for row in PEOPLE[:2]
    ]
    for number_, name, relation, education, labour in reversed(rows):
        sheet.append(["随便", number_, "A-7", "示范一村", name, relation, "2015-12-20", "一般贫困户", "缺技术", education, "健康", labour, 2])
    sheet.merge_cells("C3:C4")
    sheet.append(["合计", "", "", "", "2人"])
    out = io.BytesIO()
    made.save(out)

    counts, errors = take(out.getvalue())

    assert errors == []
    assert done(counts)["household"] == (1, 0, 0) and done(counts)["member"] == (2, 0, 0)
    assert Member.objects.get(relation="01").name == "张三丰"


def test_a_flat_sheet_that_contradicts_itself_is_refused(world):
    rows = [["表内户号", "村", "姓名", "与户主关系", "证件号码", "主要致贫原因", "识别(建档)日期", "贫困户属性", "文化程度", "健康状况", "劳动技能"],
            ["1", "示范一村", "张三丰", "户主", HUSBAND, "缺技术", "2015-12-20", "一般贫困户", "初中", "健康", "普通劳动力"],
            ["1", "示范一村", "李秀英", "配偶", WIFE, "缺资金", "2015-12-20", "一般贫困户", "初中", "健康", "普通劳动力"]]  # fmt: skip
    _, errors = take(book({"Sheet1": rows}))
    assert [(e.row, e.column) for e in errors] == [(3, "主要致贫原因")]
    assert "前后不一致" in errors[0].message


CSV_ROWS = [["户主身份证号", "村代码", "姓名", "与户主关系", "证件号码", "主要致贫原因", "识别日期", "贫困户属性", "文化程度", "健康状况", "劳动技能"],
            [HUSBAND, "632801100901", "张三丰", "户主", HUSBAND, "07", "20151220", "01", "3", "1", "1"]]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_the_encodings_people_have(world, encoding, delimiter):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(CSV_ROWS)
    counts, errors = take(text.getvalue().encode(encoding))
    assert errors == []
    assert done(counts)["household"] == (1, 0, 0)
    assert Member.objects.get().id_number == HUSBAND


def test_people_without_a_number_are_known_by_name_and_birth(world):
    baby = PERSON | {"member.document_kind": "户口簿(新生儿、无身份证)", "member.education": "学龄前儿童", "member.labour": "无劳动力"}
    people = [
        *PEOPLE,
        *(change(baby, member__name=name, member__relation="其他", member__sex="男", member__birth_on="2017-08-01") for name in ("张大宝", "张二宝")),
    ]
    take(book(sheets(people=people)))

    counts, errors = take(book(sheets(people=list(reversed(people)))))

    assert errors == []
    assert done(counts)["member"] == (0, 0, 5), "rows in another order, two of them without a number"


def test_a_head_without_a_number_is_not_registered_twice(world):
    head = PERSON | {
        "member.document_kind": "户口簿",
        "member.name": "卓玛",
        "member.relation": "户主",
        "member.sex": "女",
        "member.birth_on": "1970-01-01",
    }
    for expected in ((1, 0, 0), (0, 0, 1)):
        counts, errors = take(book(sheets(people=[head])))
        assert errors == []
        assert done(counts)["household"] == expected


def test_a_blank_cell_keeps_what_is_stored_and_none_clears_it(world):
    take(book(home(household__return_reason="", household__plan_exit_year=2018)))
    counts, _ = take(book(home(household__phone="")))
    assert done(counts)["household"] == (0, 0, 1)
    assert take(book(home(household__phone="无", household__plan_exit_year="无")))[1] == []
    household = Household.objects.get()
    assert (household.phone, household.plan_exit_year) == ("", None)


def test_a_new_head_is_taken_in_one_step(world):
    take(book(sheets()))
    code = {"ref": "", "household_code": Household.objects.get().household_code}
    people = [change(PEOPLE[0], member__left_on="2017-09-01", member__leave_reason="死亡"), change(PEOPLE[1], member__relation="户主"), PEOPLE[2]]
    counts, errors = take(book(sheets([HOME | code], [row | code for row in people], [], [])))
    assert errors == []
    assert done(counts)["member"] == (0, 2, 1)
    assert Member.objects.get(relation="01", left_on=None).name == "李秀英"


def test_somebody_registered_elsewhere_is_told_as_on_the_entry_screen(world):
    near = HouseholdFactory(village=world.villages[1])
    MemberFactory(household=near, relation="01", name="本人")
    MemberFactory(household=near, id_number=WIFE, name="原登记人", relation="02")
    _, errors = take(book(sheets()))
    assert near.household_code in errors[0].message


def test_values_are_stored_as_the_entry_screen_would(world):
    take(book(sheets(incomes=[change(MONEY, income__b1=8000.1 + 0.2)])))
    assert str(Income.objects.get().b1) == "8000.30"


def test_the_history_says_where_a_row_came_from(world):
    take(book(sheets()))
    batch = ImportBatch.objects.get()
    event = Event.objects.filter(table="households_member").first()
    assert event.reason == f"表格导入 {batch.number}:测试.xlsx"
    assert event.transaction == batch.transaction


def test_the_template_opens_and_comes_back_filled(world):
    data = template()
    made = load_workbook(io.BytesIO(data))
    assert made.sheetnames == ["填写说明", "户", "家庭成员", "生产生活条件", "家庭收入", "代码"]
    assert any(rule.formula1 and "代码" in rule.formula1 for rule in made["家庭成员"].data_validations.dataValidation)
    for title, rows in sheets().items():
        for row in rows[2:]:
            made[title].append([None if value == "" else value for value in row])
    out = io.BytesIO()
    made.save(out)
    counts, errors = take(out.getvalue())
    assert errors == []
    assert done(counts)["member"] == (3, 0, 0)


def test_the_commands_check_import_and_export(world, tmp_path, capsys):
    path, marked, out = tmp_path / "in.xlsx", tmp_path / "marked.xlsx", tmp_path / "out.xlsx"
    path.write_bytes(book(person(0, member__id_number=HUSBAND[:17] + "0")))
    with pytest.raises(CommandError, match="1 处错误"):
        call_command("import_households", str(path), "--json", "--errors", str(marked))
    document = json.loads(capsys.readouterr().out)
    assert document["errors"][0] | {"value": "", "message": ""} == {
        "sheet": "家庭成员",
        "row": 3,
        "column": "证件号码",
        "code": "value",
        "value": "",
        "message": "",
    }
    assert "校验码" in load_workbook(marked)["家庭成员"]["H3"].comment.text

    path.write_bytes(book(sheets()))
    call_command("import_households", str(path), "--check", "--json")
    assert json.loads(capsys.readouterr().out)["stored"] is False
    assert not Household.objects.exists()
    call_command("import_households", str(path))
    call_command("export_households", str(out), "--village", world.villages[0].code)
    capsys.readouterr()
    call_command("import_households", str(out), "--json")
    document = json.loads(capsys.readouterr().out)
    assert document["members"] == {"created": 0, "updated": 0, "unchanged": 3}
    with pytest.raises(CommandError, match="没有代码为"):
        call_command("export_households", str(out), "--village", "1")
    with pytest.raises(CommandError, match="读不了文件"):
        call_command("import_households", str(tmp_path / "none.xlsx"))


def test_undoing_takes_everything_back_and_only_while_untouched(world):
    take(book(sheets()))
    first = Household.objects.get()
    take(book(sheets(homes=[change(HOME, household__phone="13900000000")], people=[*PEOPLE, change(
        PEOPLE[2], member__name="张小兵", member__relation="之子", member__id_number=number(date(2009, 1, 9), 105))])))  # fmt: skip
    assert (Household.objects.get().phone, Member.objects.count()) == ("13900000000", 4)
    one, two = ImportBatch.objects.order_by("id")

    services.undo(batch=two, reason="传错了文件", by=None)

    household = Household.objects.get()
    assert (household.phone, Member.objects.count(), household.version > first.version) == ("13812345678", 3, True)
    assert services.where_registered(CHILD, user=world.people["bureau_clerk"]) != ""
    with pytest.raises(services.UndoRefused, match="修改过其中的户"):
        services.undo(batch=one, reason="也传错了", by=None)
    with pytest.raises(services.UndoRefused, match="不能撤销"):
        services.undo(batch=two, reason="再来", by=None)


def test_undoing_a_first_import_leaves_nothing_but_the_trail(world):
    take(book(sheets()))
    services.undo(batch=ImportBatch.objects.get(), reason="传错了文件", by=None)
    assert not Household.objects.exists() and not Member.objects.exists() and not NameGram.objects.exists()
    assert Event.objects.filter(table="households_member", action="D").count() == 3
    assert take(book(sheets()))[1] == [], "and the right file can come"
