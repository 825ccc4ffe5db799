"""What is right in every part and wrong as a whole: said at the start of each process.

Values that cannot be used stop the start in config/settings.py already. Commands of manage.py run
these as all of Django's checks; servers call `heed`.
"""

import logging
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

logger = logging.getLogger(__name__)

TAG = "province"


@register(TAG)
def check_province(**_kwargs: Any) -> list[CheckMessage]:
    """Return what a province, on PostgreSQL or on the open internet, should not run with."""
    return [*_database(), *_openness(), *_proxies()]


def heed() -> None:
    """Log what the checks say. Raises ImproperlyConfigured for an error among it."""
    for message in run_checks(tags=[TAG]):
        if message.is_serious():
            raise ImproperlyConfigured(str(message))
        logger.warning("%s", message)


def _database() -> Iterator[CheckMessage]:
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    if not settings.REDIS_HOSTS:
        yield Warning(
            "PostgreSQL without Redis: other processes hear of news by their own tick of a "
            "second, and each counts by itself how often somebody may ask.",
            hint="Set REDIS_URL, unless one process serves everything.",
            id="hientruong.W001",
        )
    if not settings.SECRET_KEY_GIVEN:
        yield Warning(
            "PostgreSQL without SECRET_KEY: each host has a key of its own, and takes the "
            "sessions and links of another for forged.",
            hint="Set SECRET_KEY or SECRET_KEY_FILE to the same on all.",
            id="hientruong.W002",
        )


def _openness() -> Iterator[CheckMessage]:
    address = urlsplit(settings.PUBLIC_URL)
    if address.scheme != "https":
        return
    if settings.DEBUG:
        yield Error(
            "DEBUG shows settings and code to whoever meets an error, and PUBLIC_URL is open.",
            hint="Leave DEBUG out.",
            id="hientruong.E001",
        )
    if settings.DEMO:
        yield Warning(
            "DEMO answers to any host name, and its accounts have a password that all know.",
            hint="Leave DEMO out, unless this is a demonstration.",
            id="hientruong.W003",
        )
    if not validate_host(address.hostname or "", settings.ALLOWED_HOSTS):
        yield Warning(
            f"ALLOWED_HOSTS does not have {address.hostname}, the host of PUBLIC_URL.",
            hint="Its pages answer 400.",
            id="hientruong.W004",
        )


def _proxies() -> Iterator[CheckMessage]:
    behind = bool(settings.SECURE_PROXY_SSL_HEADER)
    if behind and not settings.REST_FRAMEWORK["NUM_PROXIES"]:
        yield Warning(
            "BEHIND_TLS_PROXY without PROXIES: everybody is counted as the proxy.",
            hint="Set PROXIES to how many add to X-Forwarded-For.",
            id="hientruong.W005",
        )
