"""Corrections with evidence: the village asks on the entry form, the township decides field by field."""

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from core.checks.identity import make_id_number
from core.clock import today
from households import services
from households.models import Correction, CorrectionItem, Household, Member
from tests.factories import HouseholdFactory, LivingFactory, MemberFactory
from tests.test_every_url import Fields
from workflow import services as flow
from workflow.models import Message

NUMBER = make_id_number("999999", date(1970, 1, 1), 901)
OTHER = make_id_number("999999", date(1970, 1, 1), 903)


def image() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def home(world):
    household = HouseholdFactory(village=world.villages[0], phone="13800001234", address="一社1号", cause_main="07")
    MemberFactory(household=household, name="张测户", id_number=NUMBER, education="2", medical_insured=True)
    LivingFactory(household=household, sheep=10)
    return household


def asked(home, by, household=(), member=(), living=(), **more):
    head = Member.objects.get(household=home)
    data = services.HouseholdInput(
        household=dict(household), members=[{"id": head.pk, **dict(member)}], living={"year": 2017, **dict(living)} if living else None
    )
    return services.request_correction(household=home, data=data, year=2017, reason="登记有误", document=image(), by=by, **more)


def decide(correction, by, refused=None):
    refused = refused or {}
    answers = {item.pk: (item.field not in refused, refused.get(item.field, "")) for item in correction.items.all()}
    return services.decide_correction(correction=correction, answers=answers, by=by)


def posted(page, **changed):
    """The form as the browser would send it back, with some fields changed."""
    from html.parser import HTMLParser

    class Values(HTMLParser):
        def __init__(self):
            super().__init__()
            self.values, self.select = {}, ""

        def handle_starttag(self, tag, attributes):
            found = dict(attributes)
            name = found.get("name", "")
            if tag == "select":
                self.select = name
            elif tag == "option" and "selected" in found:
                self.values.setdefault(self.select, found.get("value", ""))
            elif tag == "input" and found.get("type") in {"checkbox", "radio"}:
                if "checked" in found:
                    self.values.setdefault(name, []).append(found.get("value", "on"))
            elif tag == "input" and found.get("type") != "file" and name:
                self.values[name] = found.get("value") or ""

    parser = Values()
    parser.feed(page.content.decode().split("<template")[0])
    return {name: value for name, value in parser.values.items() if name and "__prefix__" not in name} | changed


def test_a_village_asks_on_the_form_and_the_township_decides_each_field(signed_in, world, home):
    client = signed_in("village_cadre")
    ask = reverse("households:correction-request", args=[home.pk])
    assert client.get(reverse("households:edit", args=[home.pk])).headers["Location"] == ask, "a registered household is not edited directly"
    assert "申请更正" in client.get(home.get_absolute_url()).content.decode()
    page = client.get(ask)
    assert NUMBER not in page.content.decode()
    form = posted(page) | {"household-address": "二社9号", "members-0-education": "3", "correction-reason": "搬家、学历登记有误"}
    again = client.post(ask, form)
    assert "请选择文件" in again.content.decode()
    sent = client.post(ask, form | {"correction-document": SimpleUploadedFile("证明.jpg", image(), "image/jpeg")})
    assert sent.status_code == 302, sent.context["entry"].error_links
    correction = Correction.objects.get()
    labels = {item.label: (item.before_label, item.after_label) for item in correction.items.all()}
    assert labels.pop("家庭住址") == ("一社1号", "二社9号")
    assert labels.pop("张测户 文化程度")[0] != ""
    assert {label for label in labels if "号" in label} == set(), "masked numbers sent back are no change"
    checker = signed_in("township_checker")
    assert "二社9号" in checker.get(correction.get_absolute_url()).content.decode()
    decide_url = reverse("households:correction-decide", args=[correction.pk])
    fields = Fields()
    fields.feed(checker.get(decide_url).content.decode())
    address = correction.items.get(field="address").pk
    answers = {f"item_{item.pk}": "accepted" for item in correction.items.all()} | {f"item_{address}": "refused"}
    assert "不采纳的请写明理由" in checker.post(decide_url, answers).content.decode()
    assert checker.post(decide_url, answers | {f"reason_{address}": "没有搬家证明"}).status_code == 302
    home.refresh_from_db()
    assert (home.address, Member.objects.get(household=home).education) == ("一社1号", "3")
    assert "没有搬家证明" in Message.objects.get(user=world.people["village_cadre"], text__contains="不采纳").text
    correction.refresh_from_db()
    assert correction.closed_on == today() and correction.case.state == "done"
    assert "信息更正:搬家" in checker.get(reverse("households:history", args=[home.pk])).content.decode()


def test_numbers_are_encrypted_stored_and_masked_shown(world, home):
    correction = asked(home, world.people["village_committee"], member={"id_number": OTHER})
    item = correction.items.get()
    assert OTHER not in item.after_label and item.after_label.endswith(OTHER[-4:])
    assert json.loads(item.after) == OTHER
    decide(correction, world.people["township_checker"])
    assert Member.objects.get(household=home).id_number == OTHER


def test_all_refused_ends_the_case_and_writes_nothing(world, home):
    version = home.version
    correction = asked(home, world.people["village_cadre"], household={"address": "二社"}, living={"sheep": 30})
    decide(correction, world.people["township_checker"], refused={"address": "不实", "sheep": "清点为十只"})
    home.refresh_from_db()
    assert (home.address, home.version, home.living.get().sheep) == ("一社1号", version, 10)
    correction.refresh_from_db()
    assert correction.case.state == "refused" and correction.closed_on


def test_a_new_member_and_a_yearly_row_are_taken_in(world, home):
    head = Member.objects.get(household=home)
    child = {"name": "张测孩", "sex": "1", "birth_on": date(2017, 5, 1), "relation": "03", "health": ["1"], "labour": "4", "document_kind": "1",
             "id_number": make_id_number("999999", date(2017, 5, 1), 111), "joined_on": date(2017, 5, 1), "join_reason": "1", "medical_insured": True,
             "ethnicity": "01", "education": "6"}  # fmt: skip
    data = services.HouseholdInput(
        household={}, members=[{"id": head.pk}, child], living={"year": 2017, "sheep": 12}, income={"year": 2017, "a1": 900}
    )
    correction = services.request_correction(household=home, data=data, year=2017, reason="出生", document=image(), by=world.people["village_cadre"])
    assert [item.label for item in correction.items.filter(table="new_member")] == ["增加成员 张测孩"]
    decide(correction, world.people["township_checker"])
    assert home.members.get(name="张测孩").birth_on == date(2017, 5, 1)
    assert (home.living.get().sheep, home.incomes.get().a1, home.incomes.get().population) == (12, 900, 2)


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(world, home):
    correction = asked(home, world.people["village_cadre"], household={"address": "二社"})
    Household.objects.filter(pk=home.pk).update(address="三社")
    with pytest.raises(flow.WorkflowError, match="在申请之后已被改为“三社”"):
        decide(correction, world.people["township_checker"])
    correction.refresh_from_db()
    assert correction.closed_on is None and correction.case.state == "open"
    assert not correction.items.exclude(decision="").exists(), "nothing half done"


def test_accepting_half_of_what_belongs_together_is_refused(world, home):
    correction = asked(home, world.people["village_cadre"], member={"sex": "2", "id_number": make_id_number("999999", date(1970, 1, 1), 902)})
    with pytest.raises(flow.WorkflowError, match="不合规则"):
        decide(correction, world.people["township_checker"], refused={"sex": "没有证明"})
    decide(correction, world.people["township_checker"])
    assert Member.objects.get(household=home).sex == "2"


@pytest.mark.parametrize(("who", "words"), [("village_cadre", ""), ("township_clerk", "township_checker")])
def test_only_whose_turn_it_is_decides(signed_in, world, home, who, words):
    correction = asked(home, world.people["village_cadre"], household={"address": "二社"})
    assert signed_in(who).post(reverse("households:correction-decide", args=[correction.pk]), {}).status_code == 403
    with pytest.raises(flow.NotYours):
        decide(correction, world.people[who])


def test_nothing_to_change_a_second_request_and_an_applicant_are_refused(world, home):
    by = world.people["village_cadre"]
    with pytest.raises(services.HouseholdsError, match="没有不同"):
        asked(home, by)
    first = asked(home, by, household={"address": "二社"})
    with pytest.raises(services.HouseholdsError, match="正在办理"):
        asked(home, by, household={"address": "四社"})
    flow.withdraw(case=first.case, by=by)
    first.refresh_from_db()
    assert first.closed_on == today()
    applied = HouseholdFactory(village=world.villages[0], household_code=None, identified_on=None, applied_on=today())
    MemberFactory(household=applied)
    with pytest.raises(services.HouseholdsError, match="在册户"):
        asked(applied, by, household={"address": "二社"})


def test_an_undecided_correction_cannot_be_passed_on_the_case_page(world, home):
    correction = asked(home, world.people["village_cadre"], household={"address": "二社"})
    with pytest.raises(flow.StillMissing):
        flow.advance(case=correction.case, by=world.people["township_checker"])


def test_another_townships_household_cannot_be_asked_about(signed_in, world):
    far = HouseholdFactory(village=world.villages[2])
    MemberFactory(household=far)
    assert signed_in("village_cadre").get(reverse("households:correction-request", args=[far.pk])).status_code == 404


def test_the_database_holds_one_open_request_and_reasons(world, home):
    correction = asked(home, world.people["village_cadre"], household={"address": "二社"})
    with pytest.raises(IntegrityError, match="correction_item_refused_with_reason"), transaction.atomic():
        correction.items.update(decision="refused")
    other = flow.start_case(
        kind="correction", title="x", village=world.villages[0], household_id=home.pk, by=world.people["village_cadre"], day=today()
    )
    with pytest.raises(IntegrityError, match="correction_one_open_per_household"), transaction.atomic():
        Correction.objects.create(household=home, village=home.village, case=other, year=2017, reason="x", document=correction.document,
                                  requested_by=world.people["village_cadre"], requested_on=today())  # fmt: skip
    assert CorrectionItem.objects.count() == 1
