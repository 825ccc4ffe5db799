"""Devices: whoever holds the token is the reporter, and we keep no token."""

import pytest

from backend.accounts.models import Consent, Device
from backend.accounts.services import (
    device_by_token,
    drop_push_address,
    give_consents,
    register_device,
    set_push_address,
)
from tests.factories import make_phone

pytestmark = pytest.mark.django_db


def test_a_token_finds_its_device_and_is_not_kept():
    device, token = register_device(platform="web", locale="vi")
    assert device_by_token(token) == device
    assert token.partition(".")[2].encode() not in bytes(Device.objects.get().token_digest)


@pytest.mark.parametrize("token", ["", ".", "x.y", "00000000-0000-0000-0000-000000000000.x"])
def test_a_token_of_nobodys_finds_nothing(token):
    assert device_by_token(token) is None


def test_a_token_does_not_open_another_device():
    one, token = register_device(platform="web", locale="vi")
    other, _token = register_device(platform="web", locale="vi")
    assert device_by_token(f"{other.pk}.{token.partition('.')[2]}") is None
    assert one != other


def test_a_push_address_belongs_to_the_device_that_named_it_last():
    old, _token = register_device(
        platform="web", locale="vi", push_transport="fcm", push_address="abc"
    )
    new, _token = register_device(platform="web", locale="vi")
    set_push_address(device=new, transport="fcm", address="abc")
    old.refresh_from_db()
    assert (old.push_transport, old.push_address) == ("", "")


def test_who_registers_anew_takes_the_address_along():
    given = {"platform": "web", "locale": "vi", "push_transport": "fcm", "push_address": "abc"}
    old, _token = register_device(**given)
    new, _token = register_device(**given)
    assert list(Device.objects.exclude(push_address="").values_list("pk", flat=True)) == [new.pk]
    old.refresh_from_db()
    assert (old.push_transport, old.push_address) == ("", "")


def test_a_dead_address_is_forgotten_unless_a_new_one_came_meanwhile():
    device, _token = register_device(
        platform="web", locale="vi", push_transport="fcm", push_address="old"
    )
    set_push_address(device=device, transport="fcm", address="new")
    drop_push_address(device_id=device.pk, address="old")
    device.refresh_from_db()
    assert device.push_address == "new"
    drop_push_address(device_id=device.pk, address="new")
    device.refresh_from_db()
    assert device.push_address == ""


def test_a_consent_is_kept_once_for_each_version_of_its_text():
    phone = make_phone()
    for version in ("1", "1", "2"):
        give_consents(principal=phone, purposes=[("contact", version)])
    assert sorted(Consent.objects.values_list("text_version", flat=True)) == ["1", "2"]
