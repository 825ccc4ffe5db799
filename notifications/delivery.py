"""Sending what is due: claimed in a short transaction, sent outside any, marked in another.

What a killed sender had in hand is sent once more at most; the phone shows it once, by its
collapse key. A newer push about a report replaces the older on the screen, so they must not
overtake: one waits while an earlier one is on its way, and one that comes too late is dropped.
"""

import logging
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_noop

from backend import clock
from backend.events.log import record, recording
from notifications import breaker
from notifications.addresses import addresses_of, forget_address
from notifications.breaker import gateway_of
from notifications.calling_off import called_off, made_discreet, quiet_until
from notifications.claiming import OVERTAKEN, about_the_same, claim, lease_kept
from notifications.events import NotificationFailed
from notifications.folding import unfold
from notifications.models import OPEN, Notification, State
from notifications.pushes import lives_of, push_of
from notifications.transports.base import Outcome, Push, Result, Transport, kept

logger = logging.getLogger(__name__)

ACTOR = "system:notifications"
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=15)
TOO_OLD = gettext_noop("It was too old to be sent.")
NO_ADDRESS = gettext_noop("The person has no such address any more.")
LOST = 30  # ends a push that kills its sender each time; its time to live ends the others

Jitter = Callable[[], float]
"""Returns a number from 0 to 1, by which senders that failed together part."""

Addressed = list[tuple[Notification, str]]


def send_next(transport: Transport, *, jitter: Jitter = random.random, urgent: bool = False) -> int:
    """Claim what is due for this transport, send it, mark it; returns how many were claimed."""
    moment = clock.now()
    claimed = claim(transport.name, transport.batch, urgent=urgent, moment=moment)
    if not claimed:
        return 0
    addressed = _addressed(claimed)
    for gateway in _gateways(claimed) - _gateways(row for row, _address in addressed):
        breaker.untried(gateway, moment)
    if addressed:
        with lease_kept([row for row, _address in addressed]):
            results = _send(transport, [push_of(row, address) for row, address in addressed])
        _settle(addressed, results, jitter)
    return len(claimed)


def _gateways(rows: Iterable[Notification]) -> set[str]:
    return {gateway_of(row) for row in rows}


def retry(ids: Sequence[int]) -> int:
    """Plan failed and dropped notifications again, from now; returns how many there were.

    An attempt stays counted, so that one that a newer one has overtaken is dropped once more: on
    the phone's screen it would take the newer one's place.
    """
    moment = clock.now()
    ended = Notification.objects.filter(pk__in=ids, state__in=[State.FAILED, State.DROPPED])
    return ended.update(
        state=State.PLANNED,
        error="",
        attempts=1,
        lost=0,
        due_at=moment,
        next_at=moment,
        sent_at=None,
        fold="",
    )


def _overtaken(rows: Sequence[Notification]) -> set[int]:
    """Return the ids of those that failed for a while and find a newer one sent."""
    again = [row.pk for row in rows if row.attempts > 1]
    newer = about_the_same(position__gt=OuterRef("position"), state=State.SENT)
    found = Notification.objects.filter(Exists(newer), pk__in=again)
    return set(found.values_list("pk", flat=True)) if again else set()


@recording()
def _addressed(rows: Sequence[Notification]) -> Addressed:
    """Return those that can go out, each with its present address; drop the others."""
    addresses = addresses_of(rows)
    overtaken = _overtaken(rows)
    moment = clock.now()
    off, quiet = called_off(rows), quiet_until(rows, moment)
    addressed: Addressed = []
    for row in rows:
        if row.pk in overtaken:
            _end(row, State.DROPPED, OVERTAKEN)
        elif row.pk in off:
            _end(row, State.DROPPED, off[row.pk])
            unfold([row.pk])
        elif moment - row.due_at > lives_of(row):
            _end(row, State.DROPPED, TOO_OLD)
            unfold([row.pk])
        elif row.lost > LOST:
            _end(row, State.FAILED, f"No answer in {LOST} attempts. {row.error}".strip())
        elif row.pk not in addresses:
            _end(row, State.DROPPED, NO_ADDRESS)
        elif row.pk in quiet:
            _hold(row, quiet[row.pk])
        else:
            addressed.append((row, addresses[row.pk]))
    made_discreet([row for row, _address in addressed])
    return addressed


def _send(transport: Transport, pushes: Sequence[Push]) -> list[Result]:
    try:
        return transport.send(pushes)
    except Exception as error:
        said = kept(f"{type(error).__name__}: {error}", "")
        logger.warning("%s did not take %s pushes: %s", transport.name, len(pushes), said)
        return [Result(outcome=Outcome.LATER, error=said)] * len(pushes)


@recording()
def _settle(addressed: Addressed, results: Sequence[Result], jitter: Jitter) -> None:
    sent = []
    by_gateway: dict[str, list[Result]] = defaultdict(list)
    for (row, address), result in zip(addressed, results, strict=True):
        by_gateway[gateway_of(row)].append(result)
        if result.outcome == Outcome.SENT:
            sent.append(row.pk)
        elif result.outcome == Outcome.LATER:
            _postpone(row, result, jitter)
        else:
            _end(row, State.FAILED, result.error)
        if result.outcome == Outcome.GONE:
            forget_address(row, address, result.error)
    # Whoever holds the lease by now: it was sent.
    Notification.objects.filter(pk__in=sent, state__in=OPEN).update(
        state=State.SENT, sent_at=clock.now(), error=""
    )
    for gateway, given in by_gateway.items():
        breaker.note(gateway, given, clock.now())


def _postpone(row: Notification, result: Result, jitter: Jitter) -> None:
    """Try again after 5, 10, 20 … seconds, up to 15 minutes, never before the gateway said."""
    delay = min(FIRST_DELAY * 2 ** min(row.attempts - 1, 10), LONGEST_DELAY)
    delay = delay / 2 + delay / 2 * jitter()
    next_at = clock.now() + max(delay, result.wait or timedelta(0))
    if next_at > row.due_at + lives_of(row):
        _end(row, State.FAILED, f"It could not be sent in time. {result.error}")
        return
    _mine(row).update(state=State.PLANNED, next_at=next_at, error=result.error)


def _hold(row: Notification, until: datetime) -> None:
    """Let it wait for the person's morning, and be told in one with what waits for it too."""
    _mine(row).update(
        state=State.PLANNED,
        due_at=until,
        next_at=until,
        fold=until.isoformat(),
        attempts=row.attempts - 1,
    )


def _end(row: Notification, state: State, error: str) -> None:
    if not _mine(row).update(state=state, error=error):
        return
    if state == State.FAILED:
        record(NotificationFailed.of(row), actor=ACTOR)


def _mine(row: Notification) -> QuerySet[Notification]:
    """Select the row if this claim still stands: another would have counted one more attempt."""
    return Notification.objects.filter(pk=row.pk, state=State.SENDING, attempts=row.attempts)
