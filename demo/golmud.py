"""What the Golmud demo is made of: real towns, invented villages, the bodies the seed names, figures of the seed.

Codes of the invented villages lie in the private range 9xx of their town (`domain.md` §10); which real villages
are poor is not known and not pretended.
"""

from datetime import date

PROVINCE = ("630000000000", "青海省")
PREFECTURE = ("632800000000", "海西蒙古族藏族自治州")
CITY = ("632801000000", "格尔木市")
TOWNSHIPS = (
    ("632801001000", "昆仑路街道", "东城区工委"), ("632801002000", "黄河路街道", "东城区工委"),
    ("632801003000", "金峰路街道", "西城区工委"), ("632801004000", "河西街道", "西城区工委"),
    ("632801005000", "西藏路街道", "西城区工委"), ("632801100000", "郭勒木德镇", ""), ("632801101000", "唐古拉山镇", ""),
    ("632801200000", "大格勒乡", ""), ("632801201000", "乌图美仁乡", ""),
)  # fmt: skip

# (town code, name, poor village, herding, groups, weight: its share of households)
VILLAGES = (
    ("632801100", "示范一村", True, False, 4, 26), ("632801100", "示范二村", True, False, 3, 20),
    ("632801100", "示范三村", True, False, 3, 17), ("632801100", "示范四村", True, False, 3, 15),
    ("632801100", "示范五村", True, False, 2, 12), ("632801100", "示范六村", True, True, 3, 14),
    ("632801100", "示范七村", True, True, 2, 12), ("632801100", "样例一村", False, False, 2, 4),
    ("632801100", "样例二村", False, False, 2, 3), ("632801100", "样例三村", False, False, 2, 3),
    ("632801101", "示范八村", True, True, 3, 18), ("632801101", "示范九村", True, True, 2, 14),
    ("632801101", "示范十村", True, True, 2, 11), ("632801101", "样例四村", False, True, 1, 3),
    ("632801200", "示范十一村", True, False, 3, 19), ("632801200", "示范十二村", True, False, 3, 16),
    ("632801200", "样例五村", False, False, 2, 4), ("632801201", "示范十三村", True, True, 3, 20),
    ("632801201", "示范十四村", True, True, 3, 16), ("632801201", "示范十五村", True, False, 2, 14),
    ("632801201", "示范十六村", True, True, 2, 11), ("632801201", "样例六村", False, True, 2, 4),
    ("632801201", "样例七村", False, False, 1, 2),
)  # fmt: skip

# (name, nature, level)
BODIES = (
    ("市委", "party", "city"), ("市委组织部", "party", "city"), ("市纪委监委", "party", "city"), ("市考核办", "party", "city"),
    ("市委督查五人小组", "coordination", "city"), ("市人民检察院", "government", "city"), ("农牧和扶贫开发局", "government", "city"),
    ("市发展和改革委员会", "government", "city"), ("市财政局", "government", "city"), ("市公安局", "government", "city"),
    ("市房产管理局", "government", "city"), ("市车辆管理所", "government", "city"), ("市交通运输局", "government", "city"),
    ("市水利局", "government", "city"), ("市文体广电局", "government", "city"), ("市供电公司", "enterprise", "city"),
    ("农村商业银行", "bank", "city"), ("邮政储蓄银行", "bank", "city"), ("东城区工委", "work_committee", "district"),
    ("西城区工委", "work_committee", "district"), ("扶贫开发领导小组", "coordination", "city"), ("扶贫攻坚指挥部", "coordination", "city"),
)  # fmt: skip
PREDECESSORS = ("市农牧局(整合前)", "市扶贫开发局(整合前)")
MERGED_ON = date(2016, 3, 1)

LINES = (
    ("nbs", ((2011, 2536), (2012, 2625), (2013, 2736), (2014, 2800), (2015, 2855), (2016, 2952), (2017, 2952), (2018, 2995), (2019, 3218), (2020, 4000))),
    ("working", ((2014, 2800), (2015, 2968), (2016, 3146), (2017, 3335), (2018, 3535), (2019, 3747), (2020, 4000))),
    ("monitoring", ((2020, 5000), (2021, 6000))),
)  # fmt: skip

# (code, name, examples, causes, evidence): domain.md §4, codes [assumed]
MEASURE_TYPES = (
    ("M10", "产业扶持", "枸杞、藜麦种植,牛羊养殖,合作社入股,光伏,乡村旅游", "09 07 05 11", "项目、资金"),
    ("M20", "转移就业", "技能培训,劳务输出,扶贫车间,创业", "07", "培训记录"),
    ("M21", "公益性岗位", "草原、林业管护员", "08 07", "合同、月工资"),
    ("M30", "资产收益", "分红,商铺、光伏收益", "08", "股权记录"),
    ("M40", "教育资助", "学前至高中免费,雨露计划,大学生资助", "03", "学籍"),
    ("M50", "医疗保障和救助", "参保资助,大病救助,先诊疗后付费,家庭医生签约", "01", "票据、签约书"),
    ("M60", "低保特困兜底", "低保,特困供养,残疾补贴", "02 08", "民政决定"),
    ("M70", "住房改善", "危旧房改造,易地搬迁", "04", "验收单"),
    ("M80", "生态补偿", "草原奖补,公益林,退耕还林", "", "面积"),
    ("M90", "金融扶贫", "扶贫小额信贷,互助资金,保险", "09", "合同"),
    ("M95", "志智双扶", "政策宣讲,五星级文明户,移风易俗", "11", "活动记录"),
    ("M99", "社会帮扶", "捐赠,消费扶贫,结对", "", "接收单"),
)  # fmt: skip

ACTION_PLANS = ("发展产业", "易地搬迁", "资产收益", "转移就业", "医疗保障和救助", "教育", "低保兜底")
SPECIAL_PLANS = ("交通", "水利", "电力", "医疗卫生", "通信", "文化惠民", "金融", "科技", "电子商务和市场体系建设", "农牧民危旧房改造")

# Figures of the seed that the loader meets exactly.
HOUSEHOLDS, MEMBERS, CADRES, LEADERS, HELPERS = 278, 809, 40, 31, 2197
UNITS = {"admin": 63, "military_police": 8, "enterprise": 69}
INFRA_PROJECTS, INFRA_YUAN, DEPT_PROJECTS = 19, 9_045_000, 16
LOANS_YUAN = 30_161_200

INFRA_NAMES = ("村内道路硬化", "渠道衬砌", "村级综合服务中心", "文化活动广场", "人畜饮水管网", "围墙院落整治", "路灯安装", "垃圾收集点",
               "牲畜暖棚", "桥涵维修", "卫生室改扩建", "防洪堤坝", "储草棚")  # fmt: skip
DEPT_PROJECT_KINDS = (
    ("road", "通村公路建设", "市交通运输局"), ("water", "饮水安全改造", "市水利局"),
    ("fitness", "健身场地建设", "市文体广电局"), ("power", "农网改造升级", "市供电公司"),
)  # fmt: skip
