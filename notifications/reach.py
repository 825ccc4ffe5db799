"""Where each of many people is reached, in which language, and when not: in a few queries."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

import orjson
from django.conf import settings
from django.db import connection
from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from backend.accounts.models import Device, User
from notifications.models import Address, Notification, Preference, Quiet, State, Topic, Way
from notifications.timing import STORM_SLOT, Load
from notifications.transports import offered

ACCOUNT = "account"
"""The `to` of an e-mail that goes to the address of a member of staff's account."""

AT_ONCE = 5_000  # ids in one query
MANY = 200


@dataclass(frozen=True, slots=True)
class Target:
    """One way to the person: a transport, which of their addresses, in its language."""

    transport: str
    to: str
    language: str


@dataclass(slots=True)
class Reach:
    """How one person is reached; the inbox comes first."""

    targets: list[Target] = field(default_factory=list)
    quiet: tuple[time, time] | None = None
    chosen: dict[str, Preference] = field(default_factory=dict)
    loads: dict[tuple[str, str], Load] = field(default_factory=dict)

    @property
    def language(self) -> str:
        return self.targets[0].language


def reaches_of(people: Sequence[str], *, moment: datetime, today: datetime) -> dict[str, Reach]:
    """Return how each of these people is reached; who is unknown or gone is left out.

    `today` is when the day began by which the guard counts.
    """
    found: dict[str, Reach] = {}
    for some in _slices(people):
        reaches = dict(_phones(some))
        reaches.update(_staff(some))
        _add_addresses(reaches)
        _add_wishes(reaches)
        _add_loads(reaches, moment, today)
        found.update(reaches)
    return found


def ways_to(person: str) -> set[str]:
    """Return the transports by which something can reach the person now, whatever they want."""
    reaches = dict(_phones([person])) | dict(_staff([person]))
    _add_addresses(reaches)
    return {target.transport for reach in reaches.values() for target in reach.targets}


def _among(values: Sequence[str], kind: str = "text") -> Sequence[str] | RawSQL:
    """Return what `__in` takes: for many on PostgreSQL one parameter, since Django and psycopg
    spend a second on ten thousand."""
    if connection.vendor != "postgresql" or len(values) < MANY:
        return values
    select = f"SELECT jsonb_array_elements_text(%s::jsonb)::{kind}"
    return RawSQL(select, [orjson.dumps(list(values)).decode()])  # noqa: S611


def _slices(people: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(people), AT_ONCE):
        yield people[start : start + AT_ONCE]


def _phones(people: Iterable[str]) -> Iterator[tuple[str, Reach]]:
    ids = [each[7:] for each in people if each.startswith("device:")]
    open_ways = offered()
    fields = ("pk", "locale", "push_transport", "push_address")
    found = Device.objects.filter(pk__in=_among(ids, "uuid")).values_list(*fields) if ids else ()
    for pk, locale, transport, address in found:
        reach = Reach([Target(Way.INBOX, "", locale)])
        if address and transport in open_ways:
            reach.targets.append(Target(transport, "", locale))
        elif settings.FCM_SANDBOX:
            reach.targets.append(Target(Way.FCM, "", locale))
        yield f"device:{pk}", reach


def _staff(people: Iterable[str]) -> Iterator[tuple[str, Reach]]:
    ids = [int(each[5:]) for each in people if each.startswith("user:")]
    found = User.objects.filter(pk__in=ids, is_active=True) if ids else User.objects.none()
    mail = Way.EMAIL in offered()
    for pk, locale, email in found.values_list("pk", "locale", "email"):
        reach = Reach([Target(Way.INBOX, "", locale)])
        if mail and email:
            reach.targets.append(Target(Way.EMAIL, ACCOUNT, locale))
        yield f"user:{pk}", reach


def _add_addresses(reaches: dict[str, Reach]) -> None:
    """Add what people gave and proved; an e-mail that they gave goes before their account's."""
    given = Address.objects.filter(person__in=_among(list(reaches)), transport__in=offered())
    fields = ("pk", "person", "transport", "language", "confirmed_at", "dead_at")
    for pk, person, way, language, confirmed, dead in given.order_by("pk").values_list(*fields):
        targets = reaches[person].targets
        if way == Way.EMAIL and (confirmed or dead):
            targets[:] = [each for each in targets if each.to != ACCOUNT]
        if confirmed and not dead:
            targets.append(Target(way, str(pk), language))


def _add_wishes(reaches: dict[str, Reach]) -> None:
    people = _among(list(reaches))
    for chosen in Preference.objects.filter(person__in=people):
        reaches[chosen.person].chosen[chosen.topic] = chosen
    for quiet in Quiet.objects.filter(person__in=people):
        reaches[quiet.person].quiet = (quiet.begins, quiet.ends)


def _add_loads(reaches: dict[str, Reach], moment: datetime, today: datetime) -> None:
    """Count by position: a person with two browsers is told once on each."""
    counted = Notification.objects.filter(person__in=_among(list(reaches)), due_at__gte=today)
    sums = (
        counted.exclude(transport=Way.INBOX)
        .exclude(topic=Topic.ADDRESS)
        .exclude(state=State.FOLDED)
        .values_list("person", "topic")
        .annotate(
            today=Count("position", distinct=True),
            lately=Count("position", distinct=True, filter=Q(due_at__gt=moment - STORM_SLOT)),
        )
        .order_by()
    )
    for person, topic, a_day, lately in sums:
        reaches[person].loads[person, topic] = Load(today=a_day, lately=lately)
