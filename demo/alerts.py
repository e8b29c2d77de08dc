"""A few records that do not agree, for the alert rules to find, and what people have made of some of the alerts."""

from datetime import date
from decimal import Decimal

from accounts.models import User
from accounts.permissions import Role
from core.clock import today
from households.models import Household, Income, Living, Member
from households.rules import codes
from workflow import services as flow
from workflow.models import Alert

YEAR = 2017


def plant() -> None:
    """Two children out of school, an income that fell back, a dry well, a cause nobody bears out."""
    at_school = Member.objects.filter(schooling__in=["03", "04"], birth_on__lt=date(2009, 9, 1), left_on=None).order_by("id")
    for member, reason in zip((at_school.first(), at_school.last()), ("3", "1"), strict=True):
        Member.objects.filter(pk=member.pk).update(schooling=codes.Schooling.NONE, dropout_reason=reason, education=codes.Education.PRIMARY)
    fallen = Income.objects.filter(year=YEAR, household__poverty_status=codes.PovertyStatus.EXITED, net__gt=9000).order_by("id").first()
    loss = fallen.net - Decimal(2900) * fallen.population
    Income.objects.filter(pk=fallen.pk).update(e4=fallen.e4 + loss, note="牲畜疫病损失")
    homes = list(Household.objects.exclude(pk=fallen.household_id).order_by("id").values_list("pk", flat=True)[:40])
    Living.objects.filter(household=homes[12], year=YEAR).update(water_safe=False, water_difficult=True, water_solved=False)
    alone = Household.objects.filter(pk__in=homes).exclude(members__schooling__in=[code for code, _ in codes.Schooling.choices if code > "02"])
    Household.objects.filter(pk=alone.order_by("id").values("pk")[:1]).update(cause_main=codes.Cause.SCHOOLING)


JUDGED = (
    ("R06", "false", "已在外地参加职工医保,待转入凭证"),
    ("R07", "true", "入户查看属实,已列入明年危房改造计划"),
    ("R11", "false", "当年出售牲畜,收入增长有凭证"),
)


def find_and_judge() -> None:
    """Runs every rule on the demo's day, and has the township's checker judge one alert of some."""
    flow.run_alerts(today())
    checker = User.objects.filter(grants__role=Role.TOWNSHIP_CHECKER).order_by("pk").first()
    for code, state, reason in JUDGED:
        alert = Alert.objects.visible_to(checker, "alert_judge").filter(code=code).order_by("id").first()
        if alert is not None:
            flow.judge_alert(alert=alert, state=state, reason=reason, by=checker)
