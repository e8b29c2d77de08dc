from django.urls import path

from workflow import views

app_name = "workflow"
urlpatterns = [
    path("jobs/", views.job_list, name="job-list"),
    path("jobs/<int:pk>/", views.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job-cancel"),
    path("files/<int:pk>/", views.attachment, name="attachment"),
    path("export/<slug:key>/", views.export_start, name="export"),
    path("drafts/", views.draft_list, name="draft-list"),
    path("drafts/<slug:form>/", views.draft, name="draft"),
]
