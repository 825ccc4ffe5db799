"""Sending what is due: claimed in a short transaction, sent outside any, marked in another.

Any number of senders may run. A claim is a lease: it ends by itself, so what a killed sender
had in hand is taken up by another, and at most that is sent twice; the phone shows it once,
by its collapse key. A lease is renewed while the gateway takes its time.

A newer push about a report replaces the older on the screen, so they must not overtake: one
waits while an earlier one is on its way, and one that comes too late is dropped.
"""

import logging
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from backend import clock
from backend.accounts.models import Device
from backend.accounts.services import drop_push_address
from backend.events.log import record, recording
from notifications.addresses import address_of
from notifications.events import NotificationFailed
from notifications.models import OPEN, Notification, State
from notifications.transports.base import Outcome, Push, Result, Transport

logger = logging.getLogger(__name__)

ACTOR = "system:notifications"
LEASE = timedelta(seconds=30)
RENEW_EVERY = 10.0  # seconds
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)
LIVES = timedelta(hours=24)
ATTEMPTS = 30  # ends a push that kills its sender each time; LIVES ends the others

Jitter = Callable[[], float]
"""Returns a number from 0 to 1, by which senders that failed together part."""

Addressed = list[tuple[Notification, str]]


def send_next(transport: Transport, *, jitter: Jitter = random.random) -> int:
    """Claim what is due for this transport, send it, mark it; returns how many were claimed."""
    claimed = _claim(transport.name, transport.batch)
    if not claimed:
        return 0
    addressed = _addressed(transport.name, claimed)
    if addressed:
        with _lease_kept([row for row, _address in addressed]):
            results = _send(transport, [_push(row, address) for row, address in addressed])
        _settle(addressed, results, jitter)
    return len(claimed)


def retry(ids: Sequence[int]) -> int:
    """Plan failed and dropped notifications again, from now; returns how many there were."""
    moment = clock.now()
    ended = Notification.objects.filter(pk__in=ids, state__in=[State.FAILED, State.DROPPED])
    return ended.update(
        state=State.PLANNED, error="", attempts=0, due_at=moment, next_at=moment, sent_at=None
    )


@recording()
def _claim(transport: str, limit: int) -> list[Notification]:
    """Take the most urgent that are due; nobody else sees them until the lease ends."""
    moment = clock.now()
    earlier = _about_the_same(position__lt=OuterRef("position")).filter(
        Q(state=State.SENDING) | Q(state=State.PLANNED, next_at__lte=moment)
    )
    due = Notification.objects.filter(
        ~Exists(earlier), state__in=OPEN, transport=transport, next_at__lte=moment
    ).order_by("-urgent", "next_at", "id")
    free = due.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    rows = list(free[:limit])
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.SENDING, next_at=moment + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.attempts += 1
    return rows


def _overtaken(rows: Sequence[Notification]) -> set[int]:
    """Return the ids of those that failed for a while and find a newer one sent."""
    again = [row.pk for row in rows if row.attempts > 1]
    newer = _about_the_same(position__gt=OuterRef("position"), state=State.SENT)
    found = Notification.objects.filter(Exists(newer), pk__in=again)
    return set(found.values_list("pk", flat=True)) if again else set()


def _about_the_same(**conditions: Any) -> QuerySet[Notification]:
    """Select what else the outer row's person is told about its report in the same way."""
    return Notification.objects.filter(
        person=OuterRef("person"),
        report_no=OuterRef("report_no"),
        transport=OuterRef("transport"),
        **conditions,
    ).exclude(report_no="")


@recording()
def _addressed(transport: str, rows: Sequence[Notification]) -> Addressed:
    """Return those that can go out, each with its device's present address; drop the others."""
    ids = {_device_id(row) for row in rows}
    devices = Device.objects.in_bulk([each for each in ids if each])
    overtaken = _overtaken(rows)
    moment = clock.now()
    addressed: Addressed = []
    for row in rows:
        device = devices.get(_device_id(row))
        address = address_of(device) if device else None
        if row.pk in overtaken:
            _end(row, State.DROPPED, "A newer one about the report was sent first.")
        elif moment - row.due_at > LIVES:
            _end(row, State.DROPPED, "It was too old to be sent.")
        elif row.attempts > ATTEMPTS:
            _end(row, State.FAILED, f"No answer in {ATTEMPTS} attempts. {row.error}".strip())
        elif address is None or address.transport != transport:
            _end(row, State.DROPPED, "The device has no push address.")
        else:
            addressed.append((row, address.value))
    return addressed


def _send(transport: Transport, pushes: Sequence[Push]) -> list[Result]:
    try:
        return transport.send(pushes)
    except Exception as error:
        logger.warning("%s did not take %s pushes: %r", transport.name, len(pushes), error)
        result = Result(outcome=Outcome.LATER, error=f"{type(error).__name__}: {error}"[:500])
        return [result] * len(pushes)


@recording()
def _settle(addressed: Addressed, results: Sequence[Result], jitter: Jitter) -> None:
    sent = []
    for (row, address), result in zip(addressed, results, strict=True):
        if result.outcome == Outcome.SENT:
            sent.append(row.pk)
        elif result.outcome == Outcome.LATER:
            _postpone(row, result, jitter)
        else:
            _end(row, State.FAILED, result.error)
        device_id = _device_id(row)
        if result.outcome == Outcome.GONE and device_id:
            drop_push_address(device_id=device_id, address=address)
    # Whoever holds the lease by now: it was sent.
    Notification.objects.filter(pk__in=sent, state__in=OPEN).update(
        state=State.SENT, sent_at=clock.now(), error=""
    )


def _postpone(row: Notification, result: Result, jitter: Jitter) -> None:
    """Try again after 5, 10, 20 … seconds, up to 15 minutes, never before the gateway said."""
    delay = min(FIRST_DELAY * 2 ** (row.attempts - 1), LONGEST_DELAY)
    delay = delay / 2 + delay / 2 * jitter()
    next_at = clock.now() + max(delay, result.wait or timedelta(0))
    if next_at > row.due_at + LIVES:
        _end(row, State.FAILED, f"It could not be sent within a day. {result.error}")
        return
    _mine(row).update(state=State.PLANNED, next_at=next_at, error=result.error)


def _end(row: Notification, state: State, error: str) -> None:
    if not _mine(row).update(state=state, error=error):
        return
    if state == State.FAILED:
        record(
            NotificationFailed(
                notification_id=row.pk,
                transport=row.transport,
                kind=row.kind,
                ticket_id=str(row.ticket_id) if row.ticket_id else None,
            ),
            actor=ACTOR,
        )


def _mine(row: Notification) -> QuerySet[Notification]:
    """Select the row if this claim still stands: another would have counted one more attempt."""
    return Notification.objects.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)


@contextmanager
def _lease_kept(rows: Sequence[Notification]) -> Iterator[None]:
    """Renew the rows' lease from another thread for as long as the block runs."""
    done = threading.Event()
    ids = [row.pk for row in rows]

    def keep() -> None:
        while not done.wait(RENEW_EVERY):
            try:
                _renew(ids)
            except Exception:
                logger.exception("A lease could not be renewed.")
            finally:
                connection.close()

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


@recording()
def _renew(ids: Sequence[int]) -> None:
    held = Notification.objects.filter(pk__in=ids, state=State.SENDING)
    held.update(next_at=clock.now() + LEASE)


def _push(row: Notification, address: str) -> Push:
    """Return what travels. A report's newer push replaces the older on the phone's screen."""
    report = row.report_no
    return Push(
        address=address,
        title=row.title,
        body=row.body,
        link=f"{settings.PUBLIC_URL}/#/r/{report}" if report else f"{settings.PUBLIC_URL}/#/inbox",
        collapse_key=report or f"n{row.pk}",
        urgent=row.urgent,
        lives=max(row.due_at + LIVES - clock.now(), timedelta(minutes=1)),
        data={
            "kind": row.kind,
            "report_no": report,
            "position": str(row.position),
            "at": row.at.isoformat(),
        },
    )


def _device_id(row: Notification) -> UUID | None:
    kind, _colon, identity = row.person.partition(":")
    return UUID(identity) if kind == "device" else None
