from django.urls import include, path

from workflow.views import alerts, cases, changes, inbox, notices, objections, public, regulations, work

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
work_pages += [
    path("regulations/", regulations.regulation_list, name="regulation-list"),
    path("regulations/new/", regulations.regulation_create, name="regulation-create"),
    path("regulations/<int:pk>/", regulations.regulation_detail, name="regulation-detail"),
    path("regulations/<int:pk>/edit/", regulations.regulation_edit, name="regulation-edit"),
    path("regulations/<int:pk>/clauses/new/", regulations.clause_create, name="clause-create"),
    path("clauses/<int:pk>/edit/", regulations.clause_edit, name="clause-edit"),
    path("notices/", notices.notice_list, name="notice-list"),
    path("notices/<int:pk>/", notices.notice_detail, name="notice-detail"),
    path("notices/<int:pk>/print/<slug:paper>/", notices.notice_print, name="notice-print"),
    path("notices/<int:pk>/post/", notices.notice_post, name="notice-post"),
    path("notices/<int:pk>/end/", notices.notice_end, name="notice-end"),
    path("notices/<int:pk>/objections/new/", objections.objection_create, name="objection-create"),
    path("postings/", notices.posting_list, name="posting-list"),
    path("postings/<int:pk>/take-down/", notices.posting_down, name="posting-down"),
    path("objections/", objections.objection_list, name="objection-list"),
    path("objections/<int:pk>/", objections.objection_detail, name="objection-detail"),
    path("objections/<int:pk>/take-up/", objections.objection_take_up, name="objection-take-up"),
    path("objections/<int:pk>/refuse/", objections.objection_refuse, name="objection-refuse"),
    path("objections/<int:pk>/resolve/", objections.objection_resolve, name="objection-resolve"),
    path("objections/<int:pk>/reveal/", objections.objection_reveal, name="objection-reveal"),
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

# What anybody may open, at addresses of its own.
open_to_all = ([path("notices/<str:token>/", public.notice, name="notice")], "public")
