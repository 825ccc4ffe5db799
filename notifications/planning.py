"""Who is to be told what: rows for each person and way, in the transaction that heard of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch

from backend import clock
from backend.catalogue.models import Priority
from backend.events.bell import Bell
from backend.events.types import Entry
from backend.tickets.events import TicketEvent, TicketMerged
from backend.tickets.models import Ticket, TicketReport
from notifications import sms
from notifications.choices import CHANNEL_OF, channels_of
from notifications.keeping import Row, keep
from notifications.models import Digest, Notification, State, Way
from notifications.policies import Hearer, audience_of, moved_with, topic_of
from notifications.pushes import message_text
from notifications.reach import Reach, reaches_of
from notifications.sitting import Sitting
from notifications.story import Story
from notifications.texts import TEXTS
from notifications.timing import Guard, Load, Wish, day_begins, due

NEWS_FOR = timedelta(hours=24)
PORTION = 1_000
"""People after whom what is planned is written down: an area's alert has ten thousand."""
TOLD = frozenset(kind for texts in TEXTS.values() for kind in texts)

OF_A_DRILL = frozenset({Way.INBOX, Way.FCM})
"""The ways that do not leave a demo whose pushes go to the sandbox."""

planned = Bell()
"""Rung after rows were planned that a sender may take."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """What is told: the log's position, when it happened, of which ticket, how urgent.

    What is told of a drill stays within the demo.
    """

    position: int
    at: datetime
    ticket: Ticket
    story: Story
    urgent: bool = False
    drill: bool = False


def plan(
    entries: Iterable[Entry[TicketEvent]], moved: Mapping[int, Sequence[str]] | None = None
) -> int:
    """Plan what each entry is to say to whom; heard twice, it changes nothing. Returns the rows.

    What happened more than a day ago is no news and is not told: a log that is replayed, an
    import, and the demo's past must wake nobody. The ticket itself shows it. A drill is worked
    on like any other report, and nobody outside the demo's own sandbox is told.

    `moved` are those who followed a ticket that was emptied by a merge, by the entry's position.
    """
    moved = moved or {}
    news = [entry for entry in entries if _is_news(entry, moved)]
    links = Prefetch("report_links", TicketReport.objects.select_related("report"))
    found = Ticket.objects.select_related("report", "assignee", "category").prefetch_related(links)
    tickets = found.in_bulk({UUID(entry.event.ticket_id) for entry in news})
    return sum(plan_for(some) for some in _in_portions(_told(news, tickets, moved)))


def _is_news(entry: Entry[TicketEvent], moved: Mapping[int, Sequence[str]]) -> bool:
    event = entry.event
    recent = event.type in TOLD and clock.now() - entry.at <= NEWS_FOR
    return recent and (entry.position in moved or not _is_of_the_emptied_ticket(event))


def _told(
    news: Iterable[Entry[TicketEvent]],
    tickets: Mapping[UUID, Ticket],
    moved: Mapping[int, Sequence[str]],
) -> Iterator[tuple[Fact, list[Hearer]]]:
    sitting = Sitting()
    for entry in news:
        event, ticket = entry.event, tickets.get(UUID(entry.event.ticket_id))
        if ticket is None:
            continue
        drill = _is_drill(ticket)
        if drill and not settings.FCM_SANDBOX:
            continue
        fact = Fact(
            position=entry.position,
            at=entry.at,
            ticket=ticket.merged_into or ticket if entry.position in moved else ticket,
            story=Story(event.type, ticket, event, sitting),
            urgent=event.priority == Priority.EMERGENCY,
            drill=drill,
        )
        if entry.position in moved:
            others = [each for each in moved[entry.position] if each != entry.actor]
            yield fact, moved_with(ticket, fact.ticket, others)
        else:
            yield fact, audience_of(entry, ticket, sitting)


def _is_drill(ticket: Ticket) -> bool:
    """A drill that somebody's report was joined to, or merged with, is a matter of theirs too."""
    reports = [link.report for link in ticket.report_links.all()] or [ticket.report]
    return all(report.drill for report in reports)


def _in_portions(
    told: Iterable[tuple[Fact, list[Hearer]]],
) -> Iterator[list[tuple[Fact, list[Hearer]]]]:
    """Put together what few people hear: as much as is asked for and kept in one go."""
    portion: list[tuple[Fact, list[Hearer]]] = []
    for each in told:
        portion.append(each)
        if sum(len(hearers) for _fact, hearers in portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


def plan_for(told: Sequence[tuple[Fact, Sequence[Hearer]]]) -> int:
    """Plan each fact for its people as they want to hear it; returns the rows."""
    moment = clock.now()
    zone = ZoneInfo(settings.TIME_ZONE)
    people = list(dict.fromkeys(each.person for _fact, hearers in told for each in hearers))
    reaches = reaches_of(people, moment=moment, today=day_begins(moment, zone))
    rows: list[Row] = []
    for fact, hearers in told:
        for hearer in hearers:
            if hearer.person in reaches:
                reach = reaches[hearer.person]
                own = list(_rows(hearer, reach, fact, moment, zone))
                _count(own, reach)
                rows += own
    keep(rows)
    if any(row["state"] == State.PLANNED for row in rows):
        transaction.on_commit(planned.ring, robust=True)
    return len(rows)


def _count(rows: Sequence[Row], reach: Reach) -> None:
    """Let the guard see what was planned a moment ago, as `reaches_of` would count it."""
    for person, topic in {
        (row["person"], row["topic"]) for row in rows if row["transport"] != Way.INBOX
    }:
        load = reach.loads.get((person, topic), Load())
        reach.loads[person, topic] = Load(today=load.today + 1, lately=load.lately + 1)


def _is_of_the_emptied_ticket(event: TicketEvent) -> bool:
    """A merge is recorded for both tickets; it is told for the one that has the reports now."""
    return isinstance(event, TicketMerged) and event.into != event.ticket_id


def _rows(
    hearer: Hearer, reach: Reach, fact: Fact, moment: datetime, zone: ZoneInfo
) -> Iterator[Row]:
    """Yield plain values by attribute: ten thousand people are told faster than objects made."""
    topic = topic_of(hearer.relation, fact.story.kind)
    chosen = reach.chosen.get(topic)
    channels = channels_of(topic, chosen)
    wish = Wish(digest=chosen.digest if chosen else Digest.NOW, quiet=reach.quiet)
    for target in reach.targets:
        way = target.transport
        if fact.drill and way not in OF_A_DRILL:
            continue
        if way != Way.WEBHOOK and CHANNEL_OF[Way(way)] not in channels:
            continue
        loads = reach.loads.get((hearer.person, topic), Load())
        when = moment
        if way != Way.INBOX and not fact.urgent:
            when = due(moment, wish, loads, _guard(), zone)
        title, body = fact.story.told(hearer.relation, way, target.language, hearer.report_no)
        row = {
            "position": fact.position,
            "person": hearer.person,
            "transport": way,
            "to": target.to,
            "kind": fact.story.kind,
            "topic": topic,
            "relation": hearer.relation,
            "at": fact.at,
            "report_no": hearer.report_no,
            "ticket_id": fact.ticket.pk,
            "language": target.language,
            "title": title,
            "body": body,
            "urgent": fact.urgent,
            "state": State.SENT if way == Way.INBOX else State.PLANNED,
            "due_at": when,
            "next_at": when,
            "sent_at": moment if way == Way.INBOX else None,
            "fold": when.isoformat() if when > moment else "",
        }
        if way in (Way.SMS, Way.ZALO):
            row["segments"] = sms.cost(message_text(Notification(**row))).segments
        yield row


def _guard() -> Guard:
    return Guard(a_day=settings.NOTIFY_A_DAY, at_once=settings.NOTIFY_AT_ONCE)
