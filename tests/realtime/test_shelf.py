"""What is kept of a ticket is what the database says, for as long as it says so."""

from datetime import timedelta

import orjson
import pytest

from backend import clock
from backend.accounts.models import Role
from backend.events import log
from backend.events.positions import give_positions
from backend.tickets import services, showing
from backend.tickets.feed import for_feed
from realtime import shelf
from realtime.audiences import GONE, OPS, STAFF
from realtime.items import build
from tests.factories import make_staff, make_ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_reactions")]


@pytest.fixture
def ticket(province):
    return make_ticket(province.pothole, province.ward)


def shown(ticket, moment, view=STAFF):
    subject = shelf.for_staff([str(ticket.pk)], moment)[str(ticket.pk)]
    return orjson.loads(orjson.dumps(subject.shown(view)))


def truth(ticket, moment):
    return showing.summary(for_feed([ticket.pk])[ticket.pk], moment)


def test_a_ticket_that_stays_is_read_once(ticket, django_assert_num_queries):
    moment = clock.now()
    assert shown(ticket, moment) == truth(ticket, moment)
    with django_assert_num_queries(1):
        again = shown(ticket, moment)
    assert again == truth(ticket, moment)
    gone = showing.gone_summary(for_feed([ticket.pk])[ticket.pk])
    assert shown(ticket, moment, GONE) == {**gone, "gone": True}


def test_a_change_of_the_ticket_is_seen_at_once(province, ticket):
    moment = clock.now()
    before = shown(ticket, moment)
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    services.accept_ticket(ticket_id=ticket.pk, actor=lan, version=ticket.version)
    after = shown(ticket, moment)
    assert (before["status"], after["status"]) == ("routed", "accepted")
    assert after == truth(ticket, moment)


def test_a_word_that_leaves_the_version_is_seen_too(province, ticket):
    moment = clock.now()
    before = shown(ticket, moment)
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    services.comment_on_ticket(ticket_id=ticket.pk, actor=lan, message="Đã xem.")
    after = shown(ticket, moment)
    assert (after["version"], after["updated_at"]) != (before["version"], before["updated_at"])
    assert after == truth(ticket, moment)


def test_a_deadline_passes_without_a_change(ticket):
    ticket.refresh_from_db()
    assert shown(ticket, clock.now())["overdue"] is False
    late = ticket.due_at + timedelta(seconds=1)
    assert shown(ticket, late)["overdue"] is True
    assert shown(ticket, ticket.due_soon_at)["due_soon"] is True


def test_the_shelf_forgets_the_oldest(province, monkeypatch):
    monkeypatch.setattr(shelf, "_kept", {})
    monkeypatch.setattr(shelf, "KEPT", 2)
    first, second, third = (make_ticket(province.pothole, province.ward) for _turn in range(3))
    moment = clock.now()
    for each in (first, second, third):
        shown(each, moment)
    assert list(shelf._kept) == [str(second.pk), str(third.pk)]
    read = []
    monkeypatch.setattr(
        shelf, "for_feed", lambda ids: for_feed(read.append(each) or each for each in ids)
    )
    for each in (third, first):
        shown(each, moment)
    assert read == [first.pk]


def test_a_page_for_one_audience_is_what_the_hub_gives_it(ticket):
    while give_positions():
        pass
    rows = log.rows(0)
    assert rows
    for audience in (OPS, f"agency:{ticket.agency.code}", "public"):
        for ours, alone in zip(build(rows), build(rows, only=audience), strict=True):
            assert alone.audiences == ours.audiences
            view = ours.audiences.get(audience)
            assert set(alone.frames) == ({view} if view else set())
            if view:
                assert alone.frames[view].payload == ours.frames[view].payload
