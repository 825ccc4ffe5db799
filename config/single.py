"""One process that does everything, and stops in order."""

from collections.abc import Callable

from daphne.endpoints import build_endpoint_description_strings

from backend.events.dispatcher import Dispatcher
from config.asgi import application
from notifications.running import Running
from photos.developer import Developer
from realtime.server import FeedServer


class SingleProcess:
    """daphne in the main thread, the log's delivery, the photos and the sender in threads
    beside it."""

    def __init__(self, host: str, port: int) -> None:
        self._endpoints = build_endpoint_description_strings(host=host, port=port)
        self._dispatcher = Dispatcher()
        self._notifications = Running()
        self._photos = Developer()

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; `ready` is called once requests are answered."""
        self._notifications.start()
        self._dispatcher.start()
        self._photos.start()
        try:
            FeedServer(
                application,
                endpoints=self._endpoints,
                ready_callable=ready,
                server_name="hientruong",
            ).run()
        finally:
            self._photos.stop()
            self._dispatcher.stop()
            self._notifications.stop()
