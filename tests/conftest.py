"""What every test may ask for. Where a server is missing, its tests are skipped and say so."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction

from backend.events import subscriber
from backend.events.models import LogHead
from backend.events.positions import give_positions
from geo import assets, locator
from tests.factories import province

__all__ = ["province"]

DATABASES = {"db", "transactional_db", "django_db_setup", "live_db", "province"}
# A thread would look into a database that is not the test's. Said here and not in a hook: another
# conftest, which may import what starts it, is read before the hooks run.
settings.WATCH_AREAS = False
SHARED = Path(__file__).resolve().parents[2] / "shared"


def pytest_configure() -> None:
    """Each worker has a Redis database of its own: `cache.clear()` empties the whole of one."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if settings.REDIS_URL and worker:
        server = urlsplit(settings.REDIS_URL)
        number = (int(server.path.strip("/") or 0) + 1 + int(worker.removeprefix("gw"))) % 16
        own = server._replace(path=f"/{number}").geturl()
        settings.REDIS_HOSTS[:] = [{"address": own}]  # channel layer and cache hold the same list


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    vendor = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    absent = {
        "postgresql": vendor != "postgresql" and "runs on PostgreSQL: set DATABASE_URL",
        "sqlite": vendor != "sqlite" and "runs on SQLite alone: unset DATABASE_URL",
        "redis": not settings.REDIS_URL and "runs with Redis: set REDIS_URL",
        "shared_data": not (SHARED / "data").is_dir() and f"needs real data in {SHARED / 'data'}",
        "browser": not os.environ.get("CHROMIUM") and "needs a browser: set CHROMIUM to its path",
    }
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if not item.get_closest_marker("django_db") and not DATABASES & set(fixtures):
            item.add_marker("one_database")
        for name, reason in absent.items():
            if reason and item.get_closest_marker(name):
                item.add_marker(pytest.mark.skip(reason=str(reason)))


@pytest.fixture(autouse=True)
def begun_log(request: pytest.FixtureRequest) -> None:
    """The log's head, which a migration makes and a flush between tests takes away."""
    marker = request.node.get_closest_marker("django_db")
    commits = "transactional_db" in request.fixturenames
    commits = commits or bool(marker and marker.kwargs.get("transaction"))
    if marker or commits or "db" in request.fixturenames:
        request.getfixturevalue("transactional_db" if commits else "db")
        LogHead.objects.get_or_create(id=1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return SHARED / "data"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """On SQLite, a file: threads that share a database in memory lock each other out of tables."""
    if connection.vendor == "sqlite":
        path = tmp_path_factory.mktemp("database") / "test.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(path)


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def no_areas_remembered() -> None:
    """A test's areas and assets are rolled back behind the back of who remembers them."""
    locator.forget()
    assets.forget()


@pytest.fixture
def sequence():
    """Hand out positions, as the sequencer does; the SQLite writer has done so itself."""

    def hand_out() -> None:
        while connection.vendor == "postgresql" and give_positions():
            pass

    return hand_out


@pytest.fixture
def only_subscribers() -> Iterator[dict[str, subscriber.Subscriber]]:
    """Begin with no subscriber; the app's own are back afterwards."""
    kept = dict(subscriber.subscribers)
    subscriber.subscribers.clear()
    yield subscriber.subscribers
    subscriber.subscribers.clear()
    subscriber.subscribers.update(kept)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> None:
    """Photos of a test lie in its own folder, and no limit outlives it."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    settings.ORIGINALS_ROOT = tmp_path / "originals"
    cache.clear()


@pytest.fixture(scope="module")
def lasting_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A database for what a whole module only reads, and is dear to make; undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        LogHead.objects.get_or_create(id=1)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def no_reactions(only_subscribers) -> None:
    """Nobody hears the log: what is tested is the record alone."""
