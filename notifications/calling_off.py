"""What was planned and is not to be told any more, or not now: people change their minds, and
leave, and go to bed."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop

from backend.accounts.models import Membership
from backend.events import log
from backend.tickets.events import TicketEvent
from backend.tickets.models import Ticket
from backend.tickets.selectors import public_tickets
from notifications.choices import CHANNEL_OF, UNWANTED
from notifications.links import AT_WORK, LOOKING_ON
from notifications.models import Notification, Preference, Quiet, Subscription, Way
from notifications.story import Story
from notifications.timing import after_quiet

HIDDEN_NOW = gettext_noop("The matter is not public any more.")
LEFT = gettext_noop("The person holds no office any more.")


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
    return reasons | _looking_on(rows)


def _looking_on(rows: Sequence[Notification]) -> dict[int, str]:
    """Return why some are not told who only look on: it was hidden meanwhile, or they left it."""
    theirs = [row for row in rows if row.relation in LOOKING_ON and row.ticket_id]
    if not theirs:
        return {}
    tickets = {row.ticket_id for row in theirs if row.ticket_id}
    shown = set(public_tickets().filter(pk__in=tickets).values_list("pk", flat=True))
    wishes = Subscription.objects.filter(
        person__in={row.person for row in theirs}, ticket__in=tickets
    )
    followed = set(wishes.values_list("person", "ticket_id"))
    reasons = {}
    for row in theirs:
        if row.ticket_id not in shown:
            reasons[row.pk] = HIDDEN_NOW
        elif row.relation == "follower" and (row.person, row.ticket_id) not in followed:
            reasons[row.pk] = UNWANTED
    return reasons


def made_discreet(rows: Sequence[Notification]) -> None:
    """Word anew what tells of a matter that has become confidential since it was planned."""
    ids = {row.ticket_id for row in rows if row.ticket_id}
    tickets = Ticket.objects.filter(pk__in=ids, restricted=True)
    found = tickets.select_related("report", "category").in_bulk()
    for row in rows:
        ticket = found.get(row.ticket_id) if row.ticket_id else None
        entry = log.entry_at(row.position) if ticket and row.report_no else None
        if ticket and entry and isinstance(entry.event, TicketEvent):
            story = Story(row.kind, ticket, entry.event)
            row.title, row.body = story.told(
                row.relation, row.transport, row.language, row.report_no
            )
            row.save(update_fields=["title", "body"])


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
