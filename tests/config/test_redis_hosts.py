"""Which Redis the environment names, and what it cannot mean."""

import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.redis_hosts import redis_hosts


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch) -> None:
    for name in [name for name in os.environ if name.startswith("REDIS_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("variables", "hosts"),
    [
        ({}, []),
        ({"REDIS_URL": "redis://a:6379/0"}, [{"address": "redis://a:6379/0"}]),
        (
            {"REDIS_URL": "redis://a/0, rediss://b/0", "REDIS_CA_FILE": "/ca"},
            [{"address": "redis://a/0"}, {"address": "rediss://b/0", "ssl_ca_certs": "/ca"}],
        ),
        (
            {"REDIS_URL": "rediss://a/0", "REDIS_CERT_FILE": "/me", "REDIS_KEY_FILE": "/my"},
            [{"address": "rediss://a/0", "ssl_certfile": "/me", "ssl_keyfile": "/my"}],
        ),
        (
            {"REDIS_SENTINELS": "s1:26379,[::1]:26380", "REDIS_MASTER": "tinh"},
            [
                {
                    "sentinels": [("s1", 26379), ("::1", 26380)],
                    "master_name": "tinh",
                    "sentinel_kwargs": {},
                    "db": 0,
                }
            ],
        ),
    ],
)
def test_hosts_are_as_the_channel_layer_takes_them(monkeypatch, variables, hosts):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert redis_hosts() == hosts


def test_each_master_that_sentinels_watch_is_a_shard_with_the_same_secrets(monkeypatch):
    for name, value in {
        "REDIS_SENTINELS": "s1:26379",
        "REDIS_MASTER": "one,two",
        "REDIS_TLS": "1",
        "REDIS_CA_FILE": "/ca",
        "REDIS_USER": "hientruong",
        "REDIS_PASSWORD": "p",
        "REDIS_SENTINEL_PASSWORD": "q",
        "REDIS_DATABASE": "3",
    }.items():
        monkeypatch.setenv(name, value)
    assert redis_hosts() == [
        {
            "sentinels": [("s1", 26379)],
            "master_name": name,
            "sentinel_kwargs": {"ssl": True, "ssl_ca_certs": "/ca", "password": "q"},
            "db": 3,
            "ssl": True,
            "ssl_ca_certs": "/ca",
            "username": "hientruong",
            "password": "p",
        }
        for name in ("one", "two")
    ]


def test_an_address_with_its_password_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "redis").write_text("redis://:mat-khau@a/0\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(tmp_path / "redis"))
    assert redis_hosts() == [{"address": "redis://:mat-khau@a/0"}]


@pytest.mark.parametrize(
    ("variables", "refusal"),
    [
        ({"REDIS_URL": "cache:6379"}, "REDIS_URL: an address begins with"),
        ({"REDIS_SENTINELS": "s1:26379"}, "REDIS_MASTER"),
        ({"REDIS_SENTINELS": "s1", "REDIS_MASTER": "m"}, "'s1' is not like"),
        ({"REDIS_SENTINELS": "s:1", "REDIS_MASTER": "m", "REDIS_URL": "redis://a"}, "not both"),
    ],
)
def test_what_cannot_be_is_refused_by_name(monkeypatch, variables, refusal):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=refusal):
        redis_hosts()


def test_a_refused_address_does_not_show_its_password(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "http://:mat-khau@a/0")
    with pytest.raises(ImproperlyConfigured) as refused:
        redis_hosts()
    assert "mat-khau" not in str(refused.value)
