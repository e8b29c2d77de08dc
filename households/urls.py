from django.urls import path

from households.views import entry, records

app_name = "households"
urlpatterns = [
    path("", records.household_list, name="list"),
    path("new/", entry.household_create, name="create"),
    path("check-number/", entry.check_number, name="check-number"),
    path("groups/", entry.village_groups, name="groups"),
    path("<int:pk>/", records.household_detail, name="detail"),
    path("<int:pk>/members/", records.household_members, name="members"),
    path("<int:pk>/living/", records.household_living, name="living"),
    path("<int:pk>/income/", records.household_income, name="income"),
    path("<int:pk>/history/", records.household_history, name="history"),
    path("<int:pk>/edit/", entry.household_edit, name="edit"),
    path("<int:pk>/reveal/", records.household_reveal, name="reveal"),
    path("<int:pk>/end/", records.household_end, name="end"),
]
