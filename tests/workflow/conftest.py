"""Kinds of notice and of case, a published notice and a photo, for the tests of this room."""

import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from PIL import Image

from core import settings
from core.pages import Fact
from tests.factories import START, HouseholdFactory, MemberFactory, UserFactory, grant
from workflow import kinds as case_kinds
from workflow import notices as kinds
from workflow import requirements
from workflow import services as flow
from workflow.kinds import Kind, SubjectView
from workflow.models import Procedure, Step, StepEvidence

STARTS = date(2017, 9, 20)


@pytest.fixture
def photo():
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def kind(monkeypatch):
    """A kind of notice of the tests' own, seven days."""
    monkeypatch.setattr(kinds, "_kinds", dict(kinds._kinds))
    monkeypatch.setattr(settings, "_declared", dict(settings._declared))
    columns = [kinds.NoticeColumn("序号", "number"), kinds.NoticeColumn("户主姓名", "name"), kinds.NoticeColumn("家庭人口", "number")]
    return kinds.register(
        kinds.NoticeKind("t_village", "测试公示", "公示", "{{ village }}公示", "{{village}}拟定下列各户,公示期 {{start}} 至 {{end}}({{ days }})。电话 {{tel}}。",
                         columns, fields=("village",))
    )  # fmt: skip


@pytest.fixture
def homes(world):
    """Two households of the first village, with their heads."""
    made = [HouseholdFactory(village=world.villages[0]) for _ in range(2)]
    for household, name in zip(made, ("张测一", "欧阳测二"), strict=True):
        MemberFactory(household=household, name=name)
    return made


def draft(world, homes, **changes):
    lines = [{"key": str(n), "cells": [n, name, 3]} for n, name in enumerate(("张测一", "欧阳测二"), start=1)][: len(homes)]
    records = [flow.Record("households_household", home.pk, home.village_id, home.pk, str(n)) for n, home in enumerate(homes, start=1)]
    return {
        "kind": "t_village", "title": "示范一村公示", "body": "拟定下列各户。", "signer": "示范一村村民委员会", "lines": lines, "records": records,
        "level": "village", "village": world.villages[0], "starts_on": STARTS, "day": STARTS,
    } | changes  # fmt: skip


@pytest.fixture
def notice(world, kind, homes):
    """Running from 2017-09-20 to 2017-09-26."""
    return flow.publish(by=world.people["township_checker"], **draft(world, homes))


# --- a kind of case: township checks, two of the city approve, the city decides -------------------------
@dataclass
class Heard:
    """What the hooks were told, and what the test's requirement lacks."""

    calls: list[tuple] = field(default_factory=list)
    lacking: list[str] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=lambda: [Fact("姓名", "张测一"), Fact("请假天数", "3", unit="天")])


HEARD = Heard()
case_kinds.register(
    Kind(
        "test-case",
        "测试办件",
        subject=lambda case: SubjectView(url="/", facts=HEARD.facts),
        on_step=lambda case, step, decision: HEARD.calls.append(("step", step.code, decision.result)),
        on_done=lambda case, by: HEARD.calls.append(("done", by.username)),
        on_ended=lambda case, state, by: HEARD.calls.append(("ended", state)),
        on_returned=lambda case, decision: HEARD.calls.append(("returned", decision.opinion)),
    )
)
requirements.register("test-lacking", "测试条件", lambda case: HEARD.lacking)


@pytest.fixture
def heard() -> Heard:
    HEARD.calls.clear()
    HEARD.lacking.clear()
    HEARD.facts[:] = Heard().facts
    return HEARD


def make_procedure(**last: Any) -> Procedure:
    """township check (5 working days) → city check by two → city decision; `last` changes the decision step."""
    procedure = Procedure.objects.create(key="test-case", title="测试流程", valid_from=START)
    step = {"procedure": procedure}
    Step.objects.create(**step, number=1, code="check", title="乡镇审核", word="check", role="township_checker", level="township", days=5)
    Step.objects.create(
        **step, number=2, code="group", title="集体审批", word="approve", role="bureau_approver", level="city", needed=2, return_to="previous"
    )
    Step.objects.create(
        **step | {"number": 3, "code": "decide", "title": "市级审定", "word": "decide", "role": "city_leader", "level": "city"} | last
    )
    return procedure


@pytest.fixture
def procedure(world: Any, heard: Heard) -> Procedure:
    return make_procedure()


@pytest.fixture
def approvers(world: Any) -> list[Any]:
    """Three approvers of the bureau."""
    more = [UserFactory(username=f"approver{n}", name=f"审批{n}") for n in (2, 3)]
    for user in more:
        grant(user, "bureau_approver", world.city)
    return [world.people["bureau_approver"], *more]


def with_evidence(step: Step) -> None:
    StepEvidence.objects.create(step=step, label="入户照片", accept="photo", least=1)
