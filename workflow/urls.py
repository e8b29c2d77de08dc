from django.urls import include, path

from workflow.views import alerts, cases, changes, inbox, work

app_name = "workflow"
work_pages = [
    path("alerts/", alerts.alert_list, name="alert-list"),
    path("alerts/rules/", alerts.alert_rules, name="alert-rules"),
    path("alerts/<int:pk>/", alerts.alert_detail, name="alert-detail"),
    path("alerts/<int:pk>/judge/", alerts.alert_judge, name="alert-judge"),
    path("changes/", changes.change_list, name="change-list"),
    path("changes/new/<slug:key>/", changes.change_create, name="change-create"),
    path("changes/<int:pk>/", changes.change_detail, name="change-detail"),
    path("changes/<int:pk>/confirm/", changes.change_confirm, name="change-confirm"),
    path("changes/<int:pk>/undo/", changes.change_undo, name="change-undo"),
    path("jobs/", work.job_list, name="job-list"),
    path("jobs/<int:pk>/", work.job_detail, name="job-detail"),
    path("jobs/<int:pk>/cancel/", work.job_cancel, name="job-cancel"),
    path("jobs/<int:pk>/password/", work.job_password, name="job-password"),
    path("files/<int:pk>/", work.attachment, name="attachment"),
    path("export/<slug:key>/", work.export_start, name="export"),
    path("drafts/", work.draft_list, name="draft-list"),
    path("drafts/<slug:form>/", work.draft, name="draft"),
]
urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/todos/<int:pk>/", inbox.todo, name="todo"),
    path("inbox/messages/read/", inbox.messages_read, name="messages-read"),
    path("inbox/messages/<int:pk>/", inbox.message, name="message"),
    path("inbox/<slug:tab>/", inbox.inbox, name="inbox-tab"),
    path("cases/<int:pk>/", cases.case_detail, name="case"),
    path("cases/<int:pk>/decide/", cases.case_decide, name="case-decide"),
    path("cases/<int:pk>/withdraw/", cases.case_withdraw, name="case-withdraw"),
    path("cases/<int:pk>/resubmit/", cases.case_resubmit, name="case-resubmit"),
    path("cases/<int:pk>/hand-over/", cases.case_hand_over, name="case-hand-over"),
    path("cases/<int:pk>/evidence/", cases.case_evidence, name="case-evidence"),
    path("cases/<int:pk>/sheet/", cases.case_sheet, name="case-sheet"),
    path("cases/sheets/<int:pk>/scan/", cases.sheet_scan, name="sheet-scan"),
    path("work/", include(work_pages)),
]
