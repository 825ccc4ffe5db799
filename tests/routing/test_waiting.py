"""What would move by what is in force is counted and told as the ground changes, and only then."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.tickets.selectors import ticket_of
from geo import locator
from geo.services import load_boundaries
from routing.moving import move_tickets
from routing.rule_sets import draft_rules, publish_rules
from routing.waiting import count_moves, counted
from tests.routing.conftest import WEST, make_rule

ADMIN = of_system("test")


@pytest.fixture
def told(sequence):
    """Count, and return what was told, None where nothing was."""

    def look():
        locator.forget()
        if not count_moves():
            return None
        sequence()
        event = counted().event
        return event.count, event.boundary, event.rules, event.successor

    return look


def test_a_quiet_ground_is_told_of_once(send, told):
    send(WEST)
    assert (told(), told()) == ((0, 0, 0, 0), None)


def test_rules_in_force_are_told_with_what_they_would_move_until_a_person_has(send, told):
    ticket = ticket_of(send(WEST))
    told()
    draft = draft_rules(actor=ADMIN)
    make_rule(name="Ổ gà", categories=["GT01"], agency="SXD", number=draft.number)
    begins = clock.now() + timedelta(days=1)
    publish_rules(number=draft.number, actor=ADMIN, from_at=begins)
    assert told() is None  # not before it is in force
    with clock.at(begins):
        assert told() == (1, 0, 1, 0)
        assert told() is None
        assert counted().event.rule_set == draft.number
        assert move_tickets(ids=[ticket.pk], reason="Quy tắc mới", actor=ADMIN) == [ticket.pk]
        assert told() == (0, 0, 0, 0)


def test_a_boundary_is_told_of_on_its_first_day(send, told):
    send(WEST)
    told()
    ring = [[107.0, 20.9], [107.2, 20.9], [107.2, 21.0], [107.0, 21.0], [107.0, 20.9]]
    far = [[106.8, 20.9], [106.9, 20.9], [106.9, 21.0], [106.8, 21.0], [106.8, 20.9]]
    named = {"name_en": "x", "kind": "ward"}
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name_vi": f"Phường {code}", **named},
            "geometry": {"type": "Polygon", "coordinates": [shape]},
        }
        for code, shape in (("00001", far), ("00002", ring))
    ]
    first_day = date(2099, 1, 1)
    load_boundaries({"type": "FeatureCollection", "features": features}, valid_from=first_day)
    assert told() == (0, 0, 0, 0)  # the ground is another, but not yet for anybody
    with clock.at(datetime(2099, 1, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))):
        assert told() == (1, 1, 0, 0)


def test_a_successor_is_told_of(send, told):
    send(WEST)
    told()
    heir = Agency.objects.get(code="UBND-00002")
    Agency.objects.filter(code="UBND-00001").update(active=False, successor=heir)
    assert told() == (1, 0, 0, 1)
