"""make bench-log: what the log costs its writers, how soon a client hears, how fast it reads."""

import os
from typing import TYPE_CHECKING
from uuid import UUID

from benchmarks.stand import (
    QUICK,
    end_within,
    finish,
    middle,
    own_database,
    quantile,
    running,
    say_machine,
    table,
    wait_for,
)

if TYPE_CHECKING:  # Django is set up before it is imported
    from benchmarks.log.feed import Server

WRITERS = (1, 8, 32)
SAID = 8
"""The number of writers whose figures are in the last line; the others are in the table."""
SECONDS = 0.6 if QUICK else 2.0
REPEATS = 3 if QUICK else 9
TICKETS = 1_000 if QUICK else 5_000
ENTRIES = 100_000
PER_SECOND = 50
LISTEN_SECONDS = 4.0 if QUICK else 30.0
LIMIT = 120 if QUICK else 1200

Rates = dict[tuple[str, int], list[float]]


def main() -> None:
    end_within(LIMIT)
    say_machine()
    own_database("hientruong_bench_log")
    from backend.events.verification import faults
    from benchmarks.log import feed, ground

    tickets = ground.make_tickets(TICKETS)
    with running("manage.py", "dispatch_events", "--positions-only"):
        rates, settling = _rates(tickets)
        ratios = _say_rates(rates, settling)
        with feed.server() as web:
            past = _past(web, tickets)
    with feed.server() as web:
        delays = _delays(web, tickets)
    _say_feed(delays, past)
    broken = [] if QUICK else list(faults())
    print(f"Faults in the chain of hashes: {'not looked for' if QUICK else broken or 'none'}")
    print(f"Load after: {', '.join(f'{each:.1f}' for each in os.getloadavg())}\n")
    finish(
        changes_per_s=middle(rates["recorded", SAID]),
        vs_bare_event_row=ratios[SAID],
        commit_to_frame_p50_ms=quantile(delays, 0.5),
        commit_to_frame_p99_ms=quantile(delays, 0.99),
        catch_up_s=past["seconds"],
    )


def _rates(tickets: list[UUID]) -> tuple[Rates, dict[int, float]]:
    """Return the rates, turn and turn about, and how long the queue lasted after the writers."""
    from benchmarks.log import ground, rate

    rates: Rates = {}
    settling: dict[int, float] = {}
    _until_it_leads(ground, tickets)
    for _turn in range(REPEATS):
        for writers in WRITERS:
            for kind in rate.KINDS:
                seen = rate.changes_per_second(kind, tickets[:writers], SECONDS)
                rates.setdefault((kind, writers), []).append(seen)
                settling[writers] = max(settling.get(writers, 0.0), rate.time_to_settle())
    return rates, settling


def _past(web: "Server", tickets: list[UUID]) -> dict[str, float]:
    from benchmarks.log import feed, rate

    feed.fill(tickets, ENTRIES)
    rate.time_to_settle()
    web.wait()
    return feed.catch_up(web, ENTRIES)


def _delays(web: "Server", tickets: list[UUID]) -> list[float]:
    """Time the frames, with everything running that a province runs beside its web processes."""
    from backend.events.delivery import skip_to_head
    from backend.events.subscriber import subscribers
    from benchmarks.log import feed, ground

    for name in subscribers:
        skip_to_head(name)  # the past that was made up here is nobody's work
    with running("manage.py", "dispatch_events"):
        _until_it_leads(ground, tickets)
        web.wait()
        return feed.commit_to_frame(web, tickets[:100], PER_SECOND, LISTEN_SECONDS)


def _until_it_leads(ground, tickets) -> None:  # type: ignore[no-untyped-def]
    from backend.events import log

    before = log.head()
    ground.recorded_change(tickets[0], 0)
    wait_for(lambda: log.head() > before)


def _say_rates(rates: Rates, settling: dict[int, float]) -> dict[int, float]:
    """Print the rates; returns for each number of writers the middle of the ratios in one turn."""
    ratios: dict[int, float] = {}
    rows = []
    for writers in WRITERS:
        bare, ours = rates["bare event row", writers], rates["recorded", writers]
        each = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
        ratios[writers] = middle(each)
        spread = f"{min(each):.2f}–{max(each):.2f}"
        rows.append((f"{writers} writers", middle(bare), middle(ours), ratios[writers], spread))
        rows[-1] += (settling[writers],)
    head = ("changes/s", "bare event row", "recorded, sequencer running", "ratio", "from–to")
    table((*head, "s until all had positions"), rows)
    return ratios


def _say_feed(delays: list[float], past: dict[str, float]) -> None:
    table(
        ("commit to frame, ms", "p50", "p90", "p99", "max", "frames"),
        [(f"{PER_SECOND}/s", *(quantile(delays, s) for s in (0.5, 0.9, 0.99, 1.0)), len(delays))],
    )
    table(
        ("catch-up", "seconds", "entries/s", "server CPU s", "MB more in the server", "MB sent"),
        [
            (
                f"{ENTRIES} entries",
                past["seconds"],
                ENTRIES / past["seconds"],
                past["cpu_s"],
                past["mb"],
                past["sent_mb"],
            )
        ],
    )


if __name__ == "__main__":
    main()
