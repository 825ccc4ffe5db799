"""From a report to its ticket and agency: facts are gathered, the engine decides, backend acts."""

from typing import Any
from uuid import UUID

from shapely.geometry import Point

from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.errors import Conflict
from backend.events.log import recording
from backend.reports.models import Report
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.services import join_ticket, open_ticket, route_ticket
from geo.geometry import distance_m
from routing import engine
from routing.facts import facts_of
from routing.rule_sets import rules_in_force
from routing.words import explain

JOIN_SLACK = 3
"""How many times as far as its category offers a ticket may lie that a sender chose to join."""

ROUTING = of_system("routing")


@recording()
def route_report(report_id: UUID) -> Ticket | None:
    """Give the report its ticket, and the ticket its agency; None for a report withdrawn by now.

    A report that has a ticket keeps it as it is, so the same entry may come twice.
    """
    # Withdrawing takes the same lock: a report is either routed or withdrawn first, never both.
    report = Report.objects.select_for_update(of=("self",)).get(id=report_id)
    link = TicketReport.objects.filter(report=report).select_related("ticket").first()
    if link:
        return link.ticket
    if report.withdrawn_at:
        return None
    return _joined(report) or _routed(report)


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


def _routed(report: Report) -> Ticket:
    facts, chosen = facts_of(report), rules_in_force()
    decision = engine.decide(facts, chosen.rules)
    routing = _kept(facts, decision, chosen.number)
    lead = Agency.objects.filter(code=decision.agency, active=True).first()
    waits = decision.waits or lead is None
    if waits:
        routing["proposed"] = decision.agency
        routing["proposed_supporting"] = list(decision.supporting)
    ticket = open_ticket(
        report_id=report.id, actor=ROUTING, priority=decision.priority, routing=routing
    )
    if waits or lead is None or ticket.state != Status.SUBMITTED:
        return ticket
    helpers = Agency.objects.filter(code__in=decision.supporting, active=True)
    return route_ticket(
        ticket_id=ticket.id, agency=lead, actor=ROUTING, supporting=list(helpers), routing=routing
    )


def _kept(facts: engine.Facts, decision: engine.Decision, rule_set: int | None) -> dict[str, Any]:
    """Return what the ticket keeps of the decision."""
    said = explain(facts, decision)
    kept: dict[str, Any] = {"deadlines": dict(decision.deadlines)} if decision.deadlines else {}
    return kept | {
        "rule_set": rule_set,
        "rule": decision.rule,
        "title": {"vi": decision.title.vi, "en": decision.title.en},
        "explanation": {"vi": said.vi, "en": said.en},
        "doubt": list(decision.doubt),
    }
