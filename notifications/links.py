"""Where a notification leads: the reporter's page, the desk, or the inbox."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from notifications.models import Notification

AT_WORK = frozenset({"staff", "leader", "centre"})
SALT = "notifications.unsubscribe"


def link_to(row: Notification) -> str:
    """Return the page that says more; only its reporter's page is found by the number."""
    if row.relation in AT_WORK and row.ticket_id:
        page = "desk" if row.relation == "staff" else "ops"
        return f"{settings.PUBLIC_URL}/{page}?{urlencode({'ticket': row.ticket_id})}"
    if row.relation == "reporter" and row.report_no:
        return f"{settings.PUBLIC_URL}/#/r/{row.report_no}"
    return f"{settings.PUBLIC_URL}/#/inbox"


def unsubscribe_link(person: str, topic: str, channel: str) -> str:
    """Return the link that takes one channel out of one topic, for whoever holds it."""
    token = signing.dumps([person, topic, channel], salt=SALT, compress=True)
    return f"{settings.PUBLIC_URL}/notifications/unsubscribe/{token}"


def read_unsubscribe(token: str) -> tuple[str, str, str]:
    """Return person, topic and channel. Raises signing.BadSignature for a link not of ours."""
    person, topic, channel = signing.loads(token, salt=SALT)
    return str(person), str(topic), str(channel)
