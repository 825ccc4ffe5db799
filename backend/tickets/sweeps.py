"""What tickets need by the clock."""

from backend.events.sweeping import every
from backend.tickets.services import watch_deadlines

WATCH_SECONDS = 15


@every(WATCH_SECONDS, "deadlines")
def tell_of_deadlines() -> None:
    watch_deadlines()
