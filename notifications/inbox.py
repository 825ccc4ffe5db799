"""The inbox: what a person was told, and what of it they have read."""

from collections.abc import Sequence

from django.db.models import QuerySet

from backend import clock
from notifications.models import Notification, Way


def inbox_of(person: str) -> QuerySet[Notification]:
    """Return what the person with this key was told, the newest first."""
    return Notification.objects.filter(person=person, transport=Way.INBOX)


def unread_count(person: str) -> int:
    return inbox_of(person).filter(read_at=None).count()


def mark_read(*, person: str, ids: Sequence[int] | None) -> int:
    """Note that the person has read these, or with None all; others' ids change nothing."""
    unread = inbox_of(person).filter(read_at=None)
    if ids is not None:
        unread = unread.filter(pk__in=ids)
    return unread.update(read_at=clock.now())
