"""What two web processes know together: who may listen, how many do, and who is on duty."""

import logging
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from websockets.exceptions import ConnectionClosed

from tests.faults.fleet import Fleet, fleet
from tests.faults.servers import Postgres, Redis, missing, servers
from tests.walks.people import Staff

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing())

PATIENCE = 60.0
"""Seconds that a shared machine may take; what is promised is printed and stands in the docs."""
TURNS = 3
LEAD, DESK = "leader.ubnd-06685", "dispatcher.ubnd-06685"
AGENCY = "agency:UBND-06685"


@dataclass
class Two:
    fleet: Fleet
    postgres: Postgres
    store: Redis

    def staff(self, username: str, at: str) -> Staff:
        """Somebody who is signed in, at this process or any."""
        return Staff(self.fleet.product, username, self.fleet.port(at))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    limits = {"FEED_SOCKETS_PER_PRINCIPAL": "2"}
    with servers() as (postgres, store), fleet(folder, postgres, store, **limits) as running:
        yield Two(running, postgres, store)


def until(so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < deadline
        time.sleep(0.1)


LOSSES = {
    "a role": "DELETE FROM accounts_membership WHERE user_id = {user} RETURNING id",
    "the agency": "UPDATE accounts_membership SET agency_id = (SELECT id FROM accounts_agency "
    "WHERE code = 'UBND-07093') WHERE user_id = {user} RETURNING id",
}


@pytest.mark.parametrize("redis", ["with Redis", "while Redis is away"])
@pytest.mark.parametrize("loss", LOSSES)
def test_who_loses_a_right_is_closed_at_both(two: Two, loss: str, redis: str):
    user = two.postgres.query(f"SELECT id FROM accounts_user WHERE username = '{DESK}'")[0][0]
    held = "SELECT role, agency_id FROM accounts_membership WHERE user_id = {user}"
    (role, agency) = two.postgres.query(held.format(user=user))[0]
    feeds = two.staff(DESK, "web-0"), two.staff(DESK, "web-1")
    if redis == "while Redis is away":
        two.store.stop()
    took = []
    try:
        for _turn in range(TURNS):
            open_ones = [each.feed(AGENCY) for each in feeds]
            assert two.postgres.query(LOSSES[loss].format(user=user)) != []
            begun = time.monotonic()
            for feed in open_ones:
                assert feed.closed_with() == 4403
                took.append(time.monotonic() - begun)
            two.postgres.query(
                f"WITH old AS (DELETE FROM accounts_membership WHERE user_id = {user}) "
                "INSERT INTO accounts_membership (user_id, role, agency_id) "
                f"VALUES ({user}, '{role}', {agency}) RETURNING id"
            )
    finally:
        if redis == "while Redis is away":
            two.store.start()
    middle, most = statistics.median(took), max(took)
    print(f"4403 after {loss} was lost, {redis}: {middle:.2f} s, at most {most:.2f}")


def is_let_in(staff: Staff) -> bool:
    feed = None
    with suppress(ConnectionClosed):
        feed = staff.feed(AGENCY)
        feed.close()
    return feed is not None


def on_duty(centre: Staff) -> list[str]:
    """Who is on duty at the ward's desk."""
    desks = centre.client.get("presence").raise_for_status().json()["desks"]
    desk = next(each for each in desks if each["agency"] == "UBND-06685")
    return sorted(person["username"] for person in desk["people"])


def test_what_a_killed_process_had_is_forgotten(two: Two):
    two.fleet.wait_until_ready()
    here, there = two.staff(LEAD, "web-0"), two.staff(LEAD, "web-1")
    centre = two.staff("ops", "web-1")
    until(lambda: is_let_in(here))  # once Redis is back, both have said whom they have
    held = [here.feed(AGENCY), there.feed(AGENCY), two.staff(DESK, "web-0").feed(AGENCY)]
    # A process that found Redis away a moment ago knows its own alone until it asks again.
    until(lambda: [is_let_in(each) for each in (here, there)] == [False, False])
    until(lambda: on_duty(centre) == [DESK, LEAD])  # two at the other process

    two.fleet.kill("web-0")

    begun = time.monotonic()
    until(lambda: is_let_in(there))
    let_in = time.monotonic() - begun
    until(lambda: on_duty(centre) == [LEAD])
    gone = time.monotonic() - begun
    print(f"what a killed process had: sockets for {let_in:.1f} s more, presence for {gone:.1f} s")
    held[1].close()
    two.fleet.revive()
    two.fleet.wait_until_ready()
