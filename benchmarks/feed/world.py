"""The log that our feed is measured on: a small province with one ticket that much happens to."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import django

from benchmarks.feed.running import CACHE, ROOT


class World:
    """A database of its own, on SQLite."""

    def __init__(self, redis_url: str) -> None:
        folder = Path(tempfile.mkdtemp(prefix="bench-var-", dir=_memory()))
        self.folder = folder
        self.env = {
            "VAR_DIR": str(folder),
            "REDIS_URL": redis_url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
            "FEED_SOCKETS_PER_PRINCIPAL": "100000",
            "FEED_SOCKETS_PER_ADDRESS": "100000",
            "FEED_BEAT_SECONDS": "3600",
            "FEED_HELLO_SECONDS": "120",
        }
        os.environ.pop("DATABASE_URL", None)
        os.environ.update(self.env)
        django.setup()
        self._fill()

    def _fill(self) -> None:
        from backend.accounts.models import Role
        from tests.factories import make_province, make_ticket, make_user
        from tests.realtime.conftest import session_of

        _empty_database()
        province = make_province()
        ticket = make_ticket(province.pothole, province.ward)
        self.session = session_of(make_user("minh", Role.OPERATIONS_CENTRE))
        self._stood: dict[str, Any] = {
            "ticket_id": str(ticket.pk),
            "version": ticket.version,
            "status": "accepted",
            "category": ticket.category_id,
            "priority": ticket.priority,
            "area": ticket.area_code,
            "agency": "UBND-10001",
            "supporting": [],
            "reports": [],
        }

    def happen(self, count: int = 1) -> None:
        """Record so many facts in one transaction; the feed's processes are rung after it."""
        from backend.events.log import record, recording
        from backend.tickets.events import TicketAccepted

        with recording():
            for _turn in range(count):
                record(TicketAccepted(**self._stood), actor="system:benchmark")


def _memory() -> str | None:
    """A disk that forgets, so that the disk is not what is measured."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else None


def _empty_database() -> None:
    """Make the tables; a copy is kept for the next time, until a migration is another one."""
    from django.core.management import call_command
    from django.db import connection

    ours = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    digest = hashlib.sha256()
    for path in (ROOT / "requirements" / "dev.lock", *sorted(ours)):
        digest.update(path.read_bytes())
    name = connection.settings_dict["NAME"]
    kept = CACHE / f"empty-{digest.hexdigest()[:16]}.sqlite3"
    if kept.exists():
        shutil.copy(kept, name)
        return
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    CACHE.mkdir(parents=True, exist_ok=True)
    unfinished = kept.with_suffix(".new")
    shutil.copy(name, unfinished)
    unfinished.rename(kept)
