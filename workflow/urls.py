from django.urls import path

from workflow.views import work

app_name = "workflow"
urlpatterns = [
    path("jobs/", work.job_list, name="job-list"),
    path("jobs/<int:pk>/", work.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", work.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/password/", work.job_password, name="job-password"),
    path("files/<int:pk>/", work.attachment, name="attachment"),
    path("export/<slug:key>/", work.export_start, name="export"),
    path("drafts/", work.draft_list, name="draft-list"),
    path("drafts/<slug:form>/", work.draft, name="draft"),
]
