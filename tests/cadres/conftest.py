"""What the tests of this room share: the standard rows, a first secretary and a member with accounts in the first village."""

import io
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cadres import services
from core.clock import today
from tests.factories import CadreFactory, OrganizationFactory, PostingFactory, UserFactory, grant
from workflow import services as flow


@pytest.fixture
def jpeg():
    """Makes a small photo as the browser sends it."""

    def make() -> SimpleUploadedFile:
        out = io.BytesIO()
        Image.new("RGB", (40, 30), "white").save(out, "JPEG")
        return SimpleUploadedFile("photo.jpg", out.getvalue(), content_type="image/jpeg")

    return make


@dataclass
class Team:
    """The first village's team and who decides about it."""

    world: Any
    leader: Any
    member: Any
    leader_posting: Any
    posting: Any

    @property
    def people(self) -> dict[str, Any]:
        return self.world.people

    def say(self, subject: Any, role: str | Any, result: str = "pass", opinion: str = "") -> None:
        """The next step of the subject's case, by one of the world's people."""
        subject.refresh_from_db()
        case = subject.case
        case.refresh_from_db()
        by = self.people[role] if isinstance(role, str) else role
        flow.decide(case=case, step_id=case.step_id, version=case.version, result=result, opinion=opinion, by=by)
        subject.refresh_from_db()


@pytest.fixture
def team(world):
    services.load_standard_rows()
    village, unit = world.villages[0], OrganizationFactory(name="测试派出单位")
    user = UserFactory(username="member", name="李队员", organization=unit)
    grant(user, "village_cadre", village.division)
    leader = CadreFactory(user=world.people["village_cadre"], name="王书记", working_since_on=date(2000, 7, 1), home_unit=unit)
    member = CadreFactory(user=user, name="李队员", working_since_on=date(2010, 7, 1), home_unit=unit)
    world.people["unit_liaison"].organization = unit
    world.people["unit_liaison"].save()
    postings = [PostingFactory(cadre=leader, village=village, role="first_secretary", started_on=date(2017, 8, 1)),
                PostingFactory(cadre=member, village=village, role="member", started_on=date(2017, 8, 1))]  # fmt: skip
    services.settle_days(cadres=[leader.pk, member.pk], since=date(2017, 8, 1), until=date(2017, 11, 30), today=today())
    return Team(world, leader, member, *postings)
