"""Taking what is due: by row locks, with a lease, folded where much came due at one time.

Any number of senders may claim. A claim is a lease: it ends by itself, so what a killed sender
had in hand is taken up by another. A lease is renewed while the gateway takes its time.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from backend import clock, leases
from backend.events.log import recording
from notifications import breaker, folding
from notifications.models import OPEN, Notification, State, Way

LEASE = timedelta(seconds=30)
RENEW_EVERY = 10.0  # seconds
OVERTAKEN = gettext_noop("A newer one about the report was sent first.")


@recording()
def claim(
    transport: str, limit: int, *, urgent: bool = False, moment: datetime | None = None
) -> list[Notification]:
    """Take the most urgent that are due; nobody else sees them until the lease ends.

    With `urgent` only those are taken: for a lane that is kept free for them. While the
    transport's gateway is left alone nothing is, and at its end one to try it.
    """
    moment = moment or clock.now()
    due = _due(transport, moment, urgent)
    rows = (_for_webhooks if transport == Way.WEBHOOK else _allowed)(due, transport, limit, moment)
    if not rows:
        return []
    taken = folding.fold(rows, _locked(_waiting(transport, moment)))
    # Still being sent, though its lease is over: whoever had it ended without a word.
    lost = [row.pk for row in taken if row.state == State.SENDING]
    if lost:
        Notification.objects.filter(pk__in=lost).update(lost=F("lost") + 1)
    Notification.objects.filter(pk__in=[row.pk for row in taken]).update(
        state=State.SENDING, next_at=moment + LEASE, attempts=F("attempts") + 1
    )
    for row in taken:
        row.attempts += 1
        row.lost += row.state == State.SENDING
    _give_way([row for row in taken if row.urgent and row.report_no])
    return taken


def _give_way(urgent: Sequence[Notification]) -> None:
    """Drop what waits for a phone's screen that something urgent about the report is now on."""
    if not urgent:
        return
    newer = about_the_same(pk__in=[row.pk for row in urgent], position__gt=OuterRef("position"))
    waiting = Notification.objects.filter(
        Exists(newer), person__in={row.person for row in urgent}, state=State.PLANNED, urgent=False
    )
    waiting.update(state=State.DROPPED, error=OVERTAKEN)


def _allowed(
    due: QuerySet[Notification], transport: str, limit: int, moment: datetime
) -> list[Notification]:
    allowed = breaker.allowance(transport, limit, moment)
    rows = list(_locked(due)[:allowed]) if allowed else []
    if allowed == 1 and not rows:
        breaker.untried(transport, moment)
    return rows


def _for_webhooks(
    due: QuerySet[Notification], _transport: str, limit: int, moment: datetime
) -> list[Notification]:
    open_ones = due.exclude(to__in=breaker.resting_webhooks(moment))
    return list(breaker.shared_out(_locked(open_ones)[:limit], moment))


def _due(transport: str, moment: datetime, urgent: bool) -> QuerySet[Notification]:
    """Select what may go, but for what must wait for another about the same report: the earlier
    goes first, unless the later is urgent, and one that is tried again lets a newer one end."""
    earlier = about_the_same(position__lt=OuterRef("position")).filter(
        Q(state=State.SENDING) | Q(state=State.PLANNED, next_at__lte=moment)
    )
    newer = about_the_same(
        position__gt=OuterRef("position"), state=State.SENDING, next_at__gt=moment
    )
    due = Notification.objects.filter(
        ~Exists(earlier) | Q(Q(urgent=True), ~Exists(earlier.filter(urgent=True))),
        Q(attempts=0) | ~Exists(newer),
        state__in=OPEN,
        transport=transport,
        next_at__lte=moment,
    )
    if urgent:
        due = due.filter(urgent=True)
    return due.order_by("-urgent", "next_at", "id")


def _waiting(transport: str, moment: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(
        transport=transport, state=State.PLANNED, next_at__lte=moment
    )


def _locked(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    skip = connection.features.has_select_for_update_skip_locked
    return rows.select_for_update(skip_locked=skip)


def about_the_same(**conditions: Any) -> QuerySet[Notification]:
    """Select what else the outer row's person is told about its report at the same address."""
    return Notification.objects.filter(
        person=OuterRef("person"),
        report_no=OuterRef("report_no"),
        transport=OuterRef("transport"),
        to=OuterRef("to"),
        **conditions,
    ).exclude(report_no="")


def lease_kept(rows: Sequence[Notification]) -> AbstractContextManager[None]:
    """Renew the rows' lease for as long as the block runs."""
    return leases.kept(partial(_renew, [row.pk for row in rows]), every=RENEW_EVERY)


@recording()
def _renew(ids: Sequence[int]) -> None:
    held = Notification.objects.filter(pk__in=ids, state=State.SENDING)
    held.update(next_at=clock.now() + LEASE)
