"""Two-step sign-in: switched on by the person, asked for at every way in."""

import time
from base64 import b32decode
from importlib import import_module

import pytest
from django.test import Client
from django_otp.oath import totp

from backend.accounts.models import Role
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
URL = "/api/v1/session/second-factor"


@pytest.fixture
def lan():
    return make_user("lan", Role.OPERATIONS_CENTRE)


@pytest.fixture
def desk(lan):
    client = Client()
    client.force_login(lan)
    return client


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Codes change with the clock; here it stands at the beginning of a step."""
    moment = time.time() // 30 * 30
    import_module("rest_framework.throttling")  # keeps `time.time` for good as it finds it
    monkeypatch.setattr("time.time", lambda: moment)


def post(client, path, **body):
    return client.post(path, body, "application/json")


def code_of(secret, drift=0):
    return f"{totp(b32decode(secret), drift=drift):06}"


def switch_on(desk):
    secret = post(desk, f"{URL}/begin", password=PASSWORD).json()["secret"]
    # The code of the step before is taken too, and leaves this step's for what follows.
    answer = post(desk, f"{URL}/confirm", otp=code_of(secret, drift=-1))
    return secret, answer.json()["recovery_codes"]


def sign_in(**more):
    return post(Client(), "/api/v1/session", username="lan", password=PASSWORD, **more)


def test_it_is_on_once_the_app_has_shown_a_code(desk):
    begun = post(desk, f"{URL}/begin", password=PASSWORD).json()
    assert begun["uri"].startswith("otpauth://totp/Hi%E1%BB%87n%20Tr%C6%B0%E1%BB%9Dng%3Alan?")
    assert begun["qr_svg"].startswith("<svg")
    assert desk.get("/api/v1/session").json()["second_factor"] is False
    assert sign_in().status_code == 200
    wrong = post(
        desk, f"{URL}/confirm", otp="000000" if code_of(begun["secret"]) != "000000" else "1"
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "wrong_otp")


def test_whoever_has_it_needs_the_code(desk):
    secret, _codes = switch_on(desk)
    assert desk.get("/api/v1/session").json()["second_factor"] is True
    without = sign_in()
    assert (without.status_code, without.json()["code"]) == (401, "otp_required")
    assert sign_in(otp=code_of(secret)).status_code == 200


def test_a_code_works_once(desk):
    secret, _codes = switch_on(desk)
    assert sign_in(otp=code_of(secret)).status_code == 200
    again = sign_in(otp=code_of(secret))
    assert (again.status_code, again.json()["code"]) == (401, "wrong_otp")


def test_a_recovery_code_helps_once_without_the_phone(desk):
    _secret, codes = switch_on(desk)
    assert len(codes) == 8
    assert sign_in(otp=codes[0]).status_code == 200
    assert sign_in(otp=codes[0]).status_code == 401


def test_a_right_code_does_not_help_a_wrong_password(desk):
    secret, _codes = switch_on(desk)
    answer = post(Client(), "/api/v1/session", username="lan", password="sai", otp=code_of(secret))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_an_open_session_alone_neither_begins_nor_ends_it(desk):
    assert post(desk, f"{URL}/begin", password="sai").status_code == 400
    secret, _codes = switch_on(desk)
    assert post(desk, f"{URL}/begin", password=PASSWORD).status_code == 409
    assert post(desk, f"{URL}/end", password="sai", otp=code_of(secret)).status_code == 400
    assert sign_in().status_code == 401
    assert post(desk, f"{URL}/end", password=PASSWORD, otp=code_of(secret)).status_code == 204
    assert sign_in().status_code == 200


def test_the_administration_asks_for_it_too(lan, desk):
    lan.is_staff = True
    lan.save()
    secret, _codes = switch_on(desk)
    given = {"username": "lan", "password": PASSWORD}
    refused = Client().post("/admin/login/?next=/admin/", given)
    assert "Hãy nhập mã trong ứng dụng xác thực" in refused.content.decode()
    let_in = Client().post("/admin/login/?next=/admin/", given | {"otp": code_of(secret)})
    assert let_in["Location"] == "/admin/"


def test_a_phone_has_no_second_step():
    assert post(Client(), f"{URL}/begin", password="x").status_code in (401, 403)
