"""make bench-log: what the log costs its writers, how soon a client hears, how fast it reads."""

from benchmarks.stand import (
    QUICK,
    finish,
    middle,
    own_database,
    quantile,
    running,
    say_machine,
    table,
    wait_for,
)

WRITERS = (1, 8, 32)
SECONDS = 0.8 if QUICK else 2.0
REPEATS = 2 if QUICK else 9
ENTRIES = 100_000
PER_SECOND = 50
LISTEN_SECONDS = 5.0 if QUICK else 30.0


def main() -> None:
    say_machine()
    own_database("hientruong_bench_log")
    from django.db import connections

    from backend.events.verification import faults
    from benchmarks.log import feed, ground, rate

    tickets = ground.make_tickets(5_000)
    rates: dict[tuple[str, int], list[float]] = {}
    with running("manage.py", "dispatch_events", "--positions-only"):
        _until_it_leads(ground, tickets)
        for _turn in range(REPEATS):
            for writers in WRITERS:
                for kind in rate.KINDS:
                    seen = rate.changes_per_second(kind, tickets[:writers], SECONDS)
                    rates.setdefault((kind, writers), []).append(seen)
                    rate.time_to_settle()
    ratios = _say_rates(rates)
    with running("manage.py", "dispatch_events"):
        _until_it_leads(ground, tickets)
        delays = feed.commit_to_frame(tickets[:100], PER_SECOND, LISTEN_SECONDS)
        feed.fill(tickets, ENTRIES)
        rate.time_to_settle()
    past = feed.catch_up(ENTRIES)
    _say_feed(delays, past)
    broken = [] if QUICK else list(faults())
    print(f"Faults in the chain of {'–' if QUICK else len(broken)} hashes: {broken[:3]}\n")
    connections.close_all()
    finish(
        changes_per_s={str(w): middle(rates["recorded", w]) for w in WRITERS},
        vs_bare_event_row={str(w): ratios[w] for w in WRITERS},
        commit_to_frame_p50_ms=quantile(delays, 0.5),
        commit_to_frame_p99_ms=quantile(delays, 0.99),
        catch_up_s=past["seconds"],
    )


def _until_it_leads(ground, tickets) -> None:  # type: ignore[no-untyped-def]
    from backend.events import log

    before = log.head()
    ground.recorded_change(tickets[0], 0)
    wait_for(lambda: log.head() > before)


def _say_rates(rates: dict[tuple[str, int], list[float]]) -> dict[int, float]:
    """Print the rates; returns for each number of writers the middle of the ratios in one turn."""
    ratios: dict[int, float] = {}
    rows = []
    for writers in WRITERS:
        bare, ours = rates["bare event row", writers], rates["recorded", writers]
        each = [mine / theirs for mine, theirs in zip(ours, bare, strict=True)]
        ratios[writers] = middle(each)
        spread = f"{min(each):.2f}–{max(each):.2f}"
        rows.append((f"{writers} writers", middle(bare), middle(ours), ratios[writers], spread))
    table(("changes/s", "bare event row", "recorded, sequencer running", "ratio", "of"), rows)
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
