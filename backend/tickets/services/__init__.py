"""One service for each verb; a caller asks `policies` first, a service never does."""

from backend.tickets.services.correcting import correct_ticket
from backend.tickets.services.intake import (
    give_info,
    join_ticket,
    reject_ticket,
    request_info,
    reroute_ticket,
    return_ticket,
    withdraw_report,
)
from backend.tickets.services.opening import Opening, open_tickets
from backend.tickets.services.order import (
    comment_on_ticket,
    direct_ticket,
    extend_ticket,
    merge_ticket,
    split_ticket,
)
from backend.tickets.services.questions import watch_questions
from backend.tickets.services.watch import watch_deadlines
from backend.tickets.services.work import (
    accept_ticket,
    approve_resolution,
    assign_ticket,
    close_ticket,
    propose_resolution,
    rate_ticket,
    reopen_ticket,
    resolve_ticket,
    start_ticket,
)

__all__ = [
    "Opening",
    "accept_ticket",
    "approve_resolution",
    "assign_ticket",
    "close_ticket",
    "comment_on_ticket",
    "correct_ticket",
    "direct_ticket",
    "extend_ticket",
    "give_info",
    "join_ticket",
    "merge_ticket",
    "open_tickets",
    "propose_resolution",
    "rate_ticket",
    "reject_ticket",
    "reopen_ticket",
    "request_info",
    "reroute_ticket",
    "resolve_ticket",
    "return_ticket",
    "split_ticket",
    "start_ticket",
    "watch_deadlines",
    "watch_questions",
    "withdraw_report",
]
