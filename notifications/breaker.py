"""A gateway that fails again and again is left alone for a while, by all senders together.

After FAILURES calls in which nothing got through it is left alone for 30 s, then one message
tries it; each further failure doubles the wait, up to 5 minutes. What waits meanwhile counts no
attempts. A single mailbox that refuses for a while shows that its server is well. A gateway that
named a time is left alone until then. Each webhook is a gateway by itself: one that is dead
delays no other.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from notifications.models import Gateway, Notification, Way
from notifications.transports.base import Outcome, Result

logger = logging.getLogger(__name__)

FAILURES = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)
TRIAL = timedelta(seconds=30)  # for one message to try it
EACH = 5
"""Messages to one webhook in a call: it takes no longer than one that answers nothing."""


def gateway_of(row: Notification) -> str:
    """Return the key of the gateway that a notification goes to."""
    return f"{row.transport}:{row.to}" if row.transport == Way.WEBHOOK else row.transport


def resting_webhooks(moment: datetime) -> list[str]:
    """Return the ids of the webhooks' addresses that are left alone."""
    closed = Gateway.objects.filter(pk__startswith=f"{Way.WEBHOOK}:", closed_until__gt=moment)
    return [key.partition(":")[2] for key in closed.values_list("pk", flat=True)]


def shared_out(rows: Iterable[Notification], moment: datetime) -> Iterator[Notification]:
    """Yield a few for each webhook, and one for each that is to be tried again."""
    left: dict[str, int] = {}
    for row in rows:
        gateway = gateway_of(row)
        if gateway not in left:
            left[gateway] = allowance(gateway, EACH, moment)
        if left[gateway]:
            left[gateway] -= 1
            yield row


def allowance(gateway: str, limit: int, moment: datetime) -> int:
    """Return how many may be sent now: all, none, or one by the one who may try the gateway."""
    known = Gateway.objects.filter(pk=gateway, closed_until__isnull=False).first()
    if known is None or known.closed_until is None:
        return limit
    if known.closed_until > moment:
        return 0
    mine = Gateway.objects.filter(pk=gateway, closed_until=known.closed_until)
    return mine.update(closed_until=moment + TRIAL)


def untried(gateway: str, moment: datetime) -> None:
    """Give back the trial that was allowed at this moment: nothing was there to try it with."""
    mine = Gateway.objects.filter(pk=gateway, closed_until=moment + TRIAL)
    mine.update(closed_until=moment)


def note(gateway: str, results: Sequence[Result], moment: datetime) -> None:
    """Count a call that failed for nobody's fault; one that was answered forgives all."""
    if not results:
        return
    if any(result.outcome != Outcome.LATER or result.answered for result in results):
        troubled = Q(failures__gt=0) | Q(closed_until__isnull=False)
        if Gateway.objects.filter(troubled, pk=gateway).update(failures=0, closed_until=None):
            logger.info("%s answers again.", gateway)
        return
    error = results[0].error
    known, _new = Gateway.objects.get_or_create(pk=gateway)
    Gateway.objects.filter(pk=gateway).update(failures=F("failures") + 1, error=error)
    known.refresh_from_db()
    asked = max((result.wait for result in results if result.wait), default=timedelta(0))
    if known.failures >= FAILURES:
        rest = min(FIRST_REST * 2 ** min(known.failures - FAILURES, 10), LONGEST_REST)
        until = moment + max(rest, asked)
        Gateway.objects.filter(pk=gateway).update(closed_until=until)
        logger.error("%s failed %s times: %s", gateway, known.failures, error)
