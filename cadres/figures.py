"""Figures of the dispatched cadres."""

from datetime import date

from django.db.models import QuerySet

from accounts.permissions import Permission
from cadres.models import Posting
from core.figures import Figure, register


def postings(as_of: date) -> QuerySet:
    """Postings that run on a day: one a cadre, by constraint."""
    return Posting.objects.active_on(as_of).select_related("cadre", "cadre__home_unit", "village")


COLUMNS = (
    ("姓名", "cadre.name"),
    ("驻村职务", "get_role_display"),
    ("村", "village.name"),
    ("派出单位", "cadre.home_unit.name"),
    ("到岗日期", "started_on"),
)
register(Figure("dispatched_cadres", "派驻干部", "名", postings, Permission.CADRE_VIEW, columns=COLUMNS, source="向16个贫困村统筹选派了40名扶贫干部"))
