"""Where a push to a device goes."""

from dataclasses import dataclass

from django.conf import settings

from backend.accounts.models import Device
from notifications.models import Way
from notifications.transports import offered


@dataclass(frozen=True)
class Address:
    transport: str
    value: str


def address_of(device: Device) -> Address | None:
    """Return the device's push address, None where it has none that we can push to.

    In front of the sandbox every device has one, so that the demo shows what phones would get.
    """
    if device.push_address and device.push_transport in offered():
        return Address(device.push_transport, device.push_address)
    if settings.FCM_SANDBOX:
        return Address(Way.FCM, f"sandbox:{device.pk}")
    return None
