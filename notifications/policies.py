"""Who is told of what happens to a ticket: one answer for every way there is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import hypot
from typing import Any

from backend.events.types import Entry
from backend.tickets.events import (
    ReportJoined,
    TicketAssigned,
    TicketDueSoon,
    TicketEscalated,
    TicketEvent,
    TicketInfoMissed,
    TicketMerged,
    TicketOverdue,
)
from backend.tickets.lifecycle import DONE
from backend.tickets.models import Directive, Ticket
from backend.tickets.policies import people_at
from backend.tickets.selectors import is_public
from geo.geometry import metres_per_degree
from notifications.models import Topic
from notifications.selectors import subscriptions_around
from notifications.sitting import Sitting
from notifications.texts import TEXTS

SHARED_WITH_SUPPORT = frozenset({"ticket.commented", "ticket.directed"})
UNLED = (TicketDueSoon, TicketOverdue, TicketInfoMissed)
"""What the centre hears of tickets that no agency leads."""

NEW = "ticket.routed"
"""What subscribers of a place hear first of a ticket."""
RESULTS = frozenset({"ticket.resolved", "ticket.approved"})
WISH = ("person", "ticket_id", "lat", "lon", "radius_m", "sectors", "updates")

TOPIC_OF_RELATION = {
    "leader": Topic.DEADLINES,
    "centre": Topic.CENTRE,
    "follower": Topic.FOLLOWED,
    "area": Topic.AREA,
}
TOPIC_OF_EVENT = {
    ("reporter", "ticket.info_requested"): Topic.QUESTION,
    ("reporter", "ticket.info_reminded"): Topic.QUESTION,
    ("reporter", "ticket.info_missed"): Topic.QUESTION,
    ("reporter", "ticket.resolved"): Topic.RESULT,
    ("reporter", "ticket.approved"): Topic.RESULT,
    ("reporter", "ticket.rejected"): Topic.RESULT,
    ("reporter", "notification.asked"): Topic.SURVEY,
    ("staff", "ticket.due_soon"): Topic.DEADLINES,
    ("staff", "ticket.overdue"): Topic.DEADLINES,
    ("staff", "ticket.escalated"): Topic.DEADLINES,
    ("staff", "ticket.commented"): Topic.TALK,
    ("staff", "ticket.directed"): Topic.TALK,
    ("staff", "ticket.rated"): Topic.TALK,
    ("staff", "ticket.approved"): Topic.TALK,
    ("staff", "ticket.extended"): Topic.TALK,
}


@dataclass(frozen=True, slots=True)
class Hearer:
    """A person to be told, as what, and by which number."""

    person: str
    relation: str
    report_no: str


def topic_of(relation: str, kind: str) -> Topic:
    """Return what a person chooses by to hear of this, as what they are to the ticket."""
    usual = TOPIC_OF_RELATION.get(relation) or (
        Topic.PROGRESS if relation == "reporter" else Topic.WORK
    )
    return TOPIC_OF_EVENT.get((relation, kind), usual)


def audience_of(
    entry: Entry[TicketEvent], ticket: Ticket, sitting: Sitting | None = None
) -> list[Hearer]:
    """Return everybody who is told of the entry, each once, less the one who did it.

    Who is several things to a ticket hears it as the first of: reporter, staff, leader, centre,
    follower, neighbour. Reporters and those who joined hear it by their own report's number.
    Subscribers hear only of what anyone may see.
    """
    event, kind = entry.event, entry.event.type
    reporters = reporters_of(ticket)
    told: dict[str, Hearer] = {}
    skipped = {entry.actor} | reporters.keys()

    def tell(people: Iterable[str], relation: str) -> None:
        if kind in TEXTS[relation]:
            for person in people:
                if person not in skipped and person not in told:
                    told[person] = Hearer(person, relation, ticket.report.report_no)

    if kind in TEXTS["reporter"]:
        for person, report_no in _concerned(event, reporters):
            if person != entry.actor:
                told[person] = Hearer(person, "reporter", report_no)
    tell(_staff(event, ticket, sitting or Sitting()), "staff")
    tell(_leaders(event, ticket), "leader")
    tell(_centre(event), "centre")
    if is_public(ticket) and not event.restricted:
        for relation, people in _subscribers(event, ticket).items():
            tell(people, relation)
    return list(told.values())


def moved_with(emptied: Ticket, into: Ticket, followers: Iterable[str]) -> list[Hearer]:
    """Return who followed a ticket that was emptied, by the number that they know.

    Those who have a report in the other one heard of it as reporters or know it already.
    """
    if not is_public(into):
        return []
    reporters = reporters_of(into)
    number = emptied.report.report_no
    return [Hearer(each, "follower", number) for each in followers if each not in reporters]


def reporters_of(ticket: Ticket) -> dict[str, list[str]]:
    """Return the keys of those who reported the matter, with their reports' numbers.

    Their reports are read beforehand where several tickets are asked about.
    """
    found: dict[str, list[str]] = {}
    for link in ticket.report_links.all():
        numbers = found.setdefault(link.report.reporter_key, [])
        if link.report.withdrawn_at is None:
            numbers.append(link.report.report_no)
    return found


def _concerned(event: TicketEvent, reporters: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield whom it concerns; a merge or a join only those whose report moved.

    Who joined after the fact is not told of it, should it be heard late.
    """
    only = set(event.reports)
    if isinstance(event, TicketMerged):
        only = set(event.report_nos)
    elif isinstance(event, ReportJoined):
        only = {event.report_no}
    for person, numbers in reporters.items():
        mine = next((number for number in numbers if number in only), None)
        if mine:
            yield person, mine


def _staff(event: TicketEvent, ticket: Ticket, sitting: Sitting) -> Iterator[str]:
    """Yield the lead agency's desk and the assignee; an order to one person is theirs alone."""
    if isinstance(event, TicketAssigned):
        if event.assignee_id:
            yield f"user:{event.assignee_id}"
        return
    if isinstance(event, TicketEscalated):
        # Those of the agency that let it lie, though another may have the ticket by now.
        if event.level == "agency_leader":
            yield from people_at(event.level, event.agency)
        return
    agencies = []
    if ticket.agency_id and ticket.state not in DONE:
        agencies.append(ticket.agency_id)
        if event.type in SHARED_WITH_SUPPORT:
            agencies += ticket.supporting.values_list("pk", flat=True)
    for agency in agencies:
        yield from sitting.staff(agency)
    if ticket.assignee_id:
        yield f"user:{ticket.assignee_id}"


def _leaders(event: TicketEvent, ticket: Ticket) -> Iterator[str]:
    """Yield the leaders who gave an order on the ticket, and all when it has climbed to them."""
    if event.type in RESULTS:
        givers = Directive.objects.filter(ticket=ticket, author__is_active=True)
        for author in givers.values_list("author_id", flat=True).distinct():
            yield f"user:{author}"
    elif isinstance(event, TicketEscalated) and event.level == "provincial_leader":
        yield from people_at(event.level, None)


def _centre(event: TicketEvent) -> set[str]:
    """Return the centre's people where it is theirs: what climbed to them, what nobody leads."""
    if isinstance(event, TicketEscalated) and event.level != "centre":
        return set()
    if isinstance(event, UNLED) and event.agency is not None:
        return set()
    return people_at("centre", None) if event.type in TEXTS["centre"] else set()


def _subscribers(event: TicketEvent, ticket: Ticket) -> dict[str, list[str]]:
    """Return who follows the ticket and who follows its place, the latter by their wishes."""
    if event.type not in TEXTS["follower"].keys() | TEXTS["area"].keys():
        return {}
    if isinstance(event, TicketMerged):  # Theirs is the ticket that was emptied: `moved_with`.
        return {}
    followers, neighbours = [], []
    # Plain values: an area may have ten thousand who follow it.
    for one in subscriptions_around(ticket).values_list(*WISH, named=True):
        if one.ticket_id:
            followers.append(one.person)
        elif asks_for(one, ticket, event.type):
            neighbours.append(one.person)
    return {"follower": followers, "area": neighbours}


def asks_for(one: Any, ticket: Ticket, kind: str) -> bool:
    """Say whether a subscription to an area or a place, one of those around the ticket, asks for
    what happened to it: new tickets always, later steps where it wants updates."""
    sector = ticket.category.sector_id
    told = kind == NEW or one.updates
    return told and sector in (one.sectors or [sector]) and _near(one, ticket)


def _near(one: Any, ticket: Ticket) -> bool:
    """Say whether the ticket lies in the subscription's circle, or has been found by its area."""
    if one.radius_m is None or one.lat is None or one.lon is None:
        return True
    east, north = metres_per_degree(ticket.lat)
    away = hypot((one.lon - ticket.lon) * east, (one.lat - ticket.lat) * north)
    return bool(away <= one.radius_m)
