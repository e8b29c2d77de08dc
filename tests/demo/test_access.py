"""Every URL as two clerks, a helper, an auditor and nobody; test_demo asks as all roles with FULL_ACCESS_CHECK=1."""

import io
from decimal import Decimal

import pytest
from PIL import Image

from accounts.models import User
from cadres.models import Cadre, Nomination
from cadres.services import load_standard_rows
from core.clock import today
from demo import access
from households import services
from households.models import CrossCheckSource, Household
from tests.assessments.conftest import make_records
from tests.factories import (
    START,
    CadreFactory,
    HelperFactory,
    HelpUnitFactory,
    HouseholdFactory,
    LeaderFactory,
    MeasureTypeFactory,
    MemberFactory,
    OrganizationFactory,
    PairingFactory,
    PostingFactory,
    ProjectFactory,
    make_attendance,
)
from workflow import services as flow
from workflow.models import Clause, Regulation

SAMPLE = ["township_clerk", "helper", "audit_admin", "bureau_clerk"]
WITHOUT_RELEASES = {"reports:release-detail", "reports:release-pdf", "reports:release-check"}
NOT_THEIRS = {"cadres:need-create"}  # open to who manages cadres, whom the sample leaves out


@pytest.fixture
def full_world(world):
    """A record of every kind in each of the three villages."""
    from assistance.models import ExitNeed, LeaderVillage, Measure, PolicyDocument, UnitVillage, Wish
    from households.models import PovertyLine
    from villages.models import VillageYear

    kind = MeasureTypeFactory()
    PovertyLine.objects.create(year=2017, series="working", amount=3300)
    PolicyDocument.objects.create(layer=7, number=1, title="行动计划")
    for village in world.villages:
        household = HouseholdFactory(village=village)
        MemberFactory(household=household)
        services.issue_handbook(household=household, kind="national", number=f"QG{village.code}", issued_on=START, received_by="户主",
                                by=world.people["township_clerk"])  # fmt: skip
        services.receive_complaint(channel="letter", received_on=START, cause="help", content="帮扶没有落实", area="", village=village, by=None)
        Wish.objects.create(household=household, village=village, aspect="W1", recorded_on=START)
        ExitNeed.objects.create(village=village, aspect="N01", recorded_on=START)
        PairingFactory(household=household, helper=HelperFactory(user=world.people["helper"] if village == world.villages[0] else None))
        Measure.objects.create(household=household, village=village, measure_type=kind, content="帮扶", planned_on=START)
        posting = PostingFactory(village=village, cadre=CadreFactory(user=world.people["village_cadre"] if village == world.villages[0] else None))
        make_attendance(posting, world.people["village_cadre"])
        ProjectFactory(village=village)
        LeaderVillage.objects.create(leader=LeaderFactory(), village=village, started_on=START)
        UnitVillage.objects.create(unit=HelpUnitFactory(), village=village, started_on=START)
        VillageYear.objects.create(village=village, year=2016)
    services.ensure_sources()
    for village in world.villages:
        home = Household.objects.filter(village=village).order_by("pk").first()
        services.draw_sample(frame="poor", confidence=95, margin=10, village=village, by=world.people["bureau_clerk"])
        services.request_correction(household=home, data=services.HouseholdInput(household={"address": "二社"}, members=[]), year=2017, reason="搬家",
                                    document=picture(), by=world.people["village_committee"])  # fmt: skip
        services.open_proceeding(household=home, kind="exit", reason="收入稳定", by=world.people["village_committee"])
    vehicles = CrossCheckSource.objects.get(code="vehicles")
    for state in ("sent", "judged"):
        homes = [home.pk for home in Household.objects.all()]
        asked = services.request_check(
            source=vehicles, organization=OrganizationFactory(), households=homes, purpose=state, by=world.people["bureau_clerk"]
        )
    asked.results.update(result="hit", judgement="open", answered_by=world.people["sector_department"])
    load_standard_rows()
    flow.run_alerts(today(), codes=["R06"])
    notices(world)
    yearly_work(world)
    make_records(world)
    Nomination.objects.update(recommended_by=world.people["org_department"])
    money(world)
    return world


def money(world):
    """Of the money: an indicator, and in each village a batch that waits, one that is settled with a failure, an asset, a loan, a difference,
    a finding, a clue.
    """
    from django.utils import timezone

    from funds import services as funds
    from funds.models import Asset, BalanceDifference, Loan, LoanProduct, PaymentBatch, Supervisor
    from tests.factories import make_allocation, make_item, make_payees

    funds.install_procedures()
    bank, item = OrganizationFactory(nature="bank"), make_item(every="month")
    product = LoanProduct.objects.create(code="D", name="担保贷款", kind="guaranteed", valid_from=START)
    Supervisor.objects.create(name="督查", organization=bank, since=START)
    for number, village in enumerate(world.villages):
        allocation = make_allocation(village)
        home = make_payees(village, 1)[0]
        batch = funds.make_batch(project=allocation.project, allocation=allocation, item=item, period_on=START, by=world.people["bureau_clerk"],
                                 lines=[funds.Wanted(home.pk, Decimal(100))])  # fmt: skip
        Asset.objects.create(project=allocation.project, village=village, name="羊舍", kind="public", value=10)
        loan = Loan.objects.create(bank=bank, product=product, number=f"D{number}", borrower_kind="household", household=home, village=village, borrower_name="张",
                                   amount=1000, rate=4, lent_on=START, due_on=today(), purpose="养羊")  # fmt: skip
        BalanceDifference.objects.create(kind="loan", key=loan.pk, about="D", village=village, expected=0, found=1, found_on=today())
        funds.register_finding(
            by=world.people["discipline"], title="问题", content="情况", found_on=today(), due_on=today(), organization=bank, village=village
        )
        clue = funds.register_clue(by=world.people["discipline"], title="线索", content="内容", source="audit", received_on=today(), village=village)
        funds.transfer_clue(clue=clue, kind="bulletin", to=bank, document="1", sent_on=today(), by=world.people["discipline"])
        assert PaymentBatch.objects.get(pk=batch.pk).made_at < timezone.now()


def yearly_work(world):
    """An open year, and a village on its way out in each township."""
    from households.models import DuplicatePair, DynamicWindow
    from villages.models import VillageYear

    DynamicWindow.objects.create(year=2017, starts_on=START, opens_on=START, closes_on=today(), document="通知")
    for village in world.villages:
        twins = [MemberFactory(household=HouseholdFactory(village=village), name="重名人") for _ in range(2)]
        DuplicatePair.objects.create(
            first=twins[0], second=twins[1], village=village, area=village.code, score=60, grounds="姓名相同", found_on=today()
        )
        village.is_poor_village, village.poor_since = True, 2015
        village.save()
        VillageYear.objects.create(village=village, year=2017, population_total=300, rural_population=300)
        services.open_village_exit(village=village, year=2017, reason="达标", by=world.people["village_committee"])


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "JPEG")
    return out.getvalue()


def notices(world):
    """A running notice with an objection in each village, and a rule with its clause."""
    rule = Regulation.objects.create(title="识别办法", issuer="领导小组", valid_from=START)
    Clause.objects.create(regulation=rule, number="第一条", text="公示不少于七日。")
    for village in world.villages:
        made = flow.publish(kind="identification_village", title="公示", body="拟定各户。", lines=[], records=[], level="village", village=village,
                            starts_on=today(), by=None)  # fmt: skip
        flow.object_to(notice=made, content="评议没有通知到户", channel="visit", received_on=today(), by=world.people["township_clerk"])


def test_no_page_is_given_to_who_may_not_have_it(full_world):
    found = access.check(roles=SAMPLE)
    assert found.leaks == []
    assert found.checked > 1000
    assert set(found.uncovered) <= WITHOUT_RELEASES | NOT_THEIRS


def test_nothing_is_left_behind(full_world):
    before = User.objects.count()
    access.check(roles=["township_clerk"], names=["core:workbench", "households:list"])
    assert User.objects.count() == before
    assert full_world.people["township_clerk"].grants.get().until is None


def test_a_grant_that_outlives_its_day_is_a_leak(full_world, monkeypatch):
    monkeypatch.setattr("villages.querysets.GrantQuerySet.active", lambda self: self.select_related("division"))
    found = access.check(roles=["helper", "township_clerk"], names=["households:detail", "villages:list"])
    assert {(leak["role"], leak["url"].split("/")[1], leak["area"]) for leak in found.leaks} == {
        ("helper", "households", "ended"), ("township_clerk", "households", "ended"), ("township_clerk", "villages", "ended"),
    }  # fmt: skip


def test_an_action_that_does_not_look_who_asks_is_a_leak(full_world, monkeypatch):
    monkeypatch.setattr("cadres.views.records.visible_cadre", lambda request, pk, edit="": Cadre.objects.get(pk=pk))
    found = access.check(roles=["township_checker"], names=["cadres:posting-create"])
    assert {(leak["area"], leak["method"]) for leak in found.leaks} == {("outside", "get"), ("outside", "post")}


def test_a_guard_that_lets_everybody_in_is_a_leak(full_world, monkeypatch):
    monkeypatch.setattr(User, "may", lambda self, permission: True)
    found = access.check(roles=["audit_admin"], names=["accounts:user-create", "funds:project-list"])
    assert {(leak["url"], leak["role"], leak["status"]) for leak in found.leaks} >= {
        ("/accounts/users/new/", "audit_admin", 200), ("/funds/projects/", "audit_admin", 200),
    }  # fmt: skip


def test_a_page_that_fails_is_a_leak(full_world, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr("households.views.records.household_context", broken)
    found = access.check(roles=["township_clerk"], names=["households:detail"])
    assert {(leak["role"], leak["status"]) for leak in found.leaks} == {("township_clerk", 500)}
