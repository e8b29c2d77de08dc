"""Figures of the villages."""

from datetime import date

from django.db.models import QuerySet

from accounts.permissions import Permission
from core.figures import Figure, register
from villages.models import Village

COLUMNS = (("村", "name"), ("村代码", "code"), ("乡镇", "township.name"), ("类型", "get_kind_display"))


def poor_villages(as_of: date) -> QuerySet:
    """Villages identified as poor by that year, exited or not (the seed's 16贫困村)."""
    return Village.objects.filter(is_poor_village=True).exclude(poor_since__gt=as_of.year).select_related("township")


register(
    Figure("poor_villages", "贫困村", "个", poor_villages, Permission.VILLAGE_VIEW, columns=COLUMNS, source="向16个贫困村统筹选派了40名扶贫干部")
)
