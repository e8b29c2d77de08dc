"""What the demo's money has wrong on purpose, one mistake or more for each fund alert, and what people have made of some of it.

The lines past the payee check are those of an old paper list taken in before this system (旧系统补录): so the demo says.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Organization, User
from cadres.models import Posting
from core import clock, crypto
from demo.payouts import answer_file
from funds import services
from funds.models import (
    Asset,
    BalanceDifference,
    ClueEvent,
    Contract,
    FundAllocation,
    Loan,
    PaymentBatch,
    Performance,
    ProgressReport,
    Project,
    SubsidyItem,
    Supervisor,
)
from funds.services.payments import open_batch, write_lines
from households.models import Household, Member
from villages.models import Village
from workflow import services as flow
from workflow.models import Alert, Regulation

TITLE = "旧系统补录"
EACH = Decimal(1_800)


def load_mistakes(organizations: dict[str, Organization]) -> None:
    """After everything else of the money."""
    allocation = FundAllocation.objects.filter(project__kind="industry", project__state="running", project__code__startswith="CY2017").order_by("pk")[
        3
    ]
    _payments(allocation, SubsidyItem.objects.get(code="GY01"))
    _contracts(allocation, organizations)
    _projects()
    _loans()
    _team(organizations)


def _line(batch: PaymentBatch, number: int, home: Household, member: Member, **changed: Any) -> dict[str, Any]:
    account = changed.pop("account", home.bank_account)
    row = {"batch_id": batch.pk, "number": number, "allocation_id": batch.allocation_id, "village_id": home.village_id, "household_id": home.pk,
           "member_id": member.pk, "invoice": "", "household_code": home.household_code, "person_name": member.name, "account": crypto.encrypt(account),
           "account_index": crypto.blind_index(account, "bank_account"), "account_name": member.name, "bank_name": home.bank_name,
           "standard": batch.item.standard if batch.item else None, "quantity": Decimal(1), "amount": EACH}  # fmt: skip
    return row | changed


def _payments(allocation: FundAllocation, item: SubsidyItem) -> None:
    """F01–F05, F07, F19 in batches of one month. Who died is a member of their own, so that the register's counts stay."""
    project = allocation.project
    homes = list(Household.objects.active().filter(village=project.village).exclude(bank_account_index=None).order_by("pk")[:9])
    heads = {m.household_id: m for m in Member.objects.filter(household__in=homes, relation="01", left_on=None)}
    others = {m.household_id: m for m in Member.objects.filter(household__in=homes, left_on=None).exclude(relation="01").order_by("-number")}
    families = [home for home in homes if home.pk in others]
    gone, strayed = families[0], families[1]
    head = heads[gone.pk]
    died = Member.objects.create(household=gone, village_id=gone.village_id, number=20, name=f"{head.name[0]}老汉", sex="1", birth_on=date(1938, 2, 11), relation="05",
                                 joined_on=gone.identified_on, left_on=date(2017, 3, 18), leave_reason="1")  # fmt: skip
    stray = Member.objects.exclude(household__in=homes).filter(left_on=None).exclude(relation="01").order_by("pk")[0]
    cadre = Posting.objects.filter(village=project.village, ended_on=None).select_related("cadre").order_by("pk").first()
    rest = [home for home in homes if home not in (gone, strayed)]

    def batch(month: int, lines: Sequence[tuple[Household, Member, dict[str, Any]]], day: date) -> None:
        with clock.on(day):
            made = open_batch(
                "household", project, allocation, f"{TITLE}:公益性岗位补贴", date(2017, month, 1), User.objects.get(username="fupin"), item=item
            )
            write_lines(made, [_line(made, number, home, who, **changed) for number, (home, who, changed) in enumerate(lines, start=1)])
        _send(made, day)

    shared = rest[0].bank_account
    batch(4, [(gone, died, {}), (strayed, stray, {}), (rest[0], heads[rest[0].pk], {}), (rest[1], heads[rest[1].pk], {"account": shared}),
              (rest[2], heads[rest[2].pk], {"account_name": "张某某"}), (rest[3], heads[rest[3].pk], {"amount": Decimal(2_100)}),
              *([(rest[4], heads[rest[4].pk], {"account_name": cadre.cadre.name})] if cadre else [])], date(2017, 5, 3))  # fmt: skip
    batch(4, [(rest[5], heads[rest[5].pk], {})], date(2017, 5, 10))
    batch(4, [(rest[5], heads[rest[5].pk], {})], date(2017, 5, 24))


def _send(batch: PaymentBatch, day: date) -> None:
    checker, payer = (User.objects.get(username=name) for name in ("shenpi", "caizheng"))
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 10, 0))
    rows = PaymentBatch.objects.filter(pk=batch.pk)
    rows.update(state="checked", checker=checker, checked_at=moment, made_at=moment)
    rows.update(state="sent", payer=payer, sent_at=moment)
    batch.refresh_from_db()
    answer = day + timedelta(days=2)
    with clock.on(answer):
        services.take_return(batch=batch, data=answer_file(batch, set(), f"{answer:%Y%m%d}"), name=f"{batch.number}回单.txt", by=payer)


def _contracts(allocation: FundAllocation, organizations: dict[str, Organization]) -> None:
    """F06 a contract paid beyond its (later reduced) sum, F17 the approver's own office, F18 two below the limit."""
    project, bureau = allocation.project, organizations["农牧和扶贫开发局"]
    firm = Organization.objects.create(name="河西建筑劳务公司(演示)", nature="enterprise", level="city")
    common = {"project": project, "village": project.village, "method": "direct"}
    first = Contract.objects.create(number="YSHT2017-011", contractor=firm, amount=280_000, signed_on=date(2017, 4, 6), **common)
    Contract.objects.create(number="YSHT2017-012", contractor=firm, amount=330_000, signed_on=date(2017, 4, 20), **common)
    Contract.objects.create(number="YSHT2017-013", contractor=bureau, amount=30_000, signed_on=date(2017, 5, 2), **common)
    with clock.on(date(2017, 6, 5)):
        batch = services.make_unit_batch(project=project, allocation=allocation, contract=first, invoice="FP0601", amount=Decimal(120_000), account="990012345678901",
                                         bank_name="农村商业银行", by=User.objects.get(username="fupin"))  # fmt: skip
    _unit_paid(batch, date(2017, 6, 7))
    Contract.objects.filter(pk=first.pk).update(amount=100_000)


def _unit_paid(batch: PaymentBatch, day: date) -> None:
    people = {name: User.objects.get(username=name) for name in ("shenpi", "fagai", "caizheng")}
    with clock.on(day):
        for name in ("shenpi", "fagai")[: batch.checks_needed]:
            batch = services.check_batch(batch=batch, seen=batch.digest, by=people[name])
        batch = services.pay_batch(batch=batch, seen=batch.digest, by=people["caizheng"])
        services.answer_unit(batch=batch, succeeded=True, reason="", serial="Y0601", settled_on=day, by=people["caizheng"])
    moment = timezone.make_aware(datetime(day.year, day.month, day.day, 10, 0))
    PaymentBatch.objects.filter(pk=batch.pk).update(made_at=moment, checked_at=moment, sent_at=moment, settled_at=moment)


def _projects() -> None:
    """Most work is reported, shown and evaluated; three projects are not (F08–F10, F15, F16, F20)."""
    day = clock.today()
    running = list(Project.objects.filter(state="running").exclude(started_on=None).order_by("code"))
    for number, project in enumerate(running[3:]):
        share = min(100, (day - project.started_on).days * 100 // max(1, ((project.planned_finish_on or day) - project.started_on).days))
        ProgressReport.objects.create(project=project, village=project.village, reported_on=day - timedelta(days=number % 20), percent=max(5, share - number % 9),
                                      note="按计划推进", by=User.objects.get(username="fupin"))  # fmt: skip
    ended = list(Project.objects.filter(state__in=Project.ENDED).order_by("finished_on", "code"))
    for number, project in enumerate(project for project in ended[2:] if not project.assets.exists()):
        if not hasattr(project, "performance"):
            Performance.objects.create(project=project, village=project.village, target=f"{project.name}建成投用", indicator="完成项目(个)", planned=1, reached=1,
                                       score=Decimal(82 + number % 14), evaluated_on=min(day, project.finished_on + timedelta(days=40)))  # fmt: skip
        Asset.objects.create(project=project, village=project.village, name=project.name.removesuffix("项目"), kind="public", value=project.amount,
                             owner=f"{project.village.name}村民委员会", keeper="村两委", handed_over_on=project.finished_on, registered_on=min(day, project.finished_on + timedelta(days=25)))  # fmt: skip
    Asset.objects.create(project=ended[0], village=ended[0].village, name=ended[0].name.removesuffix("项目"), kind="public", value=ended[0].amount)
    hasty = Project.objects.get(code="LG2017-002")
    Project.objects.filter(pk=hasty.pk).update(started_on=date(2017, 9, 10))
    late = Project.objects.filter(code__startswith="CY2017", batches__state="sent").first()
    if late is not None:
        Project.objects.filter(pk=late.pk).update(applied_on=date(2017, 7, 2))


def _loans() -> None:
    """F13 and F14; F12 stands in the loans already."""
    micro = list(Loan.objects.filter(product__kind="micro").order_by("pk")[:6])
    Loan.objects.filter(pk=micro[1].pk).update(borrower_age=68)
    Loan.objects.filter(pk=micro[4].pk).update(productive=False, purpose="子女婚嫁")


TEAM = (("马督查", "市委", "组长", True), ("何督查", "市纪委监委", "副组长", False), ("祁督查", "市委组织部", "组员", False), ("解督查", "市财政局", "组员", False),
        ("东督查", "农牧和扶贫开发局", "组员", False))  # fmt: skip


def _team(organizations: dict[str, Organization]) -> None:
    """Five members; one finding closed by a rule, one waiting for its check, one late."""
    Supervisor.objects.bulk_create(Supervisor(name=name, organization=organizations[office], post=post, is_head=head, since=date(2016, 4, 1), is_demo=True)
                                   for name, office, post, head in TEAM)  # fmt: skip
    team, clerk = User.objects.get(username="jiwei"), User.objects.get(username="fupin")
    bureau, day = organizations["农牧和扶贫开发局"], clock.today()
    village = Village.objects.filter(is_poor_village=True).order_by("code")[1]

    def found(title: str, content: str, on: date, due: date, **more: Any) -> Any:
        with clock.on(on):
            return services.register_finding(
                by=team, title=title, content=content, found_on=on, due_on=due, organization=bureau, is_demo=True, **more
            )

    rule = Regulation.objects.create(
        number="演示扶组〔2017〕18号", title="扶贫资金公示公告办法(演示)", issuer="扶贫开发领导小组", valid_from=date(2017, 6, 20), is_assumed=True
    )
    closed = found("资金公示没有张贴照片", "抽查三个村,两个村的资金公示没有留存张贴照片。", date(2017, 5, 16), date(2017, 6, 30), village=village)
    with clock.on(date(2017, 6, 22)):
        services.rectify_finding(
            finding=closed,
            rectification="补拍并上传照片,修订公示办法,张贴须当日拍照上传。",
            rectified_on=date(2017, 6, 22),
            rule=rule,
            rule_note="第四条",
            by=clerk,
        )
        services.check_finding(finding=closed, by=team)
    done = found("补贴发放滞后", "公益性岗位补贴按季发放,村民反映滞后。", date(2017, 8, 8), date(2017, 9, 25), village=village)
    with clock.on(date(2017, 9, 21)):
        services.rectify_finding(
            finding=done, rectification="改为按月发放,九月起执行。", rectified_on=date(2017, 9, 21), rule=None, rule_note="", by=clerk
        )
    found("基础设施项目资产没有移交", "一处项目竣工后没有办理移交和确权。", date(2017, 8, 22), date(2017, 9, 20), village=village)
    assert day >= date(2017, 9, 20)


def load_clues(organizations: dict[str, Organization]) -> None:
    """After the alerts have run: one confirmed by discipline, passed to the procuratorate; what is not explained in the balance is told."""
    jiwei, leader = (User.objects.get(username=name) for name in ("jiwei", "shenpi"))
    alert = Alert.objects.filter(code="F19").first()
    if alert is not None:
        flow.judge_alert(alert=alert, state="true", reason="调取开户资料,账户为驻村干部本人", by=jiwei)
        with clock.on(date(2017, 9, 25)):
            clue = services.register_clue(
                by=jiwei, title="到户补贴进入干部账户", content="见预警所列批次和明细。", source="alert", received_on=date(2017, 9, 25), alert=alert
            )
            sent = services.transfer_clue(
                clue=clue, kind="transfer", to=organizations["市人民检察院"], document="演示纪移〔2017〕3号", sent_on=date(2017, 9, 26), by=jiwei
            )
            services.transfer_clue(
                clue=clue, kind="bulletin", to=organizations["农牧和扶贫开发局"], document="演示纪通〔2017〕7号", sent_on=date(2017, 9, 26), by=jiwei
            )
            services.answer_transfer(transfer=sent, reply="已受理,正在初查", replied_on=date(2017, 9, 28), by=jiwei)
            services.hold_accountable(clue=clue, by=jiwei, person_name="(演示)某干部", organization=organizations["市水利局"], post="驻村队员", form="talk",
                                      decided_on=date(2017, 9, 28), decided_by=organizations["市纪委监委"], document="演示纪谈〔2017〕2号", note="补贴款未及时转交农户")  # fmt: skip
            ClueEvent.objects.filter(clue=clue).update(at=timezone.make_aware(datetime(2017, 9, 28, 15, 20)))
    services.prove_balance(day=clock.today())
    waiting = BalanceDifference.objects.filter(kind="unanswered", gone_on=None).first()
    if waiting is not None:
        services.explain_difference(difference=waiting, explanation="代发银行系统切换,回单约定十月十日前补送,款项已与银行核对。", by=leader)
        BalanceDifference.objects.filter(pk=waiting.pk).update(explained_at=timezone.make_aware(datetime(2017, 9, 29, 10, 5)))
