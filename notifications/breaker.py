"""A gateway that fails again and again is left alone for a while, by all senders together.

After FAILURES calls in which nothing got through it is left alone for 30 s, then one message
tries it; each further failure doubles the wait, up to 5 minutes. What waits meanwhile counts no
attempts. A gateway that named a time is left alone until then.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F, Q

from notifications.models import Gateway
from notifications.transports.base import Outcome, Result

logger = logging.getLogger(__name__)

FAILURES = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)
TRIAL = timedelta(seconds=30)  # for one message to try it


def allowance(transport: str, limit: int, moment: datetime) -> int:
    """Return how many may be sent now: all, none, or one by the one who may try the gateway."""
    gateway = Gateway.objects.filter(pk=transport, closed_until__isnull=False).first()
    if gateway is None or gateway.closed_until is None:
        return limit
    if gateway.closed_until > moment:
        return 0
    mine = Gateway.objects.filter(pk=transport, closed_until=gateway.closed_until)
    return mine.update(closed_until=moment + TRIAL)


def untried(transport: str, moment: datetime) -> None:
    """Give back the trial that was allowed at this moment: nothing was there to try it with."""
    mine = Gateway.objects.filter(pk=transport, closed_until=moment + TRIAL)
    mine.update(closed_until=moment)


def note(transport: str, results: Sequence[Result], moment: datetime) -> None:
    """Count a call that failed for nobody's fault; one that got through forgives all."""
    if not results:
        return
    if any(result.outcome != Outcome.LATER for result in results):
        troubled = Q(failures__gt=0) | Q(closed_until__isnull=False)
        if Gateway.objects.filter(troubled, pk=transport).update(failures=0, closed_until=None):
            logger.info("%s answers again.", transport)
        return
    error = results[0].error
    gateway, _new = Gateway.objects.get_or_create(pk=transport)
    Gateway.objects.filter(pk=transport).update(failures=F("failures") + 1, error=error)
    gateway.refresh_from_db()
    asked = max((result.wait for result in results if result.wait), default=timedelta(0))
    if gateway.failures >= FAILURES:
        rest = min(FIRST_REST * 2 ** min(gateway.failures - FAILURES, 10), LONGEST_REST)
        until = moment + max(rest, asked)
        Gateway.objects.filter(pk=transport).update(closed_until=until)
        logger.error("%s failed %s times: %s", transport, gateway.failures, error)
