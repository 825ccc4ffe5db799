"""The lifecycle of the contracts, cell by cell."""

import pytest

from backend.tickets.lifecycle import (
    DONE,
    FINAL,
    OPEN,
    TARGETS,
    TRANSITIONS,
    WHEN,
    Status,
    Verb,
    may_become,
    may_happen,
)

CONTRACT = {
    "submitted": "routed need_info rejected merged withdrawn",
    "need_info": "submitted routed rejected withdrawn",
    "routed": "accepted returned routed merged rejected withdrawn",
    "returned": "routed rejected",
    "accepted": "in_progress pending_approval resolved returned need_info merged",
    "in_progress": "pending_approval resolved returned need_info merged",
    "pending_approval": "resolved in_progress",
    "resolved": "closed routed",
    "closed": "routed",
    "rejected": "",
    "merged": "",
    "withdrawn": "",
}


@pytest.mark.parametrize("status", Status)
def test_a_status_may_become_what_the_contract_says_and_nothing_else(status):
    assert {str(each) for each in TRANSITIONS[status]} == set(CONTRACT[status].split())


def test_every_status_is_open_or_done_and_final_ones_are_done():
    assert set(Status) == OPEN | DONE
    assert not OPEN & DONE
    assert {"rejected", "merged", "withdrawn"} == FINAL


@pytest.mark.parametrize("verb", TARGETS)
def test_a_verb_is_for_statuses_that_may_become_its_target(verb):
    assert WHEN[verb]
    assert all(may_become(status, TARGETS[verb]) for status in WHEN[verb])


@pytest.mark.parametrize(
    ("verb", "status", "expected"),
    [
        (Verb.ACCEPT, Status.ROUTED, True),
        (Verb.ACCEPT, Status.SUBMITTED, False),
        (Verb.RESOLVE, Status.ACCEPTED, True),
        (Verb.RESOLVE, Status.PENDING_APPROVAL, False),
        (Verb.APPROVE, Status.PENDING_APPROVAL, True),
        (Verb.APPROVE, Status.IN_PROGRESS, False),
        (Verb.REOPEN, Status.CLOSED, True),
        (Verb.REOPEN, Status.ROUTED, False),
        (Verb.REROUTE, Status.SUBMITTED, True),
        (Verb.REROUTE, Status.ACCEPTED, False),
        (Verb.COMMENT, Status.REJECTED, True),
        (Verb.DIRECT, Status.CLOSED, False),
    ],
)
def test_when_a_verb_may_happen(verb, status, expected):
    assert may_happen(verb, status) is expected
