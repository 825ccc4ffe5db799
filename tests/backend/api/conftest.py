"""Clients as the outside has them: a phone with its token, staff with a session."""

import pytest
from rest_framework.test import APIClient as PlainClient

from backend.accounts.models import Agency, Role
from tests.backend.api.conformance import require_documented
from tests.factories import PASSWORD, make_device, make_user


class APIClient(PlainClient):
    """A client that holds every answer against docs/openapi.yaml."""

    def generic(self, method, path, *args, **more):
        response = super().generic(method, path, *args, **more)
        require_documented(method, path, response)
        return response


@pytest.fixture
def phone(db):
    return phone_client()


def phone_client() -> APIClient:
    device, token = make_device()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Device {token}")
    client.device = device
    return client


def staff_client(username: str, role: Role, agency: Agency | None = None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(username, role, agency))
    return client


@pytest.fixture
def desk(province):
    return staff_client("lan", Role.DISPATCHER, province.ward)


@pytest.fixture
def other_desk(province):
    return staff_client("tuan", Role.DISPATCHER, province.other_ward)


@pytest.fixture
def leader(province):
    return staff_client("hoa", Role.AGENCY_LEADER, province.ward)


@pytest.fixture
def centre(province):
    return staff_client("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def password():
    return PASSWORD
