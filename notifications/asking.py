"""Four weeks after a result that nobody rated: one question, is it fixed?

The answer is the report's own page: a rating, or taking it up again. Who wants no such question
switches the topic off; each report is asked about once.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from backend import clock
from backend.events.log import record, recording
from backend.events.types import Entry
from backend.tickets.lifecycle import Status
from backend.tickets.models import Rating, Ticket, TicketReport
from notifications.events import NotificationAsked
from notifications.models import Asked
from notifications.planning import NEWS_FOR, Fact, plan_for
from notifications.policies import Hearer
from notifications.story import Story

AFTER = timedelta(weeks=4)
FOR = timedelta(weeks=1)  # what was resolved earlier still is no news: a new site asks nobody
HOURS = range(9, 19)  # of the province's day
AT_ONCE = 200
ACTOR = "system:notifications"


@recording()
def ask_if_fixed() -> int:
    """Record the questions that are due now; returns how many. Any number may run at once."""
    moment = clock.now()
    if moment.astimezone(ZoneInfo(settings.TIME_ZONE)).hour not in HOURS:
        return 0
    skip = connection.features.has_select_for_update_skip_locked
    due = (
        TicketReport.objects.select_related("report")
        .select_for_update(skip_locked=skip, of=("self",) if skip else ())
        .filter(
            ~Exists(Rating.objects.filter(report=OuterRef("report"))),
            ~Exists(Asked.objects.filter(report=OuterRef("report"))),
            ticket__status__in=[Status.RESOLVED, Status.CLOSED],
            ticket__resolved_at__range=(moment - AFTER - FOR, moment - AFTER),
            report__withdrawn_at=None,
            report__drill=False,
        )
    )
    links = list(due.order_by("ticket__resolved_at", "pk")[:AT_ONCE])
    Asked.objects.bulk_create([Asked(report=link.report, at=moment) for link in links])
    for link in links:
        asked = NotificationAsked(report_no=link.report.report_no, ticket_id=str(link.ticket_id))
        record(asked, actor=ACTOR)
    return len(links)


def plan_question(entry: Entry[NotificationAsked]) -> int:
    """Plan the question for the report's sender, unless they rated or took it up meanwhile."""
    event = entry.event
    found = Ticket.objects.select_related("report", "category", "agency")
    done = found.filter(pk=event.ticket_id, status__in=[Status.RESOLVED, Status.CLOSED])
    ticket = done.first()
    link = TicketReport.objects.select_related("report").filter(
        ~Exists(Rating.objects.filter(report=OuterRef("report"))),
        report__report_no=event.report_no,
    )
    mine = link.first()
    if ticket is None or mine is None or clock.now() - entry.at > NEWS_FOR:
        return 0
    fact = Fact(
        position=entry.position, at=entry.at, ticket=ticket, story=Story(event.type, ticket)
    )
    hearer = Hearer(mine.report.reporter_key, "reporter", event.report_no)
    return plan_for([(fact, [hearer])])
