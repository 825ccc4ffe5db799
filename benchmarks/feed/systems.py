"""The feed and its peers: how each is installed, started, followed and told of an event."""

import asyncio
import http.client
import json
import logging
import shutil
import socket
import sys
from abc import ABC, abstractmethod
from pathlib import Path

import msgpack
import redis as redis_client

from benchmarks.feed.crowd import Crowd, Line
from benchmarks.feed.nginx import nginx
from benchmarks.feed.running import CACHE, Server, free_port, run
from benchmarks.feed.world import World

DAPHNE = ("-b", "127.0.0.1", "--ping-interval", "86400", "--ping-timeout", "86400", "-p")
"""The crowd answers no pings."""
HERE = Path(__file__).resolve().parent


class System(ABC):
    """A server with its way in and its way out."""

    name: str
    burst = 50
    """Events published together in the measure of bursts; 0 leaves that out."""
    empty = 0
    """Bytes of memory before the crowd came."""

    def __init__(self, redis: Server) -> None:
        self.redis = redis
        self.redis_url = f"redis://127.0.0.1:{redis.port}/0"
        self.server = self.make()
        self.server.start()

    @abstractmethod
    def make(self) -> Server: ...

    @abstractmethod
    def crowd(self) -> Crowd: ...

    @abstractmethod
    def publish(self, count: int = 1) -> None:
        """Tell of so many events at once."""

    def cpu(self) -> float:
        return self.server.cpu() + self.redis.cpu()

    def stop(self) -> None:
        self.server.stop()


class Ours(System):
    """Log → hub → permission and filter → socket."""

    name = "Hiện Trường on daphne"

    def __init__(self, redis: Server) -> None:
        self.world = World(f"redis://127.0.0.1:{redis.port}/1")
        self._turn = 0
        super().__init__(redis)

    def words(self, port: int) -> list[str]:
        return [sys.executable, "-m", "realtime.server", *DAPHNE, str(port)]

    def make(self) -> Server:
        port = free_port()
        return Server([*self.words(port), "config.asgi:application"], port, self.world.env)

    def crowd(self) -> Crowd:
        cookie = f"Cookie: sessionid={self.world.session}"
        path = "/ws/v1/feed"
        return Crowd(self.server.port, path, self._follow, _caught_up, "field.v1", [cookie])

    def _follow(self, line: Line) -> None:
        """Every other one by a filter, which all that happens here passes."""
        self._turn += 1
        wanted = {"category": ["GT01", "GT02"], "bbox": [106, 20, 108, 22]}
        follow = {"op": "follow", "id": "a", "audience": "public"}
        line.say(json.dumps({"op": "hello"}))
        line.say(json.dumps(follow | ({"filter": wanted} if self._turn % 2 else {})))

    def publish(self, count: int = 1) -> None:
        self.world.happen(count)

    def stop(self) -> None:
        super().stop()
        logging.disable()  # threads of ours still look for the database
        shutil.rmtree(self.world.folder, ignore_errors=True)


def _caught_up(line: Line) -> None:
    line.hear_op("caught_up")


class OursOnUvicorn(Ours):
    name = "Hiện Trường on uvicorn"

    def words(self, port: int) -> list[str]:
        quiet = ["--log-level", "warning", "--lifespan", "off", "--ws-ping-interval", "86400"]
        return [sys.executable, "-m", "uvicorn", "--port", str(port), *quiet]


class PlainChannels(System):
    name = "Channels group_send on daphne"
    burst = 0

    def make(self) -> Server:
        port = free_port()
        self._loop = asyncio.new_event_loop()
        self._layer = None
        words = [sys.executable, "-m", "daphne", *DAPHNE, str(port)]
        env = {"REDIS_URL": self.redis_url, "DJANGO_SETTINGS_MODULE": ""}
        return Server([*words, "benchmarks.feed.plain:application"], port, env)

    def crowd(self) -> Crowd:
        return Crowd(self.server.port, "/", lambda line: None, lambda line: line.hear() and None)

    def publish(self, count: int = 1) -> None:
        from channels_redis.core import RedisChannelLayer

        if self._layer is None:
            self._layer = RedisChannelLayer(hosts=[self.redis_url])
        for _turn in range(count):
            message = {"type": "feed.event", "text": payload()}
            self._loop.run_until_complete(self._layer.group_send("feed", message))


class SocketIO(System):
    name = "socket.io with Redis"

    def make(self) -> Server:
        folder = CACHE / "socketio"
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json", "server.cjs"):
            shutil.copy(HERE / "socketio" / name, folder)
        if not (folder / "node_modules" / "socket.io").is_dir():
            run(("npm", "ci", "--silent", "--no-audit", "--no-fund"), folder, "socket.io")
        self._redis = redis_client.Redis.from_url(self.redis_url)
        port = free_port()
        env = {"REDIS_URL": self.redis_url, "NODE_ENV": "production"}
        return Server(("node", "server.cjs", str(port)), port, env, folder)

    def crowd(self) -> Crowd:
        path = "/socket.io/?EIO=4&transport=websocket"
        return Crowd(self.server.port, path, lambda line: line.say("40"), self._joined)

    def _joined(self, line: Line) -> None:
        while not line.hear().startswith("40"):
            pass

    def publish(self, count: int = 1) -> None:
        """As @socket.io/redis-emitter does from any other process."""
        packet = {"type": 2, "data": ["event", payload()], "nsp": "/"}
        message = msgpack.packb(["emitter", packet, {"rooms": [], "except": [], "flags": {}}])
        pipe = self._redis.pipeline(transaction=False)
        for _turn in range(count):
            pipe.publish("socket.io#/#", message)
        pipe.execute()


SITE = """
  keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /pub {{ nchan_publisher; nchan_channel_id feed; nchan_message_buffer_length 200; }}
    location /sub {{
      nchan_subscriber websocket;
      nchan_channel_id feed;
      nchan_subscriber_first_message newest;
    }}
  }}
"""


class Nchan(System):
    name = "nchan (nginx)"

    def make(self) -> Server:
        port = free_port()
        self._way: socket.socket | None = None
        return nginx(SITE.format(port=port), port, nchan=True)

    def crowd(self) -> Crowd:
        return Crowd(self.server.port, "/sub", lambda line: None, lambda line: None)

    def publish(self, count: int = 1) -> None:
        """POST them all at once, on one kept connection."""
        if self._way is None:
            self._way = socket.create_connection(("127.0.0.1", self.server.port))
            self._way.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = payload().encode()
        head = f"POST /pub HTTP/1.1\r\nHost: bench\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        for _turn in range(count):
            self._way.sendall(head + body)
            answer = http.client.HTTPResponse(self._way)
            answer.begin()
            answer.read()


def payload() -> str:
    """As long as what ours sends of an event."""
    return "x" * 649
