"""A period of the small world: three cadres in two townships, the standard scheme, a round of ballots."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from assessments import services
from assessments.models import Appeal, Assessment, AssessmentScheme, BallotBox, BonusClaim, BonusKind, Entry, Period, Score, VetoFinding, VetoKind
from assessments.services import surveys
from core import scoring_inputs
from tests.factories import CadreFactory, HouseholdFactory, MemberFactory, PostingFactory, UserFactory, grant

DAY = date(2017, 9, 30)
JUDGED = {"B1": "5", "B3": "6", "B5": "4", "B7": "2"}
INPUTS = {
    "days_in_village": "200", "days_required": "200", "duty_absences": "0", "late_returns": "0", "unreported_trips": "0", "sessions_attended": "10",
    "sessions_held": "10", "late_reports": "0", "archive_error_pct": "0", "homes_visited": "40", "homes_to_visit": "40", "commitments_done": "5",
    "commitments_due": "5",
}  # fmt: skip


@dataclass
class Assessed:
    world: Any
    scheme: AssessmentScheme
    period: Period
    cards: list[Assessment] = field(default_factory=list)

    @property
    def people(self) -> dict[str, Any]:
        return self.world.people

    def reload(self) -> "Assessed":
        self.period.refresh_from_db()
        for card in self.cards:
            card.refresh_from_db()
        return self

    def fill(self, card: Assessment, **changes: str) -> None:
        """All facts of a card by hand, in full unless changed."""
        shared: Any = {
            "assessment": card,
            "village_id": card.village_id,
            "subject_id": card.cadre_user_id,
            "entered_by": self.people["township_checker"],
        }
        rows = [Entry(kind="input", key=key, value=Decimal(value), words="纸质台账", **shared) for key, value in (INPUTS | changes).items()]
        Entry.objects.bulk_create(
            [*rows, *(Entry(kind="judged", key=code, value=Decimal(points), words="现场查看", **shared) for code, points in JUDGED.items())]
        )

    def vote(self, value: str = "satisfied", count: int = 5) -> None:
        """Everybody answers alike, and the boxes are sealed."""
        survey_round = services.open_round(period=self.period, opens_on=DAY, closes_on=DAY, by=self.people["org_department"])
        for box in BallotBox.objects.filter(survey_round=survey_round):
            for secret in surveys.issue_slips(box=box, count=min(count, box.electorate), by=self.people["township_clerk"]):
                services.cast(secret=secret, answers={each.pk: value for each in surveys.covered(box)}, day=DAY)
        services.close_round(survey_round=survey_round, by=self.people["org_department"], day=DAY)
        self.reload()


def make_scheme(world):
    """The standard scheme, adopted."""
    found = services.draft_standard(by=world.people["org_department"], day=date(2017, 1, 1))
    return services.adopt_scheme(scheme=found, by=world.people["org_department"], day=date(2017, 1, 1))


def make_assessed(world, scheme):
    """Three cadres: two in the first township's first village (one of them signs in), one in the second township."""
    for village in world.villages[::2]:
        for _ in range(6):
            MemberFactory(household=HouseholdFactory(village=village))
    first = CadreFactory(name="王书记", user=world.people["village_cadre"])
    PostingFactory(cadre=first, village=world.villages[0], role="first_secretary")
    PostingFactory(village=world.villages[0])
    PostingFactory(village=world.villages[2])
    clerk = UserFactory(username="second_clerk", name="另一专干")
    grant(clerk, "township_clerk", world.townships[0])
    world.people["second_clerk"] = clerk
    period = services.open_period(
        code="2017", title="2017年度考核", scheme=scheme, since=date(2017, 1, 1), until=date(2017, 12, 31), report_due_on=date(2017, 10, 10),
        scoring_due_on=date(2017, 10, 20), review_due_on=date(2017, 10, 31), by=world.people["org_department"], day=DAY,
    )  # fmt: skip
    return Assessed(world, scheme, period, list(period.assessments.order_by("cadre__code")))


@pytest.fixture
def scheme(world):
    return make_scheme(world)


@pytest.fixture
def assessed(world, scheme, monkeypatch):
    """Facts come from paper here, so that a test says them itself; the one input of this room stays."""
    monkeypatch.setattr(scoring_inputs, "_inputs", {"archive_error_pct": scoring_inputs.get("archive_error_pct")})
    return make_assessed(world, scheme)


def make_records(world):
    """For whoever asks every page: a running period with a card, a box, a claim, a finding, a score and an appeal of everybody posted."""
    by = world.people["org_department"]
    found = services.open_period(
        code="2017", title="2017年度考核", scheme=make_scheme(world), since=date(2017, 1, 1), until=date(2017, 12, 31), report_due_on=DAY, scoring_due_on=DAY,
        review_due_on=DAY, by=by, day=DAY,
    )  # fmt: skip
    services.open_round(period=found, opens_on=DAY, closes_on=DAY, by=by)
    services.refresh(period=found)
    honour, veto = BonusKind.objects.filter(scheme=found.scheme).first(), VetoKind.objects.filter(scheme=found.scheme).first()
    for card in found.assessments.all():
        mine: Any = {"assessment": card, "village_id": card.village_id}
        BonusClaim.objects.create(
            kind=honour, level="city", fact="先进个人", fact_key="x", document="1号", issued_on=DAY, certified_by="市委", claimed_by=by, **mine
        )
        VetoFinding.objects.create(kind=veto, found_on=DAY, words="夜查不在村", proposed_by=by, **mine)
        score = Score.objects.create(version=1, card={}, bonus=0, total=90, grade="competent", **mine)
        Appeal.objects.create(score=score, filed_on=DAY, filed_by=by, grounds="漏记三天", **mine)
    return found
