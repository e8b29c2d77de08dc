from django.urls import path

from cadres.views import attendance, leave, months, records

app_name = "cadres"
urlpatterns = [
    path("", records.cadre_list, name="list"),
    path("new/", records.cadre_create, name="create"),
    path("<int:pk>/", records.cadre_detail, name="detail"),
    path("<int:pk>/edit/", records.cadre_edit, name="edit"),
    path("<int:pk>/postings/new/", records.posting_create, name="posting-create"),
    path("postings/<int:pk>/end/", records.posting_end, name="posting-end"),
    path("<int:pk>/actions/new/", records.action_create, name="action-create"),
    path("my/", attendance.my_day, name="my-day"),
    path("my/check-in/", attendance.check_in, name="check-in"),
    path("today/", attendance.today_list, name="today"),
    path("<int:pk>/attendance/", attendance.cadre_attendance, name="attendance"),
    path("<int:pk>/attendance/correct/", attendance.correct, name="correct"),
    path("<int:pk>/attendance/spot-check/", attendance.spot_check, name="spot-check"),
    path("postings/<int:pk>/sheet/", attendance.sheet, name="sheet"),
    path("villages/<int:pk>/roster/", attendance.roster, name="roster"),
    path("leaves/", leave.leave_list, name="leave-list"),
    path("leaves/new/", leave.leave_create, name="leave-create"),
    path("leaves/rules/", leave.leave_rules, name="leave-rules"),
    path("leaves/<int:pk>/", leave.leave_detail, name="leave-detail"),
    path("leaves/<int:pk>/return/", leave.leave_return, name="leave-return"),
    path("<int:pk>/leaves/", leave.cadre_leaves, name="leaves"),
    path("<int:pk>/leaves/new/", leave.leave_create_for, name="leave-create-for"),
    path("months/", months.month_list, name="month-list"),
    path("months/new/", months.month_create, name="month-create"),
    path("months/bulletin/", months.bulletin, name="bulletin"),
    path("months/<int:pk>/", months.month_detail, name="month-detail"),
    path("months/<int:pk>/submit/", months.month_submit, name="month-submit"),
    path("months/<int:pk>/report.pdf", months.month_print, name="month-pdf"),
    path("months/<int:pk>/report.xlsx", months.month_export, name="month-workbook"),
    path("months/lines/<int:pk>/work/", months.month_work, name="month-work"),
]
