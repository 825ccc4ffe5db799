"""What routing looks after by the clock."""

from backend.events.sweeping import every
from routing.waiting import count_moves

MOVES_SECONDS = 120


@every(MOVES_SECONDS, "moves")
def look_for_moves() -> None:
    count_moves()
