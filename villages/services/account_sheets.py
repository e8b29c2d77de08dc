"""Accounts by spreadsheet: one sheet, two administrators.

The system administrator's sheet makes the accounts, all or none, each with a one-time code; the roles named in it wait
until a security administrator grants or refuses them.
"""

import json
import re
import time
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Organization, User
from accounts.permissions import BLIND, Role
from accounts.rules import USERNAME
from accounts.services import issue_codes
from core import settings
from core.checks.accounts import parse_phone
from core.checks.names import clean_name
from core.checks.problems import CheckError
from core.checks.text import clean_line
from core.clock import today
from core.crypto import CryptoError, decrypt, encrypt
from core.dates import parse_date
from core.scope import because
from core.workbooks import Heading, Line, Problem, read_rows
from villages.models import AccountSheet, Division, RoleRequest
from villages.services import VillagesError, grant_role

MOST = 500
CONFIRM_SECONDS = 3600
ROLES = {str(label): role for role, label in Role.choices if role not in BLIND}
HEADINGS = (
    Heading("用户名", "必填。小写字母开头,3 至 40 位小写字母、数字或 _ . -,全系统不重复,如 zhangsan。"),
    Heading("姓名", "必填。与身份证一致。"),
    Heading("单位", "必填。与系统“单位”中的名称一字不差;没有的先登记单位。", width=26),
    Heading("职务", "可不填,40 字以内。"),
    Heading("联系电话", "可不填。手机号或带区号的固定电话。"),
    Heading("角色", "可不填;填了由安全管理员确认后生效。系统、安全、审计管理员不能用表格申请。", tuple(ROLES), width=20),
    Heading("范围(区划代码)", "填了角色的必填。12 位区划代码,如 632801100000;也可只填前 6、9 位。", width=20),
    Heading("截止日期", "可不填。授权的最后一天,如 2018-12-31。"),
)


@dataclass(frozen=True)
class NewAccount:
    """One checked row; keys of rows in the database, days as text, so that it travels as JSON."""

    username: str
    name: str
    organization: int
    organization_name: str
    post: str
    phone: str
    role: str
    division: int | None
    area_name: str
    until: str

    @property
    def role_label(self) -> str:
        return f"{Role(self.role).label}({self.area_name})" if self.role else ""


def check_sheet(data: bytes) -> tuple[list[NewAccount], list[Problem]]:
    """The accounts a sheet asks for and everything that is wrong with it. Raises WorkbookError for what cannot be read at all."""
    lines, problems = read_rows(data, HEADINGS, most=MOST)
    if not lines:
        return [], [Problem(0, "", "", "表里没有填写内容。")]
    known = _Known(lines)
    accounts = [_Row(line, known, problems).account() for line in lines]
    return accounts, sorted(problems, key=lambda problem: (problem.row, problem.column))


class _Known:
    """What the rows are compared with, read once for all of them."""

    def __init__(self, lines: list[Line]) -> None:
        def values(name: str) -> list[str]:
            return [line.cells[name] for line in lines]

        self.rows: dict[str, int] = {}
        self.taken = set(User.objects.filter(username__in=[name for name in values("用户名") if "\0" not in name]).values_list("username", flat=True))
        names = {name for name in values("单位") if "\0" not in name}
        self.organizations = dict(Organization.objects.filter(name__in=names, valid_to=None).values_list("name", "pk"))
        codes = {code.ljust(12, "0") for code in values("范围(区划代码)") if re.fullmatch(r"[0-9]{6,12}", code)}
        self.divisions = {division.code: division for division in Division.objects.filter(code__in=codes)}


class _Row:
    """The checks of one row; what is wrong is added to the sheet's problems."""

    def __init__(self, line: Line, known: _Known, problems: list[Problem]) -> None:
        self.line, self.known, self.problems = line, known, problems

    def wrong(self, column: str, words: str) -> None:
        if not any(problem.row == self.line.number and problem.column == column for problem in self.problems):
            self.problems.append(Problem(self.line.number, column, self.line.cells[column][:40], words))

    def parsed(self, column: str, parser: Any, *, required: bool = False) -> Any:
        text = self.line.cells[column]
        if not text:
            if required:
                self.wrong(column, "必填。")
            return ""
        try:
            return parser(text)
        except CheckError as error:
            self.wrong(column, str(error))
            return ""

    def username(self) -> str:
        name = self.line.cells["用户名"]
        if not re.fullmatch(USERNAME, name):
            self.wrong("用户名", "应为小写字母开头、3 至 40 位的小写字母、数字或 _ . -。")
        elif name in self.known.rows:
            self.wrong("用户名", f"与第 {self.known.rows[name]} 行重复。")
        elif name in self.known.taken:
            self.wrong("用户名", "系统里已有这个用户名,请另取一个。")
        self.known.rows.setdefault(name, self.line.number)
        return name

    def organization(self) -> int:
        name = self.line.cells["单位"]
        if name not in self.known.organizations:
            self.wrong("单位", "系统里没有这个单位,请核对全称,或先登记单位。" if name else "必填。")
        return self.known.organizations.get(name, 0)

    def role(self) -> tuple[str, Division | None, str]:
        label, code = self.line.cells["角色"], self.line.cells["范围(区划代码)"]
        if not label:
            for column in ("范围(区划代码)", "截止日期"):
                if self.line.cells[column]:
                    self.wrong(column, "没有填角色,范围和截止日期也不填。")
            return "", None, ""
        if label not in ROLES:
            self.wrong("角色", "管理员角色由安全管理员单独授予,不用表格。" if label in set(Role.labels) else "没有这个角色,请从模板的选项中选择。")
        division = self.known.divisions.get(code.ljust(12, "0")) if code else None
        if division is None:
            self.wrong("范围(区划代码)", "没有这个区划代码,请到区划表中核对。" if code else "填了角色,就要填范围。")
        until = self.parsed("截止日期", parse_date)
        if until and until < today():
            self.wrong("截止日期", "截止日期已经过去。")
        return ROLES.get(label, ""), division, until.isoformat() if until else ""

    def account(self) -> NewAccount:
        role, division, until = self.role()
        return NewAccount(
            username=self.username(), name=self.parsed("姓名", clean_name, required=True), organization=self.organization(),
            organization_name=self.line.cells["单位"], post=self.parsed("职务", lambda text: clean_line(text, 40)),
            phone=self.parsed("联系电话", parse_phone), role=role, division=division.pk if division else None,
            area_name=division.name if division else "", until=until,
        )  # fmt: skip


def sealed(accounts: list[NewAccount], *, title: str, by: User) -> str:
    """What was checked, for the page that asks to confirm: encrypted, this administrator's alone, good for an hour."""
    return encrypt(json.dumps({"by": by.pk, "at": int(time.time()), "title": title, "rows": [asdict(account) for account in accounts]}))


def unsealed(text: str, *, by: User) -> tuple[list[NewAccount], str]:
    """Raises VillagesError for what is not this administrator's or too old."""
    try:
        kept = json.loads(decrypt(text))
    except (CryptoError, ValueError) as error:
        raise VillagesError("核对结果已失效,请重新上传表格。") from error
    if kept["by"] != by.pk or time.time() - kept["at"] > CONFIRM_SECONDS:
        raise VillagesError("核对结果已失效,请重新上传表格。")
    return [NewAccount(**row) for row in kept["rows"]], kept["title"]


@transaction.atomic
def create_accounts(*, accounts: list[NewAccount], title: str, by: User) -> tuple[AccountSheet, dict[str, str]]:
    """All accounts of a checked sheet or none, each with a one-time code (by user name), to be printed once.

    Nobody knows a password: it is set with the code. Raises VillagesError when a name was taken meanwhile.
    """
    reason = f"表格建立用户:{title}"
    because(reason)
    rows = [
        User(username=account.username, name=account.name, organization_id=account.organization, post=account.post, phone=account.phone,
             password=make_password(None), must_change_password=False)
        for account in accounts
    ]  # fmt: skip
    try:
        with transaction.atomic():
            users = User.objects.bulk_create(rows)
    except IntegrityError as error:
        raise VillagesError("核对之后,表里有用户名已被他人使用,没有建立任何账号。请重新上传核对。") from error
    asked = [(user, account) for user, account in zip(users, accounts, strict=True) if account.role]
    state = AccountSheet.State.WAITING if asked else AccountSheet.State.DONE
    sheet = AccountSheet.objects.create(title=title[:100], made_by=by, accounts=len(users), state=state)
    RoleRequest.objects.bulk_create(
        [RoleRequest(sheet=sheet, user=user, role=account.role, division_id=account.division, until=date.fromisoformat(account.until) if account.until else None)
         for user, account in asked]
    )  # fmt: skip
    codes = issue_codes(users=users, by=by, reason=reason, lasts=timedelta(days=settings.get("first_code_days")))
    return sheet, {user.username: codes[user.pk] for user in users}


@transaction.atomic
def decide_sheet(*, sheet: AccountSheet, granted: bool, reason: str, by: User) -> AccountSheet:
    """Grant all the roles of a sheet from today on, or none of them. Raises VillagesError, naming the row that cannot be granted."""
    sheet = AccountSheet.objects.select_for_update().get(pk=sheet.pk)
    if sheet.state != AccountSheet.State.WAITING:
        raise VillagesError("这张表已经办理。")
    if sheet.made_by_id == by.pk:
        raise VillagesError("不能确认自己上传的表格,请由另一位安全管理员办理。")
    for request in sheet.requests.select_related("user", "division") if granted else ():
        if request.until and request.until < today():
            raise VillagesError(f"{request.user.name}({request.user.username})的截止日期已经过去,没有授权任何人。请不予授权,改后重新上传。")
        try:
            grant_role(user=request.user, role=request.role, division=request.division, since=today(), until=request.until, by=by, reason=reason)
        except VillagesError as error:
            raise VillagesError(f"{request.user.name}({request.user.username}):{error}没有授权任何人。") from error
    because(reason)
    sheet.state = AccountSheet.State.GRANTED if granted else AccountSheet.State.REFUSED
    sheet.decided_by, sheet.decided_at, sheet.reason = by, timezone.now(), reason
    sheet.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    return sheet
