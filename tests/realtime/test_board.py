"""A snapshot and what the feed says after it are together exactly the board, whatever happens."""

from dataclasses import dataclass, field
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

    def _category(self) -> str:
        return self.chance.choice(["GT01", "GT01", "GT02", "GT02", "GT03"])

    def _in_ten(self) -> bool:
        return self.chance.random() < 0.1

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
            **({"category": self._category()} if verb == "correct" or self._in_ten() else {}),
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


def _summary(shown: Row) -> Row:
    """Return what a frame's summary has of a ticket on the board."""
    row = {name: value for name, value in shown.items() if name in SUMMARY}
    return {**row, "location": {name: shown["location"][name] for name in ("lat", "lon")}}


def _told_to_all(shown: Row) -> Row:
    """Leave out the photos, whose links are signed anew each time, and what also changes with facts
    that staff alone hear."""
    left_out = {"photos", "version", "updated_at"}
    return {name: value for name, value in shown.items() if name not in left_out}


@dataclass
class View:
    """One board, as it is asked for by HTTP and followed by a socket."""

    client: Any
    audience: str
    path: str = BOARD
    wanted: dict[str, list[str]] = field(default_factory=dict)
    row: Any = _summary
    board: Board = field(default_factory=dict)
    socket: Any = None

    def whole(self, between: Any = lambda: None, limit: int = 200) -> tuple[Board, int]:
        """Read it page by page, with life going on; return it and its `Feed-Position`."""
        asked = {name: ",".join(values) for name, values in self.wanted.items()}
        answer = self.client.get(self.path, {"limit": limit, **asked})
        position, rows = int(answer.headers["Feed-Position"]), {}
        while True:
            page = answer.json()
            rows |= {shown["id"]: shown for shown in page["results"]}
            if not page["next"]:
                return rows, position
            between()
            answer = self.client.get(page["next"])

    def apply(self, frame: Row) -> None:
        """Do what a client does with a delta."""
        ticket = frame["ticket"]
        if ticket is None:
            return
        if ticket.get("gone") or not self._asks_for(ticket):
            self.board.pop(ticket["id"], None)
        elif ticket["version"] >= self.board.get(ticket["id"], ticket)["version"]:
            self.board[ticket["id"]] = ticket

    def rows(self, board: Board) -> Board:
        return {name: self.row(shown) for name, shown in board.items()}

    def _asks_for(self, ticket: Row) -> bool:
        return all(ticket[name] in values for name, values in self.wanted.items())


@pytest.mark.long
@pytest.mark.parametrize("seed", [20261121, 7, 4408])
async def test_a_snapshot_and_its_deltas_are_the_board(world, in_thread, connect, seed):
    life = await in_thread(Life, world, seed)
    for _turn in range(8):
        await in_thread(life.open)
    views = [
        View(life.centre, "ops"),
        View(life.centre, "ops", wanted={"category": ["GT01"]}),
        View(life.desks["UBND-10001"], "agency:UBND-10001"),
        View(life.centre, "public", "/api/v1/public/tickets", row=_told_to_all),
        View(life.centre, "public", "/api/v1/public/tickets", {"category": ["GT02"]}, _told_to_all),
    ]
    for view in views:
        view.board, position = await in_thread(view.whole, life.step, 3)
        for _turn in range(STEPS // len(views)):
            await in_thread(life.step)
        view.socket = await connect(view.client.cookies["sessionid"].value)
        await view.socket.hello()
        for frame in await view.socket.follow(view.audience, after=position, filter=view.wanted):
            view.apply(frame)
    for _turn in range(STEPS):
        await in_thread(life.step)
    for view in views:
        final, head = await in_thread(view.whole)
        # A second follow begins at the log's end, so all that came before it has come by now.
        await view.socket.say(op="follow", id="end", audience="public", after=head)
        while (frame := await view.socket.hear())["op"] != "caught_up":
            if frame["op"] == "event":
                view.apply(frame)
        assert view.rows(view.board) == view.rows(final), view.audience
    assert len(set(life.done)) >= 5, life.done
