from django.urls import path

from villages.views import account_sheets, accounts, contacts, deputies, grants, records

app_name = "villages"
urlpatterns = [
    path("", records.village_list, name="list"),
    path("<int:pk>/", records.village_detail, name="detail"),
    path("<int:pk>/edit/", records.village_edit, name="edit"),
    path("<int:pk>/years/", records.village_years, name="years"),
    path("<int:pk>/years/new/", records.year_create, name="year-create"),
    path("years/<int:pk>/edit/", records.year_edit, name="year-edit"),
    path("<int:pk>/groups/new/", records.group_create, name="group-create"),
    path("groups/<int:pk>/edit/", records.group_edit, name="group-edit"),
    path("deputies/", deputies.deputy_list, name="deputy-list"),
    path("deputies/new/", deputies.deputy_create, name="deputy-create"),
    path("deputies/<int:pk>/end/", deputies.deputy_end, name="deputy-end"),
    path("grants/", grants.grant_list, name="grant-list"),
    path("grants/new/<int:pk>/", grants.grant_create, name="grant-create"),
    path("grants/<int:pk>/end/", grants.grant_end, name="grant-end"),
    path("accounts/", accounts.area_users, name="area-users"),
    path("accounts/<int:pk>/code/", accounts.user_code, name="user-code"),
    path("account-sheets/", account_sheets.sheet_list, name="account-sheets"),
    path("account-sheets/template/", account_sheets.sheet_template, name="account-sheet-template"),
    path("account-sheets/new/", account_sheets.sheet_new, name="account-sheet-new"),
    path("account-sheets/<int:pk>/", account_sheets.sheet_detail, name="account-sheet"),
    path("account-sheets/<int:pk>/decide/", account_sheets.sheet_decide, name="account-sheet-decide"),
    path("contacts/", contacts.contact_list, name="contacts"),
    path("contacts/<int:pk>/", contacts.contact, name="contact"),
]
