"""Moving open tickets to where rules, boundaries or successors say today, by a person's word."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from backend.accounts.principal import Principal
from backend.errors import Conflict
from backend.events.log import recording
from backend.tickets.lifecycle import Verb, may_happen
from backend.tickets.services import reroute_ticket, return_ticket
from routing.keeping import kept_of
from routing.rule_sets import rules_in_force
from routing.simulation import Move, moves_of


def move_tickets(*, ids: Sequence[UUID], reason: str, actor: Principal) -> list[UUID]:
    """Move those of the tickets that would move today; returns which.

    One that somebody changed in the meantime stays, and is not among them.
    """
    moved, chosen = [], rules_in_force()
    for move in moves_of(chosen.rules, ids):
        try:
            _move(move, reason, actor, chosen.number)
        except Conflict:
            continue
        moved.append(move.ticket.pk)
    return moved


@recording()
def _move(move: Move, reason: str, actor: Principal, rule_set: int | None) -> None:
    ticket = move.ticket
    if not may_happen(Verb.REROUTE, ticket.state):
        # What an agency had begun is first given back, so that its history says so.
        ticket = return_ticket(
            ticket_id=ticket.pk, actor=actor, version=ticket.version, reason=reason
        )
    reroute_ticket(
        ticket_id=ticket.pk,
        agency=move.agency,
        actor=actor,
        version=ticket.version,
        reason=reason,
        rules=_rules_of(move, rule_set),
    )


def _rules_of(move: Move, rule_set: int | None) -> dict[str, Any]:
    """Return what the rules say of it; of an heir whom they would not choose, only why."""
    said = {}
    if move.decision.agency == move.agency:
        said = kept_of(move.facts, move.decision, rule_set)
    return {**said, "cause": move.reason}
