"""This room's settings."""

from core.settings import declare

declare("export_hours", "导出文件保留时间", "whole", 24, unit="小时", basis="GB/T 22239 剩余信息保护", assumed=True, low=1, high=720)
declare("export_password", "含个人信息的导出表格加打开口令", "yes", True, basis="个人信息保护法第五十一条", assumed=True)
