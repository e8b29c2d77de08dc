"""Checks of production and living conditions (`domain.md` §1.2)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.checks import Problem

SMALL_DWELLING_M2 = Decimal(13)  # a head, [assumed]
ZERO = Decimal(0)
AMOUNTS = (
    "cultivated_mu", "irrigated_mu", "forest_mu", "returned_forest_mu", "orchard_mu", "pasture_mu", "water_mu",
    "road_distance_km", "dwelling_m2", "cattle", "sheep", "horses", "camels",
)  # fmt: skip


def check_living(values: Mapping[str, Any], *, population: int) -> list[Problem]:
    """Findings at the fields of one year's conditions."""

    def amount(name: str) -> Decimal:
        return values.get(name) or ZERO

    found = [Problem(name, "error", "不能是负数。") for name in AMOUNTS if amount(name) < 0]
    if amount("irrigated_mu") > amount("cultivated_mu"):
        found.append(Problem("irrigated_mu", "error", "有效灌溉面积不能大于耕地面积。"))
    if amount("returned_forest_mu") + amount("orchard_mu") > amount("forest_mu"):
        found.append(Problem("forest_mu", "warning", "退耕还林和林果面积之和大于林地面积,请核对。"))
    if values.get("dwelling_unsafe") and values.get("dwelling_grade") not in {"C", "D"}:
        found.append(Problem("dwelling_grade", "error", "危房要填等级C或D。"))
    if not values.get("dwelling_unsafe") and values.get("dwelling_grade") in {"C", "D"}:
        found.append(Problem("dwelling_unsafe", "warning", "房屋等级为C或D,请核对是否危房。"))
    if population and ZERO < amount("dwelling_m2") < SMALL_DWELLING_M2 * population:
        found.append(Problem("dwelling_m2", "warning", f"人均住房面积不足{SMALL_DWELLING_M2}平方米,请核对。"))
    if values.get("water_difficult") and values.get("water_safe"):
        found.append(Problem("water_safe", "warning", "饮水困难与饮水安全同时为是,请核对。"))
    if amount("road_distance_km") > 100:
        found.append(Problem("road_distance_km", "error", "与村主干路距离应在0至100公里之间。"))
    return found
