"""Members and meetings of the leading bodies."""

from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import User
from cadres.models import BodyMeeting, BodyMember, LeadingBody
from cadres.services.errors import CadresError
from cadres.services.people import write
from core.clock import today

HEADS = {LeadingBody.Kind.LEADING_GROUP: 2, LeadingBody.Kind.HEADQUARTERS: 1}


@transaction.atomic
def add_member(*, body: LeadingBody, by: User, **fields: Any) -> BodyMember:
    """双组长: the leading group has two heads and no third, the headquarters one."""
    body = LeadingBody.objects.select_for_update().get(pk=body.pk)
    heads = body.members.filter(place=BodyMember.Place.HEAD, until_on=None).count()
    if fields["place"] == BodyMember.Place.HEAD and heads >= HEADS[LeadingBody.Kind(body.kind)]:
        raise CadresError(f"{body.name}已有 {heads} 名组长(总指挥),请先登记原任卸任。")
    if body.members.filter(name=fields["name"], post=fields["post"], until_on=None).exists():
        raise CadresError(f"{fields['name']}({fields['post']})已是成员。")
    return write(BodyMember(body=body), fields, f"{body.name}增加成员 {fields['name']}")


@transaction.atomic
def end_member(*, member: BodyMember, until_on: date, by: User) -> BodyMember:
    member = BodyMember.objects.select_for_update(of=("self",)).select_related("body").get(pk=member.pk)
    if member.until_on:
        raise CadresError("已经卸任。")
    return write(member, {"until_on": until_on}, f"{member.body.name}成员卸任 {member.name}")


@transaction.atomic
def record_meeting(*, body: LeadingBody, by: User, **fields: Any) -> BodyMeeting:
    if fields["met_on"] > today():
        raise CadresError("会议日期不能晚于今天。")
    return write(BodyMeeting(body=body, recorded_by=by), fields, f"{body.name}会议 {fields['subject']}")
