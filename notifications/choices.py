"""What a person chose to hear, and by which ways; the defaults where they chose nothing."""

from collections.abc import Collection, Iterable
from datetime import time

from backend import clock
from backend.accounts.principal import Principal
from notifications.models import Digest, Preference, Quiet, Subscription, Topic, Way

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


def choose(
    *, person: str, topic: str, channels: Iterable[str], digest: str = Digest.NOW
) -> Preference:
    """Keep what the person wants to hear of the topic; no channel at all is nothing."""
    wanted = set(channels)
    kept, _new = Preference.objects.update_or_create(
        person=person,
        topic=topic,
        defaults={**{name: name in wanted for name in CHANNELS}, "digest": digest},
    )
    return kept


def stop_channel(*, person: str, topic: str, channel: str) -> None:
    """Take one channel out of a topic and leave the others as they are."""
    chosen = preferences_of(person).get(topic)
    channels = set(channels_of(topic, chosen)) - {channel}
    digest = chosen.digest if chosen else Digest.NOW
    choose(person=person, topic=topic, channels=channels, digest=digest)


def set_quiet(*, person: str, begins: time | None, ends: time | None) -> None:
    """Keep the hours in which the person is left alone; None ends them."""
    if begins is None or ends is None:
        Quiet.objects.filter(person=person).delete()
    else:
        Quiet.objects.update_or_create(person=person, defaults={"begins": begins, "ends": ends})


def subscribe(*, person: str, **wish: object) -> Subscription:
    """Keep a subscription; the same wish twice is kept once."""
    kept, _new = Subscription.objects.get_or_create(
        person=person, **wish, defaults={"created_at": clock.now()}
    )
    return kept
