"""Old entries move to files: the chain goes on, nothing is lost, and what is needed stays."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from backend.events import archive, archiving, log
from backend.events.archiving import archive_before
from backend.events.delivery import deliver_next, skip_to_head, try_again
from backend.events.log import record, recording
from backend.events.models import EventRecord, LogHead, LogPosition, SkippedEvent
from backend.events.subscriber import Subscriber
from backend.events.verification import faults
from backend.tickets import services
from backend.tickets.models import Ticket
from tests.events import PebbleDropped
from tests.factories import make_phone, make_report, make_ticket

OLD = datetime(2026, 1, 5, 8, tzinfo=UTC)
CUT = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reactions")]


@pytest.fixture(autouse=True)
def own_archive(settings, tmp_path):
    settings.LOG_ARCHIVE_DIR = tmp_path / "archive"


def drop(at: datetime, *numbers: int) -> None:
    with time_machine.travel(at, tick=False):
        for number in numbers:
            with recording():
                record(PebbleDropped(number=number), actor="user:1")


@pytest.fixture
def seven(sequence):
    """Five old pebbles and two young ones."""
    drop(OLD, 1, 2, 3, 4, 5)
    drop(NOW, 6, 7)
    sequence()


def archived(stretch: int = 2) -> list[tuple[int, int]]:
    return [(each.first, each.last) for each in archive_before(CUT, stretch)]


def test_old_entries_move_to_files_and_the_chain_goes_on(seven):
    assert archived() == [(1, 2), (3, 4), (5, 5)]
    assert [entry.position for entry in log.read(0)] == [6, 7]
    assert (log.oldest(), log.head(), EventRecord.objects.count()) == (6, 7, 2)
    assert list(faults()) == []
    assert archived() == []  # again: nothing is left to do


def test_a_history_is_read_from_files_and_tables_alike(seven):
    archived()
    assert [entry.event.number for entry in log.history(["pond:a"])] == [1, 2, 3, 4, 5, 6, 7]


def test_a_second_run_takes_nothing_from_the_first(seven, monkeypatch):
    leave = archiving._leave

    def disturbed(*given):
        monkeypatch.undo()
        with pytest.raises(archive.Broken, match="at the same time"):
            list(archive_before(CUT))
        return leave(*given)

    monkeypatch.setattr(archiving, "_leave", disturbed)
    assert archived(5) == [(1, 5)]
    assert list(faults()) == []
    assert [entry.event.number for entry in log.history(["pond:a"])] == [1, 2, 3, 4, 5, 6, 7]


def test_a_file_tells_its_entries_in_plain_lines(seven):
    archived()
    [path] = archive.folder().glob("log-000000000001-*.gz")
    first = json.loads(gzip.decompress(path.read_bytes()).splitlines()[0])
    assert {name: first[name] for name in ("position", "type", "stream", "actor", "data")} == {
        "position": 1,
        "type": "pebble.dropped",
        "stream": "pond:a",
        "actor": "user:1",
        "data": {"pond": "a", "number": 1},
    }


def test_a_changed_file_is_found_and_so_is_a_missing_one(seven):
    archived()
    [second] = archive.folder().glob("log-000000000003-*.gz")
    whole = second.read_bytes()
    second.write_bytes(gzip.compress(gzip.decompress(whole).replace(b'"number":3', b'"number":9')))
    assert list(faults()) == [f"{second.name} was changed."]
    second.unlink()
    assert list(faults()) == [f"{second.name} is missing."]
    assert list(faults(files=False)) == []
    with pytest.raises(CommandError):
        call_command("verify_log")
    second.write_bytes(whole)
    call_command("verify_log")


def test_an_archive_without_its_last_file_is_found(seven):
    archived()
    for path in archive.folder().glob("log-000000000005-*"):
        path.unlink()
    assert list(faults()) == ["The archive should end at 5; it ends at 4."]


@pytest.mark.parametrize("step", ["_bring_to_disk", "read_file"])
def test_a_run_that_dies_loses_nothing_and_is_done_again(seven, monkeypatch, step):
    """At the writing of each file, of its manifest, and at reading it back."""
    real, calls = getattr(archive, step), []
    for dies_at in (1, 2, 1):
        calls.clear()

        def dying(*args, dies_at=dies_at):
            calls.append(args)
            if len(calls) == dies_at:
                raise KeyboardInterrupt
            return real(*args)

        monkeypatch.setattr(archive, step, dying)
        with pytest.raises(KeyboardInterrupt):
            archived()
        monkeypatch.setattr(archive, step, real)
        assert list(faults()) == []
        assert [entry.event.number for entry in log.history(["pond:a"])] == [1, 2, 3, 4, 5, 6, 7]
    archived()
    assert (log.oldest(), list(faults())) == (6, [])


def test_a_run_that_dies_before_its_rows_are_deleted_is_done_again(seven, monkeypatch):
    from backend.events import archiving

    real = archiving._delete
    monkeypatch.setattr(archiving, "_delete", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archived()
    assert (LogPosition.objects.count(), log.oldest(), list(faults())) == (7, 1, [])
    monkeypatch.setattr(archiving, "_delete", real)
    assert archived() == [(1, 2), (3, 4), (5, 5)]


def test_a_file_that_does_not_hold_what_was_written_leaves_the_rows(seven, monkeypatch):
    real = archive._bring_to_disk
    monkeypatch.setattr(archive, "_bring_to_disk", lambda path, content: real(path, content[:-1]))
    with pytest.raises(CommandError, match="changed"):
        call_command("archive_log", "--before", "2026-06-01")
    assert (LogPosition.objects.count(), log.oldest()) == (7, 1)


def test_what_a_subscriber_has_yet_to_hear_stays(seven):
    slow = Subscriber("slow")
    slow.on(PebbleDropped)(lambda _entry: None)
    assert archived() == []
    deliver_next(slow, limit=3)
    assert archived() == [(1, 2), (3, 3)]
    skip_to_head("slow")
    assert archived() == [(4, 5)]


def test_what_waits_for_a_person_stays_and_can_be_given_again(seven):
    heard: list[int] = []
    Subscriber("ears").on(PebbleDropped)(lambda entry: heard.append(entry.event.number))
    skip_to_head("ears")
    skipped = SkippedEvent.objects.create(subscriber="ears", position=2, error="?", skipped_at=NOW)
    archived()
    assert [entry.position for entry in log.read(0)] == [6, 7]  # a reader meets no gap
    try_again(skipped.pk)
    assert heard == [2]
    archived()
    assert LogPosition.objects.filter(position=2).exists() is False


def test_a_changed_row_that_stayed_is_found(seven):
    SkippedEvent.objects.create(subscriber="x", position=2, error="?", skipped_at=NOW)
    archived()
    EventRecord.objects.filter(place__position=2).update(actor="user:2")
    assert list(faults()) == ["Entry 2 (pebble.dropped) is not what was recorded."]


def test_an_open_ticket_keeps_its_history_in_the_tables_until_it_rests(province, sequence):
    phone = make_phone()
    with time_machine.travel(OLD, tick=False):
        make_ticket(province.pothole, province.ward, phone)
        report = make_report(province.pothole, phone)
        services.withdraw_report(report=report, actor=phone)
    sequence()
    streams = [f"ticket:{Ticket.objects.get().pk}"]
    before = log.history(streams)
    assert [each.first for each in archive_before(CUT)] == [1]
    assert log.history(streams) == before
    assert set(EventRecord.objects.values_list("stream", flat=True)) == {
        *streams,
        f"report:{Ticket.objects.get().report_id}",
    }
    Ticket.objects.update(status="closed", updated_at=OLD + timedelta(days=3))
    assert list(archive_before(CUT)) == []
    assert EventRecord.objects.count() == 0
    assert log.history(streams) == before  # now from the files
    assert list(faults()) == []


def test_the_command_moves_what_is_older_than_so_many_days(seven, capsys):
    with time_machine.travel(NOW, tick=False):
        call_command("archive_log", "--keep-days", "30")
    assert "log-000000000001-000000000005.jsonl.gz: 1 to 5" in capsys.readouterr().out
    assert LogHead.objects.get().archived == 5


def test_a_new_epoch_is_another_one(capsys):
    before = log.epoch()
    call_command("renew_epoch")
    assert log.epoch() != before
    assert str(log.epoch()) in capsys.readouterr().out
