"""Every URL, looked at and acted on × every role × inside and outside the area × its grant in force and ended yesterday.

A leak is: anything but a refusal (403, 404, 405, the sign-in page) for a record outside the user's area, for a page whose
guard the role does not hold, for a user whose grants are over, for nobody signed in where the page is not named public; and
any 500. Whether a record lies in a user's area is worked out here from the grants alone, not by the code under test. A URL
whose record is not in the data, or which no role could open, is named as uncovered, so that a new room cannot hide.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Least
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestedCredentialData

from accounts.admin import code_lists
from accounts.models import Organization, User
from accounts.permissions import ALONE, BLIND, ROLE_PERMISSIONS, Role
from assessments.models import (
    Appeal,
    Assessment,
    AssessmentScheme,
    BallotBox,
    BonusClaim,
    BonusKind,
    Indicator,
    PaperBatch,
    Period,
    Score,
    SurveyRound,
    VetoFinding,
    VetoKind,
)
from assessments.services import charts
from assistance.models import ExitNeed, Helper, HelpUnit, Leader, LeaderVillage, Measure, MeasureType, Pairing, UnitVillage, Wish
from cadres.models import (
    Allowance,
    AttendanceLine,
    AttendanceMonth,
    BodyMember,
    Cadre,
    Commitment,
    CommitmentItem,
    LeadingBody,
    Leave,
    Nomination,
    Opinion,
    Posting,
    Publicity,
    QuarterReport,
    Secondment,
    Sign,
    TeamExpense,
    TrainingSession,
)
from cadres.services import box_code
from core.clock import today
from core.scope import acting_as_system
from core.settings import declared as settings_declared
from funds.models import Asset, BalanceDifference, Clue, ClueTransfer, Finding, FundAllocation, FundIndicator, Loan, PaymentBatch, Project, Supervisor
from households.models import CrossCheckRequest, CrossCheckResult, HandbookIssue, Household, ImportBatch, Proceeding
from households.models.complaints import Complaint
from households.models.corrections import Correction
from households.models.duplicates import DuplicatePair
from households.models.dynamics import DynamicWindow
from households.models.sampling import Sample, SampleCall
from households.models.village_exits import VillageExit
from reports.models import ChartRelease
from reports.services import public_file
from villages.models import AccountSheet, Division, Grant, Village, VillageGroup, VillageYear
from workflow.models import (
    Alert,
    BulkChange,
    Case,
    Clause,
    Job,
    Message,
    NoticePosting,
    Objection,
    Procedure,
    PublicNotice,
    PublicSnapshot,
    Regulation,
    SignedSheet,
    Step,
)
from workflow.services import open_todo, start_case, store

PUBLIC = {"accounts:sign-in", "accounts:use-code", "core:health", "reports:release-check"}
PUBLIC |= {"public:notice", "public:opinion-box"}
PUBLIC |= {"assessments:ballot", "assessments:chart-check"}
# Pages without a guard of their own: what they show belongs to whoever asks, or is checked in the view.
OWN = {
    "core:workbench", "accounts:password-change", "accounts:second-step", "accounts:own", "accounts:session-end", "accounts:second-factor",
    "accounts:printed-codes", "accounts:security-key", "accounts:security-key-remove", "accounts:second-factor-off", "workflow:job-list", "workflow:job-detail", "workflow:job-cancel",
    "workflow:job-password", "workflow:draft",
    "workflow:draft-list", "workflow:change-list", "workflow:change-detail", "workflow:change-confirm", "workflow:change-undo",
    "workflow:inbox", "workflow:inbox-tab", "workflow:todo", "workflow:message", "workflow:messages-read",
    "villages:deputy-list", "villages:deputy-create", "villages:deputy-end",
    "workflow:case-withdraw", "workflow:case-resubmit",
}  # fmt: skip
_OF_A_CASE = ("case", "case-decide", "case-hand-over", "case-evidence", "case-sheet", "sheet-scan")
CHECKED_INSIDE = {f"workflow:{name}": ("household_view",) for name in _OF_A_CASE} | {
    "workflow:attachment": ("village_view",),
    "workflow:export": ("household_export",),
    "workflow:change-create": ("register_edit",),
}
OPEN_TO_ADMINISTRATORS = {"villages:contact"}  # no business data
NOT_ASKED = {"accounts:sign-out"}
BACKEND = "accounts.backends.NameAndPassword"
FIXED = {
    "which": "original",
    "what": "death",
    "token": "none",
    "code": "A1",
    "secret": "none",
    "kind": "exit",
    "step": "notice",
    "tab": "late",
    "key": "households",
    "form": "household-new",
    "edition": "public",
    "paper": "A3",
}


@dataclass(frozen=True)
class Page:
    """A named URL, its parameters, and the permissions its guard asks for (none: no guard)."""

    name: str
    parameters: tuple[str, ...]
    permissions: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A record a URL names: the villages it belongs to (none: the whole city's), its household, its owner."""

    pk: int
    villages: frozenset[str] = frozenset()
    household: int | None = None
    owner: int | None = None
    unit: int | None = None
    citywide: bool = False
    bank: int | None = None


@dataclass
class Answer:
    """How often something was asked, what should not have been given, which URLs nobody could try."""

    checked: int = 0
    leaks: list[dict[str, Any]] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        return {"checked": self.checked, "leaks": self.leaks, "uncovered": self.uncovered}


def pages() -> Iterator[Page]:
    """Every named URL of the project."""

    def walk(patterns: list[Any], namespace: str) -> Iterator[Page]:
        for entry in patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
            elif isinstance(entry, URLPattern) and entry.name:
                name = f"{namespace}{entry.name}"
                permissions = getattr(entry.callback, "permissions", CHECKED_INSIDE.get(name, ()))
                yield Page(name, tuple(entry.pattern.converters), tuple(permissions))

    yield from walk(get_resolver().url_patterns, "")


def _of_villages(rows: QuerySet, path: str = "village__code") -> list[Subject]:
    """A row of the first village, one of another village of its township, one of another township."""
    found: list[Subject] = []
    codes = list(rows.exclude(**{path: None}).order_by(path).values_list(path, flat=True).distinct())
    wanted = [codes[:1], [c for c in codes if codes and c[:9] == codes[0][:9]][1:2], [c for c in codes if codes and c[:9] != codes[0][:9]][:1]]
    for code in (each[0] for each in wanted if each):
        row = rows.filter(**{path: code}).order_by("pk").first()
        household = row.pk if isinstance(row, Household) else getattr(row, "household_id", None)
        villages = frozenset(type(row)._default_manager.filter(pk=row.pk).values_list(path, flat=True))
        found.append(Subject(row.pk, villages, household, unit=getattr(row, "unit_id", None)))
    return found


def _of_city(rows: QuerySet) -> list[Subject]:
    first = rows.order_by("pk").first()
    return [Subject(first.pk, citywide=True)] if first else []


def _files(villages: list[Subject], owner: User) -> list[Subject]:
    found = []
    for village in villages:
        words = f"check_access {village.pk} {uuid4()}"  # a file is kept by its content: another check at the same time must not take it away
        pk = store(data=words.encode(), kind="pdf", title="check_access", by=owner, village_id=village.pk).pk
        found.append(Subject(pk, village.villages))
    return found


def _cases(villages: list[Subject], owner: User) -> list[Subject]:
    """A case of a kind of no room in each village, at a step of the township's clerk."""
    procedure = Procedure.objects.create(key="check-access", title="check_access", valid_from=today())
    Step.objects.create(procedure=procedure, number=1, code="check", title="check", word=Step.Word.CHECK, role=Role.TOWNSHIP_CLERK,
                        level=Step.Level.TOWNSHIP)  # fmt: skip
    found = []
    for village in villages:
        place = Village.objects.get(pk=village.pk)
        found.append(Subject(start_case(kind="check-access", title="check_access", village=place, by=owner, day=today()).pk, village.villages))
    return found


def _holders(villages: list[Subject]) -> list[Subject]:
    """Somebody with a grant in each village and nowhere else."""
    found = []
    for village in villages:
        user = User.objects.create(username=f"check-access-{village.pk}", name="某", password="!")
        division = Division.objects.get(code=min(village.villages))
        Grant.objects.create(user=user, role=Role.VILLAGE_COMMITTEE, division=division, area=division.prefix, since=today())
        found.append(Subject(user.pk, village.villages))
    return found


def _sheets(cases: list[Subject], owner: User) -> list[Subject]:
    found = []
    for subject in cases:
        case = Case.objects.get(pk=subject.pk)
        sheet = SignedSheet.objects.create(case=case, step=case.step, round=1, content_sha256="0" * 64, printed_by=owner)
        found.append(Subject(sheet.pk, subject.villages))
    return found


def _deputies(owners: tuple[User, User]) -> list[Subject]:
    """A deputy somebody has appointed, each seen by who did."""
    other = User.objects.create(username="check-access-deputy", name="代", password="!")
    division = Division.objects.order_by("pk").first()
    rows = [Grant(user=other, deputy_for=owner, role=Role.HELPER, division=division, area="0", since=today(), until=today()) for owner in owners]
    return [Subject(row.pk, owner=row.deputy_for_id) for row in Grant.objects.bulk_create(rows)]


def _security_keys(owners: tuple[User, ...]) -> list[Subject]:
    """A key of each: never asked, for nobody here signs in with it."""
    credential = AttestedCredentialData.create(b"\0" * 16, b"check", ES256({1: 2, 3: -7, -1: 1, -2: b"\0" * 32, -3: b"\0" * 32}))
    data = {"name": "check_access", "credential": websafe_encode(bytes(credential)), "counter": 0}
    return [Subject(Authenticator.objects.create(user=owner, type="webauthn", data=data).pk, owner=owner.pk) for owner in owners]


def _account_sheets(owner: User) -> list[Subject]:
    return [Subject(AccountSheet.objects.create(title="check_access", made_by=owner, accounts=0, state="waiting").pk, citywide=True)]


def _imports(villages: list[Subject], maker: User) -> list[Subject]:
    """A checked workbook of each village that waits for its second person."""
    found = []
    for village in villages:
        file = ContentFile(f"check_access {village.pk}".encode(), name="check_access.csv")
        batch = ImportBatch.objects.create(number=f"check-{village.pk}", state="submitted", title="check_access", kind="csv", size=1, comment="check_access",
                                           made_by=maker, year=today().year, villages=[village.pk], counts={"errors": 0}, headings={"S": [["X", ""]]}, file=file)  # fmt: skip
        found.append(Subject(batch.pk, village.villages))
    return found


def _of_cadres(villages: list[Subject]) -> dict[str, list[Subject]]:
    return {
        "cadres:": _of_villages(Cadre.objects.all(), "postings__village__code"),
        "cadres:posting-end": _of_villages(Posting.objects.filter(ended_on=None)),
        "cadres:sheet": _of_villages(Posting.objects.all()),
        "cadres:roster": villages,
        "cadres:sign-": _of_villages(Sign.objects.all()),
        "cadres:sign-create": _of_villages(Cadre.objects.all(), "postings__village__code"),
        "cadres:training-": _of_city(TrainingSession.objects.all()),
        "cadres:need-": _of_villages(Cadre.objects.all(), "postings__village__code"),
        "cadres:publicity-": _of_villages(Publicity.objects.all()),
        "cadres:nomination-": _of_villages(Nomination.objects.all()),
        "cadres:secondment-": _of_city(Secondment.objects.all()),
        "cadres:body-": _of_city(LeadingBody.objects.all()),
        "cadres:member-": _of_city(BodyMember.objects.all()),
        "cadres:commitment-": _of_villages(Commitment.objects.all()),
        "cadres:item-": _of_villages(CommitmentItem.objects.all()),
        "cadres:report-create": _of_villages(Commitment.objects.all()),
        "cadres:report-": _of_villages(QuarterReport.objects.all()),
        "cadres:leave-": _of_villages(Leave.objects.all()),
        "cadres:leave-create-for": _of_villages(Cadre.objects.all(), "postings__village__code"),
        "cadres:month-": _of_villages(AttendanceMonth.objects.all()),
        "cadres:month-workbook": _of_villages(AttendanceMonth.objects.all()),
        "cadres:month-work": _of_villages(AttendanceLine.objects.all()),
        "cadres:unit-": _of_city(Organization.objects.filter(pk__in=Allowance.objects.values("unit_id"))),
        "cadres:expense-": _of_villages(TeamExpense.objects.all()),
        "cadres:opinion-": _of_villages(Opinion.objects.all()),
        "cadres:box-": villages,
        "cadres:handover": _of_villages(Posting.objects.all()),
    }


def subjects() -> dict[str, list[Subject]]:
    """The records to name, by the beginning of the URL's name; the longest beginning wins."""
    nobody = User.objects.create(username="check-access-nobody", name="无", password="!")
    clerk = User.objects.filter(grants__role=Role.TOWNSHIP_CLERK).order_by("pk").first() or nobody
    jobs = [Subject(Job.objects.create(owner=owner, kind="export", title="check_access").pk, owner=owner.pk) for owner in (nobody, clerk)]
    changes = [Subject(BulkChange.objects.create(owner=owner, key="insured-household", value=True, value_label="参保").pk, owner=owner.pk)
               for owner in (nobody, clerk)]  # fmt: skip
    households, villages = _of_villages(Household.objects.filter(ended_on=None)), _of_villages(Village.objects.all(), "code")
    releases, users = _of_villages(ChartRelease.objects.all()), _of_city(User.objects.filter(pk=nobody.pk))
    for release in ChartRelease.objects.filter(pk__in=[each.pk for each in releases]):
        public_file(release=release, paper="A3", by=nobody)  # drawn once here, not again for each who asks
    todos = [Subject(open_todo(kind="check", title="check_access", url="/", user=owner).pk, owner=owner.pk) for owner in (nobody, clerk)]
    told = [Subject(Message.objects.create(user=owner, text="check_access").pk, owner=owner.pk) for owner in (nobody, clerk)]
    cases = _cases(villages, nobody)
    own_cases = [Subject(start_case(kind="check-access", title="check_access", area="632801100", by=owner, day=today()).pk, owner=owner.pk)
                 for owner in (nobody, clerk)]  # fmt: skip
    leaders, units = _of_city(Leader.objects.all()), _of_city(HelpUnit.objects.all())
    holders = _holders(villages)
    notices, rules = _of_villages(PublicNotice.objects.filter(state="running")), _of_city(Regulation.objects.all())
    return {
        "households:survey": _of_villages(Proceeding.objects.all()), "households:exit-checks": _of_villages(Proceeding.objects.filter(kind="exit")),
        "households:document": _of_villages(Proceeding.objects.all()), "households:registration": _of_villages(Proceeding.objects.all()),
        "households:village-work": villages, "households:review": villages, "households:notice": villages,
        "households:village-exit": villages, "households:village-checks": _of_villages(VillageExit.objects.all()),
        "households:village-document": _of_villages(VillageExit.objects.all()), "households:village-notice": _of_villages(VillageExit.objects.all()),
        "households:duplicate": _of_villages(DuplicatePair.objects.exclude(village=None)),
        "households:window": _of_city(DynamicWindow.objects.all()),
        "households:crosscheck": _of_city(CrossCheckRequest.objects.filter(state="sent")),
        "households:crosscheck-judge": _of_villages(CrossCheckResult.objects.filter(result="hit")),
        "households:correction-request": households, "households:correction-decide": _of_villages(Correction.objects.all()),
        "households:sample": _of_villages(Sample.objects.all()), "households:sample-call": _of_villages(SampleCall.objects.all()),
        "households:complaint": _of_villages(Complaint.objects.all()),
        "households:handbook-end": _of_villages(HandbookIssue.objects.filter(ended_on=None)),
        "households:handbook-replace": _of_villages(HandbookIssue.objects.filter(ended_on=None)),
        "reports:handbook": households, "reports:village-handbooks": villages,
        "households:": households, "households:import": _imports(villages, nobody), "assistance:household": households, "assistance:pairing": households, "assistance:measure": households,
        "assistance:wish": households, "assistance:wish-edit": _of_villages(Wish.objects.all()), "assistance:need": villages,
        "assistance:need-edit": _of_villages(ExitNeed.objects.all()),
        "assistance:pairing-end": _of_villages(Pairing.objects.filter(ended_on=None)), "assistance:measure-edit": _of_villages(Measure.objects.all()),
        "assistance:leader": leaders, "assistance:leader-unlink": _of_villages(LeaderVillage.objects.filter(ended_on=None)),
        "assistance:unit": units, "assistance:unit-unlink": _of_villages(UnitVillage.objects.filter(ended_on=None)),
        "assistance:helper": _of_villages(Helper.objects.all(), "pairings__village__code"),
        "assistance:type": _of_city(MeasureType.objects.all()), "assistance:village": villages, "villages:": villages,
        "villages:year-edit": _of_villages(VillageYear.objects.all()), "villages:group-edit": _of_villages(VillageGroup.objects.all()),
        "villages:user-code": holders, "villages:contact": holders, "villages:account-sheet": _account_sheets(nobody), "villages:grant-create": users, "villages:grant-end": _of_city(Grant.objects.filter(until=None)),
        "funds:village": villages, "funds:": _of_villages(Project.objects.all()), "reports:": villages, "reports:release-detail": releases,
        "reports:release-pdf": releases, "workflow:job": jobs, "workflow:alert": _of_villages(Alert.objects.all()), "workflow:change": changes, "workflow:attachment": _files(villages, nobody),
        "workflow:todo": todos, "workflow:message": told, "workflow:case": cases, "workflow:sheet": _sheets(cases, nobody),
        "workflow:case-withdraw": own_cases, "workflow:case-resubmit": own_cases, "villages:deputy-end": _deputies((nobody, clerk)),
        "workflow:notice": notices, "workflow:objection-create": notices, "workflow:objection": _of_villages(Objection.objects.all()),
        "workflow:posting": _of_villages(NoticePosting.objects.all()), "workflow:regulation": rules, "workflow:clause-create": rules,
        "workflow:clause-edit": _of_city(Clause.objects.all()),
        "accounts:security-key-remove": _security_keys((nobody, clerk)),
        "accounts:organization": _of_city(Organization.objects.all()), "accounts:user": users,
    } | money_subjects() | _assessed(nobody) | _of_cadres(villages) | {f"codes:{model._meta.app_label}_{model._meta.model_name}": _of_city(model._default_manager.all()) for model in code_lists._registry}  # fmt: skip


def money_subjects() -> dict[str, list[Subject]]:
    """The records of the funds' pages."""
    batches = _of_villages(PaymentBatch.objects.all())
    return {
        "funds:indicator-": _of_city(FundIndicator.objects.all()), "funds:allocation-create": _of_city(FundIndicator.objects.all()),
        "funds:return-create": _of_city(FundIndicator.objects.all()), "funds:allocation-cut": _of_villages(FundAllocation.objects.filter(reverses=None)),
        "funds:village-statement": _of_villages(Village.objects.all(), "code"), "funds:household": _of_villages(Household.objects.filter(ended_on=None)),
        "funds:difference": _of_villages(BalanceDifference.objects.filter(gone_on=None)), "funds:clue-": _of_villages(Clue.objects.all()),
        "funds:clue-reply": _of_villages(ClueTransfer.objects.all()), "funds:finding-": _of_villages(Finding.objects.all()),
        "funds:supervisor-": _of_city(Supervisor.objects.all()),
        "funds:batch-": batches, "funds:batch-create": _of_villages(Project.objects.all()), "funds:bank-file": batches, "funds:return-file": batches,
        "funds:unit-result": batches, "funds:asset-edit": _of_villages(Asset.objects.all()), "funds:loan-": _loans(),
    }  # fmt: skip


def _loans() -> list[Subject]:
    """Loans of two banks: a bank has its own, wherever the borrower lives."""
    found = []
    for bank in Organization.objects.filter(nature=Organization.Nature.BANK).order_by("pk")[:2]:
        loan = Loan.objects.filter(bank=bank).exclude(village=None).select_related("village").order_by("pk").first()
        found += [Subject(loan.pk, frozenset({loan.village.code}), bank=bank.pk)] if loan else []
    return found


def _assessed(nobody: User) -> dict[str, list[Subject]]:
    """Assessments in and outside an area, and the one cadre's own who signs in."""
    cards, boxes = _of_villages(Assessment.objects.all()), _of_villages(BallotBox.objects.all())
    own = Assessment.objects.exclude(cadre_user=None).select_related("village", "period").order_by("pk").first()
    mine, stated, batches = [], [], []
    if own is not None:
        mine = [Subject(own.pk, frozenset({own.village.code}))]
        kind = VetoKind.objects.filter(scheme=own.period.scheme_id).first()
        finding = VetoFinding.objects.filter(assessment=own, state="proposed").first() or VetoFinding.objects.create(
            assessment=own, village_id=own.village_id, kind=kind, found_on=today(), words="check_access", proposed_by=nobody
        )
        stated = [Subject(finding.pk, frozenset({own.village.code}))]
    for box in BallotBox.objects.filter(pk__in=[each.pk for each in boxes]).select_related("village"):
        batch = PaperBatch.objects.create(box=box, village_id=box.village_id, slips=0, first_by=nobody)
        batches.append(Subject(batch.pk, frozenset({box.village.code})))
    return {
        "assessments:": cards, "assessments:period": _of_city(Period.objects.all()), "assessments:review": _of_city(Period.objects.all()),
        "assessments:scheme": _of_city(AssessmentScheme.objects.all()), "assessments:indicator": _of_city(Indicator.objects.all()),
        "assessments:bonus-kind": _of_city(BonusKind.objects.all()), "assessments:veto-kind": _of_city(VetoKind.objects.all()), "assessments:round": _of_city(SurveyRound.objects.all()), "assessments:box": boxes,
        "assessments:batch": batches, "assessments:receipt": mine, "assessments:statement": stated, "assessments:chart": cards[:1],
        "assessments:bonus-decide": _of_villages(BonusClaim.objects.all()), "assessments:veto-decide": _of_villages(VetoFinding.objects.all()),
        "assessments:appeal": _of_villages(Appeal.objects.all()),
    }  # fmt: skip


def people() -> dict[str, User | None]:
    """A user of every role the data has, and nobody."""
    found: dict[str, User | None] = {}
    for role in Role.values:
        user = User.objects.filter(grants__role=role, is_active=True).order_by("pk").first()
        if user is not None:
            found[role] = user
    return found | {"anonymous": None}


def _holds(grant: Grant, permissions: tuple[str, ...]) -> bool:
    day = today()
    in_force = grant.since <= day and (grant.until is None or grant.until >= day)
    return in_force and bool(set(permissions) & {str(p) for p in ROLE_PERMISSIONS[grant.role]})


def _paired(user: User, subject: Subject) -> bool:
    return Pairing.objects.filter(helper__user=user, household_id=subject.household, ended_on=None).exists()


def allowed(page: Page, user: User | None, subject: Subject | None) -> bool:
    """Whether this user may get this page, from the table of roles and the grants alone."""
    if page.name in PUBLIC:
        return True
    if user is None:
        return False
    if not page.permissions:
        return page.name in OWN and (subject is None or subject.owner == user.pk)
    grants = [grant for grant in user.grants.all() if _holds(grant, page.permissions)]
    if subject is None or subject.citywide or not grants:
        return bool(grants)
    areas = [grant.area for grant in grants if grant.role not in (ALONE if page.name in OPEN_TO_ADMINISTRATORS else ALONE | BLIND)]
    if any(code.startswith(area) for area in areas for code in subject.villages):
        return True
    if subject.bank is not None and subject.bank == user.organization_id and any(grant.role == Role.BANK for grant in grants):
        return True
    if subject.unit is not None and subject.unit == user.organization_id and any(grant.role == Role.UNIT_LIAISON for grant in grants):
        return True
    if page.name.startswith("assistance:helper"):
        return Helper.objects.filter(pk=subject.pk, user=user).exists()
    return subject.household is not None and any(grant.role == Role.HELPER for grant in grants) and _paired(user, subject)


def check(*, roles: list[str] | None = None, names: list[str] | None = None, part: tuple[int, int] = (1, 1)) -> Answer:
    """Ask every page as every role by GET and by POST (the token is right, the form empty), in a transaction that is rolled back.

    Then every grant ends yesterday, and each user asks again for what they had been given. `part` (2, 3) asks every third page from the second.
    """
    settings.ALLOWED_HOSTS = ["*"]
    answer = Answer()
    files: list[str] = []
    try:
        with transaction.atomic():
            with acting_as_system(reason="check_access"):
                known = subjects()
                files = [str(name) for name in _file_names(known["workflow:attachment"])]
                files += list(
                    ImportBatch.objects.filter(pk__in=[subject.pk for subject in known["households:import"]]).values_list("file", flat=True)
                )
                everyone = {role: user for role, user in people().items() if roles is None or role in roles or user is None}
                scored = Assessment.objects.filter(pk__in=Score.objects.values("assessment")).select_related("period", "cadre").order_by("pk").first()
                chart = charts.number_of(scored) if scored else "none"
                number = ChartRelease.objects.order_by("pk").values_list("number", flat=True).first() or "none"
                token = PublicSnapshot.objects.filter(is_current=True).order_by("pk").values_list("token", flat=True).first() or "none"
            asked = _Asked(known, everyone, FIXED | {"number": number, "token": token, "chart": chart}, answer, everybody=roles is None)
            for page in islice(pages(), part[0] - 1, None, part[1]):
                if page.name not in NOT_ASKED and (names is None or page.name in names):
                    asked.page(page)
            with acting_as_system(reason="check_access"):
                end_grants([user for user in everyone.values() if user])
            asked.again()
            transaction.set_rollback(True)
    finally:
        for name in files:
            default_storage.delete(name)
    return answer


def end_grants(users: list[User]) -> None:
    """Yesterday was the last day of whatever these users hold."""
    yesterday = today() - timedelta(days=1)
    Grant.objects.filter(user__in=users).update(since=Least(F("since"), yesterday), until=yesterday)


def _file_names(files: list[Subject]) -> list[str]:
    from workflow.models import Attachment

    return list(Attachment.objects.filter(pk__in=[subject.pk for subject in files]).values_list("file", flat=True))


REFUSALS = {403, 404, 405}


class _Asked:
    """One run: a signed-in client a role, and where the answers are written."""

    def __init__(
        self, known: dict[str, list[Subject]], everyone: dict[str, User | None], fixed: dict[str, str], answer: Answer, *, everybody: bool
    ) -> None:
        self.known, self.everyone, self.fixed, self.answer, self.everybody = known, everyone, fixed, answer, everybody
        self.given: dict[tuple[str, str], tuple[Page, Subject | None]] = {}
        self.clients = {}
        for role, user in everyone.items():
            self.clients[role] = Client(raise_request_exception=False)
            if user is not None:
                self.clients[role].force_login(user, backend=BACKEND)
                session = self.clients[role].session
                session["seen"] = int(time.time()) + 3600  # or every page, rolled back, writes it again
                session.save()

    def page(self, page: Page) -> None:
        named = "pk" in page.parameters
        beginning = max((each for each in self.known if page.name.startswith(each)), key=len, default="")
        subjects: list[Subject | None] = [*self.known.get(beginning, [])] if named else [None]
        given = False
        for number, subject in enumerate(subjects):
            for role, user in self.everyone.items():
                if number == 0 or self.gets_past_guard(page, user):
                    given = self.ask_as(role, page, subject) or given
        if not given and self.somebody_may(page):
            self.answer.uncovered.append(page.name)

    def somebody_may(self, page: Page) -> bool:
        """Whether the guard lets anybody asked past it; of all roles together that must be so."""
        return self.everybody or any(self.gets_past_guard(page, user) for user in self.everyone.values())

    def gets_past_guard(self, page: Page, user: User | None) -> bool:
        """Whether the record decides; who is turned away before it is asked once a page."""
        return user is not None and (not page.permissions or any(_holds(grant, page.permissions) for grant in user.active_grants))

    def again(self) -> None:
        """Ask once more for what each user had been given while the grant ran."""
        for (role, _), (page, subject) in self.given.items():
            self.ask_as(role, page, subject, ended=True)

    def ask_as(self, role: str, page: Page, subject: Subject | None, *, ended: bool = False) -> bool:
        """Ask as one role, write down a leak; whether the page was given to who may have it."""
        user, url, opened = self.everyone[role], self.address(page, subject), False
        with acting_as_system(reason="check_access"):
            may = allowed(page, user, subject)
        first = (role, page.name) not in self.given
        for method in ("get", "post") if first or not may else ("get",):
            status, refused = self.ask(role, method, url)
            self.answer.checked += 1
            opened = opened or (may and status < 400 and not refused)
            if status >= 500 or not (may or refused):
                area = "ended" if ended else "" if subject is None else "inside" if may else "outside"
                self.answer.leaks.append({"url": url, "role": role, "area": area, "method": method, "status": status})
        if may and not ended:
            self.given.setdefault((role, page.name), (page, subject))
        return opened

    def address(self, page: Page, subject: Subject | None) -> str:
        values = {name: subject.pk if name == "pk" and subject else self.fixed[name] for name in page.parameters}
        if page.name == "codes:core_setting_change":
            values["key"] = settings_declared()[0].key
        if page.name == "workflow:change-create":
            values["key"] = "insured-household"
        if page.name == "cadres:training-sign-in":
            values["token"] = TrainingSession.objects.order_by("pk").values_list("token", flat=True).first() or "none"
        if page.name == "public:opinion-box":
            values["code"] = box_code(Village.objects.order_by("pk")[0])
        if page.name == "reports:figure":
            values["key"] = "households"
        if page.name == "assessments:chart-check":
            values["number"] = self.fixed["chart"]
        return reverse(page.name, kwargs=values)

    def ask(self, role: str, method: str, url: str) -> tuple[int, bool]:
        """The status, and whether it is a refusal: being sent to the sign-in is one."""
        client = self.clients[role]
        cookies = dict(client.cookies)
        with transaction.atomic():
            response = getattr(client, method)(url)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.update(cookies)
        sent_to_sign_in = reverse(settings.LOGIN_URL) in response.headers.get("Location", "")
        return response.status_code, response.status_code in REFUSALS or sent_to_sign_in
