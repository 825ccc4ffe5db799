"""How fast things go in a category: when deadlines fall, and when somebody gets round to it."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from backend.catalogue.calendar import NATIONAL
from backend.catalogue.models import Category, Clock
from backend.tickets.deadlines import clock_due, soon_from, working_due


@dataclass(frozen=True)
class Pace:
    """The category's hours, and chance, which makes no two tickets alike."""

    category: Category
    chance: random.Random

    def after(self, start: datetime, minutes: float) -> datetime:
        """Return the moment so many minutes of the category's hours later."""
        if self.category.clock == Clock.CLOCK:
            return clock_due(start, round(minutes))
        zone = ZoneInfo(settings.TIME_ZONE)
        return working_due(start, round(minutes), zone=zone, hours_of=NATIONAL.hours_of)

    def taken_on(self, start: datetime, low: float = 0.1, high: float = 0.8) -> datetime:
        """Return when the desk accepts: a part of the time that it has."""
        return self.after(start, self.category.ack_minutes * self.chance.uniform(low, high))

    def begun(self, accepted: datetime) -> datetime:
        minutes = min(self.category.resolve_minutes * 0.1, 120)
        return self.after(accepted, max(2.0, minutes * self.chance.uniform(0.3, 1)))

    def done(self, accepted: datetime, low: float = 0.3, high: float = 0.9) -> datetime:
        return self.after(accepted, self.category.resolve_minutes * self.chance.uniform(low, high))

    def soon(self, start: datetime, low: float, high: float) -> datetime:
        """Return a moment of the category's hours, so many minutes later."""
        return self.after(start, self.chance.uniform(low, high))

    def flag(self, now: datetime, sent: datetime, accepted: datetime | None) -> str:
        """Return how the deadline that counts stands at `now`: ok, due_soon, or overdue."""
        acknowledge, resolve = self.category.ack_minutes, self.category.resolve_minutes
        if accepted is None:
            start, due = sent, self.after(sent, acknowledge)
        else:
            start = accepted
            due = min(self.after(accepted, resolve), self.after(sent, acknowledge + resolve))
        if due < now:
            return "overdue"
        return "due_soon" if soon_from(start, due) <= now else "ok"

    @property
    def length(self) -> timedelta:
        """About how long a ticket takes by the calendar: nights and weekends included."""
        minutes = self.category.ack_minutes + self.category.resolve_minutes
        if self.category.clock == Clock.CLOCK:
            return timedelta(minutes=minutes)
        return timedelta(days=minutes / 480 * 7 / 5 + 2)
