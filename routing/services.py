"""From a report to its ticket and agency: facts are gathered, the engine decides, backend acts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shapely.geometry import Point

from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.errors import Conflict
from backend.events.log import recording
from backend.reports.models import Report
from backend.tickets.lifecycle import OPEN
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.services import Opening, join_ticket, open_tickets
from geo.geometry import distance_m
from routing import engine
from routing.facts import facts_of, known
from routing.keeping import kept_of
from routing.rule_sets import Rules, rules_in_force

JOIN_SLACK = 3
"""How many times as far as its category offers a ticket may lie that a sender chose to join."""

ROUTING = of_system("routing")


@recording()
def route_reports(report_ids: Sequence[UUID]) -> None:
    """Give each report its ticket, and the ticket its agency, in the order of the ids.

    A report that has a ticket keeps it as it is, so the same entry may come twice; one that was
    withdrawn by now gets none.
    """
    # Withdrawing takes the same lock: a report is either routed or withdrawn first, never both.
    reports = Report.objects.select_for_update(of=("self",))
    found = reports.select_related("category", "device", "user").in_bulk(report_ids)
    done = set(TicketReport.objects.filter(report__in=found).values_list("report_id", flat=True))
    alone = [
        report
        for report in (found[report_id] for report_id in dict.fromkeys(report_ids))
        if report.pk not in done and not report.withdrawn_at and not _joined(report)
    ]
    if alone:
        open_tickets(_openings(alone), actor=ROUTING)


def _joined(report: Report) -> Ticket | None:
    """Add the report to the ticket that its sender named, if that may still be joined."""
    ticket = _ticket_to_join(report)
    if ticket is None:
        return None
    try:
        return join_ticket(ticket_id=ticket.id, report_id=report.id, actor=ROUTING)
    except Conflict:  # finished between our look and our lock
        return None


def _ticket_to_join(report: Report) -> Ticket | None:
    """Return the ticket named in `joins`, or what that was merged into, if near and alike."""
    if report.joins is None:
        return None
    ticket = Ticket.objects.filter(id=report.joins).select_related("merged_into").first()
    if ticket and ticket.merged_into:
        ticket = ticket.merged_into
    if ticket is None or ticket.state not in OPEN or ticket.restricted:
        return None
    if ticket.category_id != report.category_id:
        return None
    metres = distance_m(report.lat, report.lon, Point(ticket.lon, ticket.lat))
    return ticket if metres <= JOIN_SLACK * report.category.join_radius_m else None


def _openings(reports: Sequence[Report]) -> list[Opening]:
    on, chosen = known(), rules_in_force()
    decided = [_decided(facts_of(report, on), chosen) for report in reports]
    named = {code for each, _why in decided for code in (each.agency, *each.supporting)}
    agencies = Agency.objects.filter(active=True, code__in=named).in_bulk(field_name="code")
    return [
        _opening(report, decision, routing, agencies)
        for report, (decision, routing) in zip(reports, decided, strict=True)
    ]


def _decided(facts: engine.Facts, chosen: Rules) -> tuple[engine.Decision, dict[str, Any]]:
    decision = engine.decide(facts, chosen.rules)
    return decision, kept_of(facts, decision, chosen.number)


def _opening(
    report: Report,
    decision: engine.Decision,
    routing: dict[str, Any],
    agencies: Mapping[str, Agency],
) -> Opening:
    lead = agencies.get(decision.agency)
    if decision.waits or lead is None:
        routing["proposed"] = decision.agency
        routing["proposed_supporting"] = list(decision.supporting)
        return Opening(report=report, priority=decision.priority, routing=routing)
    return Opening(
        report=report,
        priority=decision.priority,
        routing=routing,
        agency=lead,
        supporting=[agencies[code] for code in decision.supporting if code in agencies],
    )
