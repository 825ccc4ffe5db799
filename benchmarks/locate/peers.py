"""The peers, each on the same core and with the same points: what they answer and how fast."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psycopg
import shapely

from benchmarks.locate.world import UNITS, Points

CACHE = Path(tempfile.gettempdir()) / "bench-which-polygon"
SERVER = os.environ.get("BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
DATABASE = "bench_locate"


@dataclass
class Result:
    """What one system did; `rate` in points a second, None where it could not be asked."""

    name: str
    rates: list[float] = field(default_factory=list)
    p50_us: float | None = None
    p99_us: float | None = None
    build_s: float | None = None
    memory_mb: float | None = None
    answers: Any = None
    why: str = ""

    @property
    def rate(self) -> float | None:
        return median(self.rates) if self.rates else None


class Absent(Exception):
    """A peer that cannot be installed here, and why."""


def timed(ask: Callable[[float, float], Any], points: Points, repeats: int) -> Result:
    """Ask point by point: for the rate without a clock, then each with one for its spread."""
    pairs = points.pairs()
    result = Result("")
    for _ in range(repeats):
        began = time.perf_counter()
        for lat, lon in pairs:
            ask(lat, lon)
        result.rates.append(len(pairs) / (time.perf_counter() - began))
    spent = []
    clock = time.perf_counter_ns
    for lat, lon in pairs:
        began_ns = clock()
        ask(lat, lon)
        spent.append(clock() - began_ns)
    result.p50_us, result.p99_us = (float(one) / 1000 for one in np.percentile(spent, [50, 99]))
    result.answers = [ask(lat, lon) for lat, lon in pairs]
    return result


def strtree(grounds: Any, points: Points, repeats: int) -> Result:
    began = time.perf_counter()
    tree = shapely.STRtree(grounds)
    shapely.prepare(grounds)
    build_s = time.perf_counter() - began

    def ask(lat: float, lon: float) -> int:
        held = tree.query(shapely.Point(lon, lat), predicate="intersects")
        return int(held.min()) if len(held) else -1

    result = timed(ask, points, repeats)
    result.name, result.build_s = "shapely STRtree", build_s
    return result


def which_polygon(points: Points, repeats: int) -> Result:
    """Run which-polygon in node; installed once into the machine's folder for temporary files."""
    result = Result("which-polygon (node)")
    try:
        _install_which_polygon()
        with tempfile.TemporaryDirectory() as folder:
            asked = Path(folder) / "points"
            asked.write_bytes(np.column_stack([points.lats, points.lons]).tobytes())
            script = Path(__file__).with_name("which.cjs")
            words = ["node", script, UNITS, asked, str(repeats), CACHE]
            done = subprocess.run(words, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout)
            answers = np.frombuffer(Path(f"{asked}.answers").read_bytes(), dtype=np.int32)
    except (Absent, OSError, subprocess.SubprocessError, ValueError) as error:
        result.why = str(error)
        return result
    result.rates, result.build_s = told["rates"], told["build_s"]
    result.p50_us, result.p99_us = told["p50_us"], told["p99_us"]
    result.memory_mb, result.answers = told["memory_mb"], answers.tolist()
    return result


def _install_which_polygon() -> None:
    if not shutil.which("npm"):
        raise Absent("npm is not installed")
    if not (CACHE / "node_modules" / "which-polygon").is_dir():
        CACHE.mkdir(exist_ok=True)
        words = ["npm", "install", "--silent", "--no-audit", "--no-fund", "which-polygon@2.2.1"]
        done = subprocess.run(words, cwd=CACHE, capture_output=True, text=True)
        if done.returncode:
            raise Absent(f"npm install failed: {done.stderr.strip()[-200:]}")


def postgis(grounds: Any, points: Points, repeats: int, core: int) -> Result:
    """Ask a prepared statement over one connection whose server process shares our core."""
    result = Result("PostGIS, prepared")
    try:
        _install_postgis()
        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            server.execute(f"CREATE DATABASE {DATABASE}")
        try:
            own = psycopg.conninfo.make_conninfo(SERVER, dbname=DATABASE)
            with psycopg.connect(own, autocommit=True) as connection:
                _ask_postgis(connection, grounds, points, repeats, core, result)
        finally:
            with psycopg.connect(SERVER, autocommit=True) as server:
                server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    except (Absent, psycopg.Error, OSError) as error:
        result.why = str(error).strip().splitlines()[0]
    return result


def _ask_postgis(
    connection: psycopg.Connection[Any],
    grounds: Any,
    points: Points,
    repeats: int,
    core: int,
    result: Result,
) -> None:
    began = time.perf_counter()
    connection.execute("CREATE EXTENSION postgis")
    connection.execute("CREATE TABLE unit (number int, ground geometry(MultiPolygon, 4326))")
    with connection.cursor().copy("COPY unit FROM STDIN") as copy:
        for number, ground in enumerate(grounds):
            copy.write_row(
                [
                    number,
                    shapely.to_wkb(shapely.set_srid(ground, 4326), hex=True, include_srid=True),
                ]
            )
    connection.execute("CREATE INDEX ON unit USING gist (ground)")
    connection.execute("VACUUM ANALYZE unit")
    result.build_s = time.perf_counter() - began
    backend = connection.info.backend_pid
    try:
        os.sched_setaffinity(backend, {core})
    except OSError as error:
        result.why = f"its server process kept every core: {error}"
    question = (
        "SELECT min(number) FROM unit"
        " WHERE ST_Covers(ground, ST_SetSRID(ST_MakePoint(%s, %s), 4326))"
    )
    cursor = connection.cursor()

    def ask(lat: float, lon: float) -> int:
        cursor.execute(question, (lon, lat), prepare=True)
        row = cursor.fetchone()
        return -1 if row is None or row[0] is None else int(row[0])

    measured = timed(ask, points, repeats)
    result.rates, result.answers = measured.rates, measured.answers
    result.p50_us, result.p99_us = measured.p50_us, measured.p99_us


def _install_postgis() -> None:
    with psycopg.connect(SERVER, autocommit=True, connect_timeout=5) as server:
        known = "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"
        if server.execute(known).fetchone():
            return
        if os.geteuid() != 0:
            raise Absent("PostGIS is not installed, and only root can: postgresql-15-postgis-3")
        words = [
            "apt-get",
            "install",
            "-y",
            "-qq",
            "--no-install-recommends",
            "postgresql-15-postgis-3",
        ]
        quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], words):
            done = subprocess.run(command, capture_output=True, text=True, env=quiet)
        if done.returncode or not server.execute(known).fetchone():
            raise Absent(f"apt-get install postgresql-15-postgis-3: {done.stderr.strip()[-200:]}")
