"""Rule 5: a change made behind our back is found."""

import pytest
from django.core.management import CommandError, call_command

from backend.events.log import record, recording
from backend.events.models import EventRecord, LogHead, LogPosition
from backend.events.verification import faults
from tests.events import PebbleDropped

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_pebbles(sequence):
    for number in (1, 2, 3):
        with recording():
            record(PebbleDropped(number=number, pond="hồ"), actor="user:1")
    sequence()


def test_an_untouched_log_is_whole(capsys):
    call_command("verify_log")
    assert "3" in capsys.readouterr().out
    assert list(faults()) == []


def test_a_changed_payload_is_found():
    EventRecord.objects.filter(place__position=2).update(data={"pond": "hồ", "number": 9})
    assert list(faults()) == ["Entry 2 (pebble.dropped) is not what was recorded."]


def test_a_changed_actor_is_found():
    EventRecord.objects.filter(place__position=1).update(actor="user:2")
    assert list(faults()) == ["Entry 1 (pebble.dropped) is not what was recorded."]


def test_a_removed_entry_is_found():
    LogPosition.objects.filter(position=2).delete()
    assert list(faults()) == ["Positions 2 to 2 are missing."]


def test_a_log_cut_short_is_found():
    LogPosition.objects.filter(position=3).delete()
    assert list(faults()) == ["The head says 3, the last entry is 2."]


def test_the_command_ends_with_an_error_when_the_log_is_not_whole():
    LogHead.objects.update(position=9)
    with pytest.raises(CommandError):
        call_command("verify_log")
