"""Entries of the log as staff read them: with the words that went along, and who said them."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend.accounts.models import User
from backend.events.types import Entry, Event
from backend.tickets.models import Directive, Extension, Note, Reply
from backend.tickets.showing import _time

Shown = dict[str, Any]


def show_entries(entries: Sequence[Entry[Event]]) -> list[Shown]:
    """Return the entries with texts and names, in five queries for any number of them."""
    texts = _texts(entries)
    names = _names(entries)
    return [
        {
            "position": entry.position,
            "type": entry.type,
            "at": _time(entry.at),
            "actor": entry.actor if entry.actor.startswith(("user:", "system:")) else "reporter",
            "actor_name": names.get(entry.actor),
            "assignee_name": names.get(_assignee(entry)),
            "data": entry.event.as_data(),
            "text": next(
                (
                    texts[name, value]
                    for name, value in entry.event.as_data().items()
                    if isinstance(value, int) and (name, value) in texts
                ),
                None,
            ),
        }
        for entry in entries
    ]


def _texts(entries: Iterable[Entry[Event]]) -> dict[tuple[str, int], str]:
    wanted: dict[str, set[int]] = {}
    for entry in entries:
        for name, value in entry.event.as_data().items():
            if name.endswith("_id") and isinstance(value, int):
                wanted.setdefault(name, set()).add(value)
    found: dict[tuple[str, int], str] = {}
    for name, rows in (
        ("note_id", Note.objects.values_list("pk", "text")),
        ("reply_id", Reply.objects.values_list("pk", "text")),
        ("directive_id", Directive.objects.values_list("pk", "text")),
        ("extension_id", Extension.objects.values_list("pk", "reason")),
    ):
        if name in wanted:
            found |= {(name, pk): text for pk, text in rows.filter(pk__in=wanted[name])}
    return found


def _assignee(entry: Entry[Event]) -> str:
    return f"user:{entry.event.as_data().get('assignee_id')}"


def _names(entries: Iterable[Entry[Event]]) -> dict[str, str]:
    """Return the people who did something or were given it, by their key."""
    keys = {key for entry in entries for key in (entry.actor, _assignee(entry))}
    ids = {key.removeprefix("user:") for key in keys if key.startswith("user:")} - {"None"}
    return {f"user:{user.pk}": str(user) for user in User.objects.filter(pk__in=ids)}
