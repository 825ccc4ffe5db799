"""People who are told, and a Google of our own that tells them."""

from collections.abc import Callable, Iterator

import pytest

from backend.accounts import principal as principals
from backend.accounts.models import Role
from backend.accounts.principal import Principal
from backend.accounts.services import register_device
from backend.events.delivery import deliver_next
from backend.events.subscriber import subscribers
from notifications.sandbox.server import Sandbox
from notifications.transports.fcm import Fcm
from tests.factories import make_staff


@pytest.fixture(scope="session")
def running_sandbox(tmp_path_factory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("fcm"))
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="session")
def opened_fcm(running_sandbox) -> Iterator[Fcm]:
    fcm = Fcm(running_sandbox.service_account)
    yield fcm
    fcm.close()


@pytest.fixture
def sandbox(running_sandbox, monkeypatch, settings) -> Sandbox:
    """The sandbox with nothing received and no orders, and this process's way to it."""
    running_sandbox.google.behave()
    running_sandbox.google.received.clear()
    for name, value in running_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    settings.FCM_CREDENTIALS = str(running_sandbox.service_account)
    return running_sandbox


@pytest.fixture
def fcm(sandbox, opened_fcm) -> Fcm:
    return opened_fcm


@pytest.fixture
def hear(sequence) -> Callable[[], None]:
    """Let notifications hear what the log holds."""

    def deliver() -> None:
        sequence()
        while deliver_next(subscribers["notifications"]):
            pass

    return deliver


def phone_with_push(address: str = "token-1", locale: str = "vi") -> Principal:
    device, _token = register_device(
        platform="android", locale=locale, push_transport="fcm", push_address=address
    )
    return principals.of_device(device)


@pytest.fixture
def phone(db) -> Principal:
    return phone_with_push()


@pytest.fixture
def desk(province) -> Principal:
    return make_staff("lan", Role.DISPATCHER, province.ward)


@pytest.fixture
def colleague(province) -> Principal:
    return make_staff("tam", Role.DISPATCHER, province.ward)


@pytest.fixture
def leader(province) -> Principal:
    return make_staff("hoa", Role.AGENCY_LEADER, province.ward)


@pytest.fixture
def centre(province) -> Principal:
    return make_staff("minh", Role.OPERATIONS_CENTRE)
