"""Whoever deletes a row makes the database look for rows that point at it."""

from django.apps import apps
from django.db.models import ForeignKey, Q

NEVER_DELETED = {"AreaVersion.parent"}  # a unit that is no more has ended, and stays
OURS = ("backend.", "realtime", "routing", "geo", "notifications", "media")


def keys():
    for model in apps.get_models():
        if model.__module__.startswith(OURS) and not model._meta.proxy:
            for field in model._meta.local_fields:
                if isinstance(field, ForeignKey) and field.db_constraint:
                    yield model, field


def leads(model, field) -> bool:
    """Say whether the column comes first in an index of all rows that point anywhere."""
    pointing = (None, Q(**{f"{field.name}__isnull": False}))
    meta = model._meta
    ordered = [*meta.indexes, *meta.constraints]
    first = [
        each.fields[0].lstrip("-")
        for each in ordered
        if getattr(each, "fields", ()) and each.condition in pointing
    ]
    return field.db_index or field.unique or field.name in first


def test_every_key_that_the_database_checks_is_found_by_an_index():
    bare = {f"{model.__name__}.{key.name}" for model, key in keys() if not leads(model, key)}
    assert bare == NEVER_DELETED


def test_there_are_keys_to_look_at():
    assert len(list(keys())) > 20
