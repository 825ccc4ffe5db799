"""When a person may be told: their digest, their quiet hours, and the guard against too much.

Pure: moments go in and come out aware, hours are those of the zone given.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING = time(8)
STORM_SLOT = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """How often the person wants to hear, and between which hours not."""

    digest: str = "now"
    quiet: tuple[time, time] | None = None


@dataclass(frozen=True, kw_only=True)
class Load:
    """What the person was sent of the topic: today, and in the last STORM_SLOT."""

    today: int = 0
    lately: int = 0


@dataclass(frozen=True, kw_only=True)
class Guard:
    """The most that one person is sent of one topic in a day, and in one STORM_SLOT."""

    a_day: int
    at_once: int


def due(moment: datetime, wish: Wish, load: Load, guard: Guard, zone: ZoneInfo) -> datetime:
    """Return when to tell: `moment`, or later; what is later is told in one at that time."""
    if load.today >= guard.a_day or wish.digest == "daily":
        later = _next(moment, MORNING, zone)
    elif wish.digest == "hourly":
        later = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    elif load.lately >= guard.at_once:
        slot = STORM_SLOT.total_seconds()
        ends = (moment.timestamp() // slot + 1) * slot
        later = datetime.fromtimestamp(ends, moment.tzinfo)
    else:
        later = moment
    return after_quiet(later, wish.quiet, zone)


def day_begins(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the midnight before, in the zone."""
    return moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def after_quiet(moment: datetime, quiet: tuple[time, time] | None, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or where it lies in the quiet hours, when they end."""
    if quiet is None:
        return moment
    begins, ends = quiet
    now = moment.astimezone(zone).time()
    over_midnight = begins > ends
    inside = (now >= begins or now < ends) if over_midnight else begins <= now < ends
    return _next(moment, ends, zone) if inside else moment


def _next(moment: datetime, hour: time, zone: ZoneInfo) -> datetime:
    """Return the next time that it is this hour in the zone, later than the moment."""
    local = moment.astimezone(zone)
    found = datetime.combine(local.date(), hour, zone)
    if found <= local:
        found = datetime.combine(local.date() + timedelta(days=1), hour, zone)
    return found.astimezone(moment.tzinfo)
