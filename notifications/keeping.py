"""Keeping many planned rows at once; those that are there already stay as they are."""

from collections.abc import Sequence

from notifications.models import Notification

AT_ONCE = 1_000


def keep(rows: Sequence[Notification]) -> None:
    """Insert what is new: unique per entry, person, transport and address."""
    Notification.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
