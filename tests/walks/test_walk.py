"""One report's walk, through real processes: from the phone to its agency and back."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from tests.walks.people import PATIENCE, Feed, Phone, Staff, routed_by
from tests.walks.product import Product, embedded, province

HONG_GAI = "ubnd-06685"  # the ward that the report's point lies in


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """SQLite in one process, or PostgreSQL and Redis with several, as DATABASE_URL says."""
    folder = tmp_path_factory.mktemp("var")
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        with embedded(folder) as running:
            yield running
    else:
        import os

        with province(folder, os.environ["DATABASE_URL"], settings.REDIS_URL) as running:
            yield running


def pushed(product: Product, token: str, at_least: int) -> list[dict[str, object]]:
    """The messages that FCM received for this phone, once there are so many."""
    deadline = time.monotonic() + PATIENCE
    while True:
        path: Path = product.pushes
        lines = path.read_text().splitlines() if path.exists() else []
        messages = [json.loads(line)["message"] for line in lines]
        mine = [message for message in messages if message.get("token") == token]
        if len(mine) >= at_least or time.monotonic() > deadline:
            return mine
        time.sleep(0.05)


def test_a_report_reaches_its_agency_and_the_answer_returns(product: Product) -> None:
    last = product.ports[-1]  # staff sit at another process where there is one
    centre, desk = Staff(product, "ops", last), Staff(product, f"dispatcher.{HONG_GAI}", last)
    leader = Staff(product, f"leader.{HONG_GAI}")
    at_centre, at_desk = centre.feed("ops"), desk.feed(f"agency:{HONG_GAI.upper()}")

    # 1, 2: sent twice, kept once, with its photo and its unit.
    phone = Phone(product, push_token="phone-of-the-walk")
    body = {"uploads": [phone.upload()], "id": "6d7a0f5e-6a0e-4f0a-9a53-0d6f4c1f7a11"}
    sent, again = phone.report(**body), phone.report(**body)
    assert (sent.status_code, again.status_code) == (201, 200)
    report = sent.json()
    assert again.json()["report_no"] == report["report_no"]
    assert report["area"]["code"] == "06685"
    mine = phone.feed(report["report_no"])

    # 3, 4: routed by category and place, and on both boards without asking.
    for board in (at_centre, at_desk):
        frame = board.wait_until_routed(report["report_no"])
        assert frame["ticket"]["agency"] == "UBND-06685"
        assert frame["ticket"]["report_nos"] == [report["report_no"]]
    ticket_id = frame["ticket"]["id"]
    shown = desk.ticket(ticket_id)
    assert shown["routing"]["explanation"]["vi"]
    assert shown["routing"]["explanation"]["en"]
    assert shown["ack_due_at"] < shown["resolve_due_at"]
    picture = desk.client.get(product.http() + shown["photos"][0]["view_url"])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/webp")

    # 5: two at once; one wins, the other sees who did.
    with ThreadPoolExecutor(2) as both:
        answers = list(
            both.map(
                lambda who: who.act(ticket_id, "accept", version=shown["version"]), (desk, leader)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    beaten = next(answer.json() for answer in answers if answer.status_code == 409)
    assert (beaten["code"], beaten["ticket"]["status"]) == ("version_conflict", "accepted")
    version = beaten["ticket"]["version"]
    started = desk.act(ticket_id, "start", version=version).raise_for_status().json()
    resolved = desk.act(
        ticket_id,
        "resolve",
        version=started["version"],
        note="Đã vá ổ gà bằng bê tông nhựa",
        uploads=[desk.upload()],
    )
    assert resolved.status_code == 200

    # 6: the reporter's page hears each step, and so does the phone.
    mine.wait_for("ticket.resolved")
    at_centre.wait_for("ticket.resolved")
    # The scene's photo may be ready between any two of them.
    assert [kind for kind in mine.kinds if kind.startswith("ticket.")][-3:] == [
        "ticket.accepted",
        "ticket.started",
        "ticket.resolved",
    ]
    followed = phone.client.get(f"reports/{report['report_no']}").json()
    assert followed["status"] == "resolved"
    assert followed["replies"][-1]["text"] == "Đã vá ổ gà bằng bê tông nhựa"
    assert [photo["kind"] for photo in followed["photos"]] == ["before", "after"]
    messages = pushed(product, "phone-of-the-walk", at_least=4)
    assert len(messages) == 4  # routed, accepted, started, resolved: each once
    said = json.dumps(messages, ensure_ascii=False)
    assert report["report_no"] in said
    assert "ổ gà" not in said.lower()
    inbox = phone.client.get("inbox").json()
    assert inbox["unread"] == len(inbox["results"]) == 4
    for feed in (at_centre, at_desk, mine):
        feed.close()


def test_a_client_that_was_away_gets_what_it_missed_once_and_in_order(product: Product) -> None:
    centre = Staff(product, "ops")
    first = centre.feed("ops")
    phone = Phone(product, push_token="phone-of-an-away")
    seen = first.wait_until_routed(phone.report().json()["report_no"])["position"]
    first.close()
    numbers = [phone.report().json()["report_no"] for _turn in range(3)]
    missed: Feed = centre.feed("ops", after=seen)
    missed.wait_until_routed(numbers[-1])
    missed.close()
    positions = [frame["position"] for frame in missed.events]
    assert positions == sorted(set(positions))
    assert positions[0] > seen
    routed = [number for frame in missed.events for number in routed_by(frame)]
    assert [number for number in routed if number in numbers] == numbers


def test_a_stranger_cannot_follow_or_see(product: Product) -> None:
    phone, stranger = Phone(product, push_token="a"), Phone(product, push_token="b")
    report_no = phone.report().json()["report_no"]
    assert stranger.client.get(f"reports/{report_no}").status_code == 404
    assert stranger.client.get("tickets").status_code == 403
    elsewhere = Staff(product, "dispatcher.ubnd-07093")
    page = elsewhere.client.get("tickets", params={"q": report_no}).json()
    assert page["results"] == []
