"""Which database, and how its connections behave: SQLite for one machine, PostgreSQL else."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from config import env

SETTINGS = "-c jit=off"
"""What PostgreSQL is to do otherwise on our connections; a pooler would refuse the parameter.

Compiling a statement takes the planner's word for millions of rows, and 1.5 s where the statement
takes 20 ms. Plans stay PostgreSQL's choice: one plan for all values (force_generic_plan) knows no
LIMIT, and reads a third of a long log for the last entry.
"""


def database(var_dir: Path) -> dict[str, Any]:
    """Return the settings of DATABASE_URL; without it, of a file in `var_dir`.

    Raises ImproperlyConfigured where it is set and names no database that can keep the log.
    """
    url = env.text("DATABASE_URL", f"sqlite:///{var_dir / 'hien-truong.sqlite3'}")
    if not url.strip():
        # Not taken for the default: a province whose secret is missing would write to a local file.
        raise ImproperlyConfigured("DATABASE_URL is empty; name a database, or unset it: SQLite.")
    try:
        database: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError as error:
        # The URL has a password, so it is not repeated.
        raise ImproperlyConfigured(
            "DATABASE_URL is not like postgresql://user:password@host:5432/name."
        ) from error
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file, as in life: an in-memory database has other locks.
        database["TEST"] = {"NAME": str(var_dir / "test.sqlite3")}
        database["OPTIONS"] = {
            # Writers queue at BEGIN, so a position given in the transaction is never out of order.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an accepted report survives a power cut.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif database["ENGINE"] == "django.db.backends.postgresql":
        size = env.number("DATABASE_POOL", 10, least=1)
        direct = env.flag("DATABASE_PREPARE", True)
        database["OPTIONS"] = {
            # A server that is lost without a word is noticed within seconds, not hours.
            "connect_timeout": 5,
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,  # milliseconds
            # The log's own statements are prepared; off behind a pooler that hands connections on.
            "prepare_threshold": 2 if direct else None,
            **({"options": SETTINGS} if direct else {}),
            **database.get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": size, "timeout": 20},
        }
    else:
        raise ImproperlyConfigured("DATABASE_URL: the log is kept on SQLite or PostgreSQL.")
    return database
