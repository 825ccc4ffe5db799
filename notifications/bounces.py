"""What did not arrive after all: the mail server learns it later than we marked it as sent."""

import re

from django.db.models import Q

from backend import clock
from backend.accounts.models import User
from backend.events.log import record, recording
from notifications.events import NotificationFailed
from notifications.models import Address, Notification, State, Way

LASTING = frozenset({"hard", "complaint"})
ACTOR = "system:notifications"

_OURS = re.compile(r"<?n(\d+)@")


@recording()
def bounce(*, address: str, type: str, message_id: str = "", reason: str = "") -> int:
    """Let the notification fail, and the address be used no more where the bounce is lasting.

    `message_id` is that of the letter. Told twice it changes nothing more. Returns how many
    addresses are dead now.
    """
    said = f"Bounced ({type}). {reason}".strip()
    _fail(message_id, said)
    if type not in LASTING:
        return 0
    moment = clock.now()
    mine = Q(transport=Way.EMAIL, value__iexact=address)
    for user in User.objects.filter(email__iexact=address):
        given = {"language": user.locale, "created_at": moment}
        Address.objects.get_or_create(
            person=f"user:{user.pk}", transport=Way.EMAIL, value=user.email, defaults=given
        )
    living = Address.objects.filter(mine, dead_at=None)
    return living.update(dead_at=moment, dead_reason=said[:300])


def _fail(message_id: str, said: str) -> None:
    named = _OURS.match(message_id.strip())
    if named is None:
        return
    sent = Notification.objects.select_for_update().filter(
        pk=int(named[1]), transport=Way.EMAIL, state=State.SENT
    )
    row = sent.first()
    if row is None:
        return
    row.state, row.error = State.FAILED, said
    row.save(update_fields=["state", "error"])
    record(NotificationFailed.of(row), actor=ACTOR)
