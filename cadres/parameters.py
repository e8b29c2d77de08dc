"""This room's settings. What `domain.md` §6 marks as assumed is said to be so."""

from core.settings import declare

LOCAL = "市驻村干部管理办法(数值待核定)"
declare("attendance_monthly_days", "每月应驻村天数", "whole", 20, unit="天", basis=LOCAL, assumed=True, low=1, high=31)
declare("attendance_business_counts", "为本村办事的因公外出计入驻村天数", "yes", True, basis=LOCAL, assumed=True)
declare("attendance_grace_days", "无记录的工作日几天后记为缺勤", "whole", 3, unit="天", basis=LOCAL, assumed=True, low=0, high=31)
declare("attendance_due_day", "考勤月报在次月几日前报送", "whole", 5, unit="日", basis=LOCAL, assumed=True, low=1, high=28)
declare("checkin_radius_m", "签到距村多少米以内算在村", "whole", 8000, unit="米", basis=LOCAL, assumed=True, low=100, high=200_000)
declare("checkin_late_minutes", "签到几分钟后收到算补传", "whole", 30, unit="分钟", basis=LOCAL, assumed=True, low=1, high=1440)
declare("checkin_wait_hours", "手机上的签到最迟几小时内补传", "whole", 72, unit="小时", basis=LOCAL, assumed=True, low=1, high=240)
declare("checkin_daily_limit", "每人每天最多签到次数", "whole", 8, unit="次", basis="防止误触和重复提交", assumed=True, low=1, high=50)
declare("position_keep_days", "任期结束后签到定位保留天数", "whole", 365, unit="天", basis="个人信息保护法第十九条", assumed=True, low=1, high=730)
declare("leave_return_days", "假满几天内须销假", "whole", 1, unit="天", basis=LOCAL, assumed=True, low=0, high=7)
declare("leave_sick_late_days", "病假最迟几天内补办", "whole", 3, unit="天", basis=LOCAL, assumed=True, low=0, high=30)
declare("posting_gap_days", "离任后几天内须有人接任", "whole", 15, unit="天", basis=LOCAL, assumed=True, low=1, high=180)
declare("quarter_due_day", "季报告在季后首月几日前报送", "whole", 10, unit="日", basis=LOCAL, assumed=True, low=1, high=28)
declare("trip_report_days", "外出报备最多几天", "whole", 3, unit="天", basis=LOCAL, assumed=True, low=1, high=30)
declare("statement_days", "走读、挂名认定前本人申辩的期限", "whole", 5, unit="天", basis=LOCAL, assumed=True, low=1, high=30)
declare("opinion_hourly_limit", "意见箱每村每小时最多收几条", "whole", 20, unit="条", basis="防止恶意提交", assumed=True, low=1, high=1000)
declare("opinion_sender_limit", "意见箱同一来源每天最多几条", "whole", 3, unit="条", basis="防止恶意提交", assumed=True, low=1, high=100)
declare("commitment_due_day", "年承诺在一月几日前签订", "whole", 31, unit="日", basis=LOCAL, assumed=True, low=1, high=31)
declare("commitment_new_days", "到岗后几天内签订本年承诺", "whole", 30, unit="天", basis=LOCAL, assumed=True, low=1, high=180)
declare(
    "first_secretary_party_years", "第一书记党龄不少于", "whole", 1, unit="年", basis="选派第一书记的意见(文号待核实)", assumed=True, low=0, high=20
)
declare(
    "first_secretary_working_years", "第一书记工龄不少于", "whole", 2, unit="年", basis="选派第一书记的意见(文号待核实)", assumed=True, low=0, high=20
)
declare("opinion_answer_days", "群众意见几天内答复", "whole", 15, unit="天", basis=LOCAL, assumed=True, low=1, high=90)
