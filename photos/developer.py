"""The threads that develop photos: woken when one came here, and looking by themselves."""

import logging
import threading

from django.conf import settings
from django.db import connection

from backend.events.bell import Bell
from backend.tickets.services.photos import release_clean, settle_photo
from media import developing, services
from media.isolation import Decoder, Decodes

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds
BROKEN = 2.0  # seconds

came = Bell()
"""Rung after a photo was kept by this process."""


def develop_next(decoder: Decodes) -> bool:
    """Develop the oldest photo that waits; False where none does."""
    if not developing.waiting():
        return False  # Looked at first: most turns find nothing, and need no lock for it.
    upload = developing.claim()
    if upload is None:
        return False
    made = developing.develop(upload, decoder)
    if made is not None:
        settle_photo(made)
    return True


def look_through_next(decoder: Decodes) -> bool:
    """Look through one photo for what may have to be covered; False where all are done."""
    upload = developing.next_to_look_through()
    if upload is None:
        return False
    developing.look_through(upload, decoder)
    release_clean(upload_id=upload.pk)
    return True


class Developer:
    """Develops photos until stopped, each lane with a decoding process of its own."""

    def __init__(self, lanes: int | None = None) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._repeat, args=(lane,), name=f"photos-{lane}", daemon=True)
            for lane in range(settings.PHOTO_DEVELOPERS if lanes is None else lanes)
        ]

    def start(self) -> None:
        services.arrived.append(came.ring)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """Finish what is in hand and end; returns when all have, or after `seconds` each."""
        self.request_stop()
        came.ring()
        if came.ring in services.arrived:
            services.arrived.remove(came.ring)
        for thread in self._threads:
            thread.join(seconds)

    def request_stop(self) -> None:
        """Ask for the end without waiting for it: safe in a signal handler."""
        self._stopping.set()

    def wait(self) -> None:
        """Return once the end was asked for."""
        self._stopping.wait()

    def _repeat(self, lane: int) -> None:
        decoder = Decoder()
        try:
            while not self._stopping.is_set():
                self._turn(decoder, may_look=lane == 0)
        finally:
            decoder.close()
            connection.close()

    def _turn(self, decoder: Decoder, *, may_look: bool) -> None:
        heard = came.rings
        try:
            moved = develop_next(decoder) or (may_look and look_through_next(decoder))
        except Exception:
            logger.exception("%s lost its footing.", threading.current_thread().name)
            connection.close()
            self._stopping.wait(BROKEN)
            return
        if not moved:
            # An idle lane keeps no connection from those who work.
            connection.close()
            came.wait(heard, POLL)
