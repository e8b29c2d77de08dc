"""The kind of notice that publishes results (`domain.md` Appendix B, wording [assumed])."""

from core.calendar import DayKind
from workflow.notices import NoticeColumn, NoticeKind, register

register(
    NoticeKind(
        key="assessment", label="考核结果公示", word="公示", title="{{ period }}派驻干部考核结果公示",
        text="按照“331”工作法,经个人述职、民主测评、乡镇(街道)党委评分、市委组织部复核,现将 {{ period }} {{ people }} 名派驻干部考核结果予以公示。"
        "公示时间:{{ start }}至{{ end }}({{ days }})。如有异议,请在公示期内向市委组织部反映。监督电话:{{ tel }}。",
        columns=(NoticeColumn("姓名"), NoticeColumn("乡镇"), NoticeColumn("村"), NoticeColumn("派出单位"), NoticeColumn("总分"), NoticeColumn("拟定等次")),
        fields=("period", "people"), days=5, day_kind=DayKind.WORKING, basis="领域资料 6.3",
    )
)  # fmt: skip
