"""Who is to be told what: rows for each person and way, in the transaction that heard of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction

from backend import clock
from backend.accounts.models import Agency, Device, User
from backend.catalogue.models import Priority
from backend.events.bell import Bell
from backend.events.types import Entry
from backend.tickets.events import (
    ReportJoined,
    TicketAssigned,
    TicketEvent,
    TicketExtended,
    TicketInfoRequested,
    TicketMerged,
    TicketRejected,
)
from backend.tickets.models import Extension, Reply, Ticket
from backend.tickets.policies import audience_of
from notifications import messages
from notifications.addresses import address_of
from notifications.models import Notification, State, Way

NEWS_FOR = timedelta(hours=24)
SOME_AGENCY = {"vi": "cơ quan có thẩm quyền", "en": "the responsible agency"}

planned = Bell()
"""Rung after rows were planned that a sender may take."""


@dataclass(frozen=True, kw_only=True)
class Listener:
    """A person to be told, by which number of theirs, and the ways to them."""

    person: str
    report_no: str
    text: messages.Text
    language: str
    ways: tuple[str, ...]


def plan(entry: Entry[TicketEvent]) -> int:
    """Plan what the entry is to say to whom; heard twice, it changes nothing. Returns the rows.

    What happened more than a day ago is no news and is not told: a log that is replayed, an
    import, and the demo's past must wake nobody. The ticket itself shows it.
    """
    event = entry.event
    if event.type not in messages.TO_REPORTERS.keys() | messages.TO_STAFF.keys():
        return 0
    if clock.now() - entry.at > NEWS_FOR or _is_of_the_emptied_ticket(event):
        return 0
    found = Ticket.objects.select_related("report", "assignee")
    ticket = found.filter(id=UUID(event.ticket_id)).first()
    if ticket is None:
        return 0
    story = Story(entry, ticket)
    rows = [
        story.row(listener, way) for listener in _listeners(entry, ticket) for way in listener.ways
    ]
    Notification.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)
    if any(row.state == State.PLANNED for row in rows):
        transaction.on_commit(planned.ring, robust=True)
    return len(rows)


def _is_of_the_emptied_ticket(event: TicketEvent) -> bool:
    """A merge is recorded for both tickets; it is told for the one that has the reports now."""
    return isinstance(event, TicketMerged) and event.into != event.ticket_id


class Story:
    """What happened to a ticket, told in either language."""

    def __init__(self, entry: Entry[TicketEvent], ticket: Ticket) -> None:
        self._entry = entry
        self._ticket = ticket
        self._moment = clock.now()
        self._facts: dict[str, dict[str, str]] = {}

    def row(self, listener: Listener, way: str) -> Notification:
        """Return the unsaved notification; a push is told nothing that staff wrote by hand."""
        event, inbox = self._entry.event, way == Way.INBOX
        facts = {**self._in(listener.language), "report_no": listener.report_no}
        shown = facts if inbox else messages.without_private(facts)
        title, body = messages.render(listener.text, listener.language, shown)
        return Notification(
            position=self._entry.position,
            person=listener.person,
            transport=way,
            kind=event.type,
            at=self._entry.at,
            report_no=listener.report_no,
            ticket=self._ticket,
            language=listener.language,
            title=title,
            body=body,
            urgent=event.priority == Priority.EMERGENCY,
            state=State.SENT if inbox else State.PLANNED,
            due_at=self._moment,
            next_at=self._moment,
            sent_at=self._moment if inbox else None,
        )

    def _in(self, language: str) -> dict[str, str]:
        """Return the facts in this language; a deadline that there is none of is left out."""
        if language not in self._facts:
            times = {
                "due": self._ticket.resolve_due_at,
                "ack_due": self._ticket.ack_due_at,
                "info_due": self._ticket.info_due_at,
            }
            self._facts[language] = {
                "agency": self._agency_name(language),
                "words": self._words,
                **{
                    name: messages.time_text(moment, language)
                    for name, moment in times.items()
                    if moment
                },
            }
        return self._facts[language]

    def _agency_name(self, language: str) -> str:
        """Return who has it; in a confidential category, on a lock screen, that says too much."""
        tongue = "en" if language == "en" else "vi"
        if self._agency is None or self._entry.event.restricted:
            return SOME_AGENCY[tongue]
        return self._agency.name_en if tongue == "en" else self._agency.name_vi

    @cached_property
    def _agency(self) -> Agency | None:
        return Agency.objects.filter(code=self._entry.event.agency).first()

    @cached_property
    def _words(self) -> str:
        """What staff wrote to the reporters with this, if anything."""
        event = self._entry.event
        found: Any = None
        if isinstance(event, TicketRejected | TicketInfoRequested):
            found = Reply.objects.filter(pk=event.reply_id).values_list("text", flat=True).first()
        elif isinstance(event, TicketExtended):
            reasons = Extension.objects.filter(pk=event.extension_id)
            found = reasons.values_list("reason", flat=True).first()
        return messages.excerpt(found or "")


def _listeners(entry: Entry[TicketEvent], ticket: Ticket) -> list[Listener]:
    """Return who is to be told: the ticket's audience, less who did it."""
    event = entry.event
    people = audience_of(ticket) - {entry.actor}
    reporters = _reporters(event, ticket)
    told: dict[str, tuple[str, messages.Text]] = {}
    for person in people:
        if person in reporters.all:
            text, number = messages.TO_REPORTERS.get(event.type), reporters.told.get(person)
        else:
            text, number = messages.TO_STAFF.get(event.type), ticket.report.report_no
            if isinstance(event, TicketAssigned) and person != f"user:{event.assignee_id}":
                continue
        if text and number:
            told[person] = (number, text)
    return [*_with_devices(told), *_with_users(told)]


@dataclass(frozen=True)
class Reporters:
    """All who sent one of the ticket's reports, and those of them whom this concerns."""

    all: frozenset[str]
    told: dict[str, str]


def _reporters(event: TicketEvent, ticket: Ticket) -> Reporters:
    """Return keys and numbers; a merge or a join concerns only those whose report moved.

    Who joined after the fact is not told of it, should it be heard late.
    """
    only = set(event.reports)
    if isinstance(event, TicketMerged):
        only = set(event.report_nos)
    elif isinstance(event, ReportJoined):
        only = {event.report_no}
    everybody: set[str] = set()
    told: dict[str, str] = {}
    for link in ticket.report_links.select_related("report"):
        report = link.report
        everybody.add(report.reporter_key)
        if report.withdrawn_at is None and report.report_no in only:
            told.setdefault(report.reporter_key, report.report_no)
    return Reporters(frozenset(everybody), told)


def _with_devices(told: dict[str, tuple[str, messages.Text]]) -> Iterable[Listener]:
    ids = [person.removeprefix("device:") for person in told if person.startswith("device:")]
    for device in Device.objects.filter(pk__in=ids) if ids else ():
        number, text = told[f"device:{device.pk}"]
        address = address_of(device)
        yield Listener(
            person=f"device:{device.pk}",
            report_no=number,
            text=text,
            language=device.locale,
            ways=(Way.INBOX, address.transport) if address else (Way.INBOX,),
        )


def _with_users(told: dict[str, tuple[str, messages.Text]]) -> Iterable[Listener]:
    ids = [person.removeprefix("user:") for person in told if person.startswith("user:")]
    for user in User.objects.filter(pk__in=ids, is_active=True) if ids else ():
        number, text = told[f"user:{user.pk}"]
        yield Listener(
            person=f"user:{user.pk}",
            report_no=number,
            text=text,
            language=user.locale,
            ways=(Way.INBOX,),
        )
