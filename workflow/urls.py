from django.urls import path

from workflow.views import alerts, work

app_name = "workflow"
urlpatterns = [
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/rules/", alerts.alert_rules, name="alert-rules"),
    path("alerts/<int:pk>/", alerts.alert_detail, name="alert-detail"),
    path("alerts/<int:pk>/judge/", alerts.alert_judge, name="alert-judge"),
    path("jobs/", work.job_list, name="job-list"),
    path("jobs/<int:pk>/", work.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", work.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/password/", work.job_password, name="job-password"),
    path("files/<int:pk>/", work.attachment, name="attachment"),
    path("export/<slug:key>/", work.export_start, name="export"),
    path("drafts/", work.draft_list, name="draft-list"),
    path("drafts/<slug:form>/", work.draft, name="draft"),
]
