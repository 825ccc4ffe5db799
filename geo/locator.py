"""Where a point lies, asked in process: the areas in force stay in memory until one changes."""

from datetime import date

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from geo import geometry
from geo.errors import FarOutside, OutOfRange
from geo.memory import memory
from geo.places import SWAPPED, ZERO_POSITION, AreaIndex, AreaRef, Place, Reach

__all__ = ["AreaRef", "Place", "forget", "index_on", "locate", "look_again", "watch"]

_ZERO_DEGREES = 1e-3
"""A hundred metres around (0, 0): what phones without a position send, rounded or not."""


def locate(
    lat: float, lon: float, *, on: date | None = None, accuracy_m: float | None = None
) -> Place:
    """Return the place of a point, by the boundaries in force on a day (today, if none is said).

    `accuracy_m` is the radius in metres in which the point may really lie.
    Raises OutOfRange for what is no position, FarOutside for one too far from the province; both
    say in `doubt` what seems to have happened: "zero_position", "swapped", or nothing known.
    """
    if not geometry.is_position(lat, lon):
        raise OutOfRange(doubt=_swapped(lat, lon, on))
    if accuracy_m is not None and not 0 <= accuracy_m < float("inf"):
        raise OutOfRange(
            _("The accuracy is a number of metres, 0 or more."), field="location.accuracy_m"
        )
    place = index_on(on).find(lat, lon, accuracy_m=accuracy_m or 0.0, reach=_reach())
    zero = (ZERO_POSITION,) if abs(lat) < _ZERO_DEGREES > abs(lon) else ()
    if place is None:
        raise FarOutside(limit_km=settings.FAR_OUTSIDE_KM, doubt=zero or _swapped(lat, lon, on))
    if zero:
        return Place(
            area=place.area,
            province=place.province,
            candidates=place.candidates,
            doubt=place.doubt + zero,
            distance_m=place.distance_m,
        )
    return place


def _reach() -> Reach:
    return Reach(nearest_m=settings.NEAREST_UNIT_M, far_m=settings.FAR_OUTSIDE_KM * 1_000)


def _swapped(lat: float, lon: float, on: date | None) -> tuple[str, ...]:
    """Say whether the point would lie in the province with its two numbers the other way round."""
    if not geometry.is_position(lon, lat):
        return ()
    other = index_on(on).find(lon, lat, accuracy_m=0.0, reach=_reach())
    return (SWAPPED,) if other and other.distance_m == 0 else ()


def index_on(on: date | None = None) -> AreaIndex:
    """Return the areas in force on a day (today, if none is said)."""
    return memory.index_on(on or timezone.localdate())


def forget() -> None:
    """Read the areas afresh at the next question, in this process."""
    memory.forget()


def look_again() -> None:
    """Look at once whether areas have changed; until they are read, answers are as before."""
    memory.look_again()


def watch() -> None:
    """Keep this process's areas new in a thread from the first question on: none ever waits."""
    memory.wants_watcher = True
