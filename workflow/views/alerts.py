"""Alerts: the list, an alert's page, its judging, and the rules in force."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import requires
from accounts.models import User
from accounts.permissions import Permission
from accounts.services import note_access
from core import listing as listings
from core import pages
from core.clock import today
from core.listing import Column, show
from core.models import Event
from core.pages import Fact, Link
from workflow import services
from workflow.filters import AlertFilter
from workflow.forms import JudgeForm
from workflow.models import Alert, AlertRule, AlertRun

CRUMB = ("预警", "workflow:alert-list")


def gone_words(alert: Alert) -> str:
    """Whether the condition still holds, in words."""
    return f"{alert.gone_on} 起不再成立" if alert.gone_on else "成立"


ALERT_COLUMNS = (
    Column("规则", lambda alert: f"{alert.code} {alert.rule.title}"),
    Column("级别", "rule.get_severity_display", "status"),
    Column("对象", "title"),
    Column("说明", "sentence", "long"),
    Column("乡镇", "village.township.name"),
    Column("村", "village.name"),
    Column("发现日期", "found_on", "date"),
    Column("条件", gone_words),
    Column("状态", "get_state_display", "status"),
)
ALERTS = listings.register(
    listings.Listing(
        key="alerts",
        title="预警",
        rows=lambda user: Alert.objects.visible_to(user).select_related("rule", "village__township"),
        columns=ALERT_COLUMNS,
        permission=Permission.ALERT_VIEW,
        order=("-id",),
        url_name="workflow:alert-detail",
        filters=AlertFilter,
        empty="没有符合条件的预警。",
        export_permission=Permission.HOUSEHOLD_EXPORT,
        table="workflow_alert",
    )
)


@requires(Permission.ALERT_VIEW)
@require_safe
def alert_list(request: HttpRequest) -> HttpResponse:
    return listings.render_listing(request, ALERTS)


def _alert(request: HttpRequest, pk: int, *, edit: str = "") -> Alert:
    rows = Alert.objects.select_related("rule__clause__regulation", "village__township", "organization", "closed_by")
    return pages.record_or_404(rows, request.user, pk, view=Permission.ALERT_VIEW, edit=edit)


@requires(Permission.ALERT_VIEW)
@require_safe
def alert_detail(request: HttpRequest, pk: int) -> HttpResponse:
    alert = _alert(request, pk)
    note_access(request, "opened", alert, detail=f"预警 {alert}"[:200])
    judge = services.NEXT.get(alert.state) and pages.may_change(Alert.objects.all(), request.user, pk, Permission.ALERT_JUDGE)
    links = [Link("认定", reverse("workflow:alert-judge", args=[pk]), primary=True)] if judge else []
    links += [Link("查看记录", alert.record_url)] if alert.record_url else []
    return pages.record_page(
        request, title=alert.rule.title, subtitle=alert.code, state=alert.get_state_display(), links=links, facts=_facts(alert),
        crumbs=[(CRUMB[0], reverse(CRUMB[1])), (alert.title, "")], tables=[_inputs(alert), _rule(alert.rule), _judged(request, alert)],
    )  # fmt: skip


def _facts(alert: Alert) -> list[Fact]:
    place = alert.village and f"{alert.village.township.name} {alert.village.name}"
    found = [
        Fact("对象", alert.title, alert.record_url), Fact("村", place or "全市"), Fact("级别", alert.rule.get_severity_display()),
        Fact("发现日期", show(alert.found_on)), Fact("说明", alert.sentence, wide=True),
        Fact("条件", f"{gone_words(alert)}{',待认定' if alert.gone_on and alert.live else ''}", wide=True),
    ]  # fmt: skip
    if alert.organization:
        found.insert(2, Fact("单位", str(alert.organization), alert.organization.get_absolute_url()))
    return found


PAIR = (Column("项目", lambda pair: pair[0]), Column("内容", lambda pair: pair[1], "long"))


def _inputs(alert: Alert) -> pages.Table:
    from workflow.alerts_registry import find

    check = find(alert.code)
    return pages.table("依据的事实", PAIR, check.facts(alert.inputs) if check else [], empty="这条规则已不再使用。")


def _rule(rule: AlertRule) -> pages.Table:
    days = f"{rule.valid_from} 起" + (f",{rule.valid_to} 止" if rule.valid_to else "")
    last = AlertRun.objects.filter(code=rule.code).order_by("-id").first()
    facts = [
        ("规则", f"{rule.code} {rule.title},第 {rule.version} 版"),
        ("参数", rule.parameter_words or "没有参数"),
        ("施行", days),
        ("依据", rule.ground),
        ("最近一次运行", run_words(last)),
    ]
    return pages.table("规则", PAIR, facts)


def run_words(run: AlertRun | None) -> str:
    if run is None:
        return "还没有运行过"
    return f"{run.ran_on}:{run.problem}" if run.problem else f"{run.ran_on}:查到 {run.found:,},新增 {run.fresh:,},消失 {run.gone:,}"


def _judged(request: HttpRequest, alert: Alert) -> pages.Table:
    """Every judgement from the trail, the newest first."""
    events = Event.objects.of(alert).filter(village_id=alert.village_id, after__has_key="state", action="U")[:20]
    names = dict(User.objects.filter(pk__in=[event.user_id for event in events if event.user_id]).values_list("pk", "name"))
    lines = [
        (event.at, names.get(event.user_id, ""), Alert.State(event.after["state"]).label, event.after.get("reason") or alert.reason)
        for event in events
    ]
    columns = [
        Column("时间", lambda line: line[0], "date"), Column("认定人", lambda line: line[1]),
        Column("认定为", lambda line: line[2], "status"), Column("理由", lambda line: line[3], "long"),
    ]  # fmt: skip
    return pages.table("认定经过", columns, lines, empty="还没有人认定。")


@requires(Permission.ALERT_JUDGE)
@require_http_methods(["GET", "POST"])
def alert_judge(request: HttpRequest, pk: int) -> HttpResponse:
    alert = _alert(request, pk, edit=Permission.ALERT_JUDGE)
    form = JudgeForm(request.POST or None, alert=alert)

    def save(**fields: Any) -> Alert:
        return services.judge_alert(alert=alert, by=request.user, **fields)

    crumbs = [(CRUMB[0], reverse(CRUMB[1])), (alert.title, alert.get_absolute_url())]
    note = f"{alert.rule.title}:{alert.sentence}" + (f" 条件 {gone_words(alert)}。" if alert.gone_on else "")
    return pages.form_page(request, form, save, title="认定预警", back=alert.get_absolute_url(), crumbs=crumbs, refusal=services.WorkflowError,
                           done="已记入认定。", note=note, save_label="认定")  # fmt: skip


@requires(Permission.ALERT_VIEW, Permission.SETTING_EDIT)
@require_safe
def alert_rules(request: HttpRequest) -> HttpResponse:
    """The version of each rule in force today, and how its last pass went."""
    runs = {run.code: run for run in AlertRun.objects.order_by("code", "-id").distinct("code")}
    columns = [
        Column("编码", "code"), Column("名称", "title", "long"), Column("所属", "room"), Column("级别", "get_severity_display", "status"),
        Column("参数", "parameter_words", "long"), Column("版本", lambda rule: f"第 {rule.version} 版"),
        Column("依据", "ground", "long"),
        Column("最近一次运行", lambda rule: run_words(runs.get(rule.code)), "long"),
    ]  # fmt: skip
    may_edit = request.user.may(Permission.SETTING_EDIT)  # type: ignore[union-attr]
    rules = AlertRule.objects.in_force(today()).select_related("clause__regulation").order_by("code")
    url = (lambda rule: reverse("codes:workflow_alertrule_change", args=[rule.pk])) if may_edit else (lambda rule: _listed(request, rule))
    table = pages.table("现行规则", columns, rules, url=url, empty="还没有规则。")
    return pages.record_page(request, title="预警规则", crumbs=[(CRUMB[0], reverse(CRUMB[1])), ("预警规则", "")], tables=[table])


def _listed(request: HttpRequest, rule: AlertRule) -> str:
    return reverse("workflow:alert-list") + f"?code={rule.code}"
