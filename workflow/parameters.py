"""This room's settings."""

from core.settings import declare

declare("export_hours", "导出文件保留时间", "whole", 24, unit="小时", basis="GB/T 22239 剩余信息保护", assumed=True, low=1, high=720)
declare("export_password", "含个人信息的导出表格加打开口令", "yes", True, basis="个人信息保护法第五十一条", assumed=True)
declare("change_many_limit", "批量修改一次最多条数", "whole", 5000, unit="条", assumed=True, low=1, high=50_000)
declare("change_many_at_once", "批量修改多于此数转为后台任务", "whole", 300, unit="条", assumed=True, low=0, high=5000)
declare("change_many_undo_days", "批量修改可撤销的天数", "whole", 30, unit="天", assumed=True, low=0, high=366)
