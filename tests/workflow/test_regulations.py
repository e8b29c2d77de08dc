"""Regulations and clauses: what every rule row rests on."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from workflow import services as flow
from workflow.models import Attachment, Clause, Regulation


def rule(by=None, **fields):
    values = {"number": "格扶组〔2016〕12号", "title": "贫困户精准识别办法", "issuer": "扶贫开发领导小组", "valid_from": date(2016, 5, 1)} | fields
    return flow.save_regulation(regulation=Regulation(), by=by, **values)


def test_a_clause_is_found_by_its_document_and_number(world):
    made = flow.save_clause(clause=Clause(regulation=rule()), by=None, number="第五条", text="公示不少于七日。")
    assert flow.clause_of(number="格扶组〔2016〕12号", clause="第五条") == made
    with pytest.raises(flow.WorkflowError, match="第六条没有登记"):
        flow.clause_of(number="格扶组〔2016〕12号", clause="第六条")


def test_a_number_is_registered_once_but_papers_without_one_are_many(world):
    rule()
    with pytest.raises(ValidationError, match="已有这个文号"):
        rule(title="另一份")
    rule(number="", title="口头部署一")
    rule(number="", title="口头部署二")
    with pytest.raises(IntegrityError, match="regulation_number_once"), transaction.atomic():
        Regulation.objects.create(number="格扶组〔2016〕12号", title="x", issuer="x", valid_from=date(2016, 1, 1))


def test_days_out_of_order_and_a_clause_twice_are_refused(world):
    with pytest.raises(ValidationError, match="失效日期"):
        rule(valid_to=date(2016, 1, 1))
    made = rule()
    flow.save_clause(clause=Clause(regulation=made), by=None, number="第一条", text="甲")
    with pytest.raises(ValidationError, match="同号的条款"):
        flow.save_clause(clause=Clause(regulation=made), by=None, number="第一条", text="乙")
    with pytest.raises(IntegrityError, match="clause_number_once_in_regulation"), transaction.atomic():
        Clause.objects.create(regulation=made, number="第一条", text="丙")
    with pytest.raises(IntegrityError, match="regulation_days_in_order"), transaction.atomic():
        Regulation.objects.filter(pk=made.pk).update(valid_to=date(2016, 1, 1))


def test_only_those_in_force_on_a_day(world):
    rule(valid_to=date(2017, 4, 30))
    assert [Regulation.objects.in_force(day).count() for day in (date(2016, 4, 30), date(2016, 5, 1), date(2017, 4, 30), date(2017, 5, 1))] == [
        0,
        1,
        1,
        0,
    ]


def test_its_text_is_open_to_everyone_who_works_in_the_city_and_nobody_else(world):
    from core.scope import acting_as
    from tests.core.test_content import pdf

    made = rule(by=world.people["bureau_clerk"], upload=pdf())
    for role in ("township_clerk", "village_cadre", "bureau_approver"):
        with acting_as(world.people[role]):
            assert Attachment.objects.visible_to(world.people[role]).filter(pk=made.file_id).exists(), role
    with acting_as(world.people["stranger"]):
        assert not Attachment.objects.filter(pk=made.file_id).exists()
