"""Where a notification leads: the reporter's page, everyone's, the desk, or the inbox."""

from urllib.parse import urlencode

from django.conf import settings
from django.core import signing

from notifications.models import Notification

LOOKING_ON = frozenset({"follower", "area"})
AT_WORK = frozenset({"staff", "leader", "centre"})
SALT = "notifications.unsubscribe"


def link_to(row: Notification) -> str:
    """Return the page that says more; only its reporter's page is found by the number."""
    return f"{settings.PUBLIC_URL}{path_to(row)}"


def path_to(row: Notification) -> str:
    """Return the same page as a path on this site; what tells of several leads to the inbox."""
    if row.relation in AT_WORK and row.ticket_id:
        page = "desk" if row.relation == "staff" else "ops"
        return f"/{page}?{urlencode({'ticket': row.ticket_id})}"
    if row.relation in LOOKING_ON and row.ticket_id and row.report_no:
        return f"/public#/t/{row.ticket_id}"
    if row.relation == "reporter" and row.report_no:
        return f"/#/r/{row.report_no}"
    return "/#/inbox"


def unsubscribe_link(person: str, topic: str, channel: str) -> str:
    """Return the link that takes one channel out of one topic, for whoever holds it."""
    token = signing.dumps([person, topic, channel], salt=SALT, compress=True)
    return f"{settings.PUBLIC_URL}/notifications/unsubscribe/{token}"


def read_unsubscribe(token: str) -> tuple[str, str, str]:
    """Return person, topic and channel. Raises signing.BadSignature for a link not of ours."""
    person, topic, channel = signing.loads(token, salt=SALT)
    return str(person), str(topic), str(channel)
