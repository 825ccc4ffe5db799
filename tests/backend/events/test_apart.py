"""`dispatch_events` is two processes: neither outlives the other, and one rings the other."""

import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import pytest
from django.conf import settings

from backend.events.models import Checkpoint
from backend.reports.services import submit_report
from backend.tickets.models import Ticket
from tests.backend.events.dispatching import dispatcher
from tests.factories import a_draft, make_agency, make_phone, make_province

PATIENCE = 60.0

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@contextmanager
def two_processes() -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """The one that was started, and the child that delivers."""
    with dispatcher("routing") as running:
        [child] = psutil.Process(running.pid).children()
        yield running, child


def has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def until(met: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def test_what_one_process_places_the_other_delivers():
    province = make_province()
    make_agency(settings.DUTY_DESK)
    with two_processes() as (running, child):
        submit_report(draft=a_draft(province.pothole), principal=make_phone())
        assert until(lambda: Ticket.objects.filter(status="routed").exists())
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
        assert has_ended(child)
    assert Checkpoint.objects.get(subscriber="routing").position >= 1


def test_who_delivers_ends_when_the_one_that_rings_was_killed():
    with two_processes() as (running, child):
        running.kill()
        assert until(lambda: has_ended(child))


def test_both_end_when_who_delivers_was_killed():
    with two_processes() as (running, child):
        child.kill()
        assert running.wait(PATIENCE) == 1
