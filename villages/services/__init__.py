"""Writes of divisions, villages and grants."""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import User
from accounts.permissions import BLIND, duty
from core import settings
from core.clock import today
from core.scope import because
from villages import rules
from villages.models import Division, Grant, Village, VillageGroup, VillageYear


class VillagesError(Exception):
    """Base for expected refusals; str() is shown to the user."""


@transaction.atomic
def grant_role(*, user: User, role: str, division: Division, since: date, by: User | None, until: date | None = None, reason: str = "") -> Grant:
    """Give a role in an area until a day (None: until ended). Nobody grants to themselves."""
    if by is not None and by.pk == user.pk:
        raise VillagesError("不能给自己授权,请由另一位安全管理员办理。")
    _check_duties(user, role, since, until)
    because(reason or f"授予{role}")
    grant = Grant(user=user, role=role, division=division, area=division.prefix, since=since, until=until,
                  granted_by=by, reason=reason)  # fmt: skip
    grant.full_clean()
    grant.save()
    return grant


def _check_duties(user: User, role: str, since: date, until: date | None) -> None:
    """三员分立: nobody is two of the three administrators at a time, nor one of them and something else."""
    for other in Grant.objects.filter(user=user).filter(Q(until=None) | Q(until__gte=since)).order_by("since"):
        if duty(other.role) != duty(role) and (until is None or other.since <= until):
            days = f"{other.since:%Y-%m-%d} 起" + (f"至 {other.until:%Y-%m-%d}" if other.until else "")
            raise VillagesError(
                f"{user.name} {days}任{other.get_role_display()}。系统、安全、审计管理员须由三人分任,不得互兼,也不得兼任业务角色;请先结束原授权,或另选一人。"
            )


@transaction.atomic
def open_village(*, division: Division, by: Any, **fields: Any) -> Village:
    """Start registering households in a village-level division."""
    if division.level != Division.Level.VILLAGE:
        raise VillagesError("只有村(社区)一级的区划才能设为村。")
    because(f"设立村 {division.name}")
    village = Village(division=division, township=division.parent, code=division.code, name=fields.pop("name", division.name), **fields)
    village.full_clean()
    village.save()
    return village


def _write(record: Any, fields: dict[str, Any], reason: str) -> Any:
    because(reason)
    for name, value in fields.items():
        setattr(record, name, value)
    record.full_clean()
    record.save()
    return record


@transaction.atomic
def edit_village(*, village: Village, by: User, **fields: Any) -> Village:
    """Change a village's own facts; its code and its place in the tree stay."""
    if {"code", "division", "township"} & set(fields):
        raise VillagesError("村代码和所属区划随区划表,不在这里修改。")
    return _write(village, fields, f"修改村情况 {village.name}")


@transaction.atomic
def save_village_year(*, profile: VillageYear, by: User, **fields: Any) -> VillageYear:
    """Record a village's profile of a year, or change it. One a year, by constraint."""
    return _write(profile, fields, "修改村年度情况" if profile.pk else "录入村年度情况")


@transaction.atomic
def save_group(*, group: VillageGroup, by: User, **fields: Any) -> VillageGroup:
    """Add a group (社) to a village, or rename it. Households keep pointing at it."""
    return _write(group, fields, "修改社(组)" if group.pk else "增加社(组)")


@transaction.atomic
def end_grant(*, grant: Grant, until: date, by: User, reason: str) -> Grant:
    """Let a grant run out on a day (its last). Nobody ends what they hold themselves."""
    if grant.user_id == by.pk:
        raise VillagesError("不能结束自己的授权,请由另一位安全管理员办理。")
    grant = Grant.objects.select_for_update().get(pk=grant.pk)
    if grant.until is not None and grant.until < until:
        raise VillagesError(f"这项授权已于 {grant.until:%Y-%m-%d} 截止。")
    because(reason)
    grant.until = until
    grant.full_clean(exclude=["granted_by"])  # the first grants of an installation have none
    grant.save(update_fields=["until"])
    return grant


AREA_LENGTHS = (2, 4, 6, 9, 12)


@transaction.atomic
def recall(*, user: User, until: date, reason: str, by: User | None, role: str = "", village_code: str = "", begun_by: date | None = None) -> int:
    """Let a person's grants run out on a day (its last): all, or those of a role whose area holds a village. How many.

    It goes by person, role and place and not by who gave the grant for what, so that none is forgotten. A grant that
    would have begun later is taken back (unless `begun_by` leaves out what began after that day); one that ends earlier
    stays as it is.
    """
    grants = Grant.objects.filter(user=user).filter(Q(until=None) | Q(until__gt=until))
    if role:
        grants = grants.filter(role=role)
    if village_code:
        grants = grants.filter(area__in=[village_code[:length] for length in AREA_LENGTHS])
    if begun_by:
        grants = grants.filter(since__lte=begun_by)
    because(reason)
    found = list(grants.select_for_update().values_list("pk", "since"))
    Grant.objects.filter(pk__in=[pk for pk, since in found if since > until]).delete()
    Grant.objects.filter(pk__in=[pk for pk, since in found if since <= until]).update(until=until)
    return len(found)


def own_duties(user: User) -> Any:
    """What a person may give to a deputy: grants of their own in force, no administrator's."""
    return Grant.objects.active().filter(user=user, deputy_for=None).exclude(role__in=BLIND).order_by("role", "area")


def may_be_deputized(user: User) -> bool:
    return any(grant.deputy_for_id is None and grant.role not in BLIND for grant in user.active_grants)


def possible_deputies(user: User) -> Any:
    """Colleagues of the same unit, and whoever works in one of the person's areas; no administrator."""
    areas = Q()
    for grant in user.active_grants:
        areas |= Q(area__startswith=grant.area)
    there = Grant.objects.in_force(today()).filter(areas).exclude(role__in=BLIND).values("user") if areas else Grant.objects.none().values("user")
    near = Q(pk__in=there) | (Q(organization=user.organization_id) if user.organization_id else Q())
    blind = Grant.objects.in_force(today()).filter(role__in=BLIND).values("user")
    return User.objects.filter(near, is_active=True).exclude(pk=user.pk).exclude(pk__in=blind).select_related("organization").order_by("name")


@transaction.atomic
def appoint_deputy(*, user: User, deputy: User, role: str, division: Division, since: date, until: date, reason: str, by: User) -> Grant:
    """代办: `deputy` acts for `user` in a role of the latter's own, in (or inside) the area of it, for a time (setting `deputy_longest_days`).

    Done by the principal. Nobody deputizes what is itself deputized, nor an administrator's duty.
    """
    if by.pk != user.pk:
        raise VillagesError("代办由本人交办,不能替别人交办。")
    if role in BLIND:
        raise VillagesError("系统、安全、审计管理员的职责不能交人代办,请由安全管理员另行授权。")
    if deputy.pk == user.pk:
        raise VillagesError("代办不能交给自己。")
    if not deputy.is_active:
        raise VillagesError(f"{deputy.name}的账号已停用,请另选一人。")
    own = [grant for grant in Grant.objects.filter(user=user, role=role, deputy_for=None).in_force(since)
           if rules.covers(grant.area, division.prefix) and (grant.until is None or grant.until >= until)]  # fmt: skip
    if not own:
        raise VillagesError("只能交办本人在这段时间、这个范围内的职责;代办来的职责不能再交办。")
    longest = settings.get("deputy_longest_days")
    if until < since or until < today():
        raise VillagesError("截止日期不能早于起始日期,也不能早于今天。")
    if (until - since).days + 1 > longest:
        raise VillagesError(f"代办最长 {longest} 天,到期后可以再次交办。")
    _check_duties(deputy, role, since, until)
    because(f"交人代办:{reason}")
    grant = Grant(user=deputy, role=role, division=division, area=division.prefix, since=since, until=until, granted_by=by,
                  reason=reason, deputy_for=user)  # fmt: skip
    grant.full_clean()
    grant.save()
    return grant


@transaction.atomic
def end_deputy(*, grant: Grant, by: User) -> None:
    """The principal takes a duty back at once. One that began today or later is taken away, as `recall` does."""
    if grant.deputy_for_id != by.pk:
        raise VillagesError("只能收回本人交办的代办。")
    yesterday = today() - timedelta(days=1)
    found = Grant.objects.select_for_update(of=("self",)).filter(pk=grant.pk, until__gt=yesterday).first()
    if found is None:
        raise VillagesError("这项代办已经截止或收回。")
    because("收回代办")
    if found.since > yesterday:
        found.delete()
    else:
        found.until = yesterday
        found.save(update_fields=["until"])


# --- the division tree ---------------------------------------------------------------------------
class DivisionFileError(VillagesError):
    """A division file that was not loaded; `problems` are (line number, message)."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        self.problems = problems
        super().__init__(f"区划文件有 {len(problems)} 处错误,没有载入任何内容。")


@dataclass(frozen=True)
class DivisionCounts:
    created: int
    renamed: int
    unchanged: int


def decode_divisions(data: bytes) -> str:
    """The text of a division file in UTF-8 (with or without BOM) or GB18030. Raises DivisionFileError by line."""
    encodings = ("utf-8-sig", "gb18030")
    failures: list[list[int]] = []
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            lines = enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
            failures.append([number for number, line in lines if not _decodes(line, encoding)])
    least = min(failures, key=len)
    raise DivisionFileError([(number, "这一行不是 UTF-8 或 GB18030 编码的文字。") for number in least])


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


DivisionRow = tuple[int, str, str, int, str]


def parse_divisions(text: str) -> list[DivisionRow]:
    """(line, code, name, level, parent code) of a division file. Raises DivisionFileError with every wrong line."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[DivisionRow] = []
    problems: list[tuple[int, str]] = []
    first_line: dict[str, int] = {}
    try:
        header = [cell.strip().lower() for cell in next(reader, [])]
        if header != rules.HEADER:
            raise DivisionFileError([(1, f"第一行应为 {','.join(rules.HEADER)}。")])
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            line = reader.line_num
            if len(cells) != len(rules.HEADER):
                problems.append((line, f"应有{len(rules.HEADER)}列,实有{len(cells)}列。"))
                continue
            code, name, level, parent = (cell.strip() for cell in cells)
            problem = rules.division_problem(code, name, level, parent)
            if not problem and code in first_line:
                problem = f"区划代码 {code} 与第{first_line[code]}行重复。"
            if problem:
                problems.append((line, problem))
                continue
            first_line[code] = line
            rows.append((line, code, name, int(level), parent))
    except csv.Error as error:
        problems.append((reader.line_num, f"这一行不是规范的 CSV(引号、换行或空字符):{error}"))
    if not rows and not problems:
        problems.append((1, "文件里没有区划。"))
    if problems:
        raise DivisionFileError(problems)
    return rows


@transaction.atomic
def load_divisions(*, data: bytes) -> DivisionCounts:
    """Load the division tree from CSV bytes, all or nothing; a second run changes only names that differ.

    A village that bears its division's old name takes the new one. Raises DivisionFileError.
    """
    rows = parse_divisions(decode_divisions(data))
    known = dict(Division.objects.values_list("code", "level"))
    here = {code for _, code, _, _, _ in rows}
    orphans = [(line, f"区划 {code} 的上级 {parent} 不在文件里,库中也没有。")
               for line, code, _, _, parent in rows if parent and parent not in here and parent not in known]  # fmt: skip
    if orphans:
        raise DivisionFileError(orphans)
    because("载入区划")
    with connection.cursor() as cursor:
        cursor.execute("create temporary table division_file (code text, name text, level int, parent_code text) on commit drop")
        with cursor.copy("copy division_file from stdin") as copy:
            for _, code, name, level, parent in rows:
                copy.write_row((code, name, level, parent))
        cursor.execute(
            "update villages_village v set name = f.name from division_file f join villages_division d on d.code = f.code "
            "where v.division_id = d.id and v.name = d.name and v.name <> f.name"
        )
        cursor.execute("update villages_division d set name = f.name from division_file f where f.code = d.code and d.name <> f.name")
        renamed, created = cursor.rowcount, 0
        for level in sorted(rules.LEVELS):
            cursor.execute(
                "insert into villages_division (code, name, level, parent_id) "
                "select f.code, f.name, f.level, p.id from division_file f left join villages_division p on p.code = f.parent_code "
                "where f.level = %s and not exists (select from villages_division d where d.code = f.code) order by f.code",
                [level],
            )
            created += cursor.rowcount
        cursor.execute("drop table division_file")
    return DivisionCounts(created, renamed, len(rows) - created - renamed)
