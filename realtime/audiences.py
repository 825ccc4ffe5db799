"""Who may follow what, and who hears an entry of the log.

Who hears it is decided from what the entry itself says, never from how its ticket stands by now:
so a client that was away gets exactly what it would have got if it had stayed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from backend.accounts.models import Agency
from backend.accounts.principal import ANONYMOUS, Principal
from backend.api.reports import TOLD
from backend.events.log import Row
from backend.reports import events as of_reports
from backend.reports.models import Report
from backend.reports.numbers import normal
from backend.reports.selectors import report_of
from backend.tickets import events as of_tickets
from backend.tickets.policies import tickets_visible_to
from backend.tickets.selectors import HIDDEN

OPS = "ops"
PUBLIC = "public"

STAFF = "staff"
GONE = "gone"
HIDDEN_NOW = "hidden"
"""Three views of an entry; the others are PUBLIC, and "report:…" for each reporter. HIDDEN_NOW is
for everybody who could see a ticket until it was found to be of a restricted kind: that it is gone,
and nothing of what it has become."""

Audiences = dict[str, str]
"""Each audience that hears an entry, with the view that it gets."""

REPORTER_HEARS = TOLD | {
    of_tickets.TicketOpened.type,
    of_tickets.ReportJoined.type,
    of_tickets.ReplyPublished.type,
    of_tickets.TicketReturned.type,
    of_tickets.TicketResolutionProposed.type,
    of_tickets.TicketWithdrawn.type,
    of_tickets.TicketPhotoChanged.type,
    of_reports.UploadReady.type,
}
"""What a reporter hears: the steps that the report's own page tells, and what changes its status.
Talk among staff is not in it."""

# Several people may have reported the same matter: these concern one of them.
FOR_ONE_REPORTER = {
    of_tickets.ReportJoined.type,
    of_tickets.TicketInfoGiven.type,
    of_tickets.TicketRated.type,
}

PUBLIC_HEARS = {
    event.type
    for event in (
        of_tickets.TicketOpened,
        of_tickets.TicketRouted,
        of_tickets.TicketRerouted,
        of_tickets.TicketCorrected,
        of_tickets.TicketReturned,
        of_tickets.TicketAccepted,
        of_tickets.TicketStarted,
        of_tickets.TicketInfoGiven,
        of_tickets.TicketInfoMissed,
        of_tickets.TicketResolutionProposed,
        of_tickets.TicketResolved,
        of_tickets.TicketApproved,
        of_tickets.TicketExtended,
        of_tickets.TicketMerged,
        of_tickets.TicketSplit,
        of_tickets.TicketReopened,
        of_tickets.TicketClosed,
        of_tickets.TicketOverdue,
        of_tickets.TicketPhotoChanged,
    )
}
"""What changes a ticket on the public map."""

LEAVES_PUBLIC = {
    event.type
    for event in (
        of_tickets.TicketInfoRequested,
        of_tickets.TicketMerged,
        of_tickets.TicketRejected,
        of_tickets.TicketWithdrawn,
    )
}
"""What takes a ticket off the public map: only that it is gone is told."""

ABOUT_WORK = {
    of_reports.ReportPhotoAdded.type,
    of_reports.ReportWithdrawn.type,
    of_reports.UploadReady.type,
}
"""Facts about a report that the agency at work on it must hear."""

FIELDS = {
    GONE: frozenset(
        {"ticket_id", "version", "status", "category", "priority", "area", "agency"}
        | {"supporting", "from_agency", "restricted"}
    ),
    PUBLIC: frozenset({"ticket_id", "version", "status", "category", "priority", "area", "agency"}),
    HIDDEN_NOW: frozenset({"ticket_id", "version"}),
}
REPORTER_FIELDS = frozenset(
    {"ticket_id", "report_id", "version", "status", "category", "agency"}
    | {"upload_id", "state", "code"}
)


def of_agency(code: str) -> str:
    return f"agency:{code}"


def of_report(report_no: str) -> str:
    return f"report:{report_no}"


def is_of_staff(audience: str | None) -> bool:
    """Say whether who follows this is staff, who get the views STAFF and GONE."""
    return audience is not None and (audience == OPS or audience.startswith("agency:"))


def may_follow(principal: Principal, audience: str) -> str | None:
    """Return the audience as we write it where this principal may follow it, else None.

    What is not there and what is not to be seen look alike from outside.
    """
    kind, _colon, name = audience.partition(":")
    if audience == PUBLIC:
        return PUBLIC
    if principal == ANONYMOUS or "\0" in audience:  # PostgreSQL cannot look for NUL
        return None
    if audience == OPS:
        return OPS if principal.sees_all else None
    if kind == "agency":
        return of_agency(name) if _serves(principal, name) else None
    if kind == "report":
        number = _followed_report(principal, name)
        return of_report(number) if number else None
    return None


def _serves(principal: Principal, code: str) -> bool:
    if principal.sees_all:
        return Agency.objects.filter(code=code).exists()
    return code in principal.agency_codes


def _followed_report(principal: Principal, text: str) -> str | None:
    number = normal(text)
    if number is None:
        return None
    if principal.sees_all:
        return number if Report.objects.filter(report_no=number).exists() else None
    if report_of(principal, number):
        return number
    tickets = tickets_visible_to(principal).filter(report_links__report__report_no=number)
    return number if tickets.exists() else None


def hearers(row: Row, *, working: Iterable[str] = ()) -> Audiences:
    """Return who hears the entry. `working` are the agencies at work on a report's ticket then."""
    data = row.data
    heard: Audiences = {OPS: STAFF}
    agencies = {*_agencies(data), *working}
    heard |= {of_agency(code): STAFF for code in agencies}
    former = {data.get("from_agency"), *data.get("left", ())} - {None}
    heard |= {of_agency(code): GONE for code in former - agencies}
    heard |= {of_report(number): of_report(number) for number in _reporters(row)}
    if row.data.get("hides"):
        heard[PUBLIC] = HIDDEN_NOW
    elif _public_hears(row):
        heard[PUBLIC] = PUBLIC
    return heard


def _agencies(data: Mapping[str, Any]) -> set[str]:
    led = {data["agency"]} if data.get("agency") else set()
    return led | set(data.get("supporting") or ())


def _reporters(row: Row) -> set[str]:
    if row.type not in REPORTER_HEARS:
        return set()
    named = {row.data["report_no"]} if row.data.get("report_no") else set()
    if row.type in FOR_ONE_REPORTER:
        return named
    return named | set(row.data.get("reports") or ())


def _public_hears(row: Row) -> bool:
    data = row.data
    if data.get("restricted", True) or "status" not in data:
        return False
    if row.type in LEAVES_PUBLIC and data["status"] in HIDDEN:
        return True
    return row.type in PUBLIC_HEARS and data["status"] not in HIDDEN


def shown_data(row: Row, view: str) -> dict[str, Any]:
    """Return the entry's data as this view may know it: staff see ids of people and of words."""
    if view == STAFF:
        return row.data
    allowed = FIELDS.get(view, REPORTER_FIELDS)
    return {name: value for name, value in row.data.items() if name in allowed}
