"""Rule 3 with a real process: killed again and again, it repeats nothing inside the database."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

from backend.events import log
from backend.events.models import Checkpoint
from backend.events.verification import faults
from backend.reports.services import submit_report
from backend.tickets.models import Ticket
from tests.factories import Province, a_draft, make_agency, make_phone, make_province

ROOT = Path(__file__).resolve().parents[3]
REPORTS = 120
KILLS = 4

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def start() -> subprocess.Popen[bytes]:
    """A dispatcher on the tests' own database."""
    url = settings.DATABASES["default"]
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    env = os.environ | {"DATABASE_URL": f"{base}/{url['NAME']}", "REDIS_URL": ""}
    words = [sys.executable, "manage.py", "dispatch_events", "routing"]
    return subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)


def reached(position: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if Checkpoint.objects.filter(subscriber="routing", position__gte=position).exists():
            return True
        time.sleep(0.01)
    return False


def test_a_dispatcher_killed_in_the_midst_of_its_work_does_nothing_twice(sequence):
    province: Province = make_province()
    make_agency(settings.DUTY_DESK)  # no rule is loaded, so all goes to the duty desk
    phone = make_phone()
    for turn in range(REPORTS):
        submit_report(draft=a_draft(province.pothole, text=f"Ổ gà {turn}"), principal=phone)
    for kill in range(KILLS):
        running = start()
        # A little further each time, so that a kill finds it at another place in its work.
        reached((kill + 1) * REPORTS // (KILLS + 2), seconds=90)
        running.send_signal(signal.SIGKILL)
        running.wait()
    running = start()
    try:
        deadline = time.monotonic() + 90
        while Ticket.objects.count() < REPORTS and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        running.terminate()
        running.wait()
    sequence()  # what it recorded last may not have had its place yet
    kinds = Counter(entry.type for entry in log.read(0))
    assert kinds == {
        "report.submitted": REPORTS,
        "ticket.opened": REPORTS,
        "ticket.routed": REPORTS,
    }
    assert Ticket.objects.filter(status="routed").count() == REPORTS
    assert list(faults()) == []
