"""This room's settings (`domain.md` §9, numbers [assumed])."""

from core.settings import declare
from households.rules.duplicates import LIKELY, POSSIBLE

declare(
    "import_city_households", "表格导入须由市级复核的户数(超过)", "whole", 200, unit="户", basis="录入与复核分开", assumed=True, low=0, high=100_000
)
declare("clearing_least_days", "风险消除前收入稳定的最短天数", "whole", 180, unit="天", basis="国乡振发〔2021〕7号(文号待核实),半年以上", assumed=True,
        low=0, high=720)  # fmt: skip
declare("duplicate_likely", "疑似重复:很可能的相似度", "whole", LIKELY, unit="分", basis="姓名40、同音30、出生日期40、同村10、性别10,证件号码不同-40", assumed=True,
        low=1, high=200)  # fmt: skip
declare("duplicate_possible", "疑似重复:列入认定的相似度", "whole", POSSIBLE, unit="分", basis="低于此分不列入", assumed=True, low=1, high=200)
declare("village_exit_rate", "贫困村退出的贫困发生率上限", "whole", 3, unit="%", basis="厅字〔2016〕16号:西部地区3%以下", low=0, high=100)
declare(
    "village_exit_income_wan",
    "贫困村退出的集体经济年收入下限",
    "whole",
    0,
    unit="万元",
    basis="domain.md §3.5,大于 0",
    assumed=True,
    low=0,
    high=1000,
)
declare("announcement_signer", "市级公告落款", "text", "扶贫开发领导小组", basis="domain.md 附录B", assumed=True, high=60)
declare("complaint_days", "信访件答复期限", "whole", 60, unit="天", basis="《信访条例》第三十三条", assumed=True, low=1, high=365)
