"""Accounts by spreadsheet: every error named, all or none, slips with one-time codes, roles granted by somebody else."""

import base64
import io
import re

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import OneTimeCode, User
from tests.factories import OrganizationFactory
from villages.models import AccountSheet, Grant
from villages.services import VillagesError
from villages.services import account_sheets as sheets

NEW = "/villages/account-sheets/new/"
GOOD = {"用户名": "zhangsan", "姓名": "张三", "单位": "郭勒木德镇政府", "职务": "科员", "联系电话": "13800138000", "角色": "乡镇专干",
        "范围(区划代码)": "632801100", "截止日期": "2018-12-31"}  # fmt: skip


def book(*rows, headings=tuple(heading.name for heading in sheets.HEADINGS)):
    made = openpyxl.Workbook()
    made.active.append(list(headings))
    for row in rows:
        made.active.append([row.get(name, "") for name in headings])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def row(number=1, **changed):
    return GOOD | {"用户名": f"user{number:04d}"} | changed


@pytest.fixture
def office(world):
    return OrganizationFactory(name="郭勒木德镇政府")


def send(client, data, name="账号.xlsx"):
    return client.post(NEW, {"file": SimpleUploadedFile(name, data)})


def checked(page):
    return re.search(r'name="checked" value="([^"]+)"', page.content.decode())[1]


def test_the_template_is_filled_in_sent_confirmed_and_the_slips_open_the_accounts(signed_in, world, office):
    client = signed_in("system_admin")
    filled = openpyxl.load_workbook(io.BytesIO(client.get("/villages/account-sheets/template/").content))
    assert [cell.value for cell in filled.active[1]] == [heading.name for heading in sheets.HEADINGS]
    for number, each in enumerate((row(1), row(2, 角色="", **{"范围(区划代码)": "", "截止日期": ""})), start=2):
        for column, heading in enumerate(sheets.HEADINGS, start=1):
            filled.active.cell(number, column, each[heading.name])
    out = io.BytesIO()
    filled.save(out)
    page = send(client, out.getvalue())
    assert "将建立 2 个账号" in page.content.decode()
    assert not User.objects.filter(username="user0001").exists(), "nothing is written before it is confirmed"
    done = client.post(NEW, {"checked": checked(page)}).content.decode()
    pdf = PdfReader(io.BytesIO(base64.b64decode(re.search(r"base64,([^\"]+)\"", done)[1])))
    text = "".join(each.extract_text() for each in pdf.pages)
    codes = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}", text)
    assert len(set(codes)) == 2
    user = User.objects.get(username="user0001")
    assert not user.has_usable_password()
    answers = [
        Client().post("/accounts/code/", {"username": "user0001", "code": code, "new": "Qinghai-17x", "again": "Qinghai-17x"}) for code in codes
    ]
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    visitor = Client()
    visitor.post("/accounts/sign-in/", {"username": "user0001", "password": "Qinghai-17x"})
    assert visitor.get("/villages/").status_code == 403, "no role before somebody else has granted it"
    sheet = AccountSheet.objects.get()
    assert "账号.xlsx" in signed_in("security_admin").get("/").content.decode()
    address = reverse("villages:account-sheet-decide", args=[sheet.pk])
    assert signed_in("system_admin").post(address, {"granted": "yes", "reason": "文件"}).status_code == 403
    assert signed_in("security_admin").post(address, {"granted": "yes", "reason": "格组〔2017〕1号"}).status_code == 302
    assert visitor.get("/villages/").status_code == 200
    given = Grant.objects.get(user=user)
    assert (given.role, given.area, str(given.until)) == ("township_clerk", "632801100", "2018-12-31")
    assert "已经办理" in signed_in("security_admin").post(address, {"granted": "no", "reason": "x"}).content.decode()


WRONG = [
    ({"用户名": "user0001"}, "用户名", "与第 2 行重复"), ({"用户名": "stranger"}, "用户名", "已有这个用户名"), ({"用户名": "张三"}, "用户名", "小写字母开头"),
    ({"用户名": ""}, "用户名", "小写字母开头"), ({"姓名": ""}, "姓名", "必填"), ({"姓名": "A1"}, "姓名", "姓名"), ({"单位": "没有的单位"}, "单位", "没有这个单位"),
    ({"单位": ""}, "单位", "必填"), ({"联系电话": "12"}, "联系电话", ""), ({"角色": "大王"}, "角色", "没有这个角色"),
    ({"角色": "系统管理员"}, "角色", "安全管理员单独授予"), ({"范围(区划代码)": "999999"}, "范围(区划代码)", "没有这个区划代码"),
    ({"范围(区划代码)": ""}, "范围(区划代码)", "就要填范围"), ({"角色": ""}, "范围(区划代码)", "没有填角色"), ({"截止日期": "2016-01-01"}, "截止日期", "已经过去"),
    ({"截止日期": "明天"}, "截止日期", ""), ({"姓名": "=1+1"}, "姓名", "公式"), ({"职务": "长" * 60}, "职务", ""), ({"用户名": "a" * 3000}, "用户名", "小写"),
]  # fmt: skip


def test_every_error_is_named_with_its_row_and_column_and_nothing_is_made(signed_in, world, office):
    data = book(row(1), *(row(number, **changed) for number, (changed, _, _) in enumerate(WRONG, start=2)))
    accounts, problems = sheets.check_sheet(data)
    assert len(accounts) == len(WRONG) + 1
    found = {(problem.row, problem.column): problem.words for problem in problems}
    for number, (_, column, words) in enumerate(WRONG, start=3):
        assert words in found[number, column], (number, column)
    before = User.objects.count()
    page = send(signed_in("system_admin"), data).content.decode()
    assert f"有 {len(problems)} 处错误" in page
    assert 'name="checked"' not in page
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "空"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "旧版"), (b"PK\x03\x04broken", "打不开"), (b"%PDF-1.4", "类型不对"),
     (b"a,b,c\n1,2,3\n", "打不开"), (book(headings=("用户名", "姓名")), "表头缺少:单位"), (book(), "没有填写内容"),
     (book(headings=(*(h.name for h in sheets.HEADINGS), "姓名")), "出现了两次")],
)  # fmt: skip
def test_what_is_no_sheet_of_ours_is_told_in_words(signed_in, world, data, words):
    page = send(signed_in("system_admin"), data)
    assert page.status_code == 200
    assert words in page.content.decode()


def test_five_thousand_rows_are_too_many_for_one_sheet(signed_in, world, office):
    page = send(signed_in("system_admin"), book(*(row(number) for number in range(5000))))
    assert "最多 500 行" in page.content.decode()
    assert not AccountSheet.objects.exists()


def test_a_name_taken_after_the_check_leaves_no_account_behind(signed_in, world, office):
    client = signed_in("system_admin")
    page = send(client, book(row(1), row(2)))
    User.objects.create(username="user0002", name="后来者")
    again = client.post(NEW, {"checked": checked(page)})
    assert "没有建立任何账号" in again.content.decode()
    assert not User.objects.filter(username="user0001").exists()
    assert not OneTimeCode.objects.exists()


def test_a_check_is_good_for_who_made_it_for_an_hour_and_once(signed_in, world, office, monkeypatch):
    client = signed_in("system_admin")
    kept = checked(send(client, book(row(1))))
    for broken in ("", "x", kept[:-6] + "AAAAAA", "demo1$AAAA"):
        assert "已失效" in client.post(NEW, {"checked": broken}).content.decode(), broken
    with pytest.raises(VillagesError, match="已失效"):
        sheets.unsealed(kept, by=world.people["security_admin"])
    monkeypatch.setattr(sheets, "CONFIRM_SECONDS", -1)
    assert "已失效" in client.post(NEW, {"checked": kept}).content.decode()
    monkeypatch.undo()
    assert "账号已建立" in client.post(NEW, {"checked": kept}).content.decode()
    assert "已被他人使用" in client.post(NEW, {"checked": kept}).content.decode()
    assert User.objects.filter(username="user0001").count() == 1


def test_roles_are_granted_all_or_none_and_can_be_refused(world, office):
    maker, decider = world.people["system_admin"], world.people["security_admin"]
    accounts, problems = sheets.check_sheet(book(row(1), row(2)))
    assert not problems
    sheet, _ = sheets.create_accounts(accounts=accounts, title="表", by=maker)
    second = User.objects.get(username="user0002")
    Grant.objects.create(user=second, role="audit_admin", division=world.city, area="632801", since="2016-01-01")
    with pytest.raises(VillagesError, match=r"user0002.*三人分任.*没有授权任何人"):
        sheets.decide_sheet(sheet=sheet, granted=True, reason="文件", by=decider)
    assert not Grant.objects.filter(user__username="user0001").exists()
    with pytest.raises(VillagesError, match="自己上传"):
        sheets.decide_sheet(sheet=sheet, granted=True, reason="文件", by=maker)
    sheets.decide_sheet(sheet=sheet, granted=False, reason="重报", by=decider)
    assert not Grant.objects.filter(user__username="user0001").exists()
    with pytest.raises(IntegrityError, match="account_sheet_decided_by_another"), transaction.atomic():
        AccountSheet.objects.filter(pk=sheet.pk).update(decided_by=maker)
    with pytest.raises(IntegrityError, match="account_sheet_decided_iff_by"), transaction.atomic():
        AccountSheet.objects.filter(pk=sheet.pk).update(state="waiting")


@pytest.mark.parametrize("role", ["security_admin", "audit_admin", "township_checker", "stranger"])
def test_only_system_administrators_send_sheets(signed_in, world, role):
    client = signed_in(role)
    for address in (NEW, "/villages/account-sheets/template/"):
        assert client.get(address).status_code == 403
    assert send(client, b"x").status_code == 403
