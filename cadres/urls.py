from django.urls import path

from cadres.views import attendance, records

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
]
