"""`dispatch_events` is two processes: neither outlives the other, and one rings the other."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from backend.events.models import Checkpoint
from backend.reports.services import submit_report
from backend.tickets.models import Ticket
from tests.factories import a_draft, make_agency, make_phone, make_province

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60.0

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@contextmanager
def dispatcher() -> Iterator[tuple[subprocess.Popen[bytes], psutil.Process]]:
    """A real one on the tests' own database, with the child that delivers."""
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {"DATABASE_URL": f"{base}/{settings.DATABASES['default']['NAME']}"}
    words = [sys.executable, "manage.py", "dispatch_events", "routing"]
    running = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.PIPE)
    try:
        assert running.stdout
        running.stdout.readline()  # it says that it delivers
        [child] = psutil.Process(running.pid).children()
        yield running, child
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


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
    with dispatcher() as (running, child):
        submit_report(draft=a_draft(province.pothole), principal=make_phone())
        assert until(lambda: Ticket.objects.filter(status="routed").exists())
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 0
        assert has_ended(child)
    assert Checkpoint.objects.get(subscriber="routing").position >= 1


def test_who_delivers_ends_when_the_one_that_rings_was_killed():
    with dispatcher() as (running, child):
        running.kill()
        assert until(lambda: has_ended(child))


def test_both_end_when_who_delivers_was_killed():
    with dispatcher() as (running, child):
        child.kill()
        assert running.wait(PATIENCE) == 1
