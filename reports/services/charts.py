"""Chart releases: what a village's charts say on a day, what is still missing, a frozen version, its files."""

import hashlib
import json
from datetime import date
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone

from accounts.models import Organization, User
from assistance.models import ExitNeed, LeaderVillage, Measure, Pairing, UnitVillage, Wish
from cadres.models import Posting
from core.scope import because
from funds.models import Project
from households.models import Household, Income, Member, PovertyLine
from households.rules import codes
from reports.models import Chart, ChartFile, ChartRelease, FullNamePermission
from reports.services.errors import ReportsError
from reports.six_charts.edition import PUBLIC, WORK, project
from reports.six_charts.messages import messages
from reports.six_charts.render import render
from reports.six_charts.snapshot import STATES, HomeRow, ProjectRow, Snapshot
from villages.models import Village, VillageYear
from workflow.models import Attachment
from workflow.services import store

PAPERS = ("A3", "A0")


class NotReady(ReportsError):
    """The charts would say something that is not decided yet; `missing` lists what."""

    def __init__(self, missing: list[str]) -> None:
        shown = "、".join(missing[:5]) + (f"等 {len(missing)} 项" if len(missing) > 5 else "")
        super().__init__(f"还不能出图:{shown}。请补齐后再发布。")
        self.missing = missing


def _homes(village: Village, day: date) -> Any:
    """Households on the charts: registered on the day, not in an end state."""
    return Household.objects.registered_by(day).filter(village=village, poverty_status__in=STATES).order_by("id")


def missing(village: Village, day: date) -> list[str]:
    """What keeps a village's charts from being published, household by household."""
    measured = Measure.objects.filter(household_id=OuterRef("pk"), planned_on__lte=day).exclude(state=Measure.State.STOPPED)
    rows = _homes(village, day).annotate(has_measure=Exists(measured)).filter(Q(has_measure=False) | Q(status_confirmed_on=None))
    found = []
    for code, has_measure, confirmed in rows.values_list("household_code", "has_measure", "status_confirmed_on"):
        if confirmed is None:
            found.append(f"户 {code} 的脱贫状态没有确认日期")
        if not has_measure:
            found.append(f"户 {code} 没有帮扶措施")
    return found


def _home_rows(village: Village, day: date, year: int) -> list[HomeRow]:
    rows = list(_homes(village, day).select_related("group"))
    ids = [row.pk for row in rows]
    present = Member.objects.present_on(day).filter(household_id__in=ids)
    heads = dict(present.filter(relation=codes.Relation.HEAD).values_list("household_id", "name"))
    population = dict(present.values_list("household_id").annotate(n=Count("pk")))
    incomes = dict(Income.objects.filter(household_id__in=ids, year=year).values_list("household_id", "per_capita"))
    pairings = Pairing.objects.active_on(day).filter(household_id__in=ids, is_main=True).select_related("helper__unit__organization")
    helpers = {p.household_id: (p.helper.name, p.helper.unit.organization.name) for p in pairings}
    return [
        HomeRow(
            head=heads.get(row.pk, ""), group=row.group.name if row.group else "", population=population.get(row.pk, 0),
            state=STATES[row.poverty_status], cause=row.get_cause_main_display(), attribute=row.get_attribute_display(),
            helper=helpers.get(row.pk, ("", ""))[0], unit=helpers.get(row.pk, ("", ""))[1], plan_year=row.plan_exit_year,
            exit_year=row.exit_year, income=float(incomes[row.pk]) if incomes.get(row.pk) is not None else None,
            position=[float(row.longitude), float(row.latitude)] if row.longitude is not None and row.latitude is not None else [],
        )
        for row in rows
    ]  # fmt: skip


def _counted(labels: dict[str, str], counts: dict[str, int]) -> list[tuple[str, int]]:
    """(label, how many) of the codes that occur, most first."""
    return sorted(((labels[code], n) for code, n in counts.items() if n), key=lambda row: (-row[1], row[0]))


def _rates(village: Village, day: date) -> list[tuple[int, float]]:
    """The poverty rate at each year's end: registered and not yet out, by the rural population of that year."""
    rates = []
    for profile in VillageYear.objects.filter(village=village, year__lte=day.year).order_by("year"):
        if not profile.rural_population:
            continue
        end = min(date(profile.year, 12, 31), day)
        poor = Member.objects.present_on(end).filter(village=village)
        poor = poor.exclude(household__exit_year__lte=profile.year, household__poverty_status=codes.PovertyStatus.EXITED).count()
        rates.append((profile.year, round(100 * poor / profile.rural_population, 1)))
    return rates


FACT_FIELDS = ("households_total", "population_total", "minority_population", "workforce", "migrant_workers", "area_mu", "pasture_mu",
               "cooperatives", "collective_income_wan", "centre_distance_km", "clinics", "doctors", "safe_water_households", "unsafe_dwellings",
               "paved_road", "bus", "domestic_power", "production_power", "broadband", "culture_room", "service_centre", "leading_industry")  # fmt: skip


def _facts(village: Village, snapshot: Snapshot, day: date) -> list[tuple[str, str, str]]:
    profile = VillageYear.objects.filter(village=village, year__lte=day.year).order_by("-year").first()
    facts = [
        ("建档立卡户", str(snapshot.households), "户"),
        ("建档立卡人口", str(snapshot.members), "人"),
        ("已脱贫", str(snapshot.count("out")), "户"),
    ]
    if profile is None:
        return facts
    for name in FACT_FIELDS:
        field = VillageYear._meta.get_field(name)
        label, _, unit = str(field.verbose_name).partition("(")
        value = getattr(profile, name)
        if value in ("", 0):
            continue
        if isinstance(value, bool):
            facts.append((label, "是" if value else "否", ""))
        else:
            text = f"{value:,}" if isinstance(value, int) else (f"{value:,.2f}".rstrip("0").rstrip(".") if not isinstance(value, str) else value)
            facts.append((label, text, unit.rstrip(")") or ("人" if "人口" in label else "户" if "户" in label else "")))
    return facts


def build_snapshot(village: Village, day: date, *, number: str) -> Snapshot:
    """Everything the six sheets say of a village on a day. Reads in the caller's reach; a handful of queries."""
    office = Organization.objects.filter(area_code=village.code[:9], nature=Organization.Nature.TOWNSHIP, valid_to=None).first()
    line = PovertyLine.objects.filter(series="working", year__lte=day.year, area_code="").order_by("-year").first()
    year = Income.objects.filter(village=village, year__lte=day.year).aggregate(year=Max("year"))["year"] or day.year
    permission = FullNamePermission.objects.filter(village=village, approved_on__lte=day).exclude(valid_to__lt=day).order_by("-approved_on").first()
    homes = _home_rows(village, day, year)
    s = Snapshot(
        city=settings.CITY_NAME, town=village.township.name, village=village.name, village_kind=village.get_kind_display(),
        is_poor_village=village.is_poor_village, number=number, data_on=day.isoformat(), unit=f"{village.name}村民委员会", homes=homes,
        phone=office.phone if office else "", public_url=f"{settings.PUBLIC_BASE_URL}/reports/releases/check/{number}/", demo=village.is_demo,
        groups=list(village.groups.values_list("name", flat=True)), line=float(line.amount) if line else None, line_year=year,
    )  # fmt: skip
    if permission:
        s.full_names = {"ground": permission.legal_ground, "approver": permission.approved_by, "date": permission.approved_on.isoformat()}
    rows = _homes(village, day)
    s.causes = _counted(dict(codes.Cause.choices), dict(rows.order_by().values_list("cause_main").annotate(n=Count("pk"))))
    s.attributes = _counted(dict(codes.Attribute.choices), dict(rows.order_by().values_list("attribute").annotate(n=Count("pk"))))
    other: dict[str, int] = {}
    for chosen in rows.values_list("cause_other", flat=True):
        for code in chosen:
            other[code] = other.get(code, 0) + 1
    s.other_causes = _counted(dict(codes.Cause.choices), other)
    _help(s, village, day)
    s.rates = _rates(village, day)
    s.facts = _facts(village, s, day)
    outline = village.outline or {}
    s.outline = outline.get("coordinates", []) if outline.get("type") == "Polygon" else []
    return s


def _help(s: Snapshot, village: Village, day: date) -> None:
    """Who helps and with what."""
    states = dict(ExitNeed.objects.filter(village=village).values_list("aspect", "state"))
    s.needs = [(label, states.get(code, "none")) for code, label in ExitNeed.Aspect.choices] if states or village.is_poor_village else []
    wishes = {code: [0, 0, 0] for code in Wish.Aspect.values}
    for aspect, state, n in Wish.objects.filter(village=village).order_by().values_list("aspect", "state").annotate(n=Count("pk")):
        wishes[aspect][("met", "running", "open").index(state)] += n
    s.wishes = [(Wish.Aspect(code).label, *counts) for code, counts in wishes.items()] if any(map(any, wishes.values())) else []
    leaders = LeaderVillage.objects.active_on(day).filter(village=village).select_related("leader")
    s.leaders = [(link.leader.name, link.leader.post) for link in leaders]
    units = UnitVillage.objects.active_on(day).filter(village=village).select_related("unit__organization")
    s.units = [(link.unit.organization.name, link.unit.get_nature_display()) for link in units]
    order = {"first_secretary": 0, "team_leader": 1, "member": 2}
    team = sorted(Posting.objects.active_on(day).filter(village=village).select_related("cadre__home_unit"), key=lambda p: order[p.role])
    s.team = [(p.cadre.name, p.get_role_display(), p.cadre.home_unit.name) for p in team]
    s.helpers = Pairing.objects.active_on(day).filter(village=village).values("helper").distinct().count()
    kinds: dict[str, list[int]] = {}
    rows = Measure.objects.filter(village=village, planned_on__lte=day).exclude(state="stopped").order_by("measure_type__code")
    for name, state in rows.values_list("measure_type__name", "state"):
        kinds.setdefault(name, [0, 0, 0])[("planned", "running", "done").index(state)] += 1
    s.measures = [(name, *counts) for name, counts in kinds.items()]
    projects = (
        Project.objects.filter(village=village, approved_on__lte=day)
        .exclude(state="dropped")
        .select_related("department")
        .order_by("started_on", "id")
    )
    s.projects = [
        ProjectRow(p.name, p.get_kind_display(), float(p.amount / 10_000), p.get_source_display(), p.department.name,
                   p.started_on.isoformat() if p.started_on else "", (p.finished_on or p.planned_finish_on or day).isoformat(), p.get_state_display())
        for p in projects
    ]  # fmt: skip


def _digest(snapshot: Snapshot) -> tuple[str, str]:
    text = json.dumps(snapshot.to_dict(), ensure_ascii=False, sort_keys=True)
    return text, hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def permit_full_names(
    *, village: Village, legal_ground: str, approved_by: str, approved_on: date, valid_to: date | None, by: User
) -> FullNamePermission:
    """Record that a village's charts may show householders' full names (`domain.md` §5.3). Applies to later releases."""
    if valid_to and valid_to < approved_on:
        raise ReportsError("有效期不能早于批准日期。")
    because(f"实名公开批准:{legal_ground}")
    return FullNamePermission.objects.create(
        village=village, legal_ground=legal_ground, approved_by=approved_by, approved_on=approved_on, valid_to=valid_to
    )


@transaction.atomic
def release_charts(*, village: Village, day: date, by: User | None) -> ChartRelease:
    """Freeze a village's six charts as its next version. Raises NotReady with what is missing."""
    lacking = missing(village, day)
    if lacking:
        raise NotReady(lacking)
    Village.objects.select_for_update().get(pk=village.pk)
    version = (ChartRelease.objects.filter(village=village).aggregate(last=Max("version"))["last"] or 0) + 1
    number = f"ZZT-{village.code}-{day:%Y%m%d}-{version:02d}"
    because(f"发布六张图第{version}版")
    snapshot = build_snapshot(village, day, number=number)
    text, digest = _digest(snapshot)
    release = ChartRelease.objects.create(
        village=village, version=version, number=number, data_on=day, released_on=day, snapshot=text, snapshot_sha256=digest,
        released_by=by, is_demo=village.is_demo,
    )  # fmt: skip
    lines = messages(project(snapshot, PUBLIC))
    Chart.objects.bulk_create(Chart(release=release, village=village, number=n, message=line[:200]) for n, line in enumerate(lines, start=1))
    return release


def snapshot_of(release: ChartRelease) -> Snapshot:
    """The frozen snapshot. Raises ReportsError when it is not what was frozen."""
    if hashlib.sha256(release.snapshot.encode()).hexdigest() != release.snapshot_sha256:
        raise ReportsError("这一版的数据快照与发布时不符,不能出图。请联系审计管理员核查。")
    return Snapshot.from_dict(json.loads(release.snapshot))


@transaction.atomic
def public_file(*, release: ChartRelease, paper: str, by: User) -> Attachment:
    """The public edition of a release as PDF, made once and kept: another machine's fonts never change it."""
    if paper not in PAPERS:
        raise ReportsError("纸张只有 A3 和 A0。")
    ChartRelease.objects.select_for_update().get(pk=release.pk)  # two downloads at once make one file
    kept = ChartFile.objects.filter(release=release, paper=paper, edition=PUBLIC).select_related("attachment").first()
    if kept:
        return kept.attachment
    return keep_public_file(release=release, paper=paper, data=render(project(snapshot_of(release), PUBLIC), paper=paper), by=by)


def watermark(user_name: str) -> str:
    return f"内部资料 注意保密 {user_name} {timezone.localtime():%Y-%m-%d %H:%M}"


def work_pdf(*, release: ChartRelease, paper: str, user_name: str) -> bytes:
    """The work edition: full names and causes, with who printed it and when across every page. Not kept."""
    if paper not in PAPERS:
        raise ReportsError("纸张只有 A3 和 A0。")
    return render(project(snapshot_of(release), WORK, watermark=watermark(user_name)), paper=paper)


@transaction.atomic
def record_posting(*, release: ChartRelease, posted_on: date, photo: Attachment | None, by: User) -> ChartRelease:
    """Write down that the sheets hang, with a photo; the village's earlier version comes down that day."""
    release = ChartRelease.objects.select_for_update().get(pk=release.pk)
    if posted_on < release.released_on:
        raise ReportsError("张贴日期不能早于发布日期。")
    because("登记张贴")
    for earlier in ChartRelease.objects.filter(village_id=release.village_id, version__lt=release.version, taken_down_on=None).exclude(
        posted_on=None
    ):
        earlier.taken_down_on = max(posted_on, earlier.posted_on or posted_on)
        earlier.save(update_fields=["taken_down_on"])
    release.posted_on, release.photo = posted_on, photo or release.photo
    release.save(update_fields=["posted_on", "photo"])
    return release


def newest_release(village: Village) -> ChartRelease | None:
    return ChartRelease.objects.filter(village=village).order_by("-version").first()


def keep_public_file(*, release: ChartRelease, paper: str, data: bytes, by: User) -> Attachment:
    """Keep a public PDF rendered elsewhere; one that is kept already stays."""
    kept = ChartFile.objects.filter(release=release, paper=paper, edition=PUBLIC).select_related("attachment").first()
    if kept:
        return kept.attachment
    title = f"{release.village.name}六张图-第{release.version}版-{paper}.pdf"
    attachment = store(data=data, kind="pdf", title=title, by=by, village_id=release.village_id)
    ChartFile.objects.create(release=release, village=release.village, paper=paper, edition=PUBLIC, attachment=attachment)
    return attachment
