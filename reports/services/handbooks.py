"""What a household's handbook says on a day: reads only, a fixed number of queries however many households."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from django.conf import settings

from accounts.models import Organization
from assistance.models import LeaderVillage, Measure, Pairing, UnitVillage, Wish
from cadres.models import Posting
from core.listing import show
from core.masking import mask_account, mask_id_number, mask_phone
from households.models import HandbookIssue, Household, Income, Living, Member
from households.models.register import INCOME_GROUPS
from households.rules.codes import LeaveReason
from households.rules.exits import ExitItem
from reports.handbooks.content import Content, Rows
from reports.services.errors import ReportsError

YEARS = 3
LIVING = [field for field in Living._meta.fields if field.name not in {"id", "household", "village", "year"}]
SUMS = ("wage", "business", "property", "transfer", "expense", "gross", "net", "per_capita")
ITEMS = [name for names in INCOME_GROUPS.values() for name in names]
ROLE_ORDER = {"first_secretary": 0, "team_leader": 1, "member": 2}


def _grouped(rows: Iterable[Any], key: str = "household_id") -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, key)].append(row)
    return found


def _word(row: Any, name: str) -> str:
    display = getattr(row, f"get_{name}_display", None)
    return show(display() if display else getattr(row, name))


def _mark(value: bool) -> str:
    return "√" if value else ""


class _Village:
    """What the handbooks of one village share."""

    def __init__(self, village_id: int, day: date) -> None:
        team = Posting.objects.active_on(day).filter(village_id=village_id).select_related("cadre__home_unit")
        self.team: Rows = [(p.get_role_display(), p.cadre.name, p.cadre.home_unit.name, str(p.started_on))
                           for p in sorted(team, key=lambda p: (ROLE_ORDER.get(p.role, 9), p.pk))]  # fmt: skip
        leaders = LeaderVillage.objects.active_on(day).filter(village_id=village_id).select_related("leader")
        self.leaders: Rows = [(link.leader.name, link.leader.post) for link in leaders]
        units = UnitVillage.objects.active_on(day).filter(village_id=village_id).select_related("unit__organization")
        self.units: Rows = [(link.unit.organization.name, link.unit.get_nature_display()) for link in units]


class _Reader:
    """Everything the households asked for have, read in sets."""

    def __init__(self, households: Sequence[Household], kind: str, day: date) -> None:
        ids = [home.pk for home in households]
        self.day = day
        self.members = _grouped(Member.objects.filter(household__in=ids).order_by("number", "id"))
        self.living = _grouped(Living.objects.filter(household__in=ids, year__lte=day.year).order_by("-year"))
        self.incomes = _grouped(Income.objects.filter(household__in=ids, year__lte=day.year).order_by("-year"))
        self.books = {book.household_id: book for book in HandbookIssue.objects.filter(household__in=ids, kind=kind, ended_on=None)}
        pairings = Pairing.objects.active_on(day).filter(household__in=ids).select_related("helper__unit__organization")
        self.pairings = _grouped(pairings.order_by("-is_main", "started_on", "id"))
        measures = Measure.objects.filter(household__in=ids, planned_on__lte=day).select_related("measure_type")
        self.measures = _grouped(measures.order_by("planned_on", "id"))
        self.wishes = _grouped(Wish.objects.filter(household__in=ids).order_by("aspect"))
        self.checks = self._exit_checks(ids)
        self.villages = {pk: _Village(pk, day) for pk in {home.village_id for home in households}}
        offices = Organization.objects.filter(nature=Organization.Nature.TOWNSHIP, valid_to=None)
        self.offices = {office.area_code: office for office in offices.filter(area_code__in={home.village.code[:9] for home in households})}

    def _exit_checks(self, ids: list[int]) -> dict[int, list[Any]]:
        from households.models import ExitCheck

        rows = ExitCheck.objects.filter(proceeding__household__in=ids).select_related("proceeding").order_by("proceeding_id", "id")
        newest: dict[int, list[Any]] = {}
        for row in rows:
            home = row.proceeding.household_id
            if newest.get(home) and newest[home][0].proceeding_id != row.proceeding_id:
                newest[home] = []
            newest.setdefault(home, []).append(row)
        order = list(ExitItem.values)
        return {home: sorted(found, key=lambda row: order.index(row.item)) for home, found in newest.items()}


def handbook_contents(*, households: Sequence[Household], kind: str, day: date, full: bool) -> list[Content]:
    """One content a household, in the order given. `full` leaves numbers unmasked: the caller has asked for permission and purpose.

    Raises ReportsError for a household that is not in the register.
    """
    bare = next((home for home in households if not home.is_registered), None)
    if bare is not None:
        raise ReportsError("申请中的户还没有建档,不能打印手册。")
    reader = _Reader(households, kind, day)
    return [_content(home, reader, full) for home in households]


def handbook_content(*, household: Household, kind: str, day: date, full: bool) -> Content:
    return handbook_contents(households=[household], kind=kind, day=day, full=full)[0]


def _content(home: Household, r: _Reader, full: bool) -> Content:
    number, phone, account = (_plain, _plain, _plain) if full else (mask_id_number, mask_phone, mask_account)
    members = r.members[home.pk]
    present = [m for m in members if (m.left_on is None or m.left_on > r.day) and (m.joined_on is None or m.joined_on <= r.day)]
    head = next((m for m in present if m.is_head), None)
    book, here, office = r.books.get(home.pk), r.villages[home.village_id], r.offices.get(home.village.code[:9])
    c = Content(
        code=home.household_code or "", head=head.name if head else "", village=home.village.name, town=home.village.township.name,
        city=settings.CITY_NAME, day=r.day.isoformat(), number=book.number if book else "", issued=str(book.issued_on) if book else "",
        issuer=office.name if office else home.village.township.name, phone=office.phone if office else "", demo=home.village.is_demo,
    )  # fmt: skip
    c.place = [("市", c.city), ("乡镇(街道)", c.town), ("村", c.village), ("社(组)", home.group.name if home.group else ""),
               ("贫困村", show(home.village.is_poor_village)), ("村类型", home.village.get_kind_display())]  # fmt: skip
    c.basics = [
        ("户主", c.head), ("户编号", c.code), ("联系电话", phone(home.phone)), ("家庭人口", f"{len(present)} 人"),
        ("识别标准", home.get_id_standard_display()), ("识别日期", show(home.identified_on)), ("贫困户属性", home.get_attribute_display()),
        ("脱贫状态", home.get_poverty_status_display()), ("军烈属", show(home.is_martyr_family)), ("独生子女户", show(home.is_only_child)),
        ("双女户", show(home.is_two_daughters)), ("易地扶贫搬迁", f"{_word(home, 'reloc_type')} {home.resettlement}".strip() if home.reloc_flag else "否"),
        ("开户银行", home.bank_name), ("银行账号", account(home.bank_account)), ("社(组)", home.group.name if home.group else ""), ("家庭住址", home.address),
    ]  # fmt: skip
    c.causes = [("主要致贫原因", home.get_cause_main_display()), ("其他致贫原因", "、".join(home.cause_other_labels) or "无"),
                ("说明", home.cause_note or "")]  # fmt: skip
    c.members = [(m.name, m.get_relation_display(), m.get_sex_display(), number(m.id_number), m.get_ethnicity_display(),
                  _word(m, "schooling") if m.schooling and m.schooling != "01" else _word(m, "education"), m.health_labels, m.get_labour_display(),
                  f"{_word(m, 'work_area')} {m.work_months}个月" if m.work_months else "") for m in present]  # fmt: skip
    c.insurance = [(m.name, _mark(m.medical_insured or m.employee_insured), _mark(m.serious_illness_insured), _mark(m.pension_insured),
                    _mark(m.low_income_support), _mark(m.extreme_support)) for m in present]  # fmt: skip
    c.moves = _moves(members, r.day)
    _years(c, r.living[home.pk][:YEARS], r.incomes[home.pk][:YEARS])
    c.wishes = [(w.get_aspect_display(), w.content, str(w.recorded_on), w.get_state_display()) for w in r.wishes[home.pk]]
    c.leaders, c.units, c.team = here.leaders, here.units, here.team
    c.helpers = [("主要帮扶责任人" if p.is_main else "帮扶责任人", p.helper.name, p.helper.unit.organization.name, p.helper.post, phone(p.helper.phone),
                  str(p.started_on)) for p in r.pairings[home.pk]]  # fmt: skip
    c.measures = [(m.measure_type.name, m.content, str(m.planned_on), show(m.given_on), show(m.amount, "money"), m.get_state_display(), m.result)
                  for m in r.measures[home.pk]]  # fmt: skip
    c.exit_facts = [("脱贫状态", home.get_poverty_status_display()), ("状态确认日期", show(home.status_confirmed_on)),
                    ("计划脱贫年度", str(home.plan_exit_year or "")), ("脱贫年度", str(home.exit_year or ""))]  # fmt: skip
    c.exit_checks = [(row.get_item_display(), "达标" if row.is_met else "不达标", row.evidence) for row in r.checks.get(home.pk, [])]
    return c


def _plain(text: str | None) -> str:
    return text or ""


def _moves(members: list[Member], day: date) -> Rows:
    found: list[tuple[date, tuple[str, str, str, str]]] = []
    for m in members:
        if m.joined_on and m.joined_on <= day and m.join_reason:
            found.append((m.joined_on, (m.name, "增加", str(m.joined_on), m.get_join_reason_display())))
        if m.left_on and m.left_on <= day:
            found.append((m.left_on, (m.name, "减少", str(m.left_on), LeaveReason(m.leave_reason).label)))
    return [row for _, row in sorted(found)]


def _years(c: Content, living: list[Living], incomes: list[Income]) -> None:
    """The newest years, oldest first; lines that say nothing in any year are left out."""
    living, incomes = living[::-1], incomes[::-1]
    c.living_years, c.income_years = [f"{row.year}年" for row in living], [f"{row.year}年" for row in incomes]
    c.living = _lines([(str(f.verbose_name), [_living(row, f.name) for row in living]) for f in LIVING])
    label: Callable[[str], str] = lambda name: str(Income._meta.get_field(name).verbose_name)  # noqa: E731
    c.income_items = _lines([(label(n), [show(getattr(row, n), "money") if getattr(row, n) else "" for row in incomes]) for n in ITEMS])
    c.income_sums = [(label(n), *(show(getattr(row, n), "money") for row in incomes)) for n in SUMS] if incomes else []


def _living(row: Living, name: str) -> str:
    value = getattr(row, name)
    if isinstance(value, bool):
        return "是" if value else "否"
    return _word(row, name) if value else ""


def _lines(rows: list[tuple[str, list[str]]]) -> Rows:
    return [(label, *values) for label, values in rows if any(values)]
