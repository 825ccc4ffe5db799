"""What the feed reads of tickets, by statements of our own: it asks with every few entries."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model, TextField
from django.db.models.base import ModelState
from django.db.models.functions import Cast

from backend.accounts.models import Agency, User
from backend.catalogue.models import Category
from backend.events.prepared import prepared
from backend.reports.models import Report
from backend.tickets.models import Ticket, TicketReport


class _Beside(NamedTuple):
    """What a row of the feed's statement says beside the ticket's own columns."""

    its_sector: str
    its_child: bool
    its_agency: str | None
    its_assignee: str | None
    its_number: str
    its_text: str
    helper: int | None
    helper_code: str | None
    link: int | None
    link_report: UUID | str | None
    link_number: str | None


_OWN = Ticket._meta.concrete_fields
_NAMES = [field.attname for field in _OWN]
# One statement, written by hand and prepared: the feed asks it for every few entries of the log.
# Django would take five times as long to put it together as the database does to answer. Its
# columns are named, so that a new one spoils no plan.
_FOR_FEED = f"""
    SELECT {", ".join(f"ticket.{field.column}" for field in _OWN)},
        category.sector_id AS its_sector, category.child AS its_child,
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
    WHERE ticket.id {{}}
    ORDER BY ticket.id, helper.code, link.joined_at, link.id
"""  # noqa: S608 - the names are the model's


def for_feed(ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Return the tickets by id, with what a summary in a frame needs: one query.

    What else hangs on them (the rest of its agency, say) costs a query when it is asked for.
    """
    wanted = list(set(ids))
    found: dict[UUID, Ticket] = {}
    for row, beside in _rows_for_feed(wanted) if wanted else ():
        ticket = found.get(row.id)
        if ticket is None:
            ticket = found[row.id] = _begun(row, beside)
        _add(ticket, beside)
    return found


def _rows_for_feed(wanted: list[UUID]) -> Iterator[tuple[Ticket, _Beside]]:
    ids: list[Any]
    if connection.vendor == "postgresql":
        which, ids = "= ANY(%s)", [wanted]
    else:
        which, ids = f"IN ({', '.join(['%s'] * len(wanted))})", [each.hex for each in wanted]
    with prepared() as cursor:
        cursor.execute(_FOR_FEED.format(which), ids)
        rows = cursor.fetchall()
    meanings = _meanings(connection.vendor)
    for row in rows:
        known = list(row[: len(_OWN)])
        for place, column, mean in meanings:
            known[place] = mean(known[place], column, connection)
        yield Ticket.from_db(connection.alias, _NAMES, known), _Beside._make(row[len(_OWN) :])


@cache
def _meanings(_vendor: str) -> list[tuple[int, Any, Callable[[Any, Any, Any], Any]]]:
    """Return what Django would make of which of a ticket's columns, as this database has them."""
    found = []
    for place, field in enumerate(_OWN):
        column = field.get_col("ticket")
        for mean in connection.ops.get_db_converters(column) + field.get_db_converters(connection):
            found.append((place, column, mean))
    return found


def _begun(ticket: Ticket, beside: _Beside) -> Ticket:
    """Give the ticket of a row what it has one of, with nothing of many yet."""
    ticket.category = _only(
        Category,
        code=ticket.category_id,
        sector_id=beside.its_sector,
        child=bool(beside.its_child),
    )
    ticket.report = _only(
        Report, id=ticket.report_id, report_no=beside.its_number, text=beside.its_text
    )
    if beside.its_agency:
        ticket.agency = _only(Agency, id=ticket.agency_id, code=beside.its_agency)
    if beside.its_assignee:
        ticket.assignee = _only(User, id=ticket.assignee_id, username=beside.its_assignee)
    # As prefetch_related would leave it, with lists where it has querysets.
    vars(ticket)["_prefetched_objects_cache"] = {"supporting": [], "report_links": []}
    return ticket


def _add(ticket: Ticket, beside: _Beside) -> None:
    """Take the agency that helps and the report of this row, unless an earlier row had them."""
    kept = vars(ticket)["_prefetched_objects_cache"]
    helpers, links = kept["supporting"], kept["report_links"]
    if beside.helper and all(helper.pk != beside.helper for helper in helpers):
        helpers.append(_only(Agency, id=beside.helper, code=beside.helper_code))
    if beside.link and all(link.pk != beside.link for link in links):
        # SQLite gives its own writing of a UUID.
        report = _only(Report, id=UUID(str(beside.link_report)), report_no=beside.link_number)
        link = _only(TicketReport, id=beside.link, ticket_id=ticket.pk, report_id=report.pk)
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
    WHERE id = ANY(%s::uuid[])
"""


def marks(ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return for each ticket what differs whenever its summary does, but for time's passing."""
    if connection.vendor == "postgresql":
        with prepared() as cursor:  # no value of it becomes a Python object of its own
            # An array as PostgreSQL writes it: psycopg would look at each id for what to quote.
            cursor.execute(_MARKS, [f"{{{','.join(ids)}}}"])
            return {pk: (version, moment) for pk, version, moment in cursor.fetchall()}
    found = Ticket.objects.filter(pk__in=set(ids)).order_by()
    moment = Cast("updated_at", TextField())
    return {str(pk): (now, at) for pk, now, at in found.values_list("pk", "version", moment)}
