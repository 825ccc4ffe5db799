"""What is done to devices, consent and the record of looks."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError

from backend import clock
from backend.accounts.models import Consent, Device, IdentityLook, User
from backend.accounts.principal import Principal

SEEN_EVERY = timedelta(hours=1)


def register_device(
    *, platform: str, locale: str, push_transport: str = "", push_address: str = ""
) -> tuple[Device, str]:
    """Keep a new installation; returns it with its token, which is never shown again."""
    _take_over(push_transport, push_address)
    secret = secrets.token_urlsafe(32)
    moment = clock.now()
    device = Device.objects.create(
        token_digest=_digest(secret),
        platform=platform,
        locale=locale,
        push_transport=push_transport,
        push_address=push_address,
        created_at=moment,
        last_seen_at=moment,
    )
    return device, f"{device.pk}.{secret}"


def device_by_token(token: str) -> Device | None:
    """Return whose token this is, or None; the comparison takes the same time either way."""
    device_id, _dot, secret = token.partition(".")
    try:
        device = Device.objects.get(id=UUID(device_id))
    except (ValueError, ValidationError, Device.DoesNotExist):
        return None
    if not hmac.compare_digest(bytes(device.token_digest), _digest(secret)):
        return None
    return device


def note_device_seen(device: Device) -> None:
    """Remember that the device is in use; written at most once an hour."""
    moment = clock.now()
    if moment - device.last_seen_at > SEEN_EVERY:
        Device.objects.filter(pk=device.pk).update(last_seen_at=moment)


def set_push_address(*, device: Device, transport: str, address: str) -> None:
    """Say where pushes to this device go; an empty transport ends them."""
    _take_over(transport, address)
    device.push_transport, device.push_address = transport, address
    device.save(update_fields=["push_transport", "push_address"])


def _take_over(transport: str, address: str) -> None:
    """Let nobody else have it: a push token belongs to the installation that named it last."""
    if address:
        named = Device.objects.filter(push_transport=transport, push_address=address)
        named.update(push_transport="", push_address="")


def drop_push_address(*, device_id: UUID, address: str) -> None:
    """Forget a dead push address, unless the device has given a new one meanwhile."""
    Device.objects.filter(pk=device_id, push_address=address).update(
        push_transport="", push_address=""
    )


def give_consents(*, principal: Principal, purposes: Iterable[tuple[str, str]]) -> None:
    """Keep each (purpose, text version) that was agreed to; the same one twice is kept once."""
    wanted = dict.fromkeys(purposes)
    if not wanted:
        return
    giver = {"device": principal.device, "user": principal.user}
    standing = Consent.objects.filter(**giver, withdrawn_at=None)
    given = set(standing.values_list("purpose", "text_version"))
    moment = clock.now()
    Consent.objects.bulk_create(
        Consent(**giver, purpose=purpose, text_version=version, given_at=moment)
        for purpose, version in wanted
        if (purpose, version) not in given
    )


def note_identity_look(*, user: User, report_no: str) -> IdentityLook:
    """Keep that `user` was shown who sent the report."""
    return IdentityLook.objects.create(user=user, report_no=report_no, at=clock.now())


def _digest(secret: str) -> bytes:
    # The secret is 256 random bits, so a plain hash is as good as a slow one.
    return hashlib.sha256(secret.encode()).digest()
