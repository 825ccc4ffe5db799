"""Who is connected here: how many each may be, and whether they are still who they were.

A role can be taken away while its holder listens. Nobody tells this process so: it looks, a few
queries every FEED_RECHECK_SECONDS for all that are connected.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.contrib.sessions.models import Session
from django.utils import timezone

from backend.accounts import principal as principals
from backend.accounts.models import Device, Membership, User
from backend.accounts.principal import ANONYMOUS, Principal
from realtime.audiences import may_follow
from realtime.following import Client
from realtime.protocol import Close
from realtime.tally import Tally

logger = logging.getLogger(__name__)

DEVICES_AT_ONCE = 500

Rights = tuple[frozenset[str], frozenset[str]]
"""Roles, and codes of agencies: all that `may_follow` asks of a member of staff."""


def rights_of(principal: Principal) -> Rights:
    return frozenset(principal.roles), principal.agency_codes


@dataclass(frozen=True)
class Standing:
    """What the database says of `clients`, those who were signed in when it was asked."""

    clients: frozenset[Client]
    rights: dict[int, Rights]
    passwords: dict[int, str]
    sessions: frozenset[str]
    devices_gone: frozenset[UUID]


@dataclass(eq=False)
class Attendance:
    """The clients of one process, counted together with those of the others."""

    clients: set[Client] = field(default_factory=set)
    tally: Tally = field(default_factory=Tally)
    _turn: Iterator[UUID] = field(default_factory=lambda: iter(()))

    async def enter(self, client: Client) -> bool:
        """Note a new connection; False where its address has too many already."""
        self.clients.add(client)
        return await self._count(client, _limits(client.address, ANONYMOUS))

    async def sign_in(self, client: Client, principal: Principal, session: str) -> bool:
        """Note who it is; False where this principal has too many connections already."""
        client.principal, client.session = principal, session
        return await self._count(client, _limits("", principal))

    async def _count(self, client: Client, limits: Mapping[str, int]) -> bool:
        free = await self.tally.take(limits)
        if free:
            client.counted += tuple(limits)
        return free

    async def admit(self, address: str, principal: Principal) -> tuple[str, ...] | None:
        """Count one who is not a client yet; None where there are too many already.

        What is returned belongs to a `Client.counted`, so that its leaving is noticed.
        """
        limits = _limits(address, principal)
        return tuple(limits) if await self.tally.take(limits) else None

    def welcome(self, client: Client, principal: Principal, session: str) -> None:
        """Note one who was admitted."""
        client.principal, client.session = principal, session
        self.clients.add(client)

    def leave(self, client: Client) -> None:
        self.clients.discard(client)
        for key in client.counted:
            self.tally.give(key)
        client.counted = ()

    def look(self) -> Callable[[], Standing]:
        """Return the call that asks the database about those who are connected now."""
        clients = frozenset(each for each in self.clients if each.principal != ANONYMOUS)
        users = {client.principal.user.pk for client in clients if client.principal.user}
        sessions = {client.session for client in clients if client.session}
        devices = self._some_devices()
        return lambda: _standing(clients, users, sessions, devices)

    def _some_devices(self) -> set[UUID]:
        """A device has no role to lose, so it is enough to ask for some of them each time."""
        devices = {c.principal.device.pk for c in self.clients if c.principal.device}
        if len(devices) <= DEVICES_AT_ONCE:
            return devices
        some = set(islice(self._turn, DEVICES_AT_ONCE))
        if len(some) < DEVICES_AT_ONCE:  # All had their turn: who came meanwhile is in the next.
            self._turn = iter(tuple(devices))
            some.update(islice(self._turn, DEVICES_AT_ONCE - len(some)))
        return some & devices

    def judge(self, standing: Standing) -> list[Client]:
        """Close those who are not signed in any more; return those whose rights have changed."""
        changed = []
        # Who signed in while the database was asked is judged the next time.
        for client in standing.clients & self.clients:
            user, device = client.principal.user, client.principal.device
            signed_out = client.session and client.session not in standing.sessions
            if user and not signed_out:
                # A new password ends every session that was begun by the one before.
                signed_out = standing.passwords.get(user.pk, user.password) != user.password
            if signed_out or (device and device.pk in standing.devices_gone):
                client.outlet.close(Close.NOT_SIGNED_IN)
            elif user and standing.rights.get(user.pk) != rights_of(client.principal):
                changed.append(client)
        return changed


def _limits(address: str, principal: Principal) -> dict[str, int]:
    limits = {f"address:{address}": settings.FEED_SOCKETS_PER_ADDRESS} if address else {}
    if principal != ANONYMOUS:
        limits[principal.key] = settings.FEED_SOCKETS_PER_PRINCIPAL
    return limits


def _standing(
    clients: frozenset[Client], users: set[int], sessions: set[str], devices: set[UUID]
) -> Standing:
    roles: dict[int, set[str]] = {}
    agencies: dict[int, set[str]] = {}
    passwords: dict[int, str] = {}
    if users:
        active = User.objects.filter(pk__in=users, is_active=True)
        for pk, password in active.values_list("pk", "password"):
            roles[pk], agencies[pk], passwords[pk] = set(), set(), password
    held = Membership.objects.filter(user__in=list(roles)) if roles else Membership.objects.none()
    for pk, role, code in held.values_list("user_id", "role", "agency__code"):
        roles[pk].add(role)
        agencies[pk] |= {code} - {None}
    known = Device.objects.filter(pk__in=devices).values_list("pk", flat=True) if devices else ()
    return Standing(
        clients=clients,
        rights={pk: (frozenset(roles[pk]), frozenset(agencies[pk])) for pk in roles},
        passwords=passwords,
        sessions=_alive(sessions),
        devices_gone=frozenset(devices - set(known)),
    )


def _alive(sessions: set[str]) -> frozenset[str]:
    if not sessions:
        return frozenset()
    kept = Session.objects.filter(session_key__in=sessions, expire_date__gt=timezone.now())
    return frozenset(kept.values_list("session_key", flat=True))


def renewed(principal: Principal) -> Principal:
    """Return the same person with the roles held now; ANONYMOUS for one who may not sign in, or
    would have to do so again."""
    if principal.user is None:
        return principal
    user = User.objects.filter(pk=principal.user.pk, is_active=True).first()
    if user is None or user.password != principal.user.password:
        return ANONYMOUS
    fresh = principals.of_user(user)
    rights_of(fresh)  # Asked here, in a thread that may wait for the database.
    return fresh


def allowed_now(principal: Principal, audience: str) -> tuple[str | None, Principal]:
    """Return the audience as we write it where it may be followed with the roles held now, and
    who it was that may: a role that is gone again before anybody looks was held all the same."""
    fresh = renewed(principal)
    return may_follow(fresh, audience), principal if fresh == ANONYMOUS else fresh


def still_allowed(principal: Principal, audiences: Iterable[str]) -> bool:
    """Say whether this principal may follow all of them."""
    return all(may_follow(principal, audience) for audience in audiences)
