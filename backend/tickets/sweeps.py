"""What tickets need by the clock."""

import time

from backend.events.sweeping import every
from backend.tickets.cell_folding import fold_changes
from backend.tickets.services import watch_deadlines, watch_questions

WATCH_SECONDS = 15
QUESTIONS_SECONDS = 60
FOLD_SECONDS = 5
FOLD_AT_MOST = 30  # seconds: well before another process takes the turn


@every(WATCH_SECONDS, "deadlines")
def tell_of_deadlines() -> None:
    watch_deadlines()


@every(QUESTIONS_SECONDS, "questions")
def end_unanswered_questions() -> None:
    watch_questions()


@every(FOLD_SECONDS, "cells")
def fold_cells() -> None:
    until = time.monotonic() + FOLD_AT_MOST
    while fold_changes() and time.monotonic() < until:
        pass
