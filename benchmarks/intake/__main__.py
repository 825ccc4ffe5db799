"""make bench-intake: reports through HTTP, with routing and delivery running, beside bare DRF."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from benchmarks.intake.serving import (
    BARE,
    DAPHNE,
    OURS,
    PLAIN_DAPHNE,
    UVICORN,
    Servers,
    fetched_gunicorn,
    gunicorn,
    reactions,
    servers,
)
from benchmarks.stand import (
    QUICK,
    ROOT,
    SERVER,
    end_within,
    finish,
    middle,
    own_database,
    quantile,
    say_machine,
    table,
    wait_for,
)

CONNECTIONS = (1, 16, 64)
SECONDS = 0.8 if QUICK else 12.0
WARM = 0.1 if QUICK else 1.0
BEGIN = 0.8 if QUICK else 3.0
"""Seconds in which each thread of a new server opens its connection and meets each statement."""
LIMIT = 120 if QUICK else 1200
REPEATS = 1 if QUICK else 3
CAUGHT_UP_WITHIN = 10
FREE = {f"RATE_{name}": "1000000/min" for name in ("REPORTS", "UPLOADS", "DEVICES")}

Results = dict[tuple[str, str, int], dict[str, Any]]


def main() -> None:
    end_within(LIMIT)
    say_machine()
    os.environ |= FREE | {"ALLOWED_HOSTS": "*"}
    with tempfile.TemporaryDirectory(prefix="bench-intake-") as folder:
        os.environ["VAR_DIR"] = folder  # what is uploaded goes with it
        url = own_database("hientruong_bench_intake")
        _load_province()
        statements = _statements()
        tokens = _phones()
        results: Results = {}
        with reactions(Path(folder)):
            _measure_ours(results, tokens)
            behind, caught_up = _behind(), _seconds_to_catch_up()
        _measure_bare(results, tokens, url)
    _say(results, statements, behind, caught_up)
    ours = results["json", "ours", 16]
    finish(
        reports_per_s=ours["per_s"],
        p99_ms_c16=ours["p99"],
        sql_per_report=len(statements),
        cpu_ms_per_report=ours["cpu_ms"],
        errors_5xx_c64=results["json", "ours", 64]["5xx"],
    )


def _load_province() -> None:
    from django.core.management import call_command

    with open(os.devnull, "w") as nowhere:
        call_command("load_province", str(ROOT / "provinces" / "quang-ninh"), stdout=nowhere)


def _phones() -> list[str]:
    from backend.accounts.services import register_device

    return [register_device(platform="web", locale="vi")[1] for _turn in range(max(CONNECTIONS))]


def _measure_ours(results: Results, tokens: list[str]) -> None:
    with servers(DAPHNE, OURS) as ours:
        _begin(ours, tokens)
        for c in CONNECTIONS:
            results["json", "ours", c] = measure("json", ours, c, tokens)
        results["photo", "ours, daphne", 16] = measure("photo", ours, 16, tokens)
    with servers(UVICORN, OURS) as ours:
        _begin(ours, tokens)
        results["json", "ours, uvicorn", 16] = measure("json", ours, 16, tokens)
        results["photo", "ours, uvicorn", 16] = measure("photo", ours, 16, tokens)
    if wsgi := fetched_gunicorn():
        with gunicorn(wsgi) as ours:
            _begin(ours, tokens)
            results["json", "ours, gunicorn", 16] = measure("json", ours, 16, tokens)
            results["photo", "ours, gunicorn", 16] = measure("photo", ours, 16, tokens)


def _measure_bare(results: Results, tokens: list[str], url: str) -> None:
    with bare_database(url) as bare_url, servers(PLAIN_DAPHNE, BARE, DATABASE_URL=bare_url) as bare:
        _begin(bare, tokens)
        for c in CONNECTIONS:
            results["json", "bare DRF, daphne", c] = measure("json", bare, c, tokens)
        results["photo", "bare DRF, daphne", 16] = measure("photo", bare, 16, tokens)


def _begin(servers: Servers, tokens: list[str]) -> None:
    _send("json", servers, 2 * max(CONNECTIONS) // 3, tokens, BEGIN)


def measure(kind: str, servers: Servers, connections: int, tokens: list[str]) -> dict[str, Any]:
    """Return the middle run by rate: its rate, latencies in ms, CPU of the servers, statuses."""
    _send(kind, servers, connections, tokens, WARM)
    runs = [_send(kind, servers, connections, tokens, SECONDS) for _turn in range(REPEATS)]
    errors = sum(run["5xx"] for run in runs)
    middle_rate = middle([run["per_s"] for run in runs])
    return next(run for run in runs if run["per_s"] == middle_rate) | {"5xx": errors}


def _send(
    kind: str, servers: Servers, connections: int, tokens: list[str], seconds: float
) -> dict[str, Any]:
    processes, ports = servers
    before = _cpu(processes)
    words = ["-m", "benchmarks.intake.load", kind, json.dumps(ports), str(connections)]
    done = subprocess.run(
        [sys.executable, *words, str(seconds)],
        cwd=ROOT,
        input=json.dumps(tokens),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + 120,
    )
    seen = json.loads(done.stdout)
    kept = len(seen["seconds"])
    statuses = {int(status): count for status, count in seen["statuses"].items()}
    times = [each * 1000 for each in seen["seconds"]] or [float("nan")]
    return {
        "per_s": kept / seconds,
        "p50": quantile(times, 0.5),
        "p99": quantile(times, 0.99),
        "cpu_ms": (_cpu(processes) - before) * 1000 / max(1, sum(statuses.values())),
        "5xx": sum(count for status, count in statuses.items() if status >= 500),
        "refused": sum(count for status, count in statuses.items() if 300 <= status < 500),
        "other": seen["other"],
    }


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def _statements() -> list[str]:
    """Return every statement of one report, BEGIN and COMMIT among them."""
    from uuid import uuid4

    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    phone = Client()
    given = {"platform": "web", "locale": "vi"}
    device = phone.post("/api/v1/devices", given, content_type="application/json").json()
    for _turn in range(2):  # the first fills what is remembered
        report = {
            "id": str(uuid4()),
            "category": "GT01",
            "text": "Ổ gà lớn giữa đường",
            "location": {"lat": 20.95, "lon": 107.08, "accuracy_m": 12},
            "consents": ["contact"],
        }
        with CaptureQueriesContext(connection) as captured:
            answer = phone.post(
                "/api/v1/reports",
                report,
                content_type="application/json",
                headers={"Authorization": f"Device {device['token']}"},
            )
        assert answer.status_code == 201, answer.content
    return [query["sql"] for query in captured.captured_queries]


@contextmanager
def bare_database(url: str) -> Iterator[str]:
    """A second database in the same server, with the peer's two tables."""
    import psycopg

    name = "hientruong_bench_bare"
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}"')
        bare = f"{url.rpartition('/')[0]}/{name}"
        subprocess.run(
            [sys.executable, "-m", "benchmarks.intake.bare"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": bare},
            check=True,
        )
        try:
            yield bare
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _behind() -> dict[str, int]:
    from backend.events.delivery import lags

    return lags()


def _seconds_to_catch_up() -> float | None:
    """Return how long it took until everything was routed and planned; None for too long."""
    begun = time.monotonic()
    with suppress(TimeoutError):
        wait_for(lambda: not any(_behind().values()), CAUGHT_UP_WITHIN)
        return time.monotonic() - begun
    return None


def _say(results: Results, statements: list[str], behind: Any, caught_up: float | None) -> None:
    names = ("per_s", "p50", "p99", "cpu_ms", "5xx", "refused")
    head = ("what", "served by", "connections", "a second", "p50 ms", "p99 ms", "CPU ms")
    table(
        (*head, "5xx", "4xx"),
        [(*key, *(found[name] for name in names)) for key, found in results.items()],
    )
    for key, found in results.items():
        if found["other"]:
            print(key, found["other"])
    print(f"Statements of one report: {len(statements)}")
    print(f"Entries behind when the last connection closed: {behind}")
    late = f"not within {CAUGHT_UP_WITHIN} s" if caught_up is None else f"after {caught_up:.1f} s"
    print(f"All of them heard: {late}\n")


if __name__ == "__main__":
    main()
