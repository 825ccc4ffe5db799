"""From a report to its ticket and agency: facts are gathered, the engine decides, backend acts."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from shapely.geometry import Point

from backend.accounts.models import Agency, Role
from backend.accounts.principal import Principal, of_system
from backend.catalogue.models import Category
from backend.errors import Conflict
from backend.events.log import recording
from backend.reports.models import Report
from backend.tickets.lifecycle import OPEN, Status
from backend.tickets.models import Ticket, TicketReport
from backend.tickets.services import join_ticket, open_ticket, route_ticket
from geo.geometry import distance_m
from geo.names import area_name
from routing import engine
from routing.models import Channel, RoutingRule
from routing.words import explain

JOIN_WITHIN_M = 300
"""How far a report may lie from the ticket that its sender chose to join."""

COMMITTEE = "commune_committee"
"""The kind of an agency that is a unit's People's Committee."""

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
    return ticket if metres <= JOIN_WITHIN_M else None


def _routed(report: Report) -> Ticket:
    facts = facts_of(report)
    decision = engine.decide(facts, rules_in_force())
    routing = _kept(facts, decision)
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


def _kept(facts: engine.Facts, decision: engine.Decision) -> dict[str, Any]:
    """Return what the ticket keeps of the decision."""
    said = explain(facts, decision)
    return {
        "rule": decision.rule,
        "title": {"vi": decision.title.vi, "en": decision.title.en},
        "explanation": {"vi": said.vi, "en": said.en},
        "doubt": list(decision.doubt),
    }


def rules_in_force() -> list[engine.Rule]:
    active = RoutingRule.objects.filter(active=True).select_related("agency")
    return [rule.as_rule() for rule in active]


def facts_of(report: Report) -> engine.Facts:
    """Return what the engine needs to know of a report."""
    return facts_for(
        category=report.category,
        area_code=report.area_code,
        place_doubt=tuple(report.place_doubt),
        answers=report.answers,
        channel=_channel_of(report),
    )


def facts_for(
    *,
    category: Category,
    area_code: str,
    place_doubt: tuple[str, ...] = (),
    answers: Mapping[str, Any] | None = None,
    channel: str = Channel.CITIZEN,
) -> engine.Facts:
    """Return the facts of a matter in a place, reported or only imagined."""
    agencies = list(Agency.objects.filter(active=True).order_by("code"))
    return engine.Facts(
        category=category.code,
        category_name=engine.Name(category.name_vi, category.name_en),
        sector=category.sector_id,
        level=category.level,
        priority=category.priority,
        intake=category.intake,
        duty_desk=settings.DUTY_DESK,
        channel=channel,
        area=area_code,
        area_name=engine.Name(*area_name(area_code)) if area_code else None,
        committee=_committee_of(area_code, agencies),
        answers=frozenset(f"{name}={value}" for name, value in (answers or {}).items()),
        supporting=tuple(category.supporting),
        place_doubt=place_doubt,
        agencies={each.code: engine.Name(each.name_vi, each.name_en) for each in agencies},
    )


def _committee_of(area_code: str, agencies: list[Agency]) -> str:
    """Return the code of the unit's People's Committee, blank where there is none."""
    if not area_code:
        return ""
    return next(
        (each.code for each in agencies if each.kind == COMMITTEE and each.area_code == area_code),
        "",
    )


def _channel_of(report: Report) -> str:
    if report.user is None:
        return Channel.CITIZEN
    holds = Principal(key=report.reporter_key, user=report.user).holds(Role.OFFICER)
    return Channel.OFFICER if holds else Channel.STAFF
