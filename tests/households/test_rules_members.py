"""Rules on members and households: a sound one passes, each fault is found at its field."""

from dataclasses import replace
from datetime import date

import pytest

from households.rules.members import HouseholdFacts, MemberFacts, check_household, check_member

TODAY = date(2020, 3, 15)
HEAD = MemberFacts("王明", "1", "01", date(1980, 1, 1), document_kind="3", education="3", health=("1",), labour="1")
WIFE = replace(HEAD, name="李兰", sex="2", relation="02")
PUPIL = replace(HEAD, name="王小", relation="03", birth_on=date(2010, 1, 1), education="", schooling="03", labour="4")
FACTS = HouseholdFacts(attribute="01", cause_main="07", poverty_status="1")


def of_member(m, head=HEAD):
    return {(p.field, p.level) for p in check_member(m, head=head, today=TODAY)}


def of_household(members=(HEAD, WIFE, PUPIL), **facts):
    return {(p.field, p.level) for p in check_household(replace(FACTS, **facts), members, today=TODAY)}


@pytest.mark.parametrize("member", [HEAD, WIFE, PUPIL])
def test_a_sound_member_has_no_findings(member):
    assert of_member(member) == set()


def test_a_sound_household_has_no_findings():
    assert of_household() == set()


@pytest.mark.parametrize(
    ("member", "change", "field", "level"),
    [
        (HEAD, {"document_kind": "1"}, "id_number", "error"),
        (HEAD, {"birth_on": date(2020, 3, 16), "education": "6", "labour": "4"}, "birth_on", "error"),
        (PUPIL, {"sex": "2"}, "relation", "error"),
        (PUPIL, {"relation": "04"}, "relation", "error"),
        (HEAD, {"relation": "03", "birth_on": date(1991, 12, 31)}, "relation", "warning"),
        (HEAD, {"relation": "11", "birth_on": date(1968, 1, 2)}, "relation", "warning"),
        (WIFE, {"sex": "1"}, "relation", "warning"),
        (PUPIL, {"education": "2"}, "education", "error"),
        (HEAD, {"education": ""}, "education", "error"),
        (HEAD, {"education": "6"}, "education", "warning"),
        (PUPIL, {"schooling": "01", "education": "2"}, "dropout_reason", "error"),
        (HEAD, {"health": ()}, "health", "error"),
        (HEAD, {"health": ("1", "2")}, "health", "error"),
        (HEAD, {"health": ("4",)}, "disability_category", "warning"),
        (HEAD, {"disability_grade": "1"}, "health", "error"),
        (PUPIL, {"labour": "1"}, "labour", "error"),
        (HEAD, {"birth_on": date(1960, 3, 15)}, "labour", "warning"),
        (HEAD, {"work_months": 3}, "work_area", "error"),
        (HEAD, {"work_area": "1"}, "work_months", "warning"),
        (HEAD, {"public_post": "1"}, "public_post_months", "warning"),
        (PUPIL, {"work_months": 1, "work_area": "1"}, "work_months", "warning"),
        (HEAD, {"medical_insured": False}, "medical_insured", "warning"),
        (PUPIL, {"pension_insured": True}, "pension_insured", "warning"),
        (HEAD, {"low_income_support": True, "extreme_support": True}, "extreme_support", "error"),
        (PUPIL, {"political": "13"}, "political", "warning"),
        (HEAD, {"left_on": TODAY}, "leave_reason", "error"),
        (HEAD, {"leave_reason": "1"}, "left_on", "error"),
        (HEAD, {"joined_on": TODAY}, "join_reason", "error"),
        (HEAD, {"join_reason": "2"}, "joined_on", "error"),
        (HEAD, {"left_on": date(1979, 1, 1), "leave_reason": "1"}, "left_on", "error"),
    ],
)
def test_a_fault_is_found_at_its_field_and_nowhere_else(member, change, field, level):
    assert of_member(replace(member, **change)) == {(field, level)}


@pytest.mark.parametrize(
    ("birth_on", "asked"),
    [
        (date(2014, 3, 15), True),
        (date(2014, 3, 16), False),
        (date(2004, 3, 16), True),
        (date(2004, 3, 15), False),
    ],
)
def test_the_dropout_reason_is_asked_from_six_to_fifteen(birth_on, asked):
    m = replace(PUPIL, birth_on=birth_on, schooling="01", education="2" if birth_on.year < 2010 else "6")
    assert (("dropout_reason", "error") in of_member(m)) is asked


@pytest.mark.parametrize(("birth_on", "warned"), [(date(1992, 1, 1), False), (date(1991, 12, 31), True)])
def test_a_child_is_at_least_twelve_years_younger(birth_on, warned):
    assert (("relation", "warning") in of_member(replace(HEAD, relation="03", birth_on=birth_on))) is warned


@pytest.mark.parametrize(("birth_on", "wrong"), [(date(2004, 3, 15), False), (date(2004, 3, 16), True)])
def test_labour_is_for_those_of_sixteen(birth_on, wrong):
    m = replace(HEAD, relation="03", birth_on=birth_on, dropout_reason="3")
    assert (("labour", "error") in of_member(m)) is wrong


def test_who_has_left_is_checked_for_the_change_alone():
    assert of_member(replace(HEAD, left_on=TODAY, leave_reason="1", health=(), education="")) == set()


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        ({"cause_main": "12"}, ("cause_main", "error")),
        ({"cause_other": ("07",)}, ("cause_other", "error")),
        ({"cause_other": ("01", "02", "03")}, ("cause_other", "error")),
        ({"cause_main": "01"}, ("cause_main", "warning")),
        ({"cause_main": "02"}, ("cause_main", "warning")),
        ({"cause_main": "08"}, ("cause_main", "warning")),
        ({"poverty_status": "2"}, ("exit_year", "error")),
        ({"exit_year": 2018}, ("exit_year", "error")),
        ({"poverty_status": "4", "exit_year": 2018}, ("return_reason", "error")),
        ({"is_only_child": True, "is_two_daughters": True}, ("is_two_daughters", "error")),
        ({"reloc_flag": True}, ("reloc_type", "error")),
        ({"attribute": "04"}, ("attribute", "warning")),
        ({"bank_account": "1", "bank_name": "行"}, ("bank_account_kind", "error")),
        ({"bank_account": "1", "bank_account_kind": "card"}, ("bank_name", "error")),
    ],
)
def test_a_fault_of_the_household_is_found(facts, finding):
    assert of_household(**facts) == {finding}


def test_schooling_as_a_cause_needs_a_pupil():
    assert of_household(cause_main="03") == set()
    assert of_household((HEAD, WIFE), cause_main="03") == {("cause_main", "warning")}


@pytest.mark.parametrize("health", [("2",), ("3", "4")])
def test_illness_as_a_cause_is_borne_out_by_an_ill_member(health):
    assert of_household((HEAD, replace(WIFE, health=health)), cause_main="01") == set()


@pytest.mark.parametrize("members", [(), (WIFE,), (HEAD, HEAD), (replace(HEAD, left_on=TODAY), WIFE)])
def test_there_is_exactly_one_head(members):
    assert of_household(members) == {("members", "error")}


def test_two_spouses_are_a_warning():
    assert of_household((HEAD, WIFE, replace(WIFE, name="赵兰"))) == {("members", "warning")}


def test_a_number_twice_in_a_household_is_told_by_its_end_alone():
    number = "990101198001010019"
    twice = (replace(HEAD, id_number=number), replace(WIFE, id_number=number))
    (problem,) = check_household(FACTS, twice, today=TODAY)
    assert problem.level == "error" and "0019" in problem.message and number not in problem.message
