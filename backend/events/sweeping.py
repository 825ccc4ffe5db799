"""Work that comes round by the clock: each sweep is done by one process at a time, and repeated.

An installed app's `sweeps.py` is found by existing, as `subscribers.py` is. Whose turn it is, is
decided by the lock of the sweep's row: the first to write its next turn has it. A process that
dies at work leaves its turn to another after LEASE, so what a sweep does must be safe to repeat.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from backend import clock
from backend.events.models import SweepTurn

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)

Work = Callable[[], object]


@dataclass(frozen=True)
class Sweep:
    """Something to do again and again."""

    name: str
    every: timedelta
    work: Work


sweeps: dict[str, Sweep] = {}


def every(seconds: int, name: str) -> Callable[[Work], Work]:
    """Let the function be called about that often, in one process at a time."""

    def keep(work: Work) -> Work:
        if name in sweeps:
            raise ValueError(f"There is a sweep {name} already.")
        sweeps[name] = Sweep(name, timedelta(seconds=seconds), work)
        return work

    return keep


def sweep_once() -> list[str]:
    """Do the sweeps whose turn has come and that no other process has; returns their names.

    One that fails is logged, tried again when its turn comes, and stops no other.
    """
    done = []
    for sweep in tuple(sweeps.values()):
        if not _take_turn(sweep):
            continue
        try:
            sweep.work()
            done.append(sweep.name)
        except Exception:
            logger.exception("The sweep %s failed.", sweep.name)
        _end_turn(sweep)
    return done


def _take_turn(sweep: Sweep) -> bool:
    now = clock.now()
    # Looked at first: most looks find nothing to do and write nothing.
    turn = SweepTurn.objects.filter(name=sweep.name).first()
    if turn is None:
        SweepTurn.objects.get_or_create(name=sweep.name, defaults={"next_at": now})
    elif turn.next_at > now:
        return False
    mine = SweepTurn.objects.filter(name=sweep.name, next_at__lte=now)
    return mine.update(next_at=now + LEASE) == 1


def _end_turn(sweep: Sweep) -> None:
    now = clock.now()
    SweepTurn.objects.filter(name=sweep.name).update(next_at=now + sweep.every, ran_at=now)
