"""Batches to households: made, checked, paid by three people; nothing paid twice, nothing to the wrong hand."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from core.settings import put
from funds import services
from funds.models import Payment, PaymentBatch, PaymentResult, ReturnFile
from funds.rules import bank_files
from funds.services import payments
from funds.services.payees import PayeesRefused
from tests.factories import MemberFactory, UserFactory, make_allocation, make_item, make_payees

PERIOD = date(2017, 6, 1)
TOTAL = Decimal("3000.00")


@pytest.fixture
def paying(world):
    """Three payees, money for exactly three payments of a thousand, and the makings of a batch."""
    allocation = make_allocation(world.villages[0], amount=TOTAL)
    households = make_payees(world.villages[0], 3)
    item = make_item()

    def make(amount="1000.00", **fields):
        lines = fields.pop("lines", None) or [services.Wanted(household.pk, Decimal(amount)) for household in households]
        return services.make_batch(
            **{
                "project": allocation.project,
                "allocation": allocation,
                "item": item,
                "period_on": PERIOD,
                "lines": lines,
                "by": world.people["bureau_clerk"],
            }
            | fields
        )

    make.allocation, make.households, make.item = allocation, households, item
    return make


def check(batch, by):
    return services.check_batch(batch=batch, seen=batch.digest, by=by)


def released(world, batch):
    check(batch, world.people["bureau_approver"])
    return services.pay_batch(batch=batch, seen=batch.digest, by=world.people["finance"])


def answer(batch, *, failing=(), lines=None, **changed):
    """A return file as the bank writes it; `failing` are numbers."""
    rows = []
    for sent in bank_files_of(batch):
        result = ("失败", "账号已销户") if sent.number in failing else ("成功", "")
        row = {"批次号": batch.number, "序号": str(sent.number), "户名": sent.account_name, "账号": sent.account, "金额": str(sent.amount), "结果": result[0],
               "原因": result[1], "流水号": f"L{sent.number}", "日期": "20170615"}  # fmt: skip
        rows.append("|".join((row | changed)[column] for column in bank_files.BACK.split()))
    rows = lines(rows) if lines else rows
    amounts = [row.split("|")[4] for row in rows if row.count("|") == 8]
    total = sum(Decimal(amount) for amount in amounts if amount != "x")
    return ("\r\n".join([*rows, f"合计|{len(rows)}|{total}"]) + "\r\n").encode("gb18030")


def bank_files_of(batch):
    from funds.services.bank import _sent

    return list(_sent(batch))


def test_each_signature_has_its_moment(world, paying):
    batch = released(world, paying())
    assert batch.made_at < batch.checked_at < batch.sent_at


def take(world, batch, data):
    return services.take_return(batch=batch, data=data, name="回单.txt", by=world.people["finance"])


def test_three_people_take_a_batch_from_list_to_account(world, paying):
    batch = paying()
    assert (batch.lines, batch.total, services.left("allocation", paying.allocation.pk)) == (3, TOTAL, 0)
    batch = released(world, batch)
    first = services.bank_file(batch=batch)
    assert first == services.bank_file(batch=batch)
    text = first.decode("gb18030")
    assert text.splitlines()[0] == f"{batch.number}|1|张收一|{paying.households[0].bank_account}|农村商业银行|1000.00|产业到户补助"
    assert text.splitlines()[-1] == "合计|3|3000.00"
    take(world, batch, answer(batch))
    batch.refresh_from_db()
    assert batch.state == "settled"
    assert payments.paid_total(batch) == TOTAL


def test_the_recipient_is_frozen_as_at_the_making(world, paying):
    batch = paying()
    line = batch.payments.get(number=1)
    household = paying.households[0]
    household.members.update(name="改名人")
    line.refresh_from_db()
    assert (line.person_name, line.account) == ("张收一", household.bank_account)


def test_more_than_the_allocation_is_told_and_nothing_is_written(world, paying):
    with pytest.raises(services.OverCeiling, match="分配余额 3,000.00 元"):
        paying("1000.01")
    assert not Payment.objects.exists()
    assert not PaymentBatch.objects.exists()


@pytest.mark.parametrize("amount", ["0", "-1", "0.005", "1e13"])
def test_a_sum_that_is_none_makes_no_batch(world, paying, amount):
    with pytest.raises(services.FundsError, match="金额"):
        paying(amount)
    assert not PaymentBatch.objects.exists()


def _dead(world, households):
    dead = households[0].members.get()
    households[0].members.update(left_on=date(2017, 5, 1), leave_reason="1", relation="02")
    MemberFactory(household=households[0], name="新户主")
    return [services.Wanted(households[0].pk, Decimal(1), member_id=dead.pk)]


def _gone(world, households):
    households[0].ended_on, households[0].end_reason = date(2017, 5, 1), "removed"
    households[0].save()


def _stranger(world, households):
    other = make_payees(world.villages[1], 1)[0]
    return [services.Wanted(households[0].pk, Decimal(1), member_id=other.members.get().pk)]


def _no_account(world, households):
    households[0].bank_account = ""
    households[0].save()


def _named_otherwise(world, households):
    return [services.Wanted(households[0].pk, Decimal(1), account_name="别人")]


def _same_account(world, households):
    households[1].ended_on, households[1].end_reason = date(2018, 5, 1), "moved"
    households[1].bank_account = households[0].bank_account
    households[1].save()


def _unknown(world, households):
    return [services.Wanted(999_999_999, Decimal(1))]


@pytest.mark.parametrize(
    ("damage", "words"),
    [(_dead, "领款人已死亡"), (_gone, "该户已退出登记"), (_stranger, "不是该户成员"), (_no_account, "没有登记银行账号"),
     (_named_otherwise, "户名与领款人姓名不一致"), (_same_account, "账号与另一户相同"), (_unknown, "户不在登记中")],
)  # fmt: skip
def test_a_wrong_payee_is_named_and_nothing_is_written(world, paying, damage, words):
    lines = damage(world, paying.households)
    with pytest.raises(PayeesRefused, match=words):
        paying("1", lines=lines)
    assert not PaymentBatch.objects.exists()


def test_the_same_item_is_not_paid_twice_in_its_period(world, paying):
    paying("1")
    with pytest.raises(PayeesRefused, match="本期这一项已发放"):
        paying("1")
    services.cancel_batch(batch=PaymentBatch.objects.get(), reason="误", by=world.people["bureau_clerk"])
    assert services.left("allocation", paying.allocation.pk) == TOTAL
    assert paying("1").total == 3


def test_the_policy_standard_and_the_list_of_beneficiaries_bind(world, paying):
    paying.item.standard = Decimal(500)
    paying.item.save()
    with pytest.raises(PayeesRefused, match="超过标准"):
        paying("500.01")
    services.add_part(part=_beneficiary(paying), by=world.people["bureau_clerk"], recorded_on=PERIOD)
    with pytest.raises(PayeesRefused, match="不在项目的受益户名单中"):
        paying("500")


def _beneficiary(paying):
    from funds.models import Beneficiary

    return Beneficiary(project=paying.allocation.project, household=paying.households[0])


def test_maker_checker_and_payer_are_three_people(world, paying):
    batch = paying()
    with pytest.raises(services.FundsError, match="不同的人"):
        check(batch, world.people["bureau_clerk"])
    check(batch, world.people["finance"])
    with pytest.raises(services.FundsError, match="不同的人"):
        services.pay_batch(batch=batch, seen=batch.digest, by=world.people["finance"])
    with pytest.raises(IntegrityError, match="payment_batch_people_are_different"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(payer=batch.maker)


def test_above_the_set_amounts_more_people_check(world, paying):
    for key in ("funds_second_check_wan", "funds_third_check_wan"):
        put(key=key, value=0, by=None, reason="测试")
    batch = paying()
    assert batch.checks_needed == 3
    for person in (world.people["bureau_approver"], world.people["finance"]):
        assert check(batch, person).state == "made"
    with pytest.raises(services.FundsError, match="待复核"):
        services.pay_batch(batch=batch, seen=batch.digest, by=UserFactory())
    assert check(batch, UserFactory()).state == "checked"
    with pytest.raises(IntegrityError, match="signatures_stay"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(second_checker=None)


def test_a_batch_changed_between_making_and_checking_is_refused(world, paying):
    batch = paying()
    with pytest.raises(services.FundsError, match="与您看到的不同"):
        services.check_batch(batch=batch, seen="0" * 64, by=world.people["bureau_approver"])
    with pytest.raises(IntegrityError, match="payment_batch_does_not_change"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(total=1)
    with pytest.raises(IntegrityError, match="payment_only_while_its_batch_is_made"), transaction.atomic():
        line = batch.payments.get(number=1)
        line.pk, line.number, line.member = None, 9, MemberFactory(household=line.household, relation="02")
        line.save(force_insert=True)


def test_an_account_or_amount_changed_in_the_database_is_found(transactional_db, as_owner):
    from core.scope import acting_as_system
    from tests.factories import make_world

    with acting_as_system(reason="测试"):
        world = make_world()
        allocation = make_allocation(world.villages[0], amount=10)
        batch = services.make_batch(
            project=allocation.project, allocation=allocation, item=make_item(), period_on=PERIOD, by=world.people["bureau_clerk"],
            lines=[services.Wanted(h.pk, Decimal(1)) for h in make_payees(world.villages[0], 2)],
        )  # fmt: skip
        assert services.broken_lines(batch) == []
    as_owner("update funds_payment set amount = 2 where number = 2")
    with acting_as_system(reason="测试"):
        assert services.broken_lines(batch) == [2]
        with pytest.raises(services.FundsError, match="完整性校验没有通过"):
            check(batch, world.people["bureau_approver"])


@pytest.mark.parametrize("damage", [_dead, _gone, _no_account])
def test_what_became_wrong_since_the_making_stops_the_checking(world, paying, damage):
    batch = paying("1")
    damage(world, paying.households)
    with pytest.raises(PayeesRefused):
        check(batch, world.people["bureau_approver"])


def test_a_second_press_pays_nothing(world, paying):
    batch = released(world, paying())
    with pytest.raises(services.FundsError, match="待银行回单"):
        services.pay_batch(batch=batch, seen=batch.digest, by=UserFactory())
    take(world, batch, answer(batch))
    with pytest.raises(services.FundsError, match="没有重复写入"):
        take(world, batch, answer(batch))
    assert PaymentResult.objects.count() == 3
    assert ReturnFile.objects.count() == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (lambda b: answer(b, lines=lambda rows: rows[:2]), "缺少 1 笔"),
        (lambda b: answer(b, lines=lambda rows: [*rows, rows[0]]), "序号 1 重复"),
        (lambda b: answer(b, lines=lambda rows: [*rows, rows[0].replace("|1|", "|77|", 1)]), "序号 77 不在本批次"),
        (lambda b: answer(b, lines=lambda rows: [rows[0].replace("1000.00", "999.99"), *rows[1:]]), "金额 999.99 与发送的 1000.00 不一致"),
        (lambda b: answer(b, 批次号="ZF2016000001"), "是批次 ZF2016000001 的"),
        (lambda b: answer(b, 账号="6228480000000000001"), "账号与发送的不一致"),
        (lambda b: answer(b, lines=lambda rows: [rows[0].rpartition("|")[0], *rows[1:]]), "应有 9 列,实有 8 列"),
        (lambda b: answer(b, 金额="x").replace(b"|x|", "|一千|".encode("gb18030")), "不是数字"),
        (lambda b: answer(b)[:-30], "没有传完"), (lambda b: answer(b)[:-12], "末行合计与各行不符"),
        (lambda b: answer(b)[: answer(b).index("张".encode("gb18030")) + 1], "没有传完"),
        (lambda b: answer(b).replace("合计|3".encode("gb18030"), "合计|4".encode("gb18030")), "末行合计与各行不符"),
        (lambda b: "成功".encode("utf-16"), "GB18030|没有传完"),
        (lambda b: b"", "空的"),
        (lambda b: b"\0\1\2" * 100, "没有传完|不是"),
    ],
)  # fmt: skip
def test_a_return_file_that_does_not_fit_is_told_and_moves_nothing(world, paying, file, words):
    batch = released(world, paying())
    data = file(batch) if callable(file) else file
    with pytest.raises(services.FundsError, match=words):
        take(world, batch, data)
    assert not PaymentResult.objects.exists()
    assert not ReturnFile.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "sent"


def test_failed_lines_go_out_again_in_a_linked_batch_and_once(world, paying):
    batch = released(world, paying())
    take(world, batch, answer(batch, failing={2}))
    assert services.left("allocation", paying.allocation.pk) == 1000
    household = paying.households[1]
    household.bank_account = "6228480000000000999"
    household.save()
    again = services.reissue(batch=batch, by=world.people["bureau_clerk"])
    line = again.payments.get()
    assert (again.reissues, again.total, line.account, line.reissues.number) == (batch, 1000, "6228480000000000999", 2)
    with pytest.raises(services.FundsError, match="已经补发"):
        services.reissue(batch=batch, by=world.people["bureau_clerk"])


def test_money_that_came_back_is_a_new_row_below_zero(world, paying):
    batch = released(world, paying())
    take(world, batch, answer(batch))
    line = batch.payments.get(number=1)
    reversal = services.reverse(payments=[line], reason="重复发放", by=world.people["bureau_clerk"])
    with pytest.raises(services.FundsError, match="已经冲销"):
        services.reverse(payments=[line], reason="重复发放", by=world.people["bureau_clerk"])
    released(world, reversal)
    assert services.left("allocation", paying.allocation.pk) == 0
    payments.settle_reversal(batch=reversal, by=world.people["finance"])
    assert services.left("allocation", paying.allocation.pk) == 1000
    line.refresh_from_db()
    assert line.amount == 1000


@pytest.mark.parametrize(
    ("name", "change"),
    [("payment_batch_one_step_at_a_time", {"state": "settled"}), ("payment_batch_signed_before_sent", {"state": "checked"}),
     ("payment_batch_paid_by_somebody", {"state": "sent"}), ("payment_batch_does_not_change", {"checks_needed": 3})],
)  # fmt: skip
def test_the_database_refuses_a_batch_by_name(world, paying, name, change):
    batch = paying()
    if name == "payment_batch_paid_by_somebody":
        check(batch, world.people["bureau_approver"])
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(**change)


@pytest.mark.parametrize(
    ("name", "values"),
    [("payment_batch_period_is_a_month", {"period_on": PERIOD.replace(day=2)}), ("payment_batch_checks_one_to_three", {"checks_needed": 4}),
     ("payment_batch_item_iff_to_households", {"kind": "unit"})],
)  # fmt: skip
def test_the_database_refuses_a_new_batch_by_name(world, paying, name, values):
    batch = paying()
    batch.pk, batch.number, batch.digest = None, "ZZ", ""
    for field, value in values.items():
        setattr(batch, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        batch.save(force_insert=True)


@pytest.mark.parametrize(
    ("name", "values"),
    [("payment_negative_iff_reversal", {"amount": -1}), ("payment_to_a_person_or_a_unit", {"household_id": None, "member_id": None}),
     ("payment_person_once_in_batch", {"number": 99}), ("payment_number_once_in_batch", {"member_id": None}), ("balance_within_ceiling", {"number": 99, "member_id": None, "amount": 1})],
)  # fmt: skip
def test_the_database_refuses_a_payment_by_name(world, paying, name, values):
    batch = paying()
    with pytest.raises(IntegrityError, match=name), transaction.atomic(), connection.cursor() as cursor:
        line = Payment.objects.filter(batch=batch, number=1).values().get()
        del line["id"]
        line |= values
        columns = ", ".join(line)
        open_batch = "insert into funds_paymentbatch select (jsonb_populate_record(b, jsonb_build_object('id', 9000000, 'number', 'ZZ', 'digest', ''))).* from funds_paymentbatch b where id = %s"
        if name not in {"payment_person_once_in_batch", "payment_number_once_in_batch"}:
            cursor.execute(open_batch, [batch.pk])
            line["batch_id"] = 9_000_000
        line["account"] = "x$y"
        cursor.execute(f"insert into funds_payment ({columns}) values ({', '.join(['%s'] * len(line))})", list(line.values()))


def test_a_result_is_written_once_and_only_for_what_is_on_its_way(world, paying):
    batch = paying()
    line = batch.payments.get(number=1)
    result = {"payment": line, "batch": batch, "village": line.village, "household": line.household, "settled_on": PERIOD}
    with pytest.raises(IntegrityError, match="payment_result_only_while_on_its_way"), transaction.atomic():
        PaymentResult.objects.create(succeeded=True, **result)
    released(world, batch)
    with pytest.raises(IntegrityError, match="payment_result_failed_iff_reason"), transaction.atomic():
        PaymentResult.objects.create(succeeded=False, **result)
    PaymentResult.objects.create(succeeded=True, **result)
    with pytest.raises(IntegrityError, match="payment_id"), transaction.atomic():
        PaymentResult.objects.create(succeeded=True, **result)
    with pytest.raises(IntegrityError, match="settled_when_all_are_answered"), transaction.atomic():
        PaymentBatch.objects.filter(pk=batch.pk).update(state="settled")
