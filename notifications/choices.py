"""What a person chose to hear, and by which ways; the defaults where they chose nothing."""

from collections.abc import Collection, Iterable
from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from backend import clock
from backend.accounts.principal import Principal
from backend.tickets.models import Ticket
from notifications.folding import unfold
from notifications.models import (
    Digest,
    Notification,
    Preference,
    Quiet,
    State,
    Subscription,
    Topic,
    Way,
)
from notifications.policies import asks_for
from notifications.selectors import subscriptions_around

CHANNELS = ("inbox", "push", "email", "sms", "zalo")
CHANNEL_OF = {
    Way.INBOX: "inbox",
    Way.FCM: "push",
    Way.WEBPUSH: "push",
    Way.EMAIL: "email",
    Way.SMS: "sms",
    Way.ZALO: "zalo",
}
"""By what a person chooses each way; a webhook is no person's and is not chosen."""

UNWANTED = gettext_noop("The person does not want it any more.")

_USUAL = frozenset({"inbox", "push"})
_ALL = frozenset(CHANNELS)
DEFAULTS: dict[str, frozenset[str]] = {
    Topic.PROGRESS: _USUAL,
    Topic.QUESTION: _ALL,
    Topic.RESULT: _ALL,
    Topic.SURVEY: _USUAL | {"email"},
    Topic.FOLLOWED: _USUAL,
    Topic.AREA: _USUAL,
    Topic.WORK: _USUAL,
    Topic.DEADLINES: _USUAL | {"email"},
    Topic.TALK: _USUAL,
    Topic.CENTRE: frozenset({"inbox"}),
}
"""The channels of each topic for who chose nothing; those without an address stay silent."""

FOR_STAFF = (Topic.WORK, Topic.DEADLINES, Topic.TALK, Topic.CENTRE)
FOR_ALL = (
    Topic.PROGRESS,
    Topic.QUESTION,
    Topic.RESULT,
    Topic.SURVEY,
    Topic.FOLLOWED,
    Topic.AREA,
)


def topics_for(principal: Principal) -> tuple[Topic, ...]:
    """Return what this person can choose about, in the order in which it is shown."""
    return (*FOR_STAFF, *FOR_ALL) if principal.roles else FOR_ALL


def channels_of(topic: str, chosen: Preference | None) -> Collection[str]:
    """Return the channels by which a topic is told."""
    if chosen is None:
        return DEFAULTS[topic]
    return [name for name in CHANNELS if getattr(chosen, name)]


def preferences_of(person: str) -> dict[str, Preference]:
    return {each.topic: each for each in Preference.objects.filter(person=person)}


@transaction.atomic
def choose(
    *, person: str, topic: str, channels: Iterable[str], digest: str = Digest.NOW
) -> Preference:
    """Keep what the person wants to hear of the topic; no channel at all is nothing.

    What waits for the morning by a way that was switched off does not go out any more.
    """
    wanted = set(channels)
    kept, _new = Preference.objects.update_or_create(
        person=person,
        topic=topic,
        defaults={**{name: name in wanted for name in CHANNELS}, "digest": digest},
    )
    ended = [way for way, name in CHANNEL_OF.items() if name not in wanted]
    _drop(person=person, topic=topic, transport__in=ended)
    return kept


@transaction.atomic
def stop_channel(*, person: str, topic: str, channel: str) -> None:
    """Take one channel out of a topic and leave the others as they are.

    Two at one moment end both: who chose nothing yet gets a row with the defaults to lock.
    """
    usual = {name: name in DEFAULTS[topic] for name in CHANNELS}
    chosen, _new = Preference.objects.select_for_update().get_or_create(
        person=person, topic=topic, defaults=usual
    )
    channels = set(channels_of(topic, chosen)) - {channel}
    choose(person=person, topic=topic, channels=channels, digest=chosen.digest)


def set_quiet(*, person: str, begins: time | None, ends: time | None) -> None:
    """Keep the hours in which the person is left alone; None ends them."""
    if begins is None or ends is None:
        Quiet.objects.filter(person=person).delete()
    else:
        Quiet.objects.update_or_create(person=person, defaults={"begins": begins, "ends": ends})


def subscribe(*, person: str, ticket: Ticket | None = None, **place: object) -> Subscription:
    """Keep a subscription to a ticket, a place or an area; the same wish twice is kept once.

    Two tabs at one moment may leave a place or an area twice in the list, a ticket never. It is
    told once all the same, and ends as one.
    """
    given = {"created_at": clock.now()}
    if ticket:
        return Subscription.objects.get_or_create(person=person, ticket=ticket, defaults=given)[0]
    kept = Subscription.objects.filter(person=person, **place).first()
    return kept or Subscription.objects.create(person=person, **place, **given)


@transaction.atomic
def unsubscribe(*, person: str, subscription_id: int) -> bool:
    """End a subscription, and what waits to be told for it alone; says whether there was one."""
    one = Subscription.objects.filter(person=person, pk=subscription_id).first()
    if one is None:
        return False
    if one.ticket_id:
        _drop(person=person, ticket=one.ticket_id, relation="follower")
    what = ("ticket_id", "lat", "lon", "radius_m", "area_code", "sectors", "updates")
    same = {name: getattr(one, name) for name in what if getattr(one, name) is not None}
    ended = bool(Subscription.objects.filter(person=person, **same).delete()[0])
    if not one.ticket_id:
        _drop_unasked(person)
    return ended


def _drop_unasked(person: str) -> None:
    """Let what waits of places end that none of the person's subscriptions asks for any more."""
    waiting = Notification.objects.filter(person=person, relation="area", state=State.PLANNED)
    unasked = [row.pk for row in waiting.select_related("ticket__category") if not _asked(row)]
    _drop(pk__in=unasked)


def _asked(row: Notification) -> bool:
    """Say whether a subscription of the person to an area or a place still asks for this."""
    if row.ticket is None:
        return False
    around = subscriptions_around(row.ticket).filter(person=row.person, ticket=None)
    return any(asks_for(one, row.ticket, row.kind) for one in around)


def _drop(**which: object) -> None:
    """Let what was planned and not sent yet end unsent, without what was to be told in it."""
    waiting = Notification.objects.filter(state=State.PLANNED, **which)
    ended = list(waiting.values_list("pk", flat=True))
    Notification.objects.filter(pk__in=ended, state=State.PLANNED).update(
        state=State.DROPPED, error=UNWANTED
    )
    unfold(ended)


def move_followers(*, ticket: UUID, into: UUID) -> list[str]:
    """Let who followed a ticket follow the one that took its reports over; returns their keys."""
    followers = Subscription.objects.filter(ticket=ticket)
    people = list(followers.values_list("person", flat=True))
    already = Subscription.objects.filter(ticket=into, person__in=people)
    followers.filter(person__in=list(already.values_list("person", flat=True))).delete()
    followers.update(ticket=into)
    return people
