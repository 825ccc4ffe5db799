"""`TLS=1 make bench-feed`: what TLS costs the feed, in the server and in nginx before it.

One after another, since they share the log: what one is told the others would hear too.
"""

import json
import os
import ssl
import statistics
import sys
from pathlib import Path

from benchmarks.feed.crowd import Crowd
from benchmarks.feed.measures import REPEATS, Rate, burst, single
from benchmarks.feed.nginx import nginx
from benchmarks.feed.running import CLIENT_CORE, Server, free_port, redis
from benchmarks.feed.systems import DAPHNE, Ours, System
from benchmarks.feed.world import World

SOCKETS = 500
APPLICATION = "config.asgi:application"
SITE = """
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {keys}/redis.pem;
    ssl_certificate_key {keys}/key;
    location / {{
      proxy_pass http://127.0.0.1:{inner};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }}
  }}
"""


class Plain(Ours):
    name = "without TLS"

    def __init__(self, bus: Server, world: World, keys: Path) -> None:
        self.world, self._turn, self.keys = world, 0, keys
        System.__init__(self, bus)

    def stop(self) -> None:
        System.stop(self)


class InServer(Plain):
    name = "TLS in daphne"

    def make(self) -> Server:
        port = free_port()
        keys = f"privateKey={self.keys}/key:certKey={self.keys}/redis.pem"
        words = [sys.executable, "-m", "realtime.server", *DAPHNE[2:-1], "-e"]
        sealed = f"ssl:{port}:interface=127.0.0.1:{keys}"
        return Server([*words, sealed, APPLICATION], port, self.world.env)

    def crowd(self) -> Crowd:
        crowd = super().crowd()
        crowd.trust = ssl.create_default_context(cafile=str(self.keys / "ca.pem"))
        return crowd


class InNginx(InServer):
    name = "TLS in nginx"

    def make(self) -> Server:
        self.inner = Ours.make(self)
        self.inner.start()
        self.inner.wait()
        port = free_port()
        return nginx(SITE.format(port=port, keys=self.keys, inner=self.inner.port), port)

    def cpu(self) -> float:
        return super().cpu() + self.inner.cpu()

    def stop(self) -> None:
        super().stop()
        self.inner.stop()


def main() -> None:
    os.sched_setaffinity(0, {CLIENT_CORE})
    bus = redis()
    try:
        world = World(f"redis://127.0.0.1:{bus.port}/1")
        from tests.config.redis_servers import certificates

        certificates(world.folder)
        rates = {kind.name: measured(kind(bus, world, world.folder)) for kind in KINDS}
    finally:
        bus.stop()
    show(rates)


KINDS = (Plain, InServer, InNginx)


def measured(system: System) -> tuple[Rate, Rate]:
    """Return the middle rates of single events and of bursts."""
    try:
        system.server.wait()
        crowd = system.crowd()
        crowd.grow(SOCKETS)
        single(system, crowd, 0.2)
        found = [(single(system, crowd), burst(system, crowd)) for _turn in range(REPEATS)]
        crowd.close()
    finally:
        system.stop()
    singles, bursts = zip(*found, strict=True)
    return middle(singles), middle(bursts)


def middle(rates: tuple[Rate, ...]) -> Rate:
    return Rate(
        statistics.median(rate.a_core for rate in rates),
        statistics.median(rate.by_clock for rate in rates),
    )


def show(rates: dict[str, tuple[Rate, Rate]]) -> None:
    print(f"{SOCKETS} sockets; deliveries for each second of CPU of server, Redis and nginx")
    for name, (singles, bursts) in rates.items():
        alone = f"one by one {singles.a_core:,.0f} (by the clock {singles.by_clock:,.0f})"
        print(f"{name:14}{alone}, in bursts {bursts.a_core:,.0f} ({bursts.by_clock:,.0f})")
    plain = rates[Plain.name]
    figures = {
        f"{key}{kind}": round(rates[name][turn].a_core / plain[turn].a_core, 2)
        for key, name in (("daphne_tls", InServer.name), ("nginx_tls", InNginx.name))
        for turn, kind in enumerate(("_vs_plain", "_burst_vs_plain"))
    }
    print(json.dumps(figures))
