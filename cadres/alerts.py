"""Signs of 走读、挂名, and what is due: explained, and never decided by a machine (`domain.md` §6, all numbers [assumed]).

Signs are asked of the last whole month: its facts no longer change from day to day, so that a sign judged false stays judged.
A sign is a reason to ask; only the procedure with the cadre heard (`Sign`) makes it a finding.
"""

from datetime import date, timedelta
from typing import Any

from django.urls import reverse

from cadres import rules
from cadres.models import Cadre, Leave, TeamRule
from workflow import alerts_registry as alerts
from workflow.alerts_registry import CannotRun, Check, Input, Parameters, Statement, number

ROOM = "派驻干部"
MONTH = Input("month", "月份")
CADRE = "cadres_cadre"


def last_month(day: date) -> tuple[date, date]:
    return rules.month_span(day.replace(day=1) - timedelta(days=1))


def _of_cadres(body: str, inputs: str, values: list[Any], day: date) -> Statement:
    """A statement over `found` (cadre_id, village_id and facts), one row a cadre, about the last whole month."""
    first, last = last_month(day)
    month = f"{first:%Y-%m}"
    return Statement(
        f"with span as (select %s::date as first, %s::date as last), found as ({body}) "  # noqa: S608 — no outside text
        f"select c.id as found_row, f.village_id as found_village, null::bigint as found_household, c.home_unit_id as found_organization, "
        f"%s::text as found_about, c.code || ' ' || c.name as found_title, jsonb_build_object('month', %s::text, {inputs}) as found_inputs "
        "from found f join cadres_cadre c on c.id = f.cadre_id",
        [first, last, *values, month, month],
    )


CHECKS_IN = "from cadres_presence p, span where p.kind = 'check_in' and p.day_on between span.first and span.last"


def daytime_only(parameters: Parameters, day: date) -> Statement:
    body = (
        "select cadre_id, max(village_id) as village_id, count(*) as checks, "
        "count(*) filter (where extract(hour from at at time zone 'Asia/Shanghai') between %s and %s) as daytime "
        f"{CHECKS_IN} and p.at is not null group by cadre_id "
        "having count(*) >= %s and count(*) filter (where extract(hour from at at time zone 'Asia/Shanghai') between %s and %s) * 100 >= %s * count(*)"
    )
    hours = [parameters["from_hour"], parameters["to_hour"] - 1]
    return _of_cadres(body, "'checks', f.checks, 'daytime', f.daytime", [*hours, parameters["least"], *hours, parameters["percent"]], day)


def far_away(parameters: Parameters, day: date) -> Statement:
    body = (
        "select cadre_id, max(village_id) as village_id, count(*) filter (where distance_m > %s * 1000) as far, max(distance_m) as farthest "
        f"{CHECKS_IN} and distance_m is not null group by cadre_id having count(*) filter (where distance_m > %s * 1000) >= %s"
    )
    return _of_cadres(
        body, "'far', f.far, 'farthest', round(f.farthest / 1000.0)::int", [parameters["km"], parameters["km"], parameters["times"]], day
    )


def one_telephone(parameters: Parameters, day: date) -> Statement:
    body = (
        "select a.cadre_id, max(a.village_id) as village_id, count(distinct a.day_on) as days, "
        "string_agg(distinct o.code || ' ' || o.name, '、') as others "
        "from span, cadres_presence a join cadres_presence b on b.device = a.device and b.day_on = a.day_on and b.cadre_id <> a.cadre_id and b.kind = 'check_in' "
        "join cadres_cadre o on o.id = b.cadre_id where a.kind = 'check_in' and a.device <> '' and a.day_on between span.first and span.last "
        "group by a.cadre_id having count(distinct a.day_on) >= %s"
    )
    return _of_cadres(body, "'days', f.days, 'others', f.others", [parameters["least"]], day)


def too_fast(parameters: Parameters, day: date) -> Statement:
    body = (
        "select cadre_id, max(village_id) as village_id, count(*) as times, max(speed_kmh) as fastest "
        f"{CHECKS_IN} and speed_kmh > %s and distance_m is not null group by cadre_id having count(*) >= %s"
    )
    return _of_cadres(body, "'times', f.times, 'fastest', f.fastest", [parameters["kmh"], parameters["least"]], day)


def here_while_away(parameters: Parameters, day: date) -> Statement:
    body = (
        "select p.cadre_id, max(p.village_id) as village_id, count(distinct p.day_on) as days, "
        "string_agg(distinct to_char(p.day_on, 'MM-DD'), '、') as which "
        "from span, cadres_presence p join cadres_leave l on l.cadre_id = p.cadre_id and l.state = 'approved' and l.kind in ('B', 'R', 'P', 'S', 'Y') "
        "and p.day_on > l.starts_on and p.day_on < l.ends_on "
        "where p.counts and p.kind in ('check_in', 'sheet') and p.day_on between span.first and span.last group by p.cadre_id having count(distinct p.day_on) >= %s"
    )
    return _of_cadres(body, "'days', f.days, 'which', f.which", [parameters["least"]], day)


def no_visits(parameters: Parameters, day: date) -> Statement:
    body = (
        "select d.cadre_id, max(d.village_id) as village_id, count(*) as days from cadres_attendanceday d, span "
        "where d.code = 'V' and d.day_on between span.first and span.last "
        "and not exists (select from cadres_presence v where v.cadre_id = d.cadre_id and v.kind = 'visit' and v.day_on between span.first and span.last) "
        "group by d.cadre_id having count(*) >= %s"
    )
    return _of_cadres(body, "'days', f.days", [parameters["least"]], day)


def absent(parameters: Parameters, day: date) -> Statement:
    body = (
        "select cadre_id, max(village_id) as village_id, count(*) as days, string_agg(to_char(day_on, 'MM-DD'), '、' order by day_on) as which "
        "from cadres_attendanceday d, span where d.code = 'A' and d.day_on between span.first and span.last group by cadre_id having count(*) >= %s"
    )
    return _of_cadres(body, "'days', f.days, 'which', left(f.which, 120)", [parameters["least"]], day)


def found_absent(parameters: Parameters, day: date) -> Statement:
    body = (
        "select cadre_id, max(village_id) as village_id, count(*) as times, string_agg(to_char(day_on, 'MM-DD'), '、' order by day_on) as which "
        "from cadres_spotcheck s, span where s.result in ('absent', 'no_trip') and s.day_on between span.first and span.last "
        "group by cadre_id having count(*) >= %s"
    )
    return _of_cadres(body, "'times', f.times, 'which', f.which", [parameters["least"]], day)


def overdue_return(parameters: Parameters, day: date) -> Statement:
    return Statement(
        "select l.id as found_row, l.village_id as found_village, null::bigint as found_household, c.home_unit_id as found_organization, "
        "''::text as found_about, c.code || ' ' || c.name as found_title, "
        "jsonb_build_object('kind', l.kind, 'ends_on', l.ends_on) as found_inputs "
        "from cadres_leave l join cadres_cadre c on c.id = l.cadre_id where l.state = 'approved' and l.returned_on is null and l.ends_on + %s < %s::date",
        [parameters["days"], day],
    )


def no_first_secretary(parameters: Parameters, day: date) -> Statement:
    return Statement(
        "select v.id as found_row, v.id as found_village, null::bigint as found_household, null::bigint as found_organization, ''::text as found_about, "
        "v.code || ' ' || v.name as found_title, jsonb_build_object('left_on', g.left_on) as found_inputs "
        "from villages_village v join lateral (select max(p.ended_on) as left_on from cadres_posting p where p.village_id = v.id and p.role = 'first_secretary') g "
        "on true where v.is_poor_village and not exists (select from cadres_posting p where p.village_id = v.id and p.role = 'first_secretary' "
        "and p.started_on <= %s and (p.ended_on is null or p.ended_on >= %s)) and (g.left_on is null or g.left_on + %s < %s::date)",
        [day, day, parameters["days"], day],
    )


def small_team(parameters: Parameters, day: date) -> Statement:
    rule = TeamRule.objects.on(day)
    if rule is None:
        raise CannotRun(f"没有 {day} 有效的工作队规则,请先在“代码表和参数”中设置。")
    return Statement(
        "select v.id as found_row, v.id as found_village, null::bigint as found_household, null::bigint as found_organization, ''::text as found_about, "
        "v.code || ' ' || v.name as found_title, jsonb_build_object('members', n.members, 'least', %s::int, 'basis', %s::text) as found_inputs "
        "from villages_village v join lateral (select count(*) as members from cadres_posting p where p.village_id = v.id and p.started_on <= %s "
        "and (p.ended_on is null or p.ended_on >= %s)) n on true where v.is_poor_village and n.members < %s",
        [rule.least_members, rule.basis, day, day, rule.least_members],
    )


def short_term(parameters: Parameters, day: date) -> Statement:
    """Left before the term the rule of the posting's day asks, without recall."""
    return Statement(
        "select p.id as found_row, p.village_id as found_village, null::bigint as found_household, c.home_unit_id as found_organization, "
        "''::text as found_about, c.code || ' ' || c.name as found_title, "
        "jsonb_build_object('started_on', p.started_on, 'ended_on', p.ended_on, 'years', r.term_years) as found_inputs "
        "from cadres_posting p join cadres_cadre c on c.id = p.cadre_id "
        "join cadres_teamrule r on r.valid_from <= p.started_on and (r.valid_to is null or r.valid_to >= p.started_on) "
        "where p.ended_on > %s::date - 365 and p.end_reason in ('exchange', 'other') and p.ended_on < p.started_on + (r.term_years * 365)",
        [day],
    )


def insurance(parameters: Parameters, day: date) -> Statement:
    return Statement(
        "select c.id as found_row, p.village_id as found_village, null::bigint as found_household, c.home_unit_id as found_organization, "
        "''::text as found_about, c.code || ' ' || c.name as found_title, jsonb_build_object('until', i.until) as found_inputs "
        "from cadres_cadre c join cadres_posting p on p.cadre_id = c.id and p.started_on <= %s and (p.ended_on is null or p.ended_on >= %s) "
        "join lateral (select max(a.insured_until_on) as until from cadres_allowance a where a.cadre_id = c.id) i on true "
        "where i.until is null or i.until <= %s::date + %s",
        [day, day, day, parameters["days"]],
    )


def _cadre_page(alert: Any) -> str:
    return f"{reverse('cadres:attendance', args=[alert.row_id])}?month={alert.inputs.get('month', '')}"


def _whose(alert: Any) -> set[int]:
    return set(Cadre.objects.filter(pk=alert.row_id, user__isnull=False).values_list("user_id", flat=True))


def _whose_leave(alert: Any) -> set[int]:
    return set(Leave.objects.filter(pk=alert.row_id, cadre__user__isnull=False).values_list("cadre__user_id", flat=True))


SIGN: dict[str, Any] = {"room": ROOM, "table": CADRE, "permission": "cadre_view", "url": _cadre_page, "concerns": _whose, "nightly": True,
                        "basis": "杜绝挂名不到位、出工不出力、走读(数值待核定)"}  # fmt: skip
VILLAGE: dict[str, Any] = {"room": ROOM, "table": "villages_village", "permission": "cadre_view", "nightly": True,
                           "url": lambda alert: reverse("villages:detail", args=[alert.row_id])}  # fmt: skip
for check in (
    Check("C01", "只在白天签到(走读迹象)", severity="warning", find=daytime_only,
          explain="{month} 签到 {checks} 次,其中 {daytime} 次在 {from_hour} 时至 {to_hour} 时之间,早晚不见签到,请核实是否住在村里。",
          inputs=(MONTH, Input("checks", "签到", unit="次"), Input("daytime", "其中白天", unit="次")),
          parameters=(number("from_hour", "白天自", 9, unit="时", low=0, high=23), number("to_hour", "白天至", 17, unit="时", low=1, high=24),
                      number("least", "签到至少", 10, unit="次"), number("percent", "白天占比达到", 95, unit="%", low=1, high=100)), **SIGN),
    Check("C02", "签到定位远离村(走读迹象)", severity="warning", find=far_away,
          explain="{month} 有 {far} 次签到距村超过 {km} 公里,最远 {farthest} 公里。",
          inputs=(MONTH, Input("far", "远离村的签到", unit="次"), Input("farthest", "最远", unit="公里")),
          parameters=(number("km", "距村超过", 20, unit="公里"), number("times", "达到", 3, unit="次", low=1)), **SIGN),
    Check("C03", "两人用同一部手机签到(代签迹象)", severity="serious", find=one_telephone,
          explain="{month} 有 {days} 天与 {others} 使用同一部手机签到。",
          inputs=(MONTH, Input("days", "同机签到", unit="天"), Input("others", "与谁同机")), parameters=(number("least", "达到", 3, unit="天", low=1),), **SIGN),
    Check("C04", "两次签到之间移动过快", severity="warning", find=too_fast,
          explain="{month} 有 {times} 次与上次签到之间的时速超过 {kmh} 公里,最快 {fastest} 公里。",
          inputs=(MONTH, Input("times", "移动过快", unit="次"), Input("fastest", "最快时速", unit="公里")),
          parameters=(number("kmh", "时速超过", 150, unit="公里", low=30), number("least", "达到", 1, unit="次", low=1)), **SIGN),
    Check("C05", "请假外出期间有签到", severity="warning", find=here_while_away,
          explain="{month} 请假或外出期间的 {days} 天({which})有签到记录,两者不能同时成立。",
          inputs=(MONTH, Input("days", "重合", unit="天"), Input("which", "日期")), parameters=(number("least", "达到", 1, unit="天", low=1),), **SIGN),
    Check("C06", "整月在岗没有入户走访(出工不出力迹象)", severity="warning", find=no_visits,
          explain="{month} 在岗 {days} 天,没有一次入户走访记录。",
          inputs=(MONTH, Input("days", "在岗", unit="天")), parameters=(number("least", "在岗达到", 15, unit="天", low=1),), **SIGN),
    Check("C07", "缺勤较多(挂名迹象)", severity="serious", find=absent, explain="{month} 缺勤 {days} 天:{which}。",
          inputs=(MONTH, Input("days", "缺勤", unit="天"), Input("which", "日期")), parameters=(number("least", "缺勤达到", 3, unit="天", low=1),), **SIGN),
    Check("C08", "抽查不在岗", severity="warning", find=found_absent, explain="{month} 抽查 {times} 次不在岗:{which}。",
          inputs=(MONTH, Input("times", "不在岗", unit="次"), Input("which", "日期")), parameters=(number("least", "达到", 1, unit="次", low=1),), **SIGN),
    Check("C09", "逾期未销假", room=ROOM, table="cadres_leave", severity="warning", find=overdue_return, permission="cadre_view",
          explain="{kind}至 {ends_on},已过 {days} 天的销假期限,没有销假;逾期的工作日按缺勤计。",
          inputs=(Input("kind", "类别", choices=Leave.Kind), Input("ends_on", "截止日期")), parameters=(number("days", "销假期限", 1, unit="天"),),
          url=lambda alert: reverse("cadres:leave-detail", args=[alert.row_id]), concerns=_whose_leave),
    Check("C10", "贫困村没有第一书记", severity="serious", find=no_first_secretary,
          explain="上一任离任日期 {left_on},超过 {days} 天没有接任的第一书记。", inputs=(Input("left_on", "上一任离任"),),
          parameters=(number("days", "空缺超过", 15, unit="天"),), **VILLAGE),
    Check("C11", "工作队人数不足", severity="warning", find=small_team,
          explain="在任 {members} 人,按当日有效的规则({basis})每队不少于 {least} 人。",
          inputs=(Input("members", "在任", unit="人"), Input("least", "应不少于", unit="人"), Input("basis", "依据")), **VILLAGE),
    Check("C12", "任期不满离任", room=ROOM, table="cadres_posting", severity="notice", find=short_term, permission="cadre_view",
          explain="{started_on} 到岗,{ended_on} 离任,不满 {years} 年的任期。",
          inputs=(Input("started_on", "到岗"), Input("ended_on", "离任"), Input("years", "任期", unit="年")), nightly=True),
    Check("C13", "意外伤害险没有登记或将到期", room=ROOM, table="cadres_cadre", severity="notice", find=insurance, permission="cadre_view",
          explain="保险到期 {until}(空为没有登记),离到期不足 {days} 天,请派出单位续保并回填。",
          inputs=(Input("until", "保险到期"),), parameters=(number("days", "提前", 30, unit="天"),), concerns=_whose, nightly=True,
          url=lambda alert: reverse("cadres:detail", args=[alert.row_id])),
):  # fmt: skip
    alerts.register(check)
