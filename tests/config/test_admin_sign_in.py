"""The administration's form of signing in."""

import pytest
from django.test import Client

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
URL = "/admin/login/"


@pytest.fixture
def administrator():
    user = make_user("quantri")
    user.is_staff = True
    user.save()
    return user


def sign_in(client, password, **more):
    return client.post(f"{URL}?next=/admin/", {"username": "quantri", "password": password} | more)


def test_the_right_password_opens_the_administration(administrator):
    assert sign_in(Client(), PASSWORD)["Location"] == "/admin/"


def test_the_second_steps_have_names_in_vietnamese(admin_client):
    shown = admin_client.get("/admin/").content.decode()
    assert "Bộ mã dự phòng" in shown
    assert "Ứng dụng xác thực" in shown


def test_guessing_is_slow_here_too_and_counts_with_the_api(administrator):
    guesses = [sign_in(Client(), "sai").status_code for _turn in range(6)]
    for _turn in range(4):
        Client().post(
            "/api/v1/session", {"username": "quantri", "password": "sai"}, "application/json"
        )
    assert guesses == [200] * 6
    answer = sign_in(Client(), PASSWORD)
    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 61
    assert Client().get("/admin/").status_code == 302


@pytest.mark.parametrize("written", [" quantri", "quantri  ", "QUANTRI", "ｑuantri"])
def test_a_name_written_otherwise_counts_as_the_same(administrator, written):
    for _turn in range(10):
        guess = {"username": written, "password": "sai"}
        assert Client().post(f"{URL}?next=/admin/", guess).status_code == 200
    assert sign_in(Client(), PASSWORD).status_code == 429


def test_one_password_is_not_tried_on_every_account(settings, administrator):
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign_in_address": "3/min"}
    for name in ("a", "b", "c"):
        body = {"username": name, "password": "hientruong"}
        assert Client().post("/api/v1/session", body, "application/json").status_code == 401
    assert sign_in(Client(), PASSWORD).status_code == 429


def test_nobody_is_led_away_after_signing_in(administrator):
    answer = sign_in(Client(), PASSWORD, next="//evil.example/")
    assert not answer["Location"].startswith("//")
