"""This room's settings (`domain.md` §7, numbers [assumed] there)."""

from core.settings import declare

declare("funds_second_check_wan", "付款须第二人复核的金额", "whole", 10, unit="万元", basis="财务分级审批,数值待核定", assumed=True, high=100_000)
declare("funds_third_check_wan", "付款须第三人复核的金额", "whole", 50, unit="万元", basis="财务分级审批,数值待核定", assumed=True, high=100_000)
