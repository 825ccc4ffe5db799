"""The boards: which tickets, and what belongs to each, in as few queries as can be."""

import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import (
    Model,
    Prefetch,
    Q,
    QuerySet,
    TextField,
)
from django.db.models.base import ModelState
from django.db.models.functions import Cast

from backend.accounts.models import Agency, User
from backend.catalogue.models import Category
from backend.events.prepared import prepared
from backend.reports.models import Report, ReportPhoto
from backend.reports.numbers import normal
from backend.reports.selectors import few_reports_saying, said
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Reply, Ticket, TicketPhoto, TicketReport
from geo.folding import folded
from geo.hexagons import Box, ranges_near

_HAIR = 1e-6
"""Of a step: 20.95 / 0.0001 is not quite a whole number."""


def for_showing(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Fetch what a ticket is shown with: 7 queries for any number of tickets."""
    photos = ReportPhoto.objects.select_related("upload")
    links = TicketReport.objects.select_related("report").prefetch_related(
        Prefetch("report__photos", photos)
    )
    return tickets.select_related(
        "category__sector", "agency", "assignee", "report"
    ).prefetch_related(
        "supporting",
        "directives",
        Prefetch("report_links", links),
        Prefetch("photos", TicketPhoto.objects.select_related("upload")),
    )


# One statement, written by hand: the feed asks it for every few entries of the log, and Django
# would take five times as long to put it together as the database does to answer.
_FOR_FEED = """
    SELECT ticket.*, category.sector_id AS its_sector, category.child AS its_child,
        agency.code AS its_agency,
        person.username AS its_assignee, report.report_no AS its_number, report.text AS its_text,
        helper.id AS helper, helper.code AS helper_code,
        link.id AS link, link.report_id AS link_report, linked.report_no AS link_number
    FROM tickets_ticket AS ticket
    JOIN catalogue_category AS category ON category.code = ticket.category_id
    JOIN reports_report AS report ON report.id = ticket.report_id
    LEFT JOIN accounts_agency AS agency ON agency.id = ticket.agency_id
    LEFT JOIN accounts_user AS person ON person.id = ticket.assignee_id
    LEFT JOIN tickets_ticket_supporting AS support ON support.ticket_id = ticket.id
    LEFT JOIN accounts_agency AS helper ON helper.id = support.agency_id
    LEFT JOIN tickets_ticketreport AS link ON link.ticket_id = ticket.id
    LEFT JOIN reports_report AS linked ON linked.id = link.report_id
    WHERE ticket.id IN ({})
    ORDER BY ticket.id, helper.code, link.joined_at, link.id
"""


def for_feed(ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Return the tickets by id, with what a summary in a frame needs: one query.

    What else hangs on them (the rest of its agency, say) costs a query when it is asked for.
    """
    wanted = [Ticket._meta.pk.get_db_prep_value(each, connection) for each in set(ids)]
    if not wanted:
        return {}
    statement = _FOR_FEED.format(", ".join(["%s"] * len(wanted)))
    found: dict[UUID, Ticket] = {}
    for row in Ticket.objects.raw(statement, wanted):
        ticket = found.get(row.id)
        if ticket is None:
            ticket = found[row.id] = _begun(row)
        _add(ticket, row)
    return found


def _begun(row: Any) -> Ticket:
    """Make a row of the feed's statement a ticket, with nothing of many yet."""
    ticket: Ticket = row
    ticket.category = _only(
        Category, code=row.category_id, sector_id=row.its_sector, child=bool(row.its_child)
    )
    ticket.report = _only(Report, id=row.report_id, report_no=row.its_number, text=row.its_text)
    if row.its_agency:
        ticket.agency = _only(Agency, id=row.agency_id, code=row.its_agency)
    if row.its_assignee:
        ticket.assignee = _only(User, id=row.assignee_id, username=row.its_assignee)
    # As prefetch_related would leave it, with lists where it has querysets.
    vars(ticket)["_prefetched_objects_cache"] = {"supporting": [], "report_links": []}
    return ticket


def _add(ticket: Ticket, row: Any) -> None:
    """Take the agency that helps and the report of this row, unless an earlier row had them."""
    kept = vars(ticket)["_prefetched_objects_cache"]
    helpers, links = kept["supporting"], kept["report_links"]
    if row.helper and all(helper.pk != row.helper for helper in helpers):
        helpers.append(_only(Agency, id=row.helper, code=row.helper_code))
    if row.link and all(link.pk != row.link for link in links):
        # SQLite gives its own writing of a UUID.
        report = _only(Report, id=UUID(str(row.link_report)), report_no=row.link_number)
        link = _only(TicketReport, id=row.link, ticket_id=ticket.pk, report_id=report.pk)
        link.report = report
        links.append(link)


M = TypeVar("M", bound=Model)


def _only(model: type[M], **known: Any) -> M:
    """Return an instance that knows these fields alone, as `QuerySet.only` would.

    Made as unpickling makes one: `__init__` would spend four times as long on the other fields.
    """
    one = model.__new__(model)
    one._state = ModelState()
    one._state.adding, one._state.db = False, connection.alias
    vars(one).update(known)
    return one


_MARKS = """
    SELECT id::text, version, updated_at::text FROM tickets_ticket
    WHERE id = ANY(%s::text[]::uuid[])
"""


def marks(ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return for each ticket what differs whenever its summary does, but for time's passing."""
    if connection.vendor == "postgresql":
        with prepared() as cursor:  # no value of it becomes a Python object of its own
            cursor.execute(_MARKS, [list(ids)])
            return {pk: (version, moment) for pk, version, moment in cursor.fetchall()}
    found = Ticket.objects.filter(pk__in=set(ids)).order_by()
    moment = Cast("updated_at", TextField())
    return {str(pk): (now, at) for pk, now, at in found.values_list("pk", "version", moment)}


def by_lateness(tickets: QuerySet[Ticket], moment: datetime, *, late: bool) -> QuerySet[Ticket]:
    """Those past the deadline that counts now, or all the others."""
    if late:
        return tickets.filter(due_at__lt=moment)
    return tickets.filter(Q(due_at__gte=moment) | Q(due_at__isnull=True))


def inside(tickets: QuerySet[Ticket], box: Box) -> QuerySet[Ticket]:
    """Those within west, south, east, north in degrees."""
    west, south, east, north = box
    return tickets.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def inside_as_shown(tickets: QuerySet[Ticket], box: Box, decimals: int) -> QuerySet[Ticket]:
    """Those whose place, rounded to so many decimals, lies in the box.

    A finer box on the places themselves would tell more of them than is shown.
    """
    west, south, east, north = box
    step = 10**-decimals
    low = [(math.ceil(edge / step - _HAIR) - 0.5) * step for edge in (west, south)]
    high = [(math.floor(edge / step + _HAIR) + 0.5) * step for edge in (east, north)]
    return inside(tickets, (low[0], low[1], high[0], high[1]))


FEW = 1_000
"""Reports that are looked up before their tickets are."""


def mentioning(tickets: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    """Those whose number or text holds the words, with or without their diacritics.

    The words follow one another there; the last may go on: "o ga" is found by "ổ g", not by "gà".
    """
    number = normal(text)
    if number:
        return tickets.filter(report_links__report__report_no=number)
    words = folded(text)
    if not words:
        return tickets.none()
    few = few_reports_saying(words, FEW)
    if few is not None:
        return tickets.filter(report__in=few)
    # So common that the board's first page is soon full of them: no need to find all.
    return tickets.alias(said=said("report__")).filter(said__contains=f" {words}")


def open_near(
    category: str, lat: float, lon: float, metres: float, *, since: datetime
) -> QuerySet[Ticket]:
    """Open public tickets of the category, none sent before `since`, the newest first.

    All within `metres`, and some more.
    """
    tickets = open_around(Ticket.objects.all(), lat, lon, metres).filter(
        category=category,
        restricted=False,
        created_at__gte=since,
    )
    tickets = tickets.exclude(status=Status.NEED_INFO)
    return tickets.select_related("category", "report")


def open_around(
    tickets: QuerySet[Ticket], lat: float, lon: float, metres: float
) -> QuerySet[Ticket]:
    """Those that are open within `metres` of the point, and some further off; the newest first."""
    near = Q()
    for low, high in ranges_near(lat, lon, metres):
        near |= Q(cell__range=(low, high))
    return tickets.filter(near, status__in=OPEN).order_by("-created_at")


def ticket_of(report: Report) -> Ticket | None:
    link = (
        TicketReport.objects.filter(report=report)
        .select_related("ticket__category", "ticket__agency")
        .first()
    )
    return link.ticket if link else None


def published_replies(ticket: Ticket) -> QuerySet[Reply]:
    replies = Reply.objects.filter(ticket=ticket, published_at__isnull=False)
    return replies.select_related("agency").order_by("published_at", "pk")


HIDDEN = {Status.REJECTED, Status.WITHDRAWN, Status.MERGED, Status.SUBMITTED, Status.NEED_INFO}


def public_tickets() -> QuerySet[Ticket]:
    """What anyone may see: nothing restricted, refused, or not yet looked at."""
    return Ticket.objects.filter(restricted=False, category__child=False).exclude(status__in=HIDDEN)


def has_public_ticket(upload_id: UUID) -> bool:
    """Say whether anyone may see a ticket with this photo: not once it was withdrawn, merged or
    restricted, even where the photo stays released."""
    tickets = public_tickets()
    return (
        tickets.filter(photos__upload=upload_id).exists()
        or tickets.filter(report_links__report__photos__upload=upload_id).exists()
    )


def is_public(ticket: Ticket) -> bool:
    """Say of a ticket in hand what `public_tickets` asks of many."""
    return not ticket.restricted and not ticket.category.child and ticket.state not in HIDDEN
