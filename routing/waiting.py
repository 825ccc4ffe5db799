"""Open tickets that lie elsewhere by today's boundaries, rules and successors: told, never moved.

What may move them changes without a word to routing: a boundary comes into force at midnight, a
set of rules at its time. So a sweep looks whether the ground has changed, and counts only then.
"""

from collections import Counter
from hashlib import sha256

from django.db.models import Count, Max, Q
from django.utils import timezone

from backend import clock
from backend.accounts.models import Agency
from backend.accounts.principal import of_system
from backend.events.log import history, record, recording
from backend.events.types import Entry
from geo.models import AreaVersion
from routing.events import MovesCounted
from routing.rule_sets import publication_in_force, rules_in_force
from routing.simulation import BOUNDARY, RULES, SUCCESSOR, moves

ROUTING = of_system("routing")


def counted() -> Entry[MovesCounted] | None:
    """Return the last count that was told, None before the first."""
    told = [entry for entry in history([MovesCounted.STREAM]) if entry.type == MovesCounted.type]
    return told[-1] if told else None  # type: ignore[return-value]


@recording()
def count_moves() -> bool:
    """Count what would move where anything changed that may move it; says whether it told so.

    While something waits to be moved it is counted anew, so that what is shown is of now.
    """
    last, ground = counted(), _ground()
    told = last.event if last else None
    if told and told.ground == ground and told.count == 0:
        return False
    chosen = rules_in_force()
    why = Counter(move.reason for move in moves(chosen.rules))
    found = MovesCounted(
        rule_set=chosen.number,
        ground=ground,
        count=why.total(),
        boundary=why[BOUNDARY],
        rules=why[RULES],
        successor=why[SUCCESSOR],
    )
    if found == told:
        return False
    record(found, actor=ROUTING.key)
    return True


def _ground() -> str:
    """Return what changes whenever boundaries, rules or successors in force do."""
    now = clock.now()
    today = timezone.localdate(now)
    ended = Q(valid_to__isnull=True) | Q(valid_to__gt=today)
    areas = AreaVersion.objects.filter(ended, valid_from__lte=today)
    known = areas.aggregate(many=Count("pk"), last=Max("changed_at"))
    publication = publication_in_force(now)
    heirs = Agency.objects.filter(active=False).order_by("code")
    parts = [
        publication.pk if publication else None,
        known["many"],
        known["last"],
        list(heirs.values_list("code", "successor__code")),
    ]
    return sha256(repr(parts).encode()).hexdigest()[:16]
