"""What a load balancer and Prometheus are told of the log, and by whom it may be asked."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from backend import clock
from backend.events import log
from backend.events.models import EventRecord, QueuedEvent

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def no_dispatcher() -> None:
    """Two events that nobody gave a position; the first was recorded 90 s ago."""
    for seconds in (90, 10):
        at = clock.now() - timedelta(seconds=seconds)
        record = EventRecord.objects.create(type="x", stream="x", at=at, actor="x", data={})
        QueuedEvent.objects.create(event=record)


def figures(client, **how) -> dict[str, float]:
    said = client.get("/metrics", REMOTE_ADDR="127.0.0.1", **how).content.decode()
    lines = [line.rsplit(" ", 1) for line in said.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


def test_a_log_that_stands_is_seen_although_no_subscriber_is_behind(client, no_dispatcher):
    said = figures(client)
    assert said["hientruong_log_queued"] == 2
    assert 90 <= said["hientruong_log_queued_seconds"] < 100
    assert said['hientruong_subscriber_lag{subscriber="routing"}'] == 0


def test_a_log_that_moves_has_nothing_queued(client):
    assert (log.queued(), log.queued_seconds()) == (0, 0.0)
    assert figures(client)["hientruong_log_queued_seconds"] == 0


def test_a_process_is_not_ready_while_too_many_entries_have_no_position(
    client, settings, no_dispatcher
):
    assert client.get("/health/ready").json()["checks"]["subscribers"]["queued"] == 2
    settings.READY_MAX_LAG = 1
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unready")


def test_with_a_token_the_figures_are_for_who_shows_it_alone(client, settings):
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.1").status_code == 404
    settings.METRICS_TOKEN = "secret"
    assert client.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404
    given = {"HTTP_AUTHORIZATION": "Bearer secret"}
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.1", **given).status_code == 200


def test_every_alarm_asks_for_a_figure_that_there_is_and_is_explained(client):
    groups = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    document = (ROOT / "docs/operations.md").read_text()
    shown = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    for rule in (rule for group in groups for rule in group["rules"]):
        [name] = re.findall(r"hientruong_[a-z_]+", rule["expr"])
        assert f"# TYPE {name} gauge" in shown
        assert f"`{rule['alert']}`" in document
