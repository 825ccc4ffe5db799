"""Several senders at once, in threads and in processes, on a real server."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from backend import clock
from notifications.claiming import LEASE
from notifications.delivery import send_next
from notifications.models import Notification
from notifications.planning import planned
from notifications.sandbox.google import Fault
from notifications.sender import Sender
from tests.notifications.conftest import phone_with_push
from tests.notifications.rows import Counting, plan_row

WAIT = 90.0  # seconds, for what takes a moment


def until(condition) -> None:
    """Look until it is so; a test's patience is not its measure."""
    end = time.monotonic() + WAIT
    while not condition():
        assert time.monotonic() < end, "It did not happen."
        time.sleep(0.02)


def plan_now(count: int) -> None:
    moment = clock.now()
    for number in range(count):
        plan_row(phone_with_push(f"token-{number}"), at=moment, due_at=moment, next_at=moment)


@pytest.fixture
def configured(settings):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_senders_never_send_the_same_row_twice(configured):
    plan_now(200)
    transport = Counting()
    both_in = threading.Barrier(2)

    def send_all() -> None:
        both_in.wait(WAIT)
        while send_next(transport):
            pass
        connection.close()

    senders = [threading.Thread(target=send_all) for _sender in range(2)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(WAIT)
    assert Counter(Counter(push.address for push in transport.pushes).values()) == {1: 200}
    assert Counter(Notification.objects.values_list("state", "attempts")) == {("sent", 1): 200}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_claim_does_not_wait_for_another_senders_claim(configured):
    plan_now(2)
    held = threading.Event()
    release = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            Notification.objects.select_for_update().order_by("id").first()
            held.set()
            release.wait(WAIT)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(WAIT)
    transport = Counting()
    transport.batch = 1
    assert send_next(transport) == 1
    assert [push.address for push in transport.pushes] == ["token-1"]
    release.set()
    holder.join(WAIT)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_bell_wakes_a_sender_and_stop_ends_it(configured, monkeypatch):
    looked = threading.Semaphore(0)

    def look(transport, *, urgent) -> int:
        sent = send_next(transport, urgent=urgent)
        looked.release()
        return sent

    monkeypatch.setattr("notifications.sender.POLL", 3600.0)
    monkeypatch.setattr("notifications.sender.send_next", look)
    transport = Counting()
    sender = Sender([transport])
    sender.start()
    assert sender.names == ["fcm"]
    for _lane in range(transport.lanes + 1):
        assert looked.acquire(timeout=WAIT)  # from now on they listen, for an hour
    plan_now(1)
    planned.ring()
    until(lambda: Notification.objects.filter(state="sent").count() == 1)
    sender.stop()
    assert not any(thread.is_alive() for thread in sender._threads)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_sender_killed_between_sending_and_marking_repeats_once(sandbox, fcm):
    plan_now(1)
    sandbox.google.order(Fault.SLOW, delay=WAIT)
    process = subprocess.Popen(
        [sys.executable, "manage.py", "send_notifications"],
        cwd=django_settings.BASE_DIR,
        env=os.environ | database_environment() | sandbox_environment(sandbox),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: len(sandbox.google.received) == 1)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(WAIT)
    row = Notification.objects.get()
    assert (row.state, row.attempts) == ("sending", 1)
    assert send_next(fcm) == 0
    with clock.at(clock.now() + LEASE + timedelta(seconds=1)):
        assert send_next(fcm) == 1
        assert send_next(fcm) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert len(sandbox.google.received) == 2
    assert len(sandbox.google.tray("token-0")) == 1


def database_environment() -> dict[str, str]:
    given = connection.settings_dict
    user = given["USER"] or "postgres"
    secret = f":{given['PASSWORD']}" if given["PASSWORD"] else ""
    place = f"{given['HOST'] or '127.0.0.1'}:{given['PORT'] or 5432}"
    return {"DATABASE_URL": f"postgresql://{user}{secret}@{place}/{given['NAME']}"}


def sandbox_environment(sandbox) -> dict[str, str]:
    return {"FCM_CREDENTIALS": str(sandbox.service_account), **sandbox.environment}


def test_a_sender_without_transports_says_so():
    with pytest.raises(CommandError, match="No transport is configured") as refused:
        call_command("send_notifications")
    assert refused.value.returncode == 78  # its unit does not start it again


def test_a_missing_service_account_is_named(settings, tmp_path):
    settings.FCM_CREDENTIALS = str(tmp_path / "fcm.json")
    with pytest.raises(CommandError, match=r"fcm\.json"):
        call_command("send_notifications")


def test_a_sandbox_on_a_taken_port_says_so(running_sandbox, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    port = running_sandbox.origin.rpartition(":")[2]
    with pytest.raises(CommandError, match=port):
        call_command("fcm_sandbox", port=int(port))
