"""The notices a household's proceedings hang out (`domain.md` Appendix B; wording [assumed], changed in the parameters)."""

from workflow.notices import NoticeColumn, NoticeKind, register

NAME, NUMBER, MARK = "name", "number", "mark"
PEOPLE = (
    NoticeColumn("序号", NUMBER), NoticeColumn("户主姓名", NAME), NoticeColumn("村民小组"), NoticeColumn("家庭人口", NUMBER), NoticeColumn("备注"),
)  # fmt: skip
EXITS = (
    NoticeColumn("序号", NUMBER), NoticeColumn("户主姓名", NAME), NoticeColumn("人口", NUMBER), NoticeColumn("年人均纯收入是否达标", MARK),
    NoticeColumn("两不愁", MARK), NoticeColumn("义务教育", MARK), NoticeColumn("基本医疗", MARK), NoticeColumn("住房安全", MARK), NoticeColumn("农户认可", MARK),
)  # fmt: skip
FIELDS = ("village", "town", "h", "m", "year", "date", "n1", "n2")
OBJECT = "公示期:{{ start }} 至 {{ end }}({{ days }})。如有异议,请在公示期内向村民委员会或{{ town }}反映。监督电话:{{ tel }}、12317。"
MEETING = "村民代表会议民主评议({{ date }},应到 {{ n1 }} 人、实到 {{ n2 }} 人)"


def _public(key: str, label: str, title: str, text: str, columns: tuple[NoticeColumn, ...] = PEOPLE) -> None:
    register(NoticeKind(key=key, label=label, word="公示", title=title, text=text + OBJECT, columns=columns, fields=FIELDS))


def _announce(key: str, label: str, title: str, text: str, columns: tuple[NoticeColumn, ...] = PEOPLE) -> None:
    register(
        NoticeKind(
            key=key, label=label, word="公告", title=title, text=text + "特此公告。监督电话:{{ tel }}、12317。", columns=columns, fields=FIELDS
        )
    )


_public(
    "identification_village",
    "识别村级公示",
    "{{ village }}拟纳入建档立卡贫困户公示",
    "经农户申请、入户调查、" + MEETING + ",拟将下列 {{ h }} 户 {{ m }} 人纳入建档立卡贫困户,现予公示。",
)
_public(
    "identification_township",
    "识别乡镇公示",
    "{{ town }}{{ village }}拟纳入建档立卡贫困户公示",
    "经村评议公示、乡镇审核和部门信息比对,拟将下列 {{ h }} 户 {{ m }} 人纳入建档立卡贫困户,现予公示。",
)
_announce(
    "identification_announcement",
    "识别公告",
    "{{ year }}年{{ village }}建档立卡贫困户公告",
    "经村评议公示、乡镇审核公示、部门信息比对、市级审定,确定下列 {{ h }} 户 {{ m }} 人为建档立卡贫困户。",
)
_public(
    "exit_village",
    "退出公示",
    "{{ village }}{{ year }}年拟脱贫退出户公示",
    "经" + MEETING + "、入户核实和农户认可,下列 {{ h }} 户 {{ m }} 人拟脱贫退出,现予公示。",
    EXITS,
)
_announce(
    "exit_announcement",
    "退出公告",
    "{{ village }}{{ year }}年脱贫退出户公告",
    "经村评议公示、乡镇审核、市级审定,下列 {{ h }} 户 {{ m }} 人脱贫退出,脱贫不脱政策。",
    EXITS,
)
_public(
    "removal_village",
    "清退公示",
    "{{ village }}拟清退建档立卡户公示",
    "经入户核实、" + MEETING + ",下列 {{ h }} 户 {{ m }} 人不符合识别标准,拟予清退,现予公示。",
)
_public("return_village", "返贫公示", "{{ village }}拟认定返贫户公示", "经入户核实、" + MEETING + ",拟认定下列 {{ h }} 户 {{ m }} 人返贫,现予公示。")
_announce(
    "return_announcement",
    "返贫公告",
    "{{ village }}{{ year }}年返贫户公告",
    "经村评议公示、乡镇审核、部门信息比对、市级审定,认定下列 {{ h }} 户 {{ m }} 人返贫。",
)
WATCHED = (
    NoticeColumn("序号", NUMBER),
    NoticeColumn("户主姓名", NAME),
    NoticeColumn("村民小组"),
    NoticeColumn("家庭人口", NUMBER),
    NoticeColumn("监测对象类别"),
)
_public(
    "monitoring_village",
    "监测对象公示",
    "{{ village }}拟纳入防返贫监测对象公示",
    "经入户核查、信息比对、" + MEETING + ",拟将下列 {{ h }} 户 {{ m }} 人纳入监测帮扶,现予公示。",
    WATCHED,
)
_public(
    "clearing_village",
    "风险消除公示",
    "{{ village }}拟消除风险监测对象公示",
    "经入户核实、" + MEETING + ",下列 {{ h }} 户 {{ m }} 人返贫致贫风险已经消除,现予公示。",
    WATCHED,
)
VILLAGES = (
    NoticeColumn("序号", NUMBER), NoticeColumn("村名"), NoticeColumn("农业户籍人口", NUMBER), NoticeColumn("未脱贫人口", NUMBER),
    NoticeColumn("贫困发生率"), NoticeColumn("十项指标", MARK),
)  # fmt: skip
VILLAGE_FIELDS = ("village", "town", "year", "rate", "document")
register(
    NoticeKind(
        key="village_exit_township", label="贫困村退出公示", word="公示", title="{{ town }}{{ village }}拟退出贫困村公示", columns=VILLAGES, fields=VILLAGE_FIELDS,
        text="经村申请、乡镇审核、市级核查({{ document }}),{{ village }}贫困发生率为 {{ rate }},基础设施、公共服务、产业和集体经济等指标达标,"
        "拟于 {{ year }} 年退出贫困村,现予公示。公示期:{{ start }} 至 {{ end }}({{ days }})。如有异议,请在公示期内向{{ town }}反映。监督电话:{{ tel }}、12317。",
    )
)  # fmt: skip
register(
    NoticeKind(
        key="village_exit_announcement", label="贫困村退出公告", word="公告", title="{{ year }}年{{ village }}退出贫困村公告", columns=VILLAGES, fields=VILLAGE_FIELDS,
        text="经村申请、乡镇审核、市级核查({{ document }})、乡镇公示无异议,{{ village }}贫困发生率为 {{ rate }},于 {{ year }} 年退出贫困村。"
        "特此公告。监督电话:{{ tel }}、12317。",
    )
)  # fmt: skip
