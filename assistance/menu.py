from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from accounts.permissions import Permission, Role
from assistance.models import Measure, Pairing
from core import menu
from core.clock import today
from core.paging import capped_count
from core.views import workbench_card
from households.models import Household
from households.views.records import add_tab
from villages.views.records import add_tab as add_village_tab

menu.add("联动帮扶", "联点领导", "assistance:leader-list", Permission.PAIRING_VIEW, order=10)
menu.add("联动帮扶", "联村单位", "assistance:unit-list", Permission.PAIRING_VIEW, order=20)
menu.add("联动帮扶", "帮扶责任人", "assistance:helper-list", Permission.PAIRING_VIEW, order=30)
menu.add("联动帮扶", "结对帮扶", "assistance:pairing-list", Permission.PAIRING_VIEW, order=40)
menu.add("精准诊治", "脱贫意愿", "assistance:wish-list", Permission.MEASURE_VIEW, order=50)
menu.add("精准诊治", "退出需求", "assistance:need-list", Permission.MEASURE_VIEW, order=51)
menu.add("精准诊治", "措施类别", "assistance:type-list", Permission.MEASURE_VIEW, Permission.SETTING_EDIT, order=60)
add_tab("帮扶", "assistance:household", Permission.PAIRING_VIEW)
add_village_tab("责任", Permission.PAIRING_VIEW, lambda village: reverse("assistance:village", args=[village.pk]), order=30)

CAP = 1000
EXAMPLES = 5


def _waiting(rows: QuerySet, label: str, url_name: str) -> list[dict]:
    """How many, counted no further than the cap, and the first few to start with."""
    number = capped_count(rows, CAP)
    first = rows.select_related("village").order_by("village_id", "id")[:EXAMPLES] if number else []
    found = [{"label": label, "value": f"{CAP}+" if number > CAP else str(number)}]
    return found + [
        {"label": f"{home.village.name} {home.household_code}", "value": "办理", "url": reverse(url_name, args=[home.pk])} for home in first
    ]  # fmt: skip


@workbench_card
def households_without_help(request: Any) -> list[dict]:
    """For who pairs and plans: registered households without a main helper, and without any measure."""
    cards = []
    if request.user.may(Permission.PAIRING_EDIT):
        main = Pairing.objects.active_on(today()).filter(household_id=OuterRef("pk"), village_id=OuterRef("village_id"), is_main=True)
        rows = Household.objects.visible_to(request.user, Permission.PAIRING_EDIT).active().exclude(Exists(main))
        cards.append({"title": "没有主要帮扶责任人的户", "rows": _waiting(rows, "户数", "assistance:pairing-create")})
    if request.user.may(Permission.MEASURE_EDIT):
        given = Measure.objects.filter(household_id=OuterRef("pk"), village_id=OuterRef("village_id")).exclude(state=Measure.State.STOPPED)
        rows = Household.objects.visible_to(request.user, Permission.MEASURE_EDIT).active().exclude(Exists(given))
        cards.append({"title": "没有帮扶措施的户", "rows": _waiting(rows, "户数", "assistance:measure-create")})
    return cards


@workbench_card
def own_households(request: Any) -> list[dict]:
    """For a helper: the households paired with them."""
    if Role.HELPER not in request.user.roles:
        return []
    paired = Pairing.objects.visible_to(request.user).active_on(today()).filter(helper__user=request.user).select_related("household", "village")
    rows = [
        {"label": f"{pairing.village.name} {pairing.household.household_code}", "value": "主要" if pairing.is_main else "",
         "url": reverse("assistance:household", args=[pairing.household_id])}
        for pairing in paired.order_by("-is_main", "id")[:20]
    ]  # fmt: skip
    return [{"title": "我帮扶的户", "rows": rows, "empty": "目前没有与您结对的户。"}]
