"""Plans and sends pushes on PostgreSQL, to a local FCM 50 ms away, by one worker."""

import json
import os
import sys
import time
from statistics import median

from benchmarks.push import place

QUICK = os.environ.get("QUICK") == "1"
BACKLOG = 6_000 if QUICK else 50_000
RECIPIENTS = 10_000
LATENCY = 0.05  # seconds
EMERGENCIES = 2 if QUICK else 5
BETWEEN = 3.0  # seconds


def main() -> None:
    with place.folder() as var, place.database() as url, place.fcm(var, LATENCY) as way:
        env = place.environment(url, var)
        place.manage(env, "migrate", "--verbosity", "0")
        place.manage(env, "load_province", "provinces/quang-ninh")
        os.environ |= env
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        os.environ["FCM_CREDENTIALS"] = way["FCM_CREDENTIALS"]
        import django

        django.setup()
        figures = measure(env | way)
    print(json.dumps(figures))


def measure(env: dict[str, str]) -> dict[str, float]:
    from benchmarks.push import work

    planning = planning_seconds()
    work.Notification.objects.all().delete()
    phones = work.make_phones(BACKLOG + EMERGENCIES)
    work.plan_backlog(phones[:BACKLOG])
    worker = place.Worker(env)
    try:
        rate, emergencies = drain(worker, phones[BACKLOG:])
    finally:
        worker.stop()
    memory = worker.most_bytes / 1e6
    print(f"{'pushes a second, one worker':44}{rate:10.0f}")
    print(f"{'  of the worker’s time on a processor':44}{worker.share:10.0%}")
    print(f"{'the worker’s memory at most, MB':44}{memory:10.0f}")
    print(f"{'an emergency, seconds until sent: median':44}{median(emergencies):10.2f}")
    print(f"{'  worst of ' + str(len(emergencies)):44}{max(emergencies):10.2f}")
    return {
        "pushes_per_s": round(rate, 1),
        "memory_mb": round(memory, 1),
        "planning_10k_s": round(planning, 2),
        "emergency_s": round(max(emergencies), 2),
    }


def planning_seconds() -> float:
    """Plan one area alert for RECIPIENTS people, once or three times; returns the median."""
    from benchmarks.push import work

    work.follow_area(work.make_phones(RECIPIENTS), work.area_code())
    taken = []
    for _turn in range(1 if QUICK else 3):
        seconds, own, rows = work.seconds_to_plan()
        taken.append(seconds)
        print(f"{f'planning {rows} rows for {RECIPIENTS} people, seconds':44}{seconds:10.2f}")
        print(f"{'  of this process’s CPU':44}{own:10.2f}")
    return median(taken)


def drain(worker: place.Worker, alarmed: list) -> tuple[float, list[float]]:  # type: ignore[type-arg]
    """Wait until all is sent, with an emergency now and then; returns the rate and their times.

    The rate counts from the first push that was sent, so that the start of Python is not in it.
    """
    from benchmarks.push import work

    begun, at_begin, waiting, taken = 0.0, 0, None, []
    next_alarm = float("inf")
    while True:
        worker.look()
        sent, now = work.sent_count(), time.monotonic()
        if sent and not begun:
            begun, at_begin, cpu = now, sent, worker.cpu_seconds()
            next_alarm = now + BETWEEN
        if waiting is None and now >= next_alarm and alarmed and sent < BACKLOG:
            waiting = work.plan_emergency(alarmed.pop())
        if waiting is not None:
            waiting.refresh_from_db()
            if waiting.sent_at:
                taken.append((waiting.sent_at - waiting.due_at).total_seconds())
                waiting, next_alarm = None, now + BETWEEN
        if sent >= BACKLOG + len(taken) and waiting is None:
            break
        if now - worker.started > 600:
            sys.exit("It took longer than ten minutes.")
        time.sleep(0.25)  # each look costs the database a count of all that was sent
    seconds = now - begun
    worker.share = (worker.cpu_seconds() - cpu) / seconds
    return (sent - at_begin) / seconds, taken


if __name__ == "__main__":
    main()
