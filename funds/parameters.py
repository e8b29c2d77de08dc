"""This room's settings (`domain.md` §7, numbers [assumed] there)."""

from core.settings import declare

declare("funds_second_check_wan", "付款须第二人复核的金额", "whole", 10, unit="万元", basis="财务分级审批,数值待核定", assumed=True, high=100_000)
declare("funds_third_check_wan", "付款须第三人复核的金额", "whole", 50, unit="万元", basis="财务分级审批,数值待核定", assumed=True, high=100_000)
declare("funds_return_days", "送银行后应有回单的天数", "whole", 7, unit="天", basis="银行回单时限,数值待核定", assumed=True, low=1, high=60)
declare("funds_reissue_days", "发放失败后应补发的天数", "whole", 15, unit="天", basis="补发时限,数值待核定", assumed=True, low=1, high=365)
