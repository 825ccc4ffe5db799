"""What was planned and is not to be told any more, or not now: people change their minds, and
leave, and go to bed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from backend.accounts.models import Membership
from notifications.choices import CHANNEL_OF, UNWANTED
from notifications.links import AT_WORK
from notifications.models import Notification, Preference, Quiet, Way
from notifications.timing import after_quiet

LEFT = "The person holds no office any more."


def called_off(rows: Sequence[Notification]) -> dict[int, str]:
    """Return why some of these are not to be sent, by their ids.

    What merely waits ends when its way is switched off; this finds what was on its way then and
    failed, what a person gives again by hand, and what waited for somebody who has no role now.
    """
    chosen = {
        (wish.person, wish.topic): wish
        for wish in Preference.objects.filter(person__in={row.person for row in rows})
    }
    at_work = {row.pk: _user_id(row) for row in rows if row.relation in AT_WORK}
    held = Membership.objects.filter(user__in=set(at_work.values())) if at_work else ()
    in_office = {member.user_id for member in held}
    reasons = {pk: LEFT for pk, user_id in at_work.items() if user_id not in in_office}
    for row in rows:
        wish, channel = chosen.get((row.person, row.topic)), CHANNEL_OF.get(Way(row.transport))
        if wish and channel and not getattr(wish, channel):
            reasons[row.pk] = UNWANTED
    return reasons


def quiet_until(rows: Sequence[Notification], moment: datetime) -> dict[int, datetime]:
    """Return, by their ids, until when those must wait that would wake somebody.

    They were due before the quiet hours began, or before the person set them; the gateway or the
    sender was late.
    """
    people = {row.person for row in rows if not row.urgent}
    zone = ZoneInfo(settings.TIME_ZONE)
    ends = {
        quiet.person: after_quiet(moment, (quiet.begins, quiet.ends), zone)
        for quiet in Quiet.objects.filter(person__in=people)
    }
    return {
        row.pk: ends[row.person]
        for row in rows
        if not row.urgent and ends.get(row.person, moment) > moment
    }


def _user_id(row: Notification) -> int:
    return int(row.person.removeprefix("user:"))
