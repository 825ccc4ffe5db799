"""The life of a ticket as tables: which status follows which, and which verb is for when.

The tables are those of docs/architecture.md; nothing here knows a database or a person.
"""

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket is on its way."""

    SUBMITTED = "submitted"
    NEED_INFO = "need_info"
    ROUTED = "routed"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    PENDING_APPROVAL = "pending_approval"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


S = Status

TRANSITIONS: dict[Status, frozenset[Status]] = {
    S.SUBMITTED: frozenset({S.ROUTED, S.NEED_INFO, S.REJECTED, S.MERGED, S.WITHDRAWN}),
    S.NEED_INFO: frozenset({S.SUBMITTED, S.ROUTED, S.REJECTED, S.WITHDRAWN}),
    S.ROUTED: frozenset({S.ACCEPTED, S.RETURNED, S.ROUTED, S.MERGED, S.REJECTED, S.WITHDRAWN}),
    S.RETURNED: frozenset({S.ROUTED, S.REJECTED}),
    S.ACCEPTED: frozenset(
        {S.IN_PROGRESS, S.PENDING_APPROVAL, S.RESOLVED, S.RETURNED, S.NEED_INFO, S.MERGED}
    ),
    S.IN_PROGRESS: frozenset({S.PENDING_APPROVAL, S.RESOLVED, S.RETURNED, S.NEED_INFO, S.MERGED}),
    S.PENDING_APPROVAL: frozenset({S.RESOLVED, S.IN_PROGRESS}),
    S.RESOLVED: frozenset({S.CLOSED, S.ROUTED}),
    S.CLOSED: frozenset({S.ROUTED}),
    S.REJECTED: frozenset(),
    S.MERGED: frozenset(),
    S.WITHDRAWN: frozenset(),
}

FINAL = frozenset(status for status, following in TRANSITIONS.items() if not following)
DONE = FINAL | {S.RESOLVED, S.CLOSED}
OPEN = frozenset(Status) - DONE
AWAITS_AGENCY = frozenset({S.SUBMITTED, S.ROUTED, S.RETURNED})
AT_WORK = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.PENDING_APPROVAL})


class Verb(StrEnum):
    """What staff may ask of a ticket."""

    ACCEPT = "accept"
    RETURN = "return"
    START = "start"
    REQUEST_INFO = "request_info"
    PROPOSE_RESOLUTION = "propose_resolution"
    RESOLVE = "resolve"
    APPROVE = "approve"
    REROUTE = "reroute"
    CORRECT = "correct"
    EXTEND = "extend"
    MERGE = "merge"
    SPLIT = "split"
    REOPEN = "reopen"
    CLOSE = "close"
    REJECT = "reject"
    ASSIGN = "assign"
    COMMENT = "comment"
    DIRECT = "direct"


TARGETS: dict[Verb, Status] = {
    Verb.ACCEPT: S.ACCEPTED,
    Verb.RETURN: S.RETURNED,
    Verb.START: S.IN_PROGRESS,
    Verb.REQUEST_INFO: S.NEED_INFO,
    Verb.PROPOSE_RESOLUTION: S.PENDING_APPROVAL,
    Verb.RESOLVE: S.RESOLVED,
    Verb.APPROVE: S.RESOLVED,
    Verb.REROUTE: S.ROUTED,
    Verb.MERGE: S.MERGED,
    Verb.REOPEN: S.ROUTED,
    Verb.CLOSE: S.CLOSED,
    Verb.REJECT: S.REJECTED,
}

WHEN: dict[Verb, frozenset[Status]] = {
    **{
        verb: frozenset(status for status in Status if target in TRANSITIONS[status])
        for verb, target in TARGETS.items()
    },
    Verb.RESOLVE: frozenset({S.ACCEPTED, S.IN_PROGRESS}),
    Verb.APPROVE: frozenset({S.PENDING_APPROVAL}),
    Verb.REROUTE: frozenset({S.SUBMITTED, S.NEED_INFO, S.ROUTED, S.RETURNED}),
    Verb.CORRECT: frozenset({S.ROUTED, S.NEED_INFO, S.ACCEPTED, S.IN_PROGRESS}),
    Verb.REOPEN: frozenset({S.RESOLVED, S.CLOSED}),
    Verb.EXTEND: frozenset({S.ROUTED, S.NEED_INFO}) | AT_WORK,
    Verb.SPLIT: OPEN,
    Verb.ASSIGN: frozenset({S.ROUTED, S.ACCEPTED, S.IN_PROGRESS}),
    Verb.COMMENT: frozenset(Status),
    Verb.DIRECT: OPEN,
}


def may_become(current: Status, target: Status) -> bool:
    return target in TRANSITIONS[current]


def may_happen(verb: Verb, current: Status) -> bool:
    return current in WHEN[verb]
