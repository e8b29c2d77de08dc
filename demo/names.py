"""Invented names and ID numbers. The area digits 99 belong to no province, so no number can be a real person's."""

from datetime import date
from random import Random

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
MALE_GIVEN = "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林海山德福贵成国建文志永生宝金"
FEMALE_GIVEN = "芳娜敏静丽艳娟霞秀兰英玲燕红梅莲桂香珍凤云月琴花春雪莹洁慧倩雅婷芬菊青"
TIBETAN_FIRST = [
    "才仁",
    "扎西",
    "多杰",
    "索南",
    "次仁",
    "尼玛",
    "达瓦",
    "桑杰",
    "洛桑",
    "嘉措",
    "仁青",
    "旦增",
    "贡布",
    "格桑",
    "丹巴",
    "江措",
    "更登",
    "公保",
    "完么",
    "却吉",
]
TIBETAN_SECOND_MALE = ["才让", "多杰", "扎西", "尖措", "东周", "旺秀", "加", "本", "太", "扎巴", "仁增", "项欠"]
TIBETAN_SECOND_FEMALE = ["卓玛", "措毛", "拉毛", "吉毛", "央金", "卓嘎", "措", "白玛", "永措", "南措", "吉"]
MONGOL_MALE = ["巴特尔", "苏和", "朝鲁", "那顺", "额尔登", "布和", "孟克", "巴图", "敖其尔", "道尔吉", "乌力吉", "宝音", "特木尔", "格日勒图"]
MONGOL_FEMALE = ["其其格", "萨仁", "娜仁", "乌兰", "高娃", "托娅", "格日勒", "斯琴", "阿拉腾", "乌云", "图雅", "哈斯", "娜仁花"]
HUI_SURNAMES = "马韩喇沙海丁哈冶安牟"
HUI_MALE = ["文明", "成龙", "有福", "国栋", "玉龙", "生虎", "忠孝", "福海", "学文", "建国", "热木", "得福", "占山"]
HUI_FEMALE = ["秀英", "法土麦", "海彻", "玉兰", "赛麦", "阿西叶", "桂花", "米乃", "春花", "金花", "索菲"]
KAZAKH_MALE = ["阿合买提·努尔兰", "别克·赛力克", "叶尔兰·哈比", "巴合提·托列"]
KAZAKH_FEMALE = ["古丽·阿依", "阿依古丽·木拉提", "加娜·叶斯木"]

ETHNIC_SHARES = (("01", 38), ("04", 24), ("02", 16), ("03", 12), ("30", 5), ("35", 3), ("17", 2))


def pick_ethnicity(random: Random, *, herding: bool) -> str:
    """A GB/T 3304 code; herding villages are mostly Tibetan and Mongol."""
    if herding:
        return random.choices(("04", "02", "17", "01"), (55, 36, 5, 4))[0]
    codes, weights = zip(*ETHNIC_SHARES, strict=True)
    return random.choices(codes, weights)[0]


def pick_name(random: Random, *, ethnicity: str, sex: str, surname: str = "") -> str:
    """A name as people of this group carry it; Tibetans and Mongols often have no surname, and names repeat."""
    male = sex == "1"
    if ethnicity == "04":
        second = random.choice(TIBETAN_SECOND_MALE if male else TIBETAN_SECOND_FEMALE)
        first = random.choice(TIBETAN_FIRST)
        style = random.random()
        if style < 0.3:
            return f"{first}·{second}" if len(second) > 1 else first + second
        return first + second if first != second else first
    if ethnicity == "02":
        return random.choice(MONGOL_MALE if male else MONGOL_FEMALE)
    if ethnicity == "17":
        return random.choice(KAZAKH_MALE if male else KAZAKH_FEMALE)
    if ethnicity in {"03", "35"}:
        return (surname or random.choice(HUI_SURNAMES)) + random.choice(HUI_MALE if male else HUI_FEMALE)
    given = MALE_GIVEN if male else FEMALE_GIVEN
    length = 2 if random.random() < 0.72 else 1
    return (surname or random.choice(SURNAMES)) + "".join(random.choice(given) for _ in range(length))


def surname_of(name: str, ethnicity: str) -> str:
    """What children inherit, or '' where there are no surnames."""
    return name[0] if ethnicity in {"01", "03", "30", "35"} else ""


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class NumberSource:
    """ID numbers that never repeat: area 99 + a counter over area digits and sequence."""

    def __init__(self, start: int = 0) -> None:
        self.counter = start

    def next(self, birth_on: date, sex: str) -> str:
        self.counter += 1
        area, sequence = divmod(self.counter, 499)
        digits = f"99{area % 10_000:04d}{birth_on:%Y%m%d}{sequence * 2 + (1 if sex == '1' else 2):03d}"
        return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]
