"""Where a notification goes now: looked up when it is sent, since addresses change."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings

from backend import clock
from backend.accounts.models import Device, User
from backend.accounts.services import drop_push_address
from notifications.models import Address, Notification, Topic, Way
from notifications.reach import ACCOUNT

Phone = tuple[str, str]
"""The transport and the address by which an installation is pushed to."""


def addresses_of(rows: Sequence[Notification]) -> dict[int, str]:
    """Return each row's address by its id; a row whose person has none any more is left out.

    One that is not proved yet is sent its code, and nothing else.
    """
    phones = _phones([each for row in rows if (each := _device_id(row))])
    given = Address.objects.filter(dead_at=None).in_bulk(
        [int(row.to) for row in rows if row.to.isdecimal()]
    )
    staff = User.objects.filter(is_active=True).in_bulk(
        {user_id for row in rows if (user_id := _user_id(row)) is not None}
    )
    found: dict[int, str] = {}
    for row in rows:
        user_id = _user_id(row)
        if user_id is not None and user_id not in staff:
            continue  # Who has left hears nothing more, wherever they gave an address.
        if row.to == ACCOUNT and user_id is not None:
            address = staff[user_id].email
        elif row.to:
            address = _given_address(given.get(int(row.to)), row)
        else:
            device_id = _device_id(row)
            phone = phones.get(device_id) if device_id else None
            address = _push_address(device_id, phone, row.transport)
        if address:
            found[row.pk] = address
    return found


def _given_address(one: Address | None, row: Notification) -> str:
    if one is None or (one.confirmed_at is None and row.topic != Topic.ADDRESS):
        return ""
    return one.value


def forget_address(row: Notification, address: str, reason: str) -> None:
    """Let a dead address be used no more, unless the person has given a new one meanwhile."""
    device_id = _device_id(row)
    if device_id:
        drop_push_address(device_id=device_id, address=address)
        return
    dead = {"dead_at": clock.now(), "dead_reason": reason[:300] or "dead"}
    known = {"person": row.person, "transport": row.transport, "value": address}
    if row.to == ACCOUNT:
        made = dead | {"language": row.language, "created_at": clock.now()}
        Address.objects.update_or_create(**known, defaults=dead, create_defaults=made)
    else:
        # One that the person removed meanwhile stays away: here it could not be removed again.
        Address.objects.filter(**known).update(**dead)


def _phones(ids: Sequence[UUID]) -> dict[UUID, Phone]:
    found = Device.objects.filter(pk__in=ids) if ids else Device.objects.none()
    return {
        pk: (transport, address)
        for pk, transport, address in found.values_list("pk", "push_transport", "push_address")
    }


def _push_address(device_id: UUID | None, phone: Phone | None, transport: str) -> str:
    """Return the device's address for pushes by this transport, "" where it has none.

    In front of the sandbox every device has one, so that the demo shows what phones would get.
    """
    if phone is None:
        return ""
    own, address = phone
    if own == transport and address:
        return address
    return f"sandbox:{device_id}" if settings.FCM_SANDBOX and transport == Way.FCM else ""


def _user_id(row: Notification) -> int | None:
    kind, _colon, identity = row.person.partition(":")
    return int(identity) if kind == "user" else None


def _device_id(row: Notification) -> UUID | None:
    kind, _colon, identity = row.person.partition(":")
    return UUID(identity) if kind == "device" and not row.to else None
