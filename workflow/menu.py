from core import menu

menu.add("工作台", "工作台", "core:workbench", order=1)
menu.add("工作台", "任务", "workflow:job-list", order=20)
menu.add("工作台", "草稿", "workflow:draft-list", order=30)
