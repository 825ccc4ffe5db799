"""Bringing a table to what a file says: new rows added, others changed in place, none deleted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model

from config.province.files import Fault, Row

M = TypeVar("M", bound=Model)


@dataclass
class Outcome:
    """What became of one table."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Wanted:
    """One object as a file wants it: its fields by name, and the row that says so."""

    row: Row
    fields: Mapping[str, Any]


def bring(
    model: type[M], key: str, wanted: Iterable[Wanted], existing: Mapping[str, M] | None = None
) -> Outcome:
    """Add or change objects until they are as wanted; what is refused is noted, not raised."""
    outcome = Outcome()
    known = existing if existing is not None else by_key(model, key)
    for each in wanted:
        found = known.get(each.fields[key])
        if found is not None and _same(found, each.fields):
            outcome.unchanged += 1
            continue
        item = found or model()
        for name, value in each.fields.items():
            setattr(item, name, value)
        try:
            item.full_clean()
        except ValidationError as error:
            outcome.faults += [each.row.fault(text) for text in sentences(error)]
            continue
        item.save(force_insert=found is None)
        if found is None:
            outcome.added += 1
        else:
            outcome.changed += 1
    return outcome


def retire(model: type[M], key: str, keep: Iterable[str]) -> list[M]:
    """Make inactive what the file no longer names; returns it."""
    manager = model._default_manager
    gone = list(manager.filter(active=True).exclude(**{f"{key}__in": list(keep)}))
    manager.filter(pk__in=[item.pk for item in gone]).update(active=False)
    return gone


def by_key(model: type[M], key: str) -> dict[str, M]:
    return {getattr(item, key): item for item in model._default_manager.all()}


def sentences(error: ValidationError) -> list[str]:
    """Return each refusal with the field that it is about."""
    said = error.message_dict.items()
    return [
        text if name == "__all__" else f"{name}: {text}" for name, all_ in said for text in all_
    ]


def _same(item: Model, fields: Mapping[str, Any]) -> bool:
    return all(getattr(item, name) == value for name, value in fields.items())
