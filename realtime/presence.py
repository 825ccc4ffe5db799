"""Who is on duty: which people of an agency's desk follow its tickets now, in any process.

Each process notes its own people every few seconds, under keys that expire; so a process that
dies takes its people off duty without a word. The notes are in the cache: in Redis where there is
one, else in this process, which then is the only one. Nothing needs to list the keys: who may be
at a desk is in the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Q

from backend import clock
from backend.accounts.models import Agency, Membership, User
from backend.tickets.lifecycle import OPEN
from backend.tickets.models import Ticket
from backend.tickets.policies import DESK
from realtime.audiences import of_agency
from realtime.following import Client

NOTE_EVERY = 3.0
"""Seconds between notes."""
NOTED_FOR = 12
"""Seconds that a note lasts: a page that is loaded again, or a restarted process, is no absence."""

Seat = tuple[str, int]
"""An agency's code, and the key of a person who may sit at its desk."""


@dataclass(frozen=True)
class Desk:
    """An agency's desk: who is there, and what waits for it."""

    agency: str
    name_vi: str
    name_en: str
    people: list[User]
    open: int
    overdue: int


def seats_taken(clients: Iterable[Client]) -> set[Seat]:
    """Return the seats of those who follow their own agency's tickets."""
    return {
        (code, client.principal.user.pk)
        for client in clients
        if client.principal.user
        for code in client.principal.agency_codes
        if any(follow.audience == of_agency(code) for follow in client.follows.values())
    }


def note(seats: Iterable[Seat]) -> None:
    """Say that these are taken, for NOTED_FOR seconds."""
    if notes := {_key(seat): 1 for seat in seats}:
        cache.set_many(notes, NOTED_FOR)


def _key(seat: Seat) -> str:
    return f"presence:{seat[0]}:{seat[1]}"


def desks() -> list[Desk]:
    """Return every desk that has people or open work; empty ones that have work come first."""
    members = Membership.objects.filter(
        role__in=DESK, agency__active=True, user__is_active=True
    ).select_related("user", "agency")
    seats: dict[Seat, Membership] = {(_code(each), each.user_id): each for each in members}
    noted = cache.get_many([_key(seat) for seat in seats])
    people: dict[str, list[User]] = {code: [] for code, _user in seats}
    for seat, member in seats.items():
        if _key(seat) in noted:
            people[seat[0]].append(member.user)
    work = _work()
    agencies = Agency.objects.filter(active=True, code__in={*people, *work})
    found = [_desk(agency, people.get(agency.code, []), work) for agency in agencies]
    return sorted(found, key=lambda desk: (bool(desk.people), -desk.open, desk.agency))


def _code(member: Membership) -> str:
    return member.agency.code if member.agency else ""


def _desk(agency: Agency, people: list[User], work: dict[str, tuple[int, int]]) -> Desk:
    unfinished, overdue = work.get(agency.code, (0, 0))
    there = sorted(people, key=str)
    return Desk(agency.code, agency.name_vi, agency.name_en, there, unfinished, overdue)


def _work() -> dict[str, tuple[int, int]]:
    """Return by agency's code how many of its tickets are open, and overdue."""
    counted = (
        Ticket.objects.filter(status__in=OPEN, agency__isnull=False)
        .values_list("agency__code")
        .annotate(unfinished=Count("pk"), late=Count("pk", filter=Q(due_at__lt=clock.now())))
        .order_by()
    )
    return {code: (unfinished, overdue) for code, unfinished, overdue in counted}
