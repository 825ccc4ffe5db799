"""What a province should not run with is said when it starts."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import checks
from config.checks import check_province, heed

SOUND: dict[str, Any] = {
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
    "REDIS_HOSTS": [{"address": "redis://a/0"}],
    "SECRET_KEY_GIVEN": True,
    "PUBLIC_URL": "https://phananh.example",
    "ALLOWED_HOSTS": ["phananh.example"],
    "DEBUG": False,
    "DEMO": False,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
    "REST_FRAMEWORK": {"NUM_PROXIES": 1},
}
ONE_MACHINE = SOUND | {
    "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}},
    "REDIS_HOSTS": [],
    "SECRET_KEY_GIVEN": False,
    "PUBLIC_URL": "http://localhost:8000",
    "DEMO": True,
    "SECURE_PROXY_SSL_HEADER": None,
}


@pytest.fixture
def said(monkeypatch):
    """Settings of a province but for what is given; returns the numbers of what is said."""

    def ask(**changed: Any) -> list[str]:
        monkeypatch.setattr(checks, "settings", SimpleNamespace(**{**SOUND, **changed}))
        return [message.id.removeprefix("hientruong.") for message in check_province()]

    return ask


@pytest.mark.parametrize(
    ("changed", "numbers"),
    [
        ({}, []),
        (ONE_MACHINE, []),
        ({"REDIS_HOSTS": []}, ["W001"]),
        ({"SECRET_KEY_GIVEN": False}, ["W002"]),
        ({"DEBUG": True}, ["E001"]),
        ({"DEMO": True}, ["W003"]),
        ({"ALLOWED_HOSTS": ["localhost"]}, ["W004"]),
        ({"ALLOWED_HOSTS": [".example"]}, []),
        ({"REST_FRAMEWORK": {"NUM_PROXIES": 0}}, ["W005"]),
        ({"DEBUG": True, "REDIS_HOSTS": []}, ["W001", "E001"]),
    ],
)
def test_what_does_not_go_together_is_named(said, changed, numbers):
    assert said(**changed) == numbers


def test_a_server_warns_and_an_error_stops_it(said, caplog):
    said(REDIS_HOSTS=[])
    with caplog.at_level(logging.WARNING, logger="config.checks"):
        heed()
    assert "hientruong.W001" in caplog.text
    said(DEBUG=True)
    with pytest.raises(ImproperlyConfigured, match="E001"):
        heed()
