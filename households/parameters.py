"""This room's settings (`domain.md` §9, numbers [assumed])."""

from core.settings import declare

declare(
    "import_city_households", "表格导入须由市级复核的户数(超过)", "whole", 200, unit="户", basis="录入与复核分开", assumed=True, low=0, high=100_000
)
