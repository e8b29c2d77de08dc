"""Kinds of notice, a published one and a photo, for the tests of this room."""

import io
from datetime import date

import pytest
from PIL import Image

from core import settings
from tests.factories import HouseholdFactory, MemberFactory
from workflow import notices as kinds
from workflow import services as flow

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
