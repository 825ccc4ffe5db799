"""What many tickets are shown with, fetched for all of them at once.

As `selectors.for_showing` would, with lists where Django puts a queryset into each ticket: for a
page of the board, making those took longer than all that the database and the answer did.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet

from backend.reports.models import ReportPhoto
from backend.tickets.models import Directive, Ticket, TicketPhoto, TicketReport


def for_pages(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Fetch each ticket with the one of each kind that it has; `completed` brings the others."""
    return tickets.select_related("category", "agency", "assignee", "report")


def completed(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Give the tickets what many of one ticket there may be: 5 queries for any number."""
    page = list(tickets)
    ids = [ticket.pk for ticket in page]
    if not ids:
        return page
    links = _grouped(
        TicketReport.objects.filter(ticket__in=ids).select_related("report"), "ticket_id"
    )
    reports = [link.report for its in links.values() for link in its]
    seen = ReportPhoto.objects.filter(report__in=[report.pk for report in reports])
    shots = _grouped(seen.select_related("upload"), "report_id")
    for report in reports:
        vars(report)["_prefetched_objects_cache"] = {"photos": shots[report.pk]}
    helpers = _grouped(
        Ticket.supporting.through.objects.filter(ticket__in=ids)
        .select_related("agency")
        .order_by("agency__code"),
        "ticket_id",
    )
    proofs = TicketPhoto.objects.filter(ticket__in=ids).select_related("upload")
    photos = _grouped(proofs, "ticket_id")
    orders = _grouped(Directive.objects.filter(ticket__in=ids), "ticket_id")
    for ticket in page:
        vars(ticket)["_prefetched_objects_cache"] = {
            "report_links": links[ticket.pk],
            "supporting": [link.agency for link in helpers[ticket.pk]],
            "photos": photos[ticket.pk],
            "directives": orders[ticket.pk],
        }
    return page


def _grouped(rows: QuerySet[Any], owner: str) -> defaultdict[Any, list[Any]]:
    """Return the rows by what they belong to, in their order."""
    found: defaultdict[Any, list[Model]] = defaultdict(list)
    for row in rows:
        found[getattr(row, owner)].append(row)
    return found
