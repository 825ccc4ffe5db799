"""`make bench-bbox`: the board's map over a million tickets on PostgreSQL."""

import json
import os
import platform
import subprocess
import sys
import time
from typing import Any

import numpy as np
import psycopg

SERVER = os.environ.get("BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
DATABASE = "bench_bbox"
OWN = SERVER.rpartition("/")[0] + "/" + DATABASE
QUICK = bool(os.environ.get("QUICK"))
TICKETS = 1_000_000
REPEATS = 15 if QUICK else 100
KEEP = bool(os.environ.get("KEEP"))

# Name, filters, south-west corner and size in degrees, zoom.
ASKED = [
    ("street", "", 0.004, 17),
    ("quarter", "", 0.02, 15),
    ("town", "", 0.08, 13),
    ("town_open_clusters", "status=open", 0.15, 12),
    ("province_open_clusters", "status=open", 1.6, 9),
    ("province_clusters", "", 1.6, 9),
    ("province_cut_clusters", "", 0.7, 9.5),
    ("province_category_clusters", "category=GT01", 1.6, 9),
    ("words_rare", "q=o ga lon 123456", 1.6, 15),
    ("words_common", "q=o ga", 1.6, 15),
]


def _points(count: int) -> Any:
    """Half of all in a few towns, the rest over the province; five in a hundred are open."""
    chance = np.random.default_rng(7)
    towns = np.array([[20.95, 107.07], [21.04, 106.76], [21.01, 107.29], [21.52, 107.96]])
    town = towns[chance.integers(0, len(towns), count)] + chance.normal(0, 0.03, (count, 2))
    wide = np.column_stack([chance.uniform(20.7, 21.7, count), chance.uniform(106.5, 108.0, count)])
    return np.where(chance.random((count, 1)) < 0.5, town, wide), chance.random(count) < 0.05


def _fill(connection: psycopg.Connection[Any]) -> None:
    import h3.api.basic_int as cells

    points, is_open = _points(TICKETS)
    connection.execute(
        "CREATE UNLOGGED TABLE drawn (n int, lat float8, lon float8, cell bigint, open bool)"
    )
    with connection.cursor().copy("COPY drawn FROM STDIN") as copy:
        for n, (lat, lon) in enumerate(points.tolist()):
            copy.write_row([n, lat, lon, cells.latlng_to_cell(lat, lon, 12), bool(is_open[n])])
    _insert(connection, "reports_report", {
        "id": "md5('r' || n)::uuid", "report_no": "'QN-' || n", "device_id": "(SELECT id FROM d)",
        "category_id": "'GT01'", "text": "'Ổ gà lớn ' || n", "folded": "'o ga lon ' || n",
        "submitted_at": _AGE,
    })  # fmt: skip
    _insert(connection, "tickets_ticket", {
        "id": "md5('t' || n)::uuid", "report_id": "md5('r' || n)::uuid", "category_id": "'GT01'",
        "status": "CASE WHEN open THEN 'routed' ELSE 'closed' END", "priority": "'normal'",
        "agency_id": "(SELECT id FROM a)", "created_at": _AGE, "updated_at": _AGE,
        # Of the open ones a tenth is late, and a fifth soon will be.
        "due_at": "CASE WHEN open THEN now() + (n % 100 - 10) * interval '1 hour' END",
        "due_soon_at": "CASE WHEN open THEN now() + (n % 100 - 30) * interval '1 hour' END",
    })  # fmt: skip
    connection.execute(
        "INSERT INTO tickets_ticketreport (report_id, ticket_id, joined_at)"
        f" SELECT md5('r' || n)::uuid, md5('t' || n)::uuid, {_AGE} FROM drawn"
    )
    connection.execute("DROP TABLE drawn")
    subprocess.run([sys.executable, "manage.py", "recount_cells"], check=True, capture_output=True)
    connection.execute("VACUUM ANALYZE")


_AGE = "now() - n * interval '31 seconds'"
_PLAIN = {"int2": "0", "int4": "0", "int8": "0", "bool": "false", "float8": "0", "jsonb": "'{}'",
          "varchar": "''", "text": "''"}  # fmt: skip


def _insert(connection: psycopg.Connection[Any], table: str, given: dict[str, str]) -> None:
    """Insert a row for each drawn point; what is not given gets an empty value of its type."""
    known = {"lat": "lat", "lon": "lon", "cell": "cell"} | given
    columns = connection.execute(
        "SELECT column_name, udt_name FROM information_schema.columns"
        " WHERE table_name = %s AND (is_nullable = 'NO' OR column_name = ANY(%s))",
        (table, list(known)),
    ).fetchall()
    values = {name: known.get(name) or _PLAIN[kind] for name, kind in columns}
    if "version" in values:
        values["version"] = "1"
    connection.execute(
        "CREATE TEMP VIEW d AS SELECT id FROM accounts_device LIMIT 1"
        if table.startswith("rep")
        else "CREATE TEMP VIEW a AS SELECT id FROM accounts_agency LIMIT 1"
    )
    names, parts = ", ".join(values), ", ".join(values.values())
    connection.execute(f"INSERT INTO {table} ({names}) SELECT {parts} FROM drawn")


def people() -> None:
    """Make what tickets point to, by the product itself."""
    from backend.accounts.models import Agency, Membership, Role, User
    from backend.accounts.services import register_device
    from backend.catalogue.models import Category, Sector

    register_device(platform="web", locale="vi")
    Agency.objects.create(code="SXD", kind="department", name_vi="Sở", name_en="Department")
    sector = Sector.objects.create(code="GT", name_vi="Giao thông", name_en="Traffic")
    Category.objects.create(
        code="GT01", sector=sector, name_vi="Ổ gà", name_en="Pothole", responsible="commune_pc",
        level="commune", ack_minutes=60, resolve_minutes=480, clock="clock",
    )  # fmt: skip
    user = User.objects.create_user("bench", password=None)
    Membership.objects.create(user=user, role=Role.OPERATIONS_CENTRE)


def ask() -> dict[str, list[float]]:
    from django.test import Client

    from backend.accounts.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="bench"))
    chance = np.random.default_rng(3)
    spent: dict[str, list[float]] = {}
    for name, filters, size, zoom in ASKED:
        for turn in range(REPEATS + 2):
            lat, lon = np.array([20.95, 107.07]) + chance.uniform(-0.03, 0.03, 2)
            if size > 1:
                lat, lon = 21.2, 107.25
            box = f"{lon - size / 2},{lat - size / 2},{lon + size / 2},{lat + size / 2}"
            began = time.perf_counter()
            answer = client.get(f"/api/v1/tickets?bbox={box}&zoom={zoom}&{filters}")
            took = (time.perf_counter() - began) * 1000
            assert answer.status_code == 200, answer.content
            if turn > 1:
                spent.setdefault(name, []).append(took)
    return spent


def main() -> None:
    os.environ |= {"DATABASE_URL": OWN, "REDIS_URL": "", "ALLOWED_HOSTS": "localhost"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    if not (KEEP and _there()):
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            server.execute(f"CREATE DATABASE {DATABASE}")
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], check=True)
        import django

        django.setup()
        people()
        with psycopg.connect(OWN, autocommit=True) as connection:
            _fill(connection)
    import django

    django.setup()
    spent = ask()
    print(
        f"{TICKETS:,} tickets, PostgreSQL; the whole request in process, {REPEATS} times each;"
        f" {platform.machine()}, Python {platform.python_version()},"
        f" load {os.getloadavg()[0]:.1f}\n"
    )
    print(f"{'':28} {'p50 ms':>8} {'p99 ms':>8}")
    figures = {}
    for name, times in spent.items():
        p50, p99 = np.percentile(times, [50, 99])
        figures[f"{name}_ms"] = round(float(p50), 1)
        print(f"{name:28} {p50:8.1f} {p99:8.1f}")
    if not KEEP:
        from django.db import connection as own

        own.close()
        getattr(own, "close_pool", lambda: None)()
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    print(json.dumps(figures))


def _there() -> bool:
    with psycopg.connect(SERVER, autocommit=True) as server:
        asked = "SELECT 1 FROM pg_database WHERE datname = %s"
        return server.execute(asked, (DATABASE,)).fetchone() is not None


if __name__ == "__main__":
    main()
