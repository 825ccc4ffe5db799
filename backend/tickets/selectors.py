"""The boards: which tickets, and what belongs to each, in as few queries as can be."""

import math
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from backend.reports.models import Report, ReportPhoto
from backend.reports.numbers import normal
from backend.reports.selectors import few_reports_saying, said
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Reply, Ticket, TicketPhoto, TicketReport
from geo.folding import folded
from geo.hexagons import Box, ranges_near
from geo.search import units_called

_Photo = TypeVar("_Photo", ReportPhoto, TicketPhoto)

_HAIR = 1e-6
"""Of a step: 20.95 / 0.0001 is not quite a whole number."""


def for_showing(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Fetch what a ticket is shown with: 7 queries for any number of tickets."""
    return _with(
        tickets,
        ReportPhoto.objects.select_related("upload"),
        TicketPhoto.objects.select_related("upload"),
    )


def for_anyone(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """As `for_showing`, of the photos those alone that anyone may see."""
    return _with(tickets, anyones(ReportPhoto.objects.all()), anyones(TicketPhoto.objects.all()))


def _with(
    tickets: QuerySet[Ticket], photos: QuerySet[ReportPhoto], proofs: QuerySet[TicketPhoto]
) -> QuerySet[Ticket]:
    links = TicketReport.objects.select_related("report").prefetch_related(
        Prefetch("report__photos", photos)
    )
    return tickets.select_related(
        "category__sector", "agency", "assignee", "report"
    ).prefetch_related(
        "supporting",
        "directives",
        Prefetch("report_links", links),
        Prefetch("photos", proofs),
    )


def anyones(photos: QuerySet[_Photo]) -> QuerySet[_Photo]:
    """Of a ticket's or a report's photos those that were released, and not sent with a matter of
    which nothing is ever public, be it since then.
    """
    secret = Q(restricted=True) | Q(category__child=True)
    of_work = Ticket.objects.filter(secret, photos__upload=OuterRef("upload"))
    of_scene = Ticket.objects.filter(
        secret, report_links__report__photos__upload=OuterRef("upload")
    )
    released = photos.filter(upload__released_at__isnull=False)
    return released.exclude(Exists(of_work)).exclude(Exists(of_scene)).select_related("upload")


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
    """Those whose number or text holds the words, with or without their diacritics, and those of
    the unit that is called so.

    The words follow one another there; the last may go on: "o ga" is found by "ổ g", not by "gà".
    """
    number = normal(text)
    if number:
        return tickets.filter(report_links__report__report_no=number)
    words = folded(text)
    if not words:
        return tickets.none()
    units = units_called(text)
    there = Q(area_code__in=units) if units else Q()
    few = few_reports_saying(words, FEW)
    if few is not None:
        return tickets.filter(Q(report__in=few) | there)
    # So common that the board's first page is soon full of them: no need to find all.
    tickets = tickets.alias(said=said("report__"))
    return tickets.filter(Q(said__contains=f" {words}") | there)


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
    restricted, nor once the photo came with such a matter too, even where it stays released."""
    tickets = public_tickets()
    shown = (
        tickets.filter(photos__upload=upload_id).exists()
        or tickets.filter(report_links__report__photos__upload=upload_id).exists()
    )
    return shown and not never_public(upload_id)


def never_public(upload_id: UUID) -> bool:
    """Say whether a ticket with this photo is restricted or concerns a child."""
    return tickets_with(upload_id).filter(Q(restricted=True) | Q(category__child=True)).exists()


def tickets_with(upload_id: UUID) -> QuerySet[Ticket]:
    """Return the tickets to which this photo belongs, some of them twice."""
    of_work = Q(photos__upload=upload_id)
    return Ticket.objects.filter(of_work | Q(report_links__report__photos__upload=upload_id))


def is_public(ticket: Ticket) -> bool:
    """Say of a ticket in hand what `public_tickets` asks of many."""
    return not ticket.restricted and not ticket.category.child and ticket.state not in HIDDEN
