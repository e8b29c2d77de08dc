"""The two books: which sections stand on which page, in which order.

The national one (扶贫手册) is what the household itself keeps and reads; the provincial one (精准管理手册) is the fuller record
of how it is managed. The order of sections follows the idea of the official contents; the words are ours.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from reports.handbooks.content import Content, Pairs, Rows

NATIONAL, PROVINCE = "national", "province"
TITLES = {NATIONAL: "扶贫手册", PROVINCE: "建档立卡贫困户精准管理手册"}
OWNERS = {NATIONAL: "由建档立卡户保管", PROVINCE: "一式两份,户、村各存一份"}


@dataclass(frozen=True)
class Section:
    """A heading over facts, a table, paragraphs or empty lines to write on. `widths` are shares of the table's width."""

    title: str
    facts: Pairs = field(default_factory=list)
    headings: tuple[str, ...] = ()
    rows: Rows = field(default_factory=list)
    widths: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    blanks: int = 0
    empty: str = "没有记录。"
    note: str = ""

    @property
    def lines(self) -> range:
        """The empty lines to write on."""
        return range(self.blanks)

    @property
    def header(self) -> list[tuple[str, str]]:
        shares = self.widths or (1,) * len(self.headings)
        return [(text, f"{100 * share / sum(shares):.1f}%") for text, share in zip(self.headings, shares, strict=True)]

    @property
    def pairs(self) -> list[tuple[tuple[str, str], tuple[str, str] | None]]:
        """Facts two abreast; a long one has the line to itself."""
        found: list[tuple[tuple[str, str], tuple[str, str] | None]] = []
        waiting: tuple[str, str] | None = None
        for fact in self.facts:
            if len(fact[1]) > 16:
                if waiting:
                    found.append((waiting, None))
                    waiting = None
                found.append((fact, None))
            elif waiting:
                found.append((waiting, fact))
                waiting = None
            else:
                waiting = fact
        if waiting:
            found.append((waiting, None))
        return found


NOTICE = (
    "为识别、帮扶和退出贫困户,依照法定职责,扶贫部门、乡镇和村登记您家的户和家庭成员的姓名、证件号码、联系电话、健康、教育、务工、住房、收入、"
    "银行账号等信息。其中证件号码、银行账号、健康状况属于敏感个人信息,只在确有必要时使用,加密保存,查看完整号码须有权限、写明用途并留下记录。",
    "这些信息只用于精准扶贫和防止返贫监测,经授权与公安、房管、车管、银行等部门比对,按规定公示时遮盖姓名以外的号码和住址。"
    "不用于其他用途,不向无关的单位和个人提供。",
    "不满十四周岁的家庭成员,由监护人代为知悉和同意。",
    "您可以查看、复制自己家的信息;发现有误的,可以凭证明材料申请更正;对识别、退出、帮扶有异议的,可以向村、乡镇、市扶贫部门或拨打 12317 反映。",
)
VISITS = ("日期", "走访人", "单位", "走访内容、解决的问题", "户主签字")


def _usage(kind: str) -> Section:
    lines = {
        NATIONAL: (
            "本手册记录您家的基本情况、致贫原因、帮扶责任人、帮扶措施和成效,请妥善保管,帮扶干部走访时请其填写并签字。",
            "手册内容每年核对一次;与实际不符的,请告诉帮扶责任人或村两委。",
            "手册遗失、损坏的,请及时告诉村两委,登记后补发。",
        ),
        PROVINCE: (
            "本手册由驻村工作队和村两委填写,帮扶责任人核对,乡镇审核。家庭情况、收入、措施以系统中的记录为准。",
            "空白表格用于手写走访、年度核对和变更情况,手写内容须于十日内录入系统(时限待核定)。",
            "一户一册;遗失、损坏的,登记作废后补发。",
        ),
    }
    return Section("使用说明", texts=lines[kind])


def _signs(*who: str) -> Section:
    return Section("签字", headings=who, rows=[("",) * len(who)], blanks=0, note="按手印的,由见证人一并签字。")


MEMBER_HEADS = ("姓名", "与户主关系", "性别", "证件号码", "民族", "文化程度或在校", "健康状况", "劳动技能", "务工")
MEMBER_WIDTHS = (5, 5, 3, 11, 5, 7, 6, 7, 6)


def _people(c: Content, number: str) -> Section:
    return Section(f"{number}、家庭成员", headings=MEMBER_HEADS, rows=c.members, widths=MEMBER_WIDTHS)


def _years(title: str, years: list[str], rows: Rows, empty: str) -> Section:
    return Section(title, headings=("项目", *years), rows=rows, widths=(3, *(2 for _ in years)), empty=empty)


Page = list[Section]
HELPERS = ("责任", "姓名", "单位", "职务", "联系电话", "结对日期")
MEASURES = ("措施类别", "内容", "计划日期", "落实日期", "金额(元)", "进度", "成效")
MEASURE_WIDTHS = (5, 8, 5, 5, 5, 4, 5)


def _national(c: Content) -> list[Page]:
    return [
        [_usage(NATIONAL), Section("个人信息处理告知书", texts=NOTICE), _signs("户主已知悉(签字或手印)", "见证人", "日期")],
        [Section("一、家庭基本情况", facts=c.basics), Section("二、致贫原因", facts=c.causes),
         _people(c, "三"), Section("参保情况", headings=("姓名", "基本医疗", "大病保险", "养老保险", "低保", "特困供养"), rows=c.insurance)],
        [_years("四、生产生活条件", c.living_years, c.living, "还没有登记生产生活条件。")],
        [_years("五、家庭收入(元)", c.income_years, c.income_sums, "还没有登记收入。"),
         Section("六、帮扶责任人", headings=HELPERS, rows=c.helpers, widths=(5, 4, 7, 4, 6, 5), empty="还没有落实帮扶责任人。"),
         Section("驻村工作队", headings=("驻村职务", "姓名", "派出单位", "到岗日期"), rows=c.team, widths=(4, 3, 7, 4), empty="本村没有驻村工作队。")],
        [Section("七、脱贫意愿", headings=("方面", "内容", "登记日期", "落实情况"), rows=c.wishes, widths=(2, 6, 3, 3), empty="还没有登记脱贫意愿。"),
         Section("八、帮扶措施和成效", headings=MEASURES, rows=c.measures, widths=MEASURE_WIDTHS, empty="还没有安排帮扶措施。"),
         Section("九、脱贫退出", facts=c.exit_facts),
         Section("退出核查", headings=("核查项", "结论", "依据"), rows=c.exit_checks, widths=(4, 2, 8), empty="还没有进行退出核查。"),
         _signs("户主认可(签字或手印)", "村民委员会", "驻村工作队", "乡镇(街道)")],
        [Section("十、走访记录", headings=VISITS, widths=(3, 3, 4, 10, 4), blanks=44)],
    ]  # fmt: skip


def _province(c: Content) -> list[Page]:
    return [
        [_usage(PROVINCE), Section("个人信息处理告知书", texts=NOTICE)],
        [Section("第一部分 户情", facts=c.place), Section("基本情况", facts=c.basics),
         _people(c, "一"), Section("成员增减", headings=("姓名", "变动", "日期", "原因"), rows=c.moves, empty="建档以来没有增减。", widths=(3, 3, 4, 6)),
         Section("增减情况(手写)", headings=("姓名", "变动", "日期", "原因、证明材料"), widths=(3, 3, 4, 6), blanks=3)],
        [_years("二、生产生活条件", c.living_years, c.living, "还没有登记生产生活条件。")],
        [_years("三、收入核算(元)", c.income_years, [*c.income_items, *c.income_sums], "还没有登记收入。")],
        [Section("第二部分 致贫原因和需求", facts=c.causes),
         Section("脱贫意愿", headings=("方面", "内容", "登记日期", "落实情况"), rows=c.wishes, widths=(2, 6, 3, 3), empty="还没有登记脱贫意愿。"),
         Section("年度核对(手写)", headings=("年度", "致贫原因和需求有无变化", "核对人", "户主签字"), widths=(2, 8, 3, 3), blanks=4)],
        [Section("第三部分 责任", headings=("联点领导", "职务"), rows=c.leaders, empty="没有联点领导。"),
         Section("联村单位", headings=("单位", "类别"), rows=c.units, widths=(5, 3), empty="没有联村单位。"),
         Section("驻村工作队", headings=("驻村职务", "姓名", "派出单位", "到岗日期"), rows=c.team, widths=(4, 3, 7, 4), empty="本村没有驻村工作队。"),
         Section("帮扶责任人", headings=HELPERS, rows=c.helpers, widths=(5, 4, 7, 4, 6, 5), empty="还没有落实帮扶责任人。")],
        [Section("第四部分 帮扶措施台账", headings=MEASURES, rows=c.measures, widths=MEASURE_WIDTHS, empty="还没有安排帮扶措施。"),
         Section("新增措施(手写)", headings=MEASURES, widths=MEASURE_WIDTHS, blanks=5),
         Section("第五部分 退出和巩固", facts=c.exit_facts),
         Section("退出核查", headings=("核查项", "结论", "依据"), rows=c.exit_checks, widths=(4, 2, 8), empty="还没有进行退出核查。"),
         _signs("户主", "帮扶责任人", "驻村工作队", "乡镇(街道)")],
        [Section("第六部分 走访记录", headings=VISITS, widths=(3, 3, 4, 10, 4), blanks=44)],
    ]  # fmt: skip


BOOKS: dict[str, Callable[[Content], list[Page]]] = {NATIONAL: _national, PROVINCE: _province}


def pages(kind: str, content: Content) -> list[Page]:
    """The pages after the cover. Raises KeyError for a book there is none of."""
    return BOOKS[kind](content)
