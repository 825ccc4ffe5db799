"""Tickets as frames show them: each view encoded once, however many entries speak of the ticket.

What staff see is kept over pages and clients, since after a restart they all catch up on the same
entries. Whether it still holds is asked of the database each time: a summary is never older than
the page that shows it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any
from uuid import UUID

import orjson
from django.db.models import Prefetch, prefetch_related_objects

from backend.reports.models import ReportPhoto
from backend.tickets import showing
from backend.tickets.feed import for_feed, marks
from backend.tickets.models import Ticket, TicketPhoto
from backend.tickets.selectors import anyones, is_public
from realtime import audiences
from realtime.audiences import GONE, HIDDEN_NOW, PUBLIC, STAFF
from realtime.encoding import encoded
from realtime.filters import Point

KEPT = 8192
"""Tickets, of some 1.5 kB each."""


@dataclass(slots=True)
class Subject:
    """What a frame needs of a ticket, as it stood at `moment`.

    `ticket` is None once the views that may be asked for are encoded.
    """

    ticket: Ticket | None
    moment: datetime
    point: Point
    agencies: frozenset[str]
    """The audiences of the agencies that have it."""
    edges: tuple[datetime, ...]
    """When it begins to be due soon, and to be overdue, without anybody doing anything."""
    views: dict[str, orjson.Fragment] = field(default_factory=dict)

    @classmethod
    def of(cls, ticket: Ticket, moment: datetime) -> "Subject":
        codes = [agency.code for agency in ticket.supporting.all()]
        if ticket.agency:
            codes.append(ticket.agency.code)
        return cls(
            ticket=ticket,
            moment=moment,
            point=(ticket.lat, ticket.lon),
            agencies=frozenset(map(audiences.of_agency, codes)),
            edges=tuple(at for at in (ticket.due_soon_at, ticket.due_at) if at),
        )

    def holds_at(self, moment: datetime) -> bool:
        """Say whether time alone leaves it as it was."""
        first, last = min(moment, self.moment), max(moment, self.moment)
        return not any(first <= edge <= last for edge in self.edges)

    def shown(self, view: str) -> orjson.Fragment:
        """Return the ticket as JSON for this view."""
        found = self.views.get(view)
        if found is None:
            assert self.ticket is not None
            shown = _shown(view, self.ticket, self.moment)
            found = self.views[view] = orjson.Fragment(encoded(shown))
        return found


def _shown(view: str, ticket: Ticket, moment: datetime) -> dict[str, Any]:
    if view == STAFF:
        return showing.summary(ticket, moment)
    if view == GONE:
        return {**showing.gone_summary(ticket), "gone": True}
    if view == PUBLIC:
        if is_public(ticket):
            return showing.public_summary(ticket)
        return _no_more(ticket)
    if view == HIDDEN_NOW:
        return _no_more(ticket)
    return showing.reporter_summary(ticket, view.removeprefix("report:"))


def _no_more(ticket: Ticket) -> dict[str, Any]:
    return {"id": str(ticket.id), "version": ticket.version, "gone": True}


def for_all(ids: Iterable[str], moment: datetime) -> dict[str, Subject]:
    """Return the tickets by id, for any view; read now."""
    subjects = _read(ids, moment)
    tickets = [subject.ticket for subject in subjects.values() if subject.ticket]
    if published := [ticket for ticket in tickets if ticket.published]:
        prefetch_related_objects(
            published,
            Prefetch("photos", anyones(TicketPhoto.objects.all())),
            Prefetch("report_links__report__photos", anyones(ReportPhoto.objects.all())),
        )
    return subjects


_lock = Lock()
_kept: dict[str, tuple[tuple[int, str], Subject]] = {}


def for_staff(ids: Iterable[str], moment: datetime) -> dict[str, Subject]:
    """Return the tickets by id for the views STAFF and GONE; those that changed are read now."""
    # Asked before the tickets are read: one that changes in between is read again the next time.
    now = marks(ids)
    found = {pk: subject for pk, mark in now.items() if (subject := _still(pk, mark, moment))}
    for pk, subject in _read(now.keys() - found.keys(), moment).items():
        for view in (STAFF, GONE):
            subject.shown(view)
        subject.ticket = None
        found[pk] = subject
        _keep(pk, now[pk], subject)
    return found


def _read(ids: Iterable[str], moment: datetime) -> dict[str, Subject]:
    found = for_feed(map(UUID, ids))
    return {str(pk): Subject.of(ticket, moment) for pk, ticket in found.items()}


def _still(pk: str, mark: tuple[int, str], moment: datetime) -> Subject | None:
    then, subject = _kept.get(pk, (None, None))
    return subject if subject and then == mark and subject.holds_at(moment) else None


def _keep(pk: str, mark: tuple[int, str], subject: Subject) -> None:
    with _lock:
        _kept.pop(pk, None)  # what is read again counts as new
        _kept[pk] = mark, subject
        if len(_kept) > KEPT:
            del _kept[next(iter(_kept))]
