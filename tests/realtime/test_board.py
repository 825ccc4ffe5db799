"""A snapshot and what the feed says after it are together exactly the board, whatever happens."""

from random import Random
from typing import Any

import pytest

from backend.accounts.models import Role
from backend.api.ticket_shapes import TicketSummaryOutput
from tests.backend.api.conftest import staff_client
from tests.factories import make_ticket

STEPS = 30
BOARD = "/api/v1/tickets"
SUMMARY = frozenset(TicketSummaryOutput().fields)

Row = dict[str, Any]
Board = dict[str, Row]


class Life:
    """What people do to tickets, drawn from a seed; refusals are part of life."""

    def __init__(self, world: Any, seed: int) -> None:
        self.chance, self.world = Random(seed), world
        self.centre = staff_client("minh", Role.OPERATIONS_CENTRE)
        self.desks = {
            "UBND-10001": staff_client("lan", Role.DISPATCHER, world.ward),
            "UBND-10002": staff_client("tuan", Role.DISPATCHER, world.other_ward),
        }
        self.done: list[str] = []

    def open(self) -> None:
        world, chance = self.world, self.chance
        category = chance.choice([world.pothole, world.noise, world.secret])
        make_ticket(category, chance.choice([world.ward, world.other_ward, None]))

    def step(self) -> None:
        """Open a ticket, or let somebody use a verb that the ticket offers them."""
        if self.chance.random() < 0.2:
            self.open()
            return
        who = self.chance.choice([self.centre, *self.desks.values()])
        shown = who.get(BOARD, {"limit": 200}).json()["results"]
        usable = [(ticket, verb) for ticket in shown for verb in ticket["may"]]
        if not usable:
            return
        ticket, verb = self.chance.choice(sorted(usable, key=_nth_and_verb(shown)))
        others = [each["id"] for each in shown if each["id"] != ticket["id"]]
        given = {
            "version": ticket["version"],
            "agency": self.chance.choice(sorted({"SXD", *self.desks} - {ticket["agency"]})),
            "assignee": "lan",
            "reports": ticket["report_nos"][1:],
            **dict.fromkeys(("note", "reason", "message"), "Theo thực tế"),
            **({"into": self.chance.choice(others)} if others else {}),
        }
        answer = who.post(f"{BOARD}/{ticket['id']}/{verb}", given, format="json")
        assert answer.status_code in (200, 400, 409), answer.json()
        if answer.status_code == 200:
            self.done.append(verb)


def _nth_and_verb(shown: list[Row]) -> Any:
    """Order by place and verb: ids are drawn anew in each run."""
    places = {ticket["id"]: place for place, ticket in enumerate(shown)}
    return lambda use: (places[use[0]["id"]], use[1])


def _row(shown: Row) -> Row:
    """Return what a frame's summary has of a ticket on the board."""
    row = {name: value for name, value in shown.items() if name in SUMMARY}
    return {**row, "location": {name: shown["location"][name] for name in ("lat", "lon")}}


def _whole(
    client: Any, between: Any = lambda: None, limit: int = 200
) -> tuple[dict[str, Row], int]:
    """Read a board page by page, with life going on; return it and its `Feed-Position`."""
    answer = client.get(BOARD, {"limit": limit})
    position, rows = int(answer.headers["Feed-Position"]), {}
    while True:
        page = answer.json()
        rows |= {shown["id"]: _row(shown) for shown in page["results"]}
        if not page["next"]:
            return rows, position
        between()
        answer = client.get(page["next"])


def _apply(board: Board, frame: Row) -> None:
    """What a client does with a delta."""
    ticket = frame["ticket"]
    if ticket is None:
        return
    if ticket.get("gone"):
        board.pop(ticket["id"], None)
    elif ticket["version"] >= board.get(ticket["id"], ticket)["version"]:
        board[ticket["id"]] = ticket


@pytest.mark.long
@pytest.mark.parametrize("seed", [20261121, 7, 4408])
async def test_a_snapshot_and_its_deltas_are_the_board(world, in_thread, connect, seed):
    life = await in_thread(Life, world, seed)
    for _turn in range(8):
        await in_thread(life.open)
    viewers = {"ops": life.centre, "agency:UBND-10001": life.desks["UBND-10001"]}
    boards, sockets = {}, {}
    for audience, client in viewers.items():
        board, position = await in_thread(_whole, client, life.step, 3)
        for _turn in range(STEPS // 3):
            await in_thread(life.step)
        session = client.cookies["sessionid"].value
        sockets[audience], boards[audience] = await connect(session), board
        await sockets[audience].hello()
        for frame in await sockets[audience].follow(audience, after=position):
            _apply(board, frame)
    for _turn in range(STEPS):
        await in_thread(life.step)
    for audience, client in viewers.items():
        final, head = await in_thread(_whole, client)
        # A second follow begins at the log's end, so all that came before it has come by now.
        await sockets[audience].say(op="follow", id="end", audience="public", after=head)
        while (frame := await sockets[audience].hear())["op"] != "caught_up":
            if frame["op"] == "event":
                _apply(boards[audience], frame)
        assert boards[audience] == final
    assert len(set(life.done)) >= 5, life.done
