"""Code lists of the register (`domain.md` §1.4 L01–L23, Appendix A).

National standards keep their own codes (GB/T 2261, GB/T 3304, GB/T 4762); the national system's lists have
none published, so the numbers follow the found order and are ours.
"""

from django.db.models import TextChoices


class IdStandard(TextChoices):
    NATIONAL = "1", "国家标准"
    PROVINCE = "2", "省定标准"
    CITY = "3", "市定标准"


class Attribute(TextChoices):
    """L02; 02 and 03 come only with 2014–15 imports."""

    ORDINARY = "01", "一般贫困户"
    LOW_INCOME = "02", "低保户"
    EXTREME = "03", "五保户(特困供养)"
    LOW_INCOME_POOR = "04", "低保贫困户"
    EXTREME_POOR = "05", "五保贫困户(特困供养贫困户)"


NEW_RECORD_ATTRIBUTES = (Attribute.ORDINARY, Attribute.LOW_INCOME_POOR, Attribute.EXTREME_POOR)


class Cause(TextChoices):
    ILLNESS = "01", "因病"
    DISABILITY = "02", "因残"
    SCHOOLING = "03", "因学"
    DISASTER = "04", "因灾"
    LAND = "05", "缺土地"
    WATER = "06", "缺水"
    SKILL = "07", "缺技术"
    LABOUR = "08", "缺劳力"
    FUNDS = "09", "缺资金"
    TRANSPORT = "10", "交通条件落后"
    DRIVE = "11", "自身发展动力不足"
    MARRIAGE = "12", "因婚"
    FUNERAL = "13", "因丧"
    OTHER = "99", "其他"


# L03b: never a main cause
OTHER_ONLY_CAUSES = (Cause.MARRIAGE, Cause.FUNERAL)


class PovertyStatus(TextChoices):
    """L04; 5 and 6 are end states [assumed]."""

    POOR = "1", "未脱贫"
    EXITED = "2", "已脱贫"
    PRE_EXIT = "3", "预脱贫"
    RETURNED = "4", "返贫"
    REMOVED = "5", "清退(识别不准)"
    GONE = "6", "自然消亡、整户迁出"


class Sex(TextChoices):
    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    UNSTATED = "9", "未说明"


class DocumentKind(TextChoices):
    ID_CARD = "1", "居民身份证"
    DISABILITY_CARD = "2", "残疾人证"
    BOOKLET = "3", "户口簿(新生儿、无身份证)"
    OTHER = "9", "其他"


class Relation(TextChoices):
    HEAD = "01", "户主"
    SPOUSE = "02", "配偶"
    SON = "03", "之子"
    DAUGHTER = "04", "之女"
    DAUGHTER_IN_LAW = "05", "之儿媳"
    SON_IN_LAW = "06", "之女婿"
    GRANDSON = "07", "之孙子"
    GRANDDAUGHTER = "08", "之孙女"
    DAUGHTERS_SON = "09", "之外孙子"
    DAUGHTERS_DAUGHTER = "10", "之外孙女"
    FATHER = "11", "之父"
    MOTHER = "12", "之母"
    WIFES_FATHER = "13", "之岳父"
    WIFES_MOTHER = "14", "之岳母"
    HUSBANDS_FATHER = "15", "之公公"
    HUSBANDS_MOTHER = "16", "之婆婆"
    GRANDFATHER = "17", "之祖父"
    GRANDMOTHER = "18", "之祖母"
    MATERNAL_GRANDFATHER = "19", "之外祖父"
    MATERNAL_GRANDMOTHER = "20", "之外祖母"
    OTHER = "99", "其他"


MALE_RELATIONS = frozenset({"03", "06", "07", "09", "11", "13", "15", "17", "19"})
FEMALE_RELATIONS = frozenset({"04", "05", "08", "10", "12", "14", "16", "18", "20"})
CHILD_RELATIONS = frozenset({"03", "04", "05", "06"})
PARENT_RELATIONS = frozenset({"11", "12", "13", "14", "15", "16"})


class Education(TextChoices):
    ILLITERATE = "1", "文盲或半文盲"
    PRIMARY = "2", "小学"
    JUNIOR = "3", "初中"
    SENIOR = "4", "高中(含中专)"
    COLLEGE = "5", "大专及以上"
    PRESCHOOL = "6", "学龄前儿童"


class Schooling(TextChoices):
    NONE = "01", "非在校生"
    PRESCHOOL = "02", "学前教育"
    PRIMARY = "03", "小学"
    GRADE_7 = "04", "七年级"
    GRADE_8 = "05", "八年级"
    GRADE_9 = "06", "九年级"
    SENIOR_1 = "07", "高中一年级"
    SENIOR_2 = "08", "高中二年级"
    SENIOR_3 = "09", "高中三年级"
    VOCATIONAL_1 = "10", "中职一年级"
    VOCATIONAL_2 = "11", "中职二年级"
    VOCATIONAL_3 = "12", "中职三年级"
    HIGHER_1 = "13", "高职一年级"
    HIGHER_2 = "14", "高职二年级"
    HIGHER_3 = "15", "高职三年级"
    COLLEGE = "16", "大专及以上"


class DropoutReason(TextChoices):
    ILLNESS = "1", "因病"
    DISABILITY = "2", "因残(重度残疾送教上门)"
    UNWILLING = "3", "厌学"
    POVERTY = "4", "因贫"
    OTHER = "9", "其他"


class Health(TextChoices):
    HEALTHY = "1", "健康"
    CHRONIC = "2", "长期慢性病"
    SERIOUS = "3", "患有大病"
    DISABLED = "4", "残疾"


class DisabilityCategory(TextChoices):
    VISION = "1", "视力"
    HEARING = "2", "听力"
    SPEECH = "3", "言语"
    LIMB = "4", "肢体"
    INTELLECT = "5", "智力"
    MENTAL = "6", "精神"
    MULTIPLE = "7", "多重"


class DisabilityGrade(TextChoices):
    FIRST = "1", "一级"
    SECOND = "2", "二级"
    THIRD = "3", "三级"
    FOURTH = "4", "四级"


class Political(TextChoices):
    """L12, GB/T 4762."""

    PARTY = "01", "中共党员"
    PROBATIONARY = "02", "中共预备党员"
    LEAGUE = "03", "共青团员"
    MINGE = "04", "民革党员"
    MINMENG = "05", "民盟盟员"
    MINJIAN = "06", "民建会员"
    MINJIN = "07", "民进会员"
    NONGGONG = "08", "农工党党员"
    ZHIGONG = "09", "致公党党员"
    JIUSAN = "10", "九三学社社员"
    TAIMENG = "11", "台盟盟员"
    NO_PARTY = "12", "无党派人士"
    MASSES = "13", "群众"


class RoadKind(TextChoices):
    EARTH = "1", "泥土路"
    GRAVEL = "2", "砂石路"
    CONCRETE = "3", "水泥路"
    ASPHALT = "4", "沥青路"


class Fuel(TextChoices):
    WOOD = "1", "柴草"
    DUNG = "2", "干畜粪"
    COAL = "3", "煤炭"
    CLEAN = "4", "清洁能源"
    OTHER = "9", "其他"


class DwellingGrade(TextChoices):
    A = "A", "A级"
    B = "B", "B级"
    C = "C", "C级"
    D = "D", "D级"


class Structure(TextChoices):
    ADOBE = "1", "土木(土坯)"
    BRICK_WOOD = "2", "砖木"
    BRICK_CONCRETE = "3", "砖混"
    FRAME = "4", "框架"
    STONE_WOOD = "5", "石木"
    TENT = "6", "帐篷、游牧"
    OTHER = "9", "其他"


class RelocationKind(TextChoices):
    TOGETHER = "1", "集中安置"
    SCATTERED = "2", "分散安置"


class Labour(TextChoices):
    ORDINARY = "1", "普通劳动力"
    SKILLED = "2", "技能劳动力"
    LOST = "3", "丧失劳动力"
    NONE = "4", "无劳动力"
    WEAK = "5", "弱劳动力或半劳动力"


class WorkArea(TextChoices):
    TOWNSHIP = "1", "乡(镇)内务工"
    COUNTY = "2", "乡(镇)外县内务工"
    PROVINCE = "3", "县外省内务工"
    OUTSIDE = "4", "省外务工"
    OTHER = "99", "其他"


class PublicPost(TextChoices):
    GRASSLAND = "1", "生态管护员(草原)"
    FOREST = "2", "生态护林员"
    WETLAND = "3", "湿地、水利管护员"
    ROAD = "4", "道路养护员"
    CLEANING = "5", "保洁员"
    CARE = "6", "护理、护边员"
    OTHER = "9", "其他"


class JoinReason(TextChoices):
    BORN = "1", "新生儿"
    MARRIED_IN = "2", "婚入(嫁入、入赘)"
    MOVED_IN = "3", "户籍迁入(收养等)"
    RELEASED = "4", "刑满释放"
    VETERAN = "5", "退役返乡"
    ADDED = "6", "补录(漏登)"
    OTHER = "9", "其他"


class LeaveReason(TextChoices):
    DIED = "1", "死亡"
    MARRIED_OUT = "2", "婚出"
    MOVED_OUT = "3", "户籍迁出、分户"
    IMPRISONED = "4", "收监服刑"
    ENLISTED = "5", "应征入伍"
    SALARIED = "6", "农转非、稳定进入财政供养"
    DUPLICATE = "7", "重复录入"
    MISSING = "8", "失踪、宣告"
    OTHER = "9", "其他"


class Marital(TextChoices):
    """L23, GB/T 2261.2."""

    SINGLE = "10", "未婚"
    MARRIED = "20", "已婚"
    FIRST = "21", "初婚"
    AGAIN = "22", "再婚"
    RESTORED = "23", "复婚"
    WIDOWED = "30", "丧偶"
    DIVORCED = "40", "离婚"
    UNSTATED = "90", "未说明"


class IndustryHelp(TextChoices):
    """[assumed]: the national list was not found."""

    PLANTING = "1", "种植"
    BREEDING = "2", "养殖"
    PROCESSING = "3", "加工"
    SERVICE = "4", "服务"
    ASSETS = "5", "资产收益"
    OTHER = "9", "其他"


_ETHNICITIES = [
    "汉族",
    "蒙古族",
    "回族",
    "藏族",
    "维吾尔族",
    "苗族",
    "彝族",
    "壮族",
    "布依族",
    "朝鲜族",
    "满族",
    "侗族",
    "瑶族",
    "白族",
    "土家族",
    "哈尼族",
    "哈萨克族",
    "傣族",
    "黎族",
    "傈僳族",
    "佤族",
    "畲族",
    "高山族",
    "拉祜族",
    "水族",
    "东乡族",
    "纳西族",
    "景颇族",
    "柯尔克孜族",
    "土族",
    "达斡尔族",
    "仫佬族",
    "羌族",
    "布朗族",
    "撒拉族",
    "毛南族",
    "仡佬族",
    "锡伯族",
    "阿昌族",
    "普米族",
    "塔吉克族",
    "怒族",
    "乌孜别克族",
    "俄罗斯族",
    "鄂温克族",
    "德昂族",
    "保安族",
    "裕固族",
    "京族",
    "塔塔尔族",
    "独龙族",
    "鄂伦春族",
    "赫哲族",
    "门巴族",
    "珞巴族",
    "基诺族",
]
# GB/T 3304-1991: the code is the place in the standard's order; 97 and 98 are used by population systems.
Ethnicity = TextChoices(  # type: ignore[call-overload]
    "Ethnicity",
    [(f"E{number:02d}", (f"{number:02d}", name)) for number, name in enumerate(_ETHNICITIES, start=1)]
    + [("E97", ("97", "其他(未识别民族)")), ("E98", ("98", "外国血统中国籍人士"))],
)
