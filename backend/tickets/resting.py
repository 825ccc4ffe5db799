"""What the log must keep at hand: the history of whatever is not at rest."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from backend.events import archive
from backend.reports.models import Report
from backend.tickets.lifecycle import FINAL, Status
from backend.tickets.models import Ticket

AT_REST = FINAL | {Status.CLOSED}


@archive.needs
def streams_not_at_rest(streams: set[str], since: datetime) -> set[str]:
    """Return those of tickets that changed since, or may yet change, and of their reports."""
    tickets = _ids(streams, "ticket:")
    reports = _ids(streams, "report:")
    resting = Q(status__in=AT_REST, updated_at__lt=since)
    quiet = set(Ticket.objects.filter(resting, pk__in=tickets).values_list("pk", flat=True))
    gone = Q(withdrawn_at__lt=since, ticket_link=None)
    done = Q(ticket_link__ticket__status__in=AT_REST, ticket_link__ticket__updated_at__lt=since)
    silent = set(Report.objects.filter(gone | done, pk__in=reports).values_list("pk", flat=True))
    return {f"ticket:{each}" for each in tickets - quiet} | {
        f"report:{each}" for each in reports - silent
    }


def _ids(streams: set[str], kind: str) -> set[UUID]:
    return {UUID(stream.removeprefix(kind)) for stream in streams if stream.startswith(kind)}
