"""What travels for a notification: composed from its row, the same at each attempt."""

from datetime import timedelta

from django.conf import settings

from backend import clock
from notifications import sms
from notifications.links import link_to, unsubscribe_link
from notifications.models import Notification, Topic, Way
from notifications.transports.base import Push

LIVES = timedelta(hours=24)
LIVES_OF = {
    Topic.QUESTION: timedelta(days=3),
    Topic.RESULT: timedelta(days=3),
    Topic.SURVEY: timedelta(days=3),
    Topic.AREA: timedelta(hours=6),
    Topic.DEADLINES: timedelta(hours=12),
    Topic.ADDRESS: timedelta(minutes=15),
}


def lives_of(row: Notification) -> timedelta:
    """Return for how long after it was due the notification is worth sending."""
    return LIVES_OF.get(Topic(row.topic), LIVES)


def message_text(row: Notification) -> str:
    """Return what a text message says: the words, and where there is one, the link."""
    text = row.body if row.topic == Topic.ADDRESS else f"{row.body} {link_to(row)}"
    return sms.plain(text) if settings.SMS_PLAIN else text


def push_of(row: Notification, address: str) -> Push:
    """Return what travels. A report's newer push replaces the older on the phone's screen."""
    report = row.report_no
    mail = row.transport == Way.EMAIL and row.topic != Topic.ADDRESS
    return Push(
        id=f"n{row.pk}",
        address=address,
        title=row.title,
        body=row.body,
        text=message_text(row) if row.transport in (Way.SMS, Way.ZALO) else "",
        link=link_to(row),
        collapse_key=report or f"n{row.pk}",
        urgent=row.urgent,
        lives=max(row.due_at + lives_of(row) - clock.now(), timedelta(minutes=1)),
        language=row.language,
        unsubscribe=unsubscribe_link(row.person, row.topic, "email") if mail else "",
        data={
            "kind": row.kind,
            "report_no": report,
            "position": str(row.position),
            "at": row.at.isoformat(),
        },
    )
