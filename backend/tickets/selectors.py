"""The boards: which tickets, and what belongs to each, in as few queries as can be."""

import math
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

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
