"""What holds the rooms apart and personal data in sight."""

import pytest
from django.apps import apps
from django.db import models

from core.classification import CLASSES, Class
from core.fields import EncryptedTextField
from core.walls import our_models

ORDER = ["core", "accounts", "villages", "workflow", "households", "cadres", "assessments", "assistance", "funds", "reports", "demo"]
OUR_MODELS = list(our_models())
PERSON_WORDS = {"name", "phone", "id_number", "birth_on"}


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down_the_app_order(model):
    mine = ORDER.index(model._meta.app_label)
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model._meta.app_label in ORDER:
            assert ORDER.index(field.related_model._meta.app_label) <= mine, field


@pytest.mark.parametrize("label", CLASSES)
def test_every_field_of_a_personal_model_is_classified(label):
    model = apps.get_model(label)
    names = {field.name for field in model._meta.get_fields() if field.concrete}
    assert names == set(CLASSES[label])


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_encrypted_fields_are_classified_as_personal(model):
    for field in model._meta.concrete_fields:
        if isinstance(field, EncryptedTextField):
            assert CLASSES[model._meta.label][field.name] in {Class.PERSONAL, Class.SENSITIVE}, field


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_a_model_that_names_a_person_is_listed(model):
    person = any(
        isinstance(field, models.DateField) and field.name == "birth_on" or field.name in {"phone", "id_number"}
        for field in model._meta.concrete_fields
    )
    organization = model._meta.label == "accounts.Organization"  # an office's telephone
    assert not person or organization or model._meta.label in CLASSES


@pytest.mark.parametrize("model", OUR_MODELS, ids=lambda model: model._meta.label)
def test_money_is_decimal_and_happenings_are_dates(model):
    for field in model._meta.concrete_fields:
        assert not isinstance(field, models.FloatField), f"{field} must be a Decimal"
        if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField):
            assert field.name.endswith("_on") or field.name in {"valid_from", "valid_to", "since", "until"}, field


def test_constraint_names_are_unique_in_the_project():
    names = [constraint.name for model in OUR_MODELS for constraint in model._meta.constraints]
    assert len(names) == len(set(names))
