"""The tickets that the changes are about, and one change."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction

from backend import clock
from backend.accounts.models import Agency
from backend.catalogue.models import Category, Sector
from backend.events.log import record, recording
from backend.reports.models import Report
from backend.reports.numbers import new_report_no
from backend.tickets.events import TicketCommented
from backend.tickets.models import Ticket, TicketReport

ACTOR = "user:1"


def make_tickets(count: int) -> list[UUID]:
    """Tickets of one agency, each with its report, as routing would have left them."""
    sector, _new = Sector.objects.get_or_create(code="GT", name_vi="Giao thông", name_en="Traffic")
    category, _new = Category.objects.get_or_create(
        code="GT01",
        defaults={
            "sector": sector,
            "responsible": "commune_pc",
            "level": "commune",
            "ack_minutes": 60,
            "resolve_minutes": 480,
            "clock": "clock",
            "name_vi": "Ổ gà, hư hỏng mặt đường",
            "name_en": "Potholes and damaged road surface",
        },
    )
    agency, _new = Agency.objects.get_or_create(
        code="SXD", kind="department", name_vi="Sở Xây dựng", name_en="Department of Construction"
    )
    moment = clock.now()
    numbers: set[str] = set()
    while len(numbers) < count:
        numbers.add(new_report_no(moment))
    reports = Report.objects.bulk_create(
        Report(
            id=uuid4(),
            report_no=number,
            category=category,
            text="Ổ gà lớn giữa đường, xe máy đi qua rất nguy hiểm vào buổi tối.",
            lat=20.95 + turn % 100 / 10_000,
            lon=107.05,
            body_digest="0" * 64,
            submitted_at=moment,
            user=_reporter(),
        )
        for turn, number in enumerate(sorted(numbers))
    )
    tickets = Ticket.objects.bulk_create(
        Ticket(
            category=category,
            agency=agency,
            status="routed",
            priority="normal",
            report=report,
            lat=report.lat,
            lon=report.lon,
            created_at=moment,
            updated_at=moment,
            ack_due_at=moment + timedelta(hours=1),
            resolve_due_at=moment + timedelta(hours=9),
            first_resolve_due_at=moment + timedelta(hours=9),
        )
        for report in reports
    )
    TicketReport.objects.bulk_create(
        TicketReport(report=ticket.report, ticket=ticket, joined_at=moment) for ticket in tickets
    )
    return [ticket.pk for ticket in tickets]


def _reporter():  # type: ignore[no-untyped-def]
    from backend.accounts.models import User

    return User.objects.get_or_create(username="reporter")[0]


def fact_about(ticket_id: UUID, number: int) -> TicketCommented:
    return TicketCommented(
        ticket_id=str(ticket_id),
        version=number,
        status="routed",
        category="GT01",
        priority="normal",
        area="",
        agency="SXD",
        supporting=[],
        restricted=False,
        reports=["QN-26-7K3F9D"],
        note_id=number,
    )


_CHANGE = "UPDATE tickets_ticket SET version = version + 1, updated_at = now() WHERE id = %s"


def recorded_change(ticket_id: UUID, number: int) -> None:
    """One change of the ticket's row and its fact, as every service of the product does it."""
    with recording():
        with connection.cursor() as cursor:
            cursor.execute(_CHANGE, [ticket_id])
        record(fact_about(ticket_id, number), actor=ACTOR)


_BARE = """
    INSERT INTO events_eventrecord (type, stream, at, actor, data)
    VALUES (%s, %s, %s, %s, %s::jsonb)
"""


def bare_change(ticket_id: UUID, number: int) -> None:
    """The same transaction with a bare event row: no queue, no bell, no position, ever."""
    import orjson

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CHANGE, [ticket_id])
        fact = fact_about(ticket_id, number)
        data = orjson.dumps(fact.as_data()).decode()
        cursor.execute(_BARE, [fact.type, fact.stream, clock.now(), ACTOR, data])
