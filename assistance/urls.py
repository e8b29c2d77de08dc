from django.urls import path

from assistance.views import helpers, household, links

app_name = "assistance"
urlpatterns = [
    path("leaders/", links.leader_list, name="leader-list"),
    path("leaders/new/", links.leader_create, name="leader-create"),
    path("leaders/<int:pk>/", links.leader_detail, name="leader-detail"),
    path("leaders/<int:pk>/edit/", links.leader_edit, name="leader-edit"),
    path("leaders/<int:pk>/link/", links.leader_link, name="leader-link"),
    path("leaders/links/<int:pk>/end/", links.leader_unlink, name="leader-unlink"),
    path("units/", links.unit_list, name="unit-list"),
    path("units/new/", links.unit_create, name="unit-create"),
    path("units/<int:pk>/", links.unit_detail, name="unit-detail"),
    path("units/<int:pk>/edit/", links.unit_edit, name="unit-edit"),
    path("units/<int:pk>/link/", links.unit_link, name="unit-link"),
    path("units/links/<int:pk>/end/", links.unit_unlink, name="unit-unlink"),
    path("helpers/", helpers.helper_list, name="helper-list"),
    path("helpers/new/", helpers.helper_create, name="helper-create"),
    path("helpers/<int:pk>/", helpers.helper_detail, name="helper-detail"),
    path("helpers/<int:pk>/edit/", helpers.helper_edit, name="helper-edit"),
    path("pairings/", helpers.pairing_list, name="pairing-list"),
    path("pairings/<int:pk>/end/", household.pairing_end, name="pairing-end"),
    path("households/<int:pk>/", household.household_help, name="household"),
    path("households/<int:pk>/pair/", household.pairing_create, name="pairing-create"),
    path("households/<int:pk>/main/", household.pairing_change_main, name="pairing-change-main"),
    path("households/<int:pk>/measures/new/", household.measure_create, name="measure-create"),
    path("measures/<int:pk>/edit/", household.measure_edit, name="measure-edit"),
    path("villages/<int:pk>/", household.village_duty, name="village"),
    path("types/", helpers.type_list, name="type-list"),
    path("types/new/", helpers.type_create, name="type-create"),
    path("types/<int:pk>/", helpers.type_detail, name="type-detail"),
    path("types/<int:pk>/edit/", helpers.type_edit, name="type-edit"),
]
