"""This room's settings."""

from core.settings import declare

declare("export_hours", "导出文件保留时间", "whole", 24, unit="小时", basis="GB/T 22239 剩余信息保护", assumed=True, low=1, high=720)
declare("export_password", "含个人信息的导出表格加打开口令", "yes", True, basis="个人信息保护法第五十一条", assumed=True)
declare("change_many_limit", "批量修改一次最多条数", "whole", 5000, unit="条", assumed=True, low=1, high=50_000)
declare("change_many_at_once", "批量修改多于此数转为后台任务", "whole", 300, unit="条", assumed=True, low=0, high=5000)
declare("change_many_undo_days", "批量修改可撤销的天数", "whole", 30, unit="天", assumed=True, low=0, high=366)
declare("supervision_phone", "监督电话", "text", "0979-8412317", basis="公示、挂图落款用,号码待核定", assumed=True, high=40)
declare("notice_full_names", "张贴的公示用户主全名(网页始终遮盖)", "yes", True, basis="政府信息公开条例;监督需要", assumed=True)
declare("objection_days", "异议办理期限", "whole", 5, unit="天", basis="公示异议办理期限待核定", assumed=True, low=1, high=60)
declare("objection_working_days", "异议办理期限按工作日计", "yes", True, basis="公示异议办理期限待核定", assumed=True)
declare("page_objections_per_sender", "公示页同一来源每天最多提异议", "whole", 3, unit="件", basis="防止滥用", assumed=True, low=1, high=100)
declare("page_objections_per_notice", "公示页每份公示每天最多收异议", "whole", 50, unit="件", basis="防止滥用", assumed=True, low=1, high=1000)
declare("todo_remind_before_days", "到期前提醒", "whole", 2, unit="天", basis="本系统约定", assumed=True, low=0, high=30)
declare("todo_remind_after_days", "超期后提醒", "whole", 1, unit="天", basis="本系统约定", assumed=True, low=1, high=30)
