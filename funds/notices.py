"""Notices about projects (国开办发〔2018〕11号: who uses the money shows it; at least ten days, before the start and after the end)."""

from workflow.notices import NoticeColumn, NoticeKind, register

COLUMNS = (NoticeColumn("项目名称"), NoticeColumn("资金来源"), NoticeColumn("资金规模(元)", "money"), NoticeColumn("实施单位"), NoticeColumn("受益户数", "number"),
           NoticeColumn("建设内容"))  # fmt: skip
BASIS = "国开办发〔2018〕11号,公示不少于10天;文本样式待核定"
register(NoticeKind(
    "project_before", "扶贫项目事前公示", "公示", "{{ village }}扶贫项目公示",
    "现将“{{ project }}”予以公示。公示期为 {{ start }} 至 {{ end }},共 {{ days }}。对项目有异议的,可向村委会、乡镇或监督电话 {{ tel }}(全国扶贫监督举报电话 12317)反映。",
    COLUMNS, fields=("village", "project"), days=10, basis=BASIS,
))  # fmt: skip
register(NoticeKind(
    "project_after", "扶贫项目竣工公示", "公示", "{{ village }}扶贫项目竣工公示",
    "“{{ project }}”已经竣工,现将资金使用和完成情况予以公示。公示期为 {{ start }} 至 {{ end }},共 {{ days }}。有异议的,可向村委会、乡镇或监督电话 {{ tel }}(全国扶贫监督举报电话 12317)反映。",
    COLUMNS, fields=("village", "project"), days=10, basis=BASIS,
))  # fmt: skip
register(NoticeKind(
    "fund_allocation", "扶贫资金分配公告", "公告", "{{ title }}分配结果公告",
    "根据{{ document }},{{ title }}({{ source }})共 {{ amount }} 万元,现将分配结果予以公告。公告期为 {{ start }} 至 {{ end }},共 {{ days }}。"
    "监督电话 {{ tel }},全国扶贫监督举报电话 12317。",
    (NoticeColumn("项目(单位)"), NoticeColumn("村"), NoticeColumn("金额(元)", "money"), NoticeColumn("分配文号"), NoticeColumn("分配日期")),
    fields=("title", "document", "source", "amount"), days=10, basis="国开办发〔2018〕11号,谁分配谁公开;文本样式待核定",
))  # fmt: skip
