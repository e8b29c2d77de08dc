"""The payee check (`domain.md` §7.4, §7.6): one pass over however many lines, each told what is wrong with it.

Raw SQL, because a batch of a hundred thousand is checked in one statement; only ids and amounts go in, row security applies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from core.checks.names import DOT
from funds.models import PaymentBatch, Project, SubsidyItem
from funds.services.errors import FundsError

PROBLEMS = {
    "unknown": "户不在登记中,或不在您的范围内",
    "ended": "该户已退出登记",
    "not_family": "领款人不是该户成员",
    "dead": "领款人已死亡",
    "left": "领款人已从该户减少",
    "no_account": "没有登记银行账号",
    "name": "账户户名与领款人姓名不一致",
    "shared": "账号与另一户相同",
    "twice": "该户本期这一项已发放或正在发放",
    "over": "金额超过标准 × 数量",
    "not_listed": "不在项目的受益户名单中",
    "amount": "金额应大于零",
}
MOST_SHOWN = 20


class Wanted(NamedTuple):
    """One payment that is asked for. Without a member it goes to the head, without a name to the member's own account."""

    household_id: int
    amount: Decimal
    quantity: Decimal = Decimal(1)
    member_id: int | None = None
    account_name: str = ""
    reissues_id: int | None = None


class Payee(NamedTuple):
    """A line as checked. `account` is still encrypted."""

    number: int
    household_id: int | None
    village_id: int | None
    household_code: str
    member_id: int | None
    person_name: str
    account_name: str
    account: str
    account_index: str | None
    bank_name: str
    quantity: Decimal
    amount: Decimal
    reissues_id: int | None
    problems: list[str]


@dataclass(frozen=True)
class Problem:
    number: int
    code: str
    name: str
    text: str

    def __str__(self) -> str:
        who = " ".join(part for part in (self.code, self.name) if part)
        return f"第 {self.number} 笔 {who}:{self.text}"


class PayeesRefused(FundsError):
    """Some lines may not be paid; `problems` has every one of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        shown = "".join(f"{problem};" for problem in self.problems[:MOST_SHOWN]).rstrip(";")
        more = f"……共 {len(self.problems)} 处" if len(self.problems) > MOST_SHOWN else ""
        super().__init__(f"收款人核验没有通过,没有写入任何内容。{shown}{more}。")


CHECK_SQL = """
with shared as (
  select bank_account_index from funds_wanted w join households_household h on h.id = w.household_id
  where h.bank_account_index is not null group by 1 having count(distinct h.id) > 1
  union
  select h.bank_account_index from funds_wanted w join households_household h on h.id = w.household_id
  join funds_payment p on p.account_index = h.bank_account_index and p.household_id <> h.id
), had as (
  select distinct p.household_id from funds_payment p join funds_paymentbatch b on b.id = p.batch_id
  left join funds_paymentresult r on r.payment_id = p.id
  where b.item_id = %(item)s and b.period_on between %(from)s and %(to)s and b.state <> 'cancelled' and b.id <> %(batch)s and p.amount > 0
    and coalesce(r.succeeded, true)
    and not exists (select from funds_payment v join funds_paymentbatch vb on vb.id = v.batch_id
                    where v.reverses_id = p.id and vb.state <> 'cancelled')
), heads as (
  select distinct on (household_id) household_id, id from households_member
  where relation = '01' and left_on is null and household_id in (select household_id from funds_wanted) order by household_id, number
)
select w.number, h.id, h.village_id, coalesce(h.household_code, ''), m.id, coalesce(m.name, ''), coalesce(nullif(w.account_name, ''), m.name, ''),
       coalesce(h.bank_account, ''), h.bank_account_index, coalesce(h.bank_name, ''), w.quantity, w.amount, w.reissues_id,
       array_remove(array[
         case when h.id is null then 'unknown' end,
         case when h.ended_on <= %(day)s then 'ended' end,
         case when h.id is not null and m.id is null then 'not_family' end,
         case when m.left_on <= %(day)s then case when m.leave_reason = '1' then 'dead' else 'left' end end,
         case when h.id is not null and h.bank_account_index is null then 'no_account' end,
         case when w.account_name <> '' and m.id is not null and replace(w.account_name, ' ', '') <> m.name then 'name' end,
         case when h.bank_account_index in (select bank_account_index from shared) then 'shared' end,
         case when h.id in (select household_id from had) then 'twice' end,
         case when w.amount <= 0 then 'amount' end,
         case when %(standard)s::numeric is not null and w.amount > %(standard)s::numeric * w.quantity then 'over' end,
         case when %(listed)s and not exists (select from funds_beneficiary f where f.project_id = %(project)s and f.household_id = w.household_id)
              then 'not_listed' end
       ]::text[], null)
from funds_wanted w
left join households_household h on h.id = w.household_id
left join heads on heads.household_id = w.household_id
left join households_member m on m.id = coalesce(w.member_id, heads.id) and m.household_id = h.id
order by w.number
"""


def _load(lines: Iterable[Wanted]) -> None:
    lines = list(lines)  # read to the end first: nothing else can be asked of the connection while it copies
    with connection.cursor() as cursor:
        cursor.execute(
            "create temporary table if not exists funds_wanted (number int, household_id bigint, member_id bigint, account_name text, "
            "quantity numeric, amount numeric, reissues_id bigint) on commit drop"
        )
        cursor.execute("truncate funds_wanted")
        with cursor.copy("copy funds_wanted from stdin") as copy:
            for number, line in enumerate(lines, start=1):
                name = line.account_name.replace("•", DOT).strip()
                copy.write_row((number, line.household_id, line.member_id, name, line.quantity, line.amount, line.reissues_id))
        cursor.execute("analyze funds_wanted")


def span(item: SubsidyItem, period_on: date) -> tuple[date, date]:
    """The days within which an item is paid once: its month, its year, or ever."""
    if item.every == SubsidyItem.Every.MONTH:
        return period_on, period_on
    if item.every == SubsidyItem.Every.YEAR:
        return period_on.replace(month=1), period_on.replace(month=12)
    return date.min, date.max


def check_payees(
    lines: Iterable[Wanted], *, project: Project, item: SubsidyItem, period_on: date, day: date, batch: PaymentBatch | None = None
) -> list[Payee]:
    """Every line with what is wrong with it on this day; a batch being checked again does not count as a payment of its own."""
    _load(lines)
    first, last = span(item, period_on)
    parameters: dict[str, Any] = {
        "item": item.pk, "from": first, "to": last, "day": day, "standard": item.standard, "project": project.pk,
        "listed": project.beneficiaries.exists(), "batch": batch.pk if batch else 0,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CHECK_SQL, parameters)
        return [Payee(*row) for row in cursor.fetchall()]


def refuse_problems(payees: Iterable[Payee]) -> None:
    """Raises PayeesRefused with everything wrong in any line."""
    found = [
        Problem(payee.number, payee.household_code, payee.person_name, "、".join(PROBLEMS[code] for code in payee.problems))
        for payee in payees
        if payee.problems
    ]
    if found:
        raise PayeesRefused(found)
