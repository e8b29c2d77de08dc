"""The scheme of `domain.md` §6.3 as it stands there: every split and threshold is [assumed] and may be changed before adoption."""

from decimal import Decimal

from assessments.rules.scheme import Item

D = Decimal
PART_TITLES = {"A": "日常考勤管理", "B": "履职情况", "C": "满意度测评"}
CLARIFICATIONS = {
    "method": "日常考勤、履职情况、满意度测评按3∶3∶4计分,满分100分;上级表彰表扬、扶贫突出成效、典型经验亮点另行加分。能由系统取得的数据一律自动取得,不由人工打分。",
    "content": "日常考勤管理看驻村、坐班、请销假、学习、报告;履职情况看党建、识别、项目、走访、服务、承诺、信息;满意度测评由贫困户代表、村干部党员和村民代表、乡镇党委、派出单位四方评价。",
    "procedure": "个人述职,民主测评,乡镇(街道)党委评分,市委组织部复核,公示不少于5个工作日,确定等次,反馈本人,10日内可申诉。评分人不评自己,乡镇评分与组织部复核不由同一人办理。",
}  # fmt: skip
ITEMS = (
    Item("A1", "A", "驻村天数", D(12), "ratio", ("days_in_village", "days_required")),
    Item("A2", "A", "坐班在岗抽查", D(6), "deduction", ("duty_absences",), {"duty_absences": D(2)}),
    Item("A3", "A", "请销假和外出报备", D(6), "deduction", ("late_returns", "unreported_trips"), {"late_returns": D(1), "unreported_trips": D(3)}),
    Item("A4", "A", "学习培训与例会", D(3), "ratio", ("sessions_attended", "sessions_held")),
    Item("A5", "A", "月报季报及时", D(3), "deduction", ("late_reports",), {"late_reports": D("0.5")}),
    Item("B1", "B", "抓党建强班子", D(5), "judged"),
    Item("B2", "B", "精准识别与档案质量", D(5), "step", ("archive_error_pct",), steps=((D(1), D(5)), (D(3), D(4)), (D(5), D(2)))),
    Item("B3", "B", "帮扶措施与项目推进", D(6), "judged"),
    Item("B4", "B", "走访入户", D(4), "ratio", ("homes_visited", "homes_to_visit")),
    Item("B5", "B", "政策宣传、为民办事", D(4), "judged"),
    Item("B6", "B", "年承诺完成率", D(4), "ratio", ("commitments_done", "commitments_due")),
    Item("B7", "B", "信息资料报送", D(2), "judged"),
    Item("C1", "C", "贫困户代表", D(16), "survey"),
    Item("C2", "C", "村两委、党员和村民代表", D(12), "survey"),
    Item("C3", "C", "乡镇(街道)党委", D(8), "survey"),
    Item("C4", "C", "派出单位", D(4), "survey"),
)
INPUT_LABELS = {
    "days_in_village": ("实际驻村天数", "天"), "days_required": ("应驻村天数", "天"), "duty_absences": ("坐班抽查缺岗", "次"),
    "late_returns": ("逾期销假", "次"), "unreported_trips": ("外出未报备", "次"), "sessions_attended": ("参加学习例会", "次"),
    "sessions_held": ("应参加学习例会", "次"), "late_reports": ("迟报月报季报", "次"), "archive_error_pct": ("档案抽查差错率", "%"),
    "homes_visited": ("走访户次", "户次"), "homes_to_visit": ("应走访户次", "户次"), "commitments_done": ("完成承诺", "项"),
    "commitments_due": ("年承诺", "项"), "absent_days": ("旷岗", "天"), "absent_run": ("最长连续旷岗", "天"),
}  # fmt: skip
BONUS_POINTS = {"national": D(5), "province": D(3), "prefecture": D(2), "city": D(1)}
# (code, title, criterion, proof, who certifies)
BONUS_KINDS = (
    ("honour", "上级表彰表扬", "本人或所驻村因脱贫攻坚受到市级以上党委、政府或其部门表彰、通报表扬。", "表彰决定或通报", "表彰机关"),
    ("result", "扶贫突出成效", "所驻村在产业、就业、基础设施或集体经济上取得明显成效,经上级验收或通报认定。", "验收、通报或数据证明", "行业主管部门"),
    ("model", "典型经验亮点", "做法在市级以上会议、简报、主要媒体推广。", "会议材料、简报或刊载页", "推广单位"),
)
# (code, title, effect, the input that hints at it, from which value on)
VETO_KINDS = (
    ("V1", "挂名、走读经查实", "failed", "", None),
    ("V2", "全年旷岗5天以上", "failed", "absent_days", D(5)),
    ("V3", "连续旷岗3天以上", "failed", "absent_run", D(3)),
    ("V4", "数据弄虚作假", "failed", "", None),
    ("V5", "受党纪政务处分或被追究刑事责任", "failed", "", None),
    ("V6", "群众严重信访经查属实", "basic", "", None),
    ("V7", "在扶贫中谋取私利", "failed", "", None),
)
