"""Who is judged again, and by what."""

from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync

from backend.accounts import principal as principals
from backend.accounts.models import Device, Role
from realtime.attendance import Attendance
from realtime.following import Client
from tests.factories import make_staff
from tests.realtime.conftest import session_of


class Outlet:
    """Remembers with which code it was closed."""

    code = None

    def close(self, code):
        self.code = code


def test_of_many_devices_each_has_its_turn_also_those_that_come_later(monkeypatch):
    monkeypatch.setattr("realtime.attendance.DEVICES_AT_ONCE", 3)
    attendance, seen = Attendance(), set()
    first = [Device(pk=uuid4()) for _turn in range(5)]
    later = [Device(pk=uuid4()) for _turn in range(5)]
    for devices in (first, later):
        for device in devices:
            attendance.welcome(Client(Outlet()), principals.of_device(device), "")
        # A round that had begun goes on first: of 5, and then 10, some three at a time.
        for _look in range(5):
            seen |= attendance._some_devices()
        assert {device.pk for device in devices} <= seen


@pytest.mark.django_db
def test_who_signs_in_while_the_database_is_asked_is_not_judged_by_its_answer():
    principal = make_staff("lan", Role.OPERATIONS_CENTRE)
    attendance, early, late = Attendance(), Client(Outlet()), Client(Outlet())
    for client in (early, late):
        async_to_sync(attendance.enter)(client)
    async_to_sync(attendance.sign_in)(early, principal, "gone")
    ask = attendance.look()
    standing = ask()
    async_to_sync(attendance.sign_in)(late, principal, session_of(principal.user))
    assert attendance.judge(standing) == []
    assert (early.outlet.code, late.outlet.code) == (4401, None)
