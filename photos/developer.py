"""The threads that develop photos: woken when one came here, and looking by themselves."""

import logging
import threading
from functools import partial

from django.conf import settings
from django.db import connection

from backend import leases
from backend.events.bell import Bell
from backend.events.lanes import Lanes
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
    with leases.kept(partial(developing.renew, upload), every=developing.RENEW_EVERY):
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


class Developer(Lanes):
    """Develops photos until stopped, each lane with a decoding process of its own."""

    def __init__(self, lanes: int | None = None) -> None:
        super().__init__(came)
        for lane in range(settings.PHOTO_DEVELOPERS if lanes is None else lanes):
            self.add(f"photos-{lane}", partial(self._repeat, lane))

    def start(self) -> None:
        services.arrived.append(came.ring)
        super().start()

    def stop(self, seconds: float = 10.0) -> None:
        super().stop(seconds)
        if came.ring in services.arrived:
            services.arrived.remove(came.ring)

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
