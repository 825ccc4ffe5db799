"""Who may see and do what: one answer for HTTP, the socket and push."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from backend.accounts.models import Membership, Role
from backend.accounts.principal import Principal
from backend.reports.models import Report
from backend.tickets.lifecycle import OPEN, Status, Verb, may_become, may_happen
from backend.tickets.models import Directive, Ticket

DESK = (Role.DISPATCHER, Role.AGENCY_LEADER)

BY_DESK = frozenset(
    {
        Verb.ACCEPT,
        Verb.RETURN,
        Verb.START,
        Verb.CORRECT,
        Verb.REQUEST_INFO,
        Verb.PROPOSE_RESOLUTION,
        Verb.RESOLVE,
        Verb.ASSIGN,
        Verb.MERGE,
        Verb.COMMENT,
    }
)
BY_AGENCY_LEADER = BY_DESK | {Verb.APPROVE, Verb.EXTEND, Verb.CLOSE, Verb.DIRECT}
BY_CENTRE = frozenset(
    {
        Verb.REROUTE,
        Verb.CORRECT,
        Verb.REJECT,
        Verb.REQUEST_INFO,
        Verb.APPROVE,
        Verb.EXTEND,
        Verb.MERGE,
        Verb.SPLIT,
        Verb.REOPEN,
        Verb.CLOSE,
        Verb.COMMENT,
        Verb.DIRECT,
    }
)
BY_PROVINCIAL_LEADER = frozenset({Verb.DIRECT, Verb.EXTEND, Verb.COMMENT})


def tickets_visible_to(principal: Principal) -> QuerySet[Ticket]:
    """Return the tickets that this person's board may hold. Reporters have reports, not tickets."""
    if principal.sees_all:
        return Ticket.objects.all()
    if not principal.agency_ids:
        return Ticket.objects.none()
    mine = Q(agency__in=principal.agency_ids) | Q(
        pk__in=Ticket.supporting.through.objects.filter(agency_id__in=principal.agency_ids).values(
            "ticket_id"
        )
    )
    return Ticket.objects.filter(mine)


def verbs_for(principal: Principal, ticket: Ticket) -> list[Verb]:
    """Return what this person may do with the ticket now, in the order of the work."""
    allowed = _by_role(principal, ticket)
    return [
        verb
        for verb in Verb
        if verb in allowed and may_happen(verb, ticket.state) and _fits(verb, principal, ticket)
    ]


def can(principal: Principal, verb: Verb, ticket: Ticket) -> bool:
    """Say whether the person's role gives them this verb on this ticket, at any status."""
    return verb in _by_role(principal, ticket)


def _by_role(principal: Principal, ticket: Ticket) -> frozenset[Verb]:
    allowed: frozenset[Verb] = frozenset()
    if principal.serves(ticket.agency_id, Role.DISPATCHER):
        allowed |= BY_DESK
    if principal.serves(ticket.agency_id, Role.AGENCY_LEADER):
        allowed |= BY_AGENCY_LEADER
    if principal.holds(Role.OPERATIONS_CENTRE):
        allowed |= BY_CENTRE
    if principal.holds(Role.PROVINCIAL_LEADER):
        allowed |= BY_PROVINCIAL_LEADER
    if any(agency.pk in principal.agency_ids for agency in ticket.supporting.all()):
        allowed |= {Verb.COMMENT}
    return allowed


def _fits(verb: Verb, principal: Principal, ticket: Ticket) -> bool:
    if verb == Verb.RESOLVE:
        return not ticket.category.approval_required
    if verb == Verb.START and ticket.state == Status.PENDING_APPROVAL:
        return can(principal, Verb.APPROVE, ticket)
    if verb == Verb.REQUEST_INFO and ticket.state == Status.SUBMITTED:
        return principal.holds(Role.OPERATIONS_CENTRE)
    if verb == Verb.CORRECT:  # without an agency, one is chosen along with the category: rerouted
        return ticket.agency_id is not None
    if verb == Verb.SPLIT:
        return len(ticket.report_links.all()) > 1
    return True


def directive_kind(principal: Principal, ticket: Ticket) -> str:
    """Return what this person's directive is: leaders order, the operations centre chases."""
    leads = principal.serves(ticket.agency_id, Role.AGENCY_LEADER)
    leads = leads or principal.holds(Role.PROVINCIAL_LEADER)
    return Directive.Kind.ORDER if leads else Directive.Kind.CHASE


def can_see_reporter(principal: Principal, ticket: Ticket) -> bool:
    """Say whether this person may ask who sent the reports; each look is kept.

    A restricted category hides the reporter from the agency; an administrator sees nobody.
    """
    if principal.holds(Role.OPERATIONS_CENTRE):
        return True
    return not ticket.restricted and principal.serves(ticket.agency_id, *DESK)


def can_cover_photo(principal: Principal, ticket: Ticket) -> bool:
    """Say whether this person may have parts of the ticket's photos painted over."""
    return principal.holds(Role.OPERATIONS_CENTRE) or principal.serves(ticket.agency_id, *DESK)


def can_release_photo(principal: Principal, ticket: Ticket) -> bool:
    """Say whether this person may show the ticket's photos to the public, or take them back."""
    if ticket.restricted or ticket.category.child:
        return False
    return principal.holds(Role.OPERATIONS_CENTRE) or principal.serves(
        ticket.agency_id, Role.AGENCY_LEADER
    )


def can_see_original(principal: Principal, ticket: Ticket) -> bool:
    """Say whether this person may look at a photo as it was sent; each look is kept.

    Its metadata may say who sent it, so nobody may who may not ask for the reporter.
    """
    if principal.holds(Role.OPERATIONS_CENTRE):
        return True
    return not ticket.restricted and principal.serves(ticket.agency_id, Role.AGENCY_LEADER)


def staff_of(agency_ids: Iterable[int]) -> QuerySet[Membership]:
    """Return who sits at these agencies' desks."""
    return Membership.objects.filter(
        agency__in=list(agency_ids), role__in=DESK, user__is_active=True
    ).select_related("user")


LEVELS = {
    "agency_leader": Role.AGENCY_LEADER,
    "centre": Role.OPERATIONS_CENTRE,
    "provincial_leader": Role.PROVINCIAL_LEADER,
}
"""The rungs of the ladder that an overdue ticket climbs, and who stands on each."""


def people_at(level: str, agency: str | None) -> set[str]:
    """Return the keys of those who hear of what is overdue at this level: "user:…"."""
    members = Membership.objects.filter(role=LEVELS[level], user__is_active=True)
    if level == "agency_leader":
        members = members.filter(agency__code=agency)
    return {f"user:{user_id}" for user_id in members.values_list("user_id", flat=True)}


def reporter_verbs(report: Report, ticket: Ticket | None) -> list[str]:
    """Return what the reporter may do with the report now."""
    if report.withdrawn_at:
        return []
    if ticket is None:
        return ["withdraw", "add_photo"]
    may = []
    if may_become(ticket.state, Status.WITHDRAWN):
        may.append("withdraw")
    if ticket.state in (Status.RESOLVED, Status.CLOSED):
        may += ["rate", "reopen"]
    if ticket.state == Status.NEED_INFO:
        may.append("give_info")
    if ticket.state in OPEN:
        may.append("add_photo")
    return may
