"""The columns a workbook of the register may have: their keys, labels, kinds, and the other names people give them.

A record is of one of four parts. Our own workbook has a sheet for each; the national system's export has them all in
one row a member. Labels, choices and lengths are the models' own.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.fields import EncryptedTextField
from core.masking import mask_account, mask_id_number, mask_phone
from households.models import Household, Income, Living, Member
from households.models.register import INCOME_GROUPS

HOUSEHOLD, MEMBER, LIVING, INCOME = PARTS = ("household", "member", "living", "income")
TITLES = {HOUSEHOLD: "户", MEMBER: "家庭成员", LIVING: "生产生活条件", INCOME: "家庭收入"}
MODELS: dict[str, type[models.Model]] = {HOUSEHOLD: Household, MEMBER: Member, LIVING: Living, INCOME: Income}


@dataclass(frozen=True)
class Column:
    """One column. `part` is '' for what only says which household a row belongs to. Kinds are those of `cells.reader`."""

    part: str
    name: str
    label: str
    kind: str
    choices: tuple[tuple[str, str], ...] = ()
    length: int = 0
    places: int = 0
    required: bool = False
    synonyms: tuple[str, ...] = ()
    note: str = ""

    @property
    def key(self) -> str:
        """The machine heading: member.id_number."""
        return f"{self.part}.{self.name}" if self.part else self.name

    @property
    def secret(self) -> bool:
        """Whether its values are stored encrypted, so that a page shows them masked."""
        return self.name in SECRETS


# How a stored secret is shown. In a form, sent back as it was shown, it is left as it is stored.
MASKS: dict[str, Any] = {"id_number": mask_id_number, "disability_number": mask_id_number, "illness_note": lambda text: "*" * len(text or ""),
                         "phone": mask_phone, "bank_account": mask_account}  # fmt: skip
SECRETS = {*MASKS, "head_id"}

# What says which household a row is of. None of these is stored, except the code of a new household.
CODE = Column("", "household_code", "户编号", "household_code", synonyms=("户编码", "贫困户编号", "农户编号"),
              note="16位;新户留空,由系统按村编号")  # fmt: skip
REF = Column("", "ref", "表内户号", "text", length=40, synonyms=("户序号", "家庭编号", "国家系统户编号", "户ID", "户id", "aac001"),
             note="新户用:同一户在各表填同一个号,如 1、2、3;不入库")  # fmt: skip
HEAD_ID = Column("", "head_id", "户主证件号码", "number", synonyms=("户主身份证号", "户主身份证号码", "户主证件号"))
HEAD = Column("", "head", "户主(参考)", "ignored", synonyms=("户主", "户主姓名"))
VILLAGE = Column("", "village", "村", "village", synonyms=("村代码", "行政村", "村名", "所在村", "村(社区)"), note="村代码或村名")
TOWNSHIP = Column("", "township", "乡镇", "township", synonyms=("乡(镇)", "乡镇街道", "乡", "镇", "所在乡镇"))
KEYS = (CODE, REF, HEAD_ID, HEAD, TOWNSHIP, VILLAGE)

FIELDS = {
    HOUSEHOLD: (
        "group", "id_standard", "identified_on", "attribute", "cause_main", "cause_other", "cause_note", "poverty_status", "status_confirmed_on",
        "plan_exit_year", "exit_year", "return_reason", "is_martyr_family", "is_only_child", "is_two_daughters", "phone", "bank_name",
        "bank_account_kind", "bank_account", "address", "registered_address", "reloc_flag", "reloc_type", "resettlement", "surveyed_by", "surveyed_on",
    ),
    MEMBER: (
        "number", "name", "relation", "document_kind", "id_number", "sex", "birth_on", "birth_estimated", "ethnicity", "marital", "political",
        "education", "schooling", "dropout_reason", "health", "disability_category", "disability_grade", "disability_number", "illness_note",
        "labour", "work_area", "work_place", "work_months", "public_post", "public_post_months", "medical_insured", "serious_illness_insured",
        "commercial_insured", "pension_insured", "employee_insured", "low_income_support", "extreme_support", "medical_aid", "in_service",
        "speaks_mandarin", "relocated", "joined_on", "join_reason", "left_on", "leave_reason",
    ),
    LIVING: tuple(f.name for f in Living._meta.fields if f.name not in {"id", "household", "village"}),
    INCOME: ("year", "population", *(name for names in INCOME_GROUPS.values() for name in names), "note"),
}  # fmt: skip
REQUIRED = {"household": {"identified_on", "attribute", "cause_main"}, "member": {"name", "relation"}, "living": set(), "income": set()}

SYNONYMS: dict[str, str] = {
    "household.group": "自然村 村民小组 社 组 小组 自然村(组)", "household.id_standard": "aac005 贫困识别标准", "household.identified_on": "识别时间 建档时间 建档日期 识别日期",
    "household.attribute": "aac006 户属性 贫困属性 贫困类型 户类型", "household.cause_main": "aac007 致贫原因 主要致贫原因(单选)", "household.cause_other": "aac008 其它致贫原因 其他致贫原因(多选)",
    "household.poverty_status": "脱贫标志 脱贫属性 贫困状态 是否脱贫", "household.exit_year": "脱贫年份 脱贫时间", "household.plan_exit_year": "计划脱贫年份 计划脱贫时间",
    "household.is_martyr_family": "是否军烈属", "household.is_only_child": "是否独生子女户", "household.is_two_daughters": "是否双女户",
    "household.phone": "aar012 电话 联系方式 手机号 手机号码", "household.bank_name": "aaq002 开户行", "household.bank_account": "aac004 银行卡号 银行帐号 账号 一卡通账号",
    "household.address": "住址 家庭地址", "household.registered_address": "户口地址", "household.reloc_flag": "是否易地扶贫搬迁户 是否易地搬迁户", "household.reloc_type": "安置方式",
    "member.number": "成员序号", "member.name": "aab002 成员姓名", "member.sex": "aab003", "member.document_kind": "证件类别", "member.relation": "aab006 与户主的关系 户主关系",
    "member.id_number": "aab004 身份证号 身份证号码 公民身份号码 证件号 身份证 成员证件号码", "member.birth_on": "出生年月 出生年月日 生日", "member.ethnicity": "aab007", "member.political": "aak033",
    "member.education": "aab008 学历", "member.schooling": "aab009 在校状况 是否在校", "member.dropout_reason": "失学原因 辍学原因 失辍学原因", "member.health": "aab017 健康情况 身体状况",
    "member.disability_number": "残疾证号码 残疾人证号", "member.labour": "aab010 劳动能力 劳动力", "member.work_area": "务工情况 务工所在地", "member.work_months": "aab012 务工时间 务工月数",
    "member.medical_insured": "aab013 是否参加城乡居民基本医疗保险 是否参加新农合 是否参加医保", "member.serious_illness_insured": "aab022 是否参加大病保险", "member.commercial_insured": "aab067 是否参加商业补充医疗保险",
    "member.pension_insured": "aab014 是否参加城乡居民基本养老保险 是否参加养老保险", "member.employee_insured": "是否参加城镇职工基本养老保险 是否参加城镇职工基本保险",
    "member.low_income_support": "aab030 是否享受农村居民最低生活保障 是否低保 低保", "member.extreme_support": "是否特困供养人员 是否特困供养", "member.medical_aid": "是否接受医疗救助", "member.in_service": "是否现役军人",
    "member.speaks_mandarin": "aab065 是否会讲普通话", "member.relocated": "是否易地扶贫搬迁(同步)人口 是否易地扶贫搬迁人口", "member.joined_on": "增加时间", "member.left_on": "减少时间",
    "living.cultivated_mu": "aac301 耕地面积", "living.irrigated_mu": "aac302 有效灌溉面积", "living.forest_mu": "aac303 林地面积", "living.returned_forest_mu": "aac304 退耕还林面积", "living.orchard_mu": "aac305 林果面积",
    "living.pasture_mu": "aac306 牧草地面积", "living.water_mu": "aac307 水面面积", "living.production_power": "aac308 是否通生产用电", "living.water_difficult": "aac311 是否饮水困难 饮水是否困难",
    "living.water_safe": "aac312 是否饮水安全 饮水是否安全", "living.water_solved": "aac091 是否解决安全饮用水", "living.domestic_power": "aac313 是否通生活用电", "living.broadcast": "aac314 是否通广播电视",
    "living.road_distance_km": "aac315 与村主干路距离", "living.road_kind": "aac316", "living.dwelling_m2": "aac317 住房面积", "living.dwelling_unsafe": "aac318 是否危房", "living.dwelling_grade": "aac322",
    "living.dwelling_rebuilt_year": "危改年度", "living.sanitary_toilet": "aac319 有无卫生厕所 是否有卫生厕所", "living.fuel": "aac320 燃料类型", "living.in_cooperative": "aac084 是否加入农民专业合作组织 是否加入合作社",
    "living.by_enterprise": "aac088 是否有龙头企业带动", "living.by_leader": "aac089 是否有创业致富带头人带动", "income.population": "aac017 家庭人口数 人口数",
    "income.c1": "aac092 资产收益", "income.d1": "aac076 计划生育金", "income.d2": "aac077", "income.d3": "aac086 五保金", "income.d4": "aac087 养老金", "income.d5": "aac078", "income.d6": "aac083",
}  # fmt: skip


def _kind(field: Any) -> tuple[str, tuple[tuple[str, str], ...], int, int]:
    """(kind, choices, length, places) of a model field."""
    special = {"group": "group", "name": "name", "id_number": "number", "disability_number": "number", "bank_account": "number", "phone": "phone"}
    if field.name in special:
        return special[field.name], (), 60, 0
    if isinstance(field, ArrayField):
        return "codes", tuple((str(code), str(label)) for code, label in field.base_field.flatchoices), 0, 0
    if field.choices:
        return "code", tuple((str(code), str(label)) for code, label in field.flatchoices), 0, 0
    if isinstance(field, models.BooleanField):
        return "yes", (), 0, 0
    if isinstance(field, models.DateField):
        return "date", (), 0, 0
    if isinstance(field, models.DecimalField):
        return "decimal", (), field.max_digits - field.decimal_places, field.decimal_places
    if isinstance(field, models.IntegerField):
        year = field.name == "year" or field.name.endswith("_year")
        return ("year" if year else "whole"), (), 100_000 if field.name in {"cattle", "sheep", "horses", "camels"} else 99, 0
    return "text", (), 60 if isinstance(field, EncryptedTextField) else field.max_length or 500, 0


@cache
def fields(part: str) -> tuple[Column, ...]:
    """The columns of a part, in the form's order."""
    found = []
    for name in FIELDS[part]:
        field: Any = MODELS[part]._meta.get_field(name)
        kind, choices, length, places = _kind(field)
        label = "社(组)" if name == "group" else str(field.verbose_name)
        if part in {LIVING, INCOME} and name == "year":
            label = "年度"
        needed = name in REQUIRED[part] or (kind == "code" and not field.blank)
        found.append(Column(part, name, label, kind, choices, length, places, needed,
                            tuple(SYNONYMS.get(f"{part}.{name}", "").split()), note=_note(name, kind)))  # fmt: skip
    return tuple(found)


def _note(name: str, kind: str) -> str:
    if name == "id_number":
        return "按文本填写18位,不要让表格软件改成数字"
    return {"date": "如 2017-09-30 或 20170930", "yes": "是 / 否", "codes": "可填多项,用顿号隔开", "year": "如 2017"}.get(kind, "")


@cache
def sheet_columns(part: str) -> tuple[Column, ...]:
    """The columns of our own sheet of a part."""
    return (CODE, REF, HEAD, *((VILLAGE,) if part == HOUSEHOLD else ()), *fields(part))


@cache
def by_key() -> dict[str, Column]:
    return {column.key: column for column in (*KEYS, *(column for part in PARTS for column in fields(part)))}


def heading(text: Any) -> str:
    """A heading for comparing: half-width, without spaces, stars, units and 是否."""
    plain = unicodedata.normalize("NFKC", str(text or "")).lower()
    return re.sub(r"[\s*:_\-·.、,。\u00a0]|\((?:亩|元|平方米|公里|月|必填|选填|单选|多选|头|只|匹|峰|组)\)", "", plain)


@cache
def by_heading() -> dict[str, tuple[Column, ...]]:
    """Columns by what a heading may say: the machine key first, then labels and synonyms. Several for one the parts share (年度)."""
    found: dict[str, list[Column]] = {}
    for column in by_key().values():
        names = {heading(column.key), heading(column.label), *(heading(name) for name in column.synonyms)}
        for name in names - {""}:
            found.setdefault(name, []).append(column)
    return {name: tuple(columns) for name, columns in found.items()}
