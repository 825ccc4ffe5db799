"""The boards: which tickets, and what belongs to each, in as few queries as can be."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from backend.reports.models import Report, ReportPhoto
from backend.reports.numbers import normal
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Reply, Ticket, TicketPhoto, TicketReport

Box = tuple[float, float, float, float]


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


def for_feed(ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Return the tickets by id, with what a summary in a frame needs."""
    found = Ticket.objects.filter(id__in=set(ids)).select_related(
        "category", "agency", "assignee", "report"
    )
    links = TicketReport.objects.select_related("report")
    prefetched = found.prefetch_related("supporting", Prefetch("report_links", links))
    return {ticket.id: ticket for ticket in prefetched}


def by_lateness(tickets: QuerySet[Ticket], moment: datetime, *, late: bool) -> QuerySet[Ticket]:
    """Those past the deadline that counts now, or all the others."""
    if late:
        return tickets.filter(due_at__lt=moment)
    return tickets.filter(Q(due_at__gte=moment) | Q(due_at__isnull=True))


def inside(tickets: QuerySet[Ticket], box: Box) -> QuerySet[Ticket]:
    """Those within west, south, east, north in degrees."""
    west, south, east, north = box
    return tickets.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)


def mentioning(tickets: QuerySet[Ticket], text: str) -> QuerySet[Ticket]:
    """Those whose number, text or address holds the words."""
    number = normal(text)
    if number:
        return tickets.filter(report_links__report__report_no=number)
    return tickets.filter(
        Q(report__text__icontains=text)
        | Q(address__icontains=text)
        | Q(report__report_no__icontains=text)
    )


def open_near(category: str, box: Box) -> QuerySet[Ticket]:
    """Open public tickets of the category in the box, the newest first."""
    tickets = Ticket.objects.filter(
        category=category, restricted=False, status__in=OPEN - {Status.NEED_INFO}
    )
    return inside(tickets, box).select_related("category", "report").order_by("-created_at")


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


def is_public(ticket: Ticket) -> bool:
    """Say of a ticket in hand what `public_tickets` asks of many."""
    return not ticket.restricted and not ticket.category.child and ticket.state not in HIDDEN
