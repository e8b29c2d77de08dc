"""Fund alerts F01–F20 (`domain.md` §7.4): what is asked, and why. All numbers are [assumed] and rows officials edit.

Each is one statement over whole tables. A payment counts while its batch is not given up, it has not failed and is not taken back.
Who signed a batch does not judge what is found in it.
"""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from accounts.permissions import Permission
from funds.models import Asset, Contract, Payment, PaymentBatch
from funds.models.payments import SIGNERS
from funds.rules import gates as gate_rules
from workflow import alerts_registry as alerts
from workflow.alerts_registry import Check, Input, Parameters, Statement, number

ROOM = "资金项目"
DUTY = "财政专项扶贫资金管理办法"

LIVE = """funds_payment p join funds_paymentbatch b on b.id = p.batch_id and b.state <> 'cancelled' and p.amount > 0
  left join funds_paymentresult r on r.payment_id = p.id"""
STANDS = """coalesce(r.succeeded, true) and not exists (select from funds_payment v join funds_paymentbatch vb on vb.id = v.batch_id
  where v.reverses_id = p.id and vb.state <> 'cancelled')"""
PAID_ON = "coalesce(r.settled_on, b.sent_at::date, b.made_at::date)"
OF_PAYMENT = """select p.id as found_row, p.village_id as found_village, p.household_id as found_household, null::bigint as found_organization,
  '' as found_about, p.household_code || ' ' || p.person_name as found_title,"""
OF_PROJECT = """select t.id as found_row, t.village_id as found_village, null::bigint as found_household, t.department_id as found_organization,
  '' as found_about, t.code || ' ' || t.name as found_title,"""
BEGUN = "coalesce(t.applied_on, t.approved_on)"


def payments(facts: str, joins: str, condition: str, *values: Any) -> Statement:
    sql = f"{OF_PAYMENT} jsonb_build_object('batch', b.number, 'amount', p.amount, 'paid_on', {PAID_ON}, {facts}) as found_inputs from {LIVE} {joins} where {STANDS} and {condition}"
    return Statement(sql, values)


def projects(facts: str, condition: str, *values: Any) -> Statement:
    return Statement(
        f"{OF_PROJECT} jsonb_build_object({facts}) as found_inputs from funds_project t where t.state <> 'dropped' and {condition}", values
    )


# --- payments ------------------------------------------------------------------------------------------
def gone_payee(parameters: Parameters, day: date) -> Statement:
    return payments(
        "'left_on', coalesce(m.left_on, h.ended_on), 'why', case when m.left_on is null then '户已退出登记' when m.leave_reason = '1' then '领款人死亡' else '领款人减少' end",
        "join households_household h on h.id = p.household_id left join households_member m on m.id = p.member_id",
        f"(m.left_on <= {PAID_ON} or h.ended_on <= {PAID_ON})",
    )


def no_payee(parameters: Parameters, day: date) -> Statement:
    return payments("'member', coalesce(m.name, '')", "left join households_member m on m.id = p.member_id",
                    "p.household_id is not null and (m.id is null or m.household_id <> p.household_id)")  # fmt: skip


def shared_account(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""with used as (select p.account_index, p.household_id, max(p.household_code) as code, max(p.village_id) as village_id, sum(p.amount) as amount
              from {LIVE} where p.household_id is not null and {STANDS} group by 1, 2),
            shared as (select account_index, count(*) as households, string_agg(code, '、' order by code) as codes from used group by 1 having count(*) > 1)
            select u.household_id as found_row, u.village_id as found_village, u.household_id as found_household, null::bigint as found_organization,
              left(u.account_index, 16) as found_about, u.code as found_title,
              jsonb_build_object('households', s.households, 'codes', left(s.codes, 200), 'amount', u.amount) as found_inputs
            from used u join shared s using (account_index)"""
    )


def other_name(parameters: Parameters, day: date) -> Statement:
    return payments("'account_name', p.account_name, 'person', p.person_name", "",
                    "p.household_id is not null and replace(p.account_name, ' ', '') <> p.person_name")  # fmt: skip


def paid_twice(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""select max(p.id) as found_row, p.village_id as found_village, p.household_id as found_household, null::bigint as found_organization,
              i.code || ' ' || s.period as found_about, max(p.household_code || ' ' || p.person_name) as found_title,
              jsonb_build_object('item', i.name, 'period', s.period, 'times', count(*), 'amount', sum(p.amount),
                                 'batches', string_agg(b.number, '、' order by b.number)) as found_inputs
            from {LIVE} join funds_subsidyitem i on i.id = b.item_id
            cross join lateral (select case i.every when 'month' then to_char(b.period_on, 'YYYY-MM') when 'year' then to_char(b.period_on, 'YYYY')
                                else '一次性' end as period) s
            where p.household_id is not null and {STANDS}
            group by p.village_id, p.household_id, i.id, i.code, i.name, s.period having count(*) > 1"""
    )


def over_sum(parameters: Parameters, day: date) -> Statement:
    """Given beyond the budget, or paid beyond a contract: sums from the rows, not from the ceilings that hold them."""
    return Statement(
        f"""{OF_PROJECT} jsonb_build_object('given', coalesce(g.total, 0), 'budget', t.amount, 'contract', coalesce(c.number, ''),
              'paid', coalesce(c.paid, 0), 'sum', coalesce(c.amount, 0)) as found_inputs
            from funds_project t
            left join (select project_id, sum(amount) as total from funds_fundallocation where project_id is not null group by 1) g on g.project_id = t.id
            left join lateral (
              select k.id, k.number, k.amount, sum(p.amount) as paid from funds_contract k join {LIVE} on p.contract_id = k.id
              where k.project_id = t.id and {STANDS} group by k.id having sum(p.amount) > k.amount order by k.id limit 1) c on true
            where t.state <> 'dropped' and (g.total > t.amount or c.id is not null)"""
    )  # fmt: skip


def over_standard(parameters: Parameters, day: date) -> Statement:
    return payments(
        "'item', i.name, 'standard', least(p.standard, i.standard), 'quantity', p.quantity", "join funds_subsidyitem i on i.id = b.item_id",
        "p.amount > least(p.standard, i.standard) * p.quantity * (1 + %s / 100.0)", parameters["percent"],
    )  # fmt: skip


def too_early(parameters: Parameters, day: date) -> Statement:
    """Sent before the fifth gate was passed, or while a notice of the project still ran."""
    return Statement(
        f"""select b.id as found_row, b.village_id as found_village, null::bigint as found_household, t.department_id as found_organization,
              '' as found_about, b.number || ' ' || b.title as found_title,
              jsonb_build_object('sent_on', b.sent_at::date, 'total', b.total, 'project', t.name,
                'why', case when n.ends_on is null then '第五关“发放”没有通过' else '公示到 ' || n.ends_on || ' 才期满' end) as found_inputs
            from funds_paymentbatch b join funds_project t on t.id = b.project_id
            left join lateral (select pn.ends_on from funds_projectnotice f join workflow_publicnotice pn on pn.id = f.notice_id
              where f.project_id = t.id and f.stage = 'before' and pn.state <> 'withdrawn' and pn.ends_on >= b.sent_at::date limit 1) n on true
            where b.sent_at is not null and b.kind <> 'reversal' and b.state in ('sent', 'settled') and (n.ends_on is not null or ({BEGUN} >= %s
              and not exists (select from funds_gate g where g.project_id = t.id and g.number = 5 and g.state = 'passed' and g.passed_on <= b.sent_at::date)))""",
        [gate_rules.BEGIN],
    )


def to_a_cadre(parameters: Parameters, day: date) -> Statement:
    """The account bears the name of a cadre posted to the village, or of the household's helper."""
    return payments(
        "'account_name', p.account_name, 'who', w.who", """join lateral (
          select '派驻干部' as who from cadres_posting d join cadres_cadre c on c.id = d.cadre_id where d.village_id = p.village_id and c.name = p.account_name
          union all select '帮扶责任人' from assistance_pairing a join assistance_helper e on e.id = a.helper_id
            where a.household_id = p.household_id and e.name = p.account_name limit 1) w on true""",
        "p.household_id is not null and p.account_name <> p.person_name",
    )  # fmt: skip


# --- projects ------------------------------------------------------------------------------------------
def silent(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""{OF_PROJECT} jsonb_build_object('last_on', l.last_on, 'how', case when l.last_on < %s then '红色' else '黄色' end) as found_inputs
            from funds_project t cross join lateral (
              select coalesce(max(reported_on), t.started_on) as last_on from funds_progressreport where project_id = t.id) l
            where t.state = 'running' and t.started_on is not null and l.last_on < %s""",
        [day - timedelta(days=parameters["red"]), day - timedelta(days=parameters["yellow"])],
    )


def behind(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""{OF_PROJECT} jsonb_build_object('percent', coalesce(l.percent, 0), 'reported_on', l.reported_on, 'planned_on', t.planned_finish_on) as found_inputs
            from funds_project t left join lateral (
              select percent, reported_on from funds_progressreport where project_id = t.id order by reported_on desc limit 1) l on true
            where t.state = 'running' and t.started_on < %s and t.planned_finish_on > t.started_on
              and least(100, (%s::date - t.started_on) * 100.0 / (t.planned_finish_on - t.started_on)) - coalesce(l.percent, 0) > %s""",
        [day, day, parameters["points"]],
    )


def idle(parameters: Parameters, day: date) -> Statement:
    return Statement(
        """select i.id as found_row, null::bigint as found_village, null::bigint as found_household, i.provider_id as found_organization,
             '' as found_about, i.document || ' ' || i.title as found_title,
             jsonb_build_object('received_on', i.received_on, 'amount', i.amount, 'left', x.ceiling - x.used) as found_inputs
           from funds_fundindicator i join funds_balance x on x.kind = 'indicator' and x.key = i.id
           where i.received_on < %s and x.ceiling - x.used > 0""",
        [day - timedelta(days=parameters["days"])],
    )


def not_evaluated(parameters: Parameters, day: date) -> Statement:
    return projects("'finished_on', t.finished_on", "t.finished_on < %s and not exists (select from funds_performance e where e.project_id = t.id and e.score is not null)",
                    day - timedelta(days=parameters["days"]))  # fmt: skip


def not_shown(parameters: Parameters, day: date) -> Statement:
    """Work began and there is no notice from before, or one that ran too short or was never hung out."""
    return Statement(
        f"""{OF_PROJECT} jsonb_build_object('started_on', t.started_on, 'notice', coalesce(n.number, ''), 'days_run', n.days, 'hung', coalesce(n.hung, false)) as found_inputs
            from funds_project t left join lateral (
              select pn.number, pn.ends_on - pn.starts_on + 1 as days, exists (
                select from workflow_noticeposting g where g.notice_id = pn.id and g.photo_id is not null) as hung
              from funds_projectnotice f join workflow_publicnotice pn on pn.id = f.notice_id
              where f.project_id = t.id and f.stage = 'before' and pn.state <> 'withdrawn' order by pn.id desc limit 1) n on true
            where t.state <> 'dropped' and t.started_on is not null and {BEGUN} >= %s and (n.days is null or n.days < %s or not n.hung)""",
        [gate_rules.BEGIN, parameters["days"]],
    )


OF_CONTRACT = """select k.id as found_row, k.village_id as found_village, null::bigint as found_household, k.contractor_id as found_organization,
  '' as found_about, k.number || ' ' || o.name as found_title,"""


def related(parameters: Parameters, day: date) -> Statement:
    """The contractor is the unit of somebody who passed a gate of the project or signed its money, or a relation is declared but not settled."""
    return Statement(
        f"""{OF_CONTRACT} jsonb_build_object('contractor', o.name, 'amount', k.amount, 'related', k.related_to_approver, 'approver', coalesce(a.name, '')) as found_inputs
            from funds_contract k join accounts_organization o on o.id = k.contractor_id
            left join lateral (
              select u.name from funds_gate g join workflow_decision d on d.case_id = g.case_id and d.result = 'pass' join accounts_user u on u.id = d.user_id
              where g.project_id = k.project_id and u.organization_id = k.contractor_id
              union all select u.name from funds_paymentbatch b join accounts_user u on u.id in (b.checker_id, b.second_checker_id, b.third_checker_id, b.payer_id)
              where b.project_id = k.project_id and u.organization_id = k.contractor_id limit 1) a on true
            where (k.related_to_approver or a.name is not null) and not k.declared"""
    )


def split(parameters: Parameters, day: date) -> Statement:
    """Several contracts of one village with one contractor, each below the tender limit, together above it."""
    limit = parameters["wan"] * 10_000
    return Statement(
        """select min(k.id) as found_row, k.village_id as found_village, null::bigint as found_household, k.contractor_id as found_organization,
             to_char(min(k.signed_on), 'YYYY') as found_about, max(o.name) as found_title,
             jsonb_build_object('contracts', string_agg(k.number, '、' order by k.number), 'times', count(*), 'amount', sum(k.amount)) as found_inputs
           from funds_contract k join accounts_organization o on o.id = k.contractor_id
           where k.method <> 'tender' and k.amount < %s
           group by k.village_id, k.contractor_id, date_trunc('year', k.signed_on)
           having count(*) > 1 and sum(k.amount) >= %s and max(k.signed_on) - min(k.signed_on) <= %s""",
        [limit, limit, parameters["days"]],
    )


def ownerless(parameters: Parameters, day: date) -> Statement:
    return Statement(
        """select a.id as found_row, a.village_id as found_village, null::bigint as found_household, t.department_id as found_organization,
             '' as found_about, a.name || '(' || t.name || ')' as found_title,
             jsonb_build_object('value', a.value, 'finished_on', t.finished_on) as found_inputs
           from funds_asset a join funds_project t on t.id = a.project_id where a.owner = '' and t.finished_on < %s""",
        [day - timedelta(days=parameters["days"])],
    )


# --- loans ---------------------------------------------------------------------------------------------
OF_LOAN = """select l.id as found_row, l.village_id as found_village, l.household_id as found_household, l.bank_id as found_organization,
  '' as found_about, l.number || ' ' || l.borrower_name as found_title,"""


def overdue(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""{OF_LOAN} jsonb_build_object('due_on', d.due_on, 'owed', l.amount - x.used, 'how',
              case when %s::date - d.due_on > 90 then '90天以上' when %s::date - d.due_on > 30 then '31—90天' else '1—30天' end) as found_inputs
            from funds_loan l join funds_balance x on x.kind = 'loan' and x.key = l.id cross join lateral (
              select case when l.extended then l.due_on else (select i.due_on from funds_instalment i where i.loan_id = l.id and i.until_then > x.used
                order by i.number limit 1) end as due_on) d
            where x.used < l.amount and d.due_on < %s""",
        [day, day, day],
    )


def over_terms(parameters: Parameters, day: date) -> Statement:
    """Micro-credit beyond its caps: what a household owes together, how long, how old (the caps are the product's, where it has them)."""
    return Statement(
        f"""select f.* from ({OF_LOAN} jsonb_build_object('amount', l.amount, 'lent_on', l.lent_on, 'due_on', l.due_on, 'age', l.borrower_age,
              'together', s.together) as found_inputs
            from funds_loan l join funds_loanproduct t on t.id = l.product_id and t.kind = 'micro' join (
              select o.household_id, sum(o.amount - x.used) as together from funds_loan o join funds_balance x on x.kind = 'loan' and x.key = o.id
              join funds_loanproduct ot on ot.id = o.product_id and ot.kind = 'micro' group by 1) s on s.household_id = l.household_id
            where l.lent_on <= %s and (l.amount > %s or s.together > %s or l.due_on > l.lent_on + make_interval(months => %s)
              or not l.borrower_age between %s and %s)) f""",
        [day, parameters["wan"] * 10_000, parameters["wan"] * 10_000, parameters["months"], parameters["youngest"], parameters["oldest"]],
    )


def not_productive(parameters: Parameters, day: date) -> Statement:
    return Statement(
        f"""{OF_LOAN} jsonb_build_object('purpose', l.purpose, 'amount', l.amount, 'product', t.name) as found_inputs
            from funds_loan l join funds_loanproduct t on t.id = l.product_id where not l.productive and l.lent_on <= %s""",
        [day],
    )


# --- what an alert leads to ----------------------------------------------------------------------------
def _payment_url(alert: Any) -> str:
    batch = Payment.objects.filter(pk=alert.row_id).values_list("batch_id", flat=True).first()
    return reverse("funds:batch-detail", args=[batch]) if batch else ""


def _signers(batches: Any) -> set[int]:
    return {user for row in batches.values_list(*(f"{name}_id" for name in SIGNERS)) for user in row if user}


def _signed_payment(alert: Any) -> set[int]:
    return _signers(PaymentBatch.objects.filter(payments=alert.row_id))


def _signed_batch(alert: Any) -> set[int]:
    return _signers(PaymentBatch.objects.filter(pk=alert.row_id))


def _contract_url(alert: Any) -> str:
    project = Contract.objects.filter(pk=alert.row_id).values_list("project_id", flat=True).first()
    return reverse("funds:project-detail", args=[project]) if project else ""


def _asset_url(alert: Any) -> str:
    project = Asset.objects.filter(pk=alert.row_id).values_list("project_id", flat=True).first()
    return reverse("funds:project-detail", args=[project]) if project else ""


def _page(name: str) -> Any:
    return lambda alert: reverse(name, args=[alert.row_id])


PAYMENT: dict[str, Any] = {
    "table": "funds_payment",
    "room": ROOM,
    "permission": Permission.PAYMENT_VIEW,
    "url": _payment_url,
    "concerns": _signed_payment,
    "nightly": True,
}
PROJECT: dict[str, Any] = {"table": "funds_project", "room": ROOM, "permission": Permission.PROJECT_VIEW, "url": _page("funds:project-detail")}
CONTRACT: dict[str, Any] = {"table": "funds_contract", "room": ROOM, "permission": Permission.PROJECT_VIEW, "url": _contract_url, "nightly": True}
LOAN: dict[str, Any] = {"table": "funds_loan", "room": ROOM, "permission": Permission.LOAN_VIEW, "url": _page("funds:loan-detail"), "nightly": True}
BATCH, AMOUNT = Input("batch", "批次"), Input("amount", "金额", "money", "元")
PAID = (BATCH, AMOUNT, Input("paid_on", "支付日期"))

for check in (
    Check("F01", "死亡、减少或退出登记后仍发放", severity="serious", find=gone_payee, basis=DUTY, explain="{why}({left_on}),批次 {batch} 于 {paid_on} 发放 {amount} 元。",
          inputs=(*PAID, Input("left_on", "减少或退出日期"), Input("why", "情形")), **PAYMENT),
    Check("F02", "领款人不是该户成员", severity="serious", find=no_payee, basis=DUTY, explain="批次 {batch} 于 {paid_on} 发放 {amount} 元,领款人“{member}”不在该户。",
          inputs=(*PAID, Input("member", "领款人")), **PAYMENT),
    Check("F03", "一个账号收多户的钱", severity="serious", find=shared_account, basis=DUTY, explain="同一账号收 {households} 户({codes})的资金,本户 {amount} 元。",
          inputs=(Input("households", "户数", "number", "户"), Input("codes", "户编号"), AMOUNT),
          **PAYMENT | {"table": "households_household", "url": _page("funds:household"), "concerns": None}),
    Check("F04", "账户户名与领款人不一致", severity="serious", find=other_name, basis=DUTY, explain="批次 {batch} 付给“{person}”的 {amount} 元,账户户名为“{account_name}”。",
          inputs=(*PAID, Input("account_name", "账户户名"), Input("person", "领款人")), **PAYMENT),
    Check("F05", "同一项目同期重复发放", severity="serious", find=paid_twice, basis=DUTY, explain="“{item}”{period} 发放 {times} 次,共 {amount} 元(批次 {batches})。",
          inputs=(Input("item", "发放项目"), Input("period", "所属期"), Input("times", "次数"), AMOUNT, Input("batches", "批次")), **PAYMENT),
    Check("F06", "超预算或超合同", severity="serious", find=over_sum, basis=DUTY,
          explain="已分配 {given} 元,批复 {budget} 元;合同“{contract}”已付 {paid} 元,合同金额 {sum} 元。",
          inputs=(Input("given", "已分配", "money", "元"), Input("budget", "批复", "money", "元"), Input("contract", "超付的合同"), Input("paid", "合同已付", "money", "元"),
                  Input("sum", "合同金额", "money", "元")), **PROJECT | {"nightly": True}),
    Check("F07", "超过补助标准", severity="warning", find=over_standard, basis=DUTY,
          explain="“{item}”标准 {standard} 元 × {quantity},批次 {batch} 发放 {amount} 元(容差 {percent}%)。",
          inputs=(*PAID, Input("item", "发放项目"), Input("standard", "标准", "money", "元"), Input("quantity", "数量", "number")),
          parameters=(number("percent", "容差", 0, unit="%", high=100),), **PAYMENT),
    Check("F08", "未过关或公示未满就付款", severity="serious", find=too_early, basis="六道关;国开办发〔2018〕11号", explain="“{project}”的 {total} 元于 {sent_on} 送银行,{why}。",
          inputs=(Input("project", "项目"), Input("total", "金额", "money", "元"), Input("sent_on", "送银行日期"), Input("why", "情形")),
          **PAYMENT | {"table": "funds_paymentbatch", "url": _page("funds:batch-detail"), "concerns": _signed_batch}),
    Check("F09", "项目长期没有进度报告", severity="warning", find=silent, explain="{how}:最近一次进度(或开工)为 {last_on},超过 {yellow} 天没有报告,超过 {red} 天为红色。",
          inputs=(Input("last_on", "最近日期"), Input("how", "级别")),
          parameters=(number("yellow", "黄色", 30, unit="天", low=1, high=366), number("red", "红色", 60, unit="天", low=1, high=366)), **PROJECT),
    Check("F10", "进度滞后", severity="warning", find=behind,
          explain="计划 {planned_on} 竣工,最近报告({reported_on})进度 {percent}%,落后计划超过 {points} 个百分点。",
          inputs=(Input("planned_on", "计划竣工日期"), Input("reported_on", "报告日期"), Input("percent", "进度", unit="%")),
          parameters=(number("points", "落后", 20, unit="个百分点", low=1, high=100),), **PROJECT),
    Check("F11", "资金闲置", severity="warning", find=idle, basis="结转结余资金管理", explain="{received_on} 到账 {amount} 元,超过 {days} 天仍有 {left} 元没有分配。",
          inputs=(Input("received_on", "到账日期"), AMOUNT, Input("left", "未分配", "money", "元")),
          parameters=(number("days", "闲置期限", 90, unit="天", low=1, high=1000),),
          table="funds_fundindicator", room=ROOM, permission=Permission.FUND_VIEW, url=_page("funds:indicator-detail"), nightly=True),
    Check("F12", "贷款逾期", severity="warning", find=overdue, explain="{due_on} 到期未还,逾期 {how},未还本金 {owed} 元。",
          inputs=(Input("due_on", "应还日期"), Input("how", "逾期"), Input("owed", "未还本金", "money", "元")), **LOAN),
    Check("F13", "小额信贷超额度、超期限或年龄不符", severity="warning", find=over_terms, basis="国开办发〔2014〕78号、银监发〔2017〕42号",
          explain="金额 {amount} 元(该户未还合计 {together} 元),{lent_on} 至 {due_on},借款人 {age} 岁;应不超过 {wan} 万元、{months} 个月,年龄 {youngest} 至 {oldest} 岁。",
          inputs=(AMOUNT, Input("together", "该户未还合计", "money", "元"), Input("lent_on", "放款日期"), Input("due_on", "到期日期"), Input("age", "借款人年龄", unit="岁")),
          parameters=(number("wan", "每户上限", 5, unit="万元", low=1, high=100), number("months", "最长期限", 36, unit="个月", low=1, high=120),
                      number("youngest", "最低年龄", 18, unit="岁", low=14, high=30), number("oldest", "最高年龄", 65, unit="岁", low=50, high=90)), **LOAN),
    Check("F14", "贷款未用于生产", severity="warning", find=not_productive, basis="户借户用,用于生产", explain="{product} {amount} 元,用途为“{purpose}”,登记为非生产经营。",
          inputs=(Input("product", "产品"), AMOUNT, Input("purpose", "用途")), **LOAN),
    Check("F15", "竣工后没有绩效自评", severity="warning", find=not_evaluated, basis="国办发〔2018〕35号", explain="{finished_on} 竣工,超过 {days} 天没有绩效自评。",
          inputs=(Input("finished_on", "竣工日期"),), parameters=(number("days", "自评期限", 60, unit="天", low=1, high=366),), **PROJECT),
    Check("F16", "没有事前公示或公示不合要求", severity="warning", find=not_shown, basis="国开办发〔2018〕11号",
          explain="{started_on} 开工,事前公示“{notice}”公示 {days_run} 天(应不少于 {days} 天),张贴照片:{hung}。",
          inputs=(Input("started_on", "开工日期"), Input("notice", "公示编号"), Input("days_run", "公示天数"), Input("hung", "张贴照片")),
          parameters=(number("days", "公示天数下限", 10, unit="天", low=1, high=60),), **PROJECT),
    Check("F17", "承包单位与审批人员有关联", severity="serious", find=related, basis="回避", explain="承包单位 {contractor}({amount} 元)与审批人员“{approver}”同单位或有关联(登记为有关联:{related}),没有声明。",
          inputs=(Input("contractor", "承包单位"), AMOUNT, Input("approver", "审批人员"), Input("related", "登记为有关联")), **CONTRACT),
    Check("F18", "疑似拆分规避招标", severity="warning", find=split, basis="招标限额,数值待核定",
          explain="同一单位一年内在本村签 {times} 份合同({contracts}),每份低于 {wan} 万元,{days} 天内合计 {amount} 元。",
          inputs=(Input("contracts", "合同"), Input("times", "份数"), AMOUNT),
          parameters=(number("wan", "招标限额", 40, unit="万元", low=1, high=10_000), number("days", "间隔", 180, unit="天", low=1, high=366)), **CONTRACT),
    Check("F19", "干部账户收了农户的钱", severity="serious", find=to_a_cadre, basis=DUTY, explain="批次 {batch} 的 {amount} 元,账户户名“{account_name}”与{who}同名。",
          inputs=(*PAID, Input("account_name", "账户户名"), Input("who", "身份")), **PAYMENT),
    Check("F20", "资产没有确权", severity="warning", find=ownerless, basis="扶贫项目资产管理", explain="原值 {value} 元,项目 {finished_on} 竣工,超过 {days} 天没有登记产权归属。",
          inputs=(Input("value", "原值", "money", "元"), Input("finished_on", "竣工日期")), parameters=(number("days", "确权期限", 30, unit="天", low=1, high=1000),),
          table="funds_asset", room=ROOM, permission=Permission.PROJECT_VIEW, url=_asset_url, nightly=True),
):  # fmt: skip
    alerts.register(check)
