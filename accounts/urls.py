from django.urls import path

from accounts import views
from accounts.views import directory, own, users

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("password/", views.password_change, name="password-change"),
    path("code/", views.use_code, name="use-code"),
    path("second-step/", views.second_step, name="second-step"),
    path("own/", own.overview, name="own"),
    path("own/sessions/", own.session_end, name="session-end"),
    path("own/second-factor/", own.second_factor, name="second-factor"),
    path("own/second-factor/codes/", own.printed_codes, name="printed-codes"),
    path("own/second-factor/key/", own.security_key, name="security-key"),
    path("own/second-factor/key/<int:pk>/remove/", own.security_key_remove, name="security-key-remove"),
    path("own/second-factor/off/", own.second_factor_off, name="second-factor-off"),
    path("organizations/", directory.organization_list, name="organization-list"),
    path("organizations/new/", directory.organization_create, name="organization-create"),
    path("organizations/<int:pk>/", directory.organization_detail, name="organization-detail"),
    path("organizations/<int:pk>/edit/", directory.organization_edit, name="organization-edit"),
    path("organizations/<int:pk>/merge/", directory.organization_merge, name="organization-merge"),
    path("users/", users.user_list, name="user-list"),
    path("users/new/", users.user_create, name="user-create"),
    path("users/<int:pk>/", users.user_detail, name="user-detail"),
    path("users/<int:pk>/edit/", users.user_edit, name="user-edit"),
    path("users/<int:pk>/active/", users.user_set_active, name="user-set-active"),
    path("users/<int:pk>/password/", users.user_reset_password, name="user-reset-password"),
    path("users/<int:pk>/second-factor/", users.user_second_factor, name="user-second-factor"),
    path("users/<int:pk>/sessions/", users.user_sessions_end, name="user-sessions-end"),
    path("access/", users.access_list, name="access-list"),
]
