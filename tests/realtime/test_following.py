"""Who hears what: each audience, live and after having been away."""

import json

import pytest

from backend.accounts.models import Role
from backend.tickets import services
from tests.factories import make_report, make_staff, make_ticket, make_user
from tests.realtime.conftest import as_text, phone_with_token, session_of, types

OPENING = ["report.submitted", "ticket.opened", "ticket.routed"]


@pytest.fixture
async def desk(world, in_thread):
    user = await in_thread(make_user, "lan", Role.DISPATCHER, world.ward)
    return await in_thread(session_of, user)


@pytest.fixture
async def other_desk(world, in_thread):
    user = await in_thread(make_user, "tuan", Role.DISPATCHER, world.other_ward)
    return await in_thread(session_of, user)


@pytest.fixture
async def lan(world, in_thread):
    return await in_thread(make_staff, "lan.2", Role.DISPATCHER, world.ward)


@pytest.fixture
async def minh(world, in_thread):
    return await in_thread(make_staff, "minh.2", Role.OPERATIONS_CENTRE)


async def test_what_happens_is_heard_as_it_happens(world, in_thread, connect, centre):
    socket = await connect(centre)
    assert (await socket.hello())["head"] == 0
    assert await socket.follow("ops") == []
    ticket = await in_thread(make_ticket, world.pothole, world.ward)
    submitted, opened, routed = [await socket.hear() for _turn in range(3)]
    assert types([submitted, opened, routed]) == OPENING
    assert [submitted["position"], opened["position"], routed["position"]] == [1, 2, 3]
    assert routed["ticket"]["id"] == str(ticket.id)
    assert routed["ticket"]["status"] == "routed"
    assert routed["ticket"]["agency"] == "UBND-10001"
    assert routed["ticket"]["text"] == "Ổ gà lớn giữa đường"
    assert routed["data"]["rule"] == "thử"
    assert routed["at"].endswith("Z")


async def test_after_an_absence_exactly_the_rest_comes_in_order(
    world, in_thread, connect, centre, lan
):
    first = await connect(centre)
    await first.hello()
    await first.follow("ops")
    ticket = await in_thread(make_ticket, world.pothole, world.ward)
    assert [(await first.hear())["position"] for _turn in range(3)] == [1, 2, 3]
    await first.leave()
    accepted = await in_thread(
        services.accept_ticket, ticket_id=ticket.id, actor=lan, version=ticket.version
    )
    second = await connect(centre)
    assert (await second.hello())["head"] == 4
    [missed] = await second.follow("ops", after=3)
    assert (missed["position"], missed["type"]) == (4, "ticket.accepted")
    await in_thread(services.start_ticket, ticket_id=ticket.id, actor=lan, version=accepted.version)
    assert (await second.hear())["position"] == 5


async def test_an_entry_comes_once_however_many_follows_want_it(
    world, in_thread, connect, centre, desk
):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops", id="a")
    await socket.follow("agency:UBND-10001", id="b")
    await socket.follow("public", id="c")
    await in_thread(make_ticket, world.pothole, world.ward)
    frames = [await socket.hear() for _turn in range(3)]
    assert types(frames) == OPENING
    assert all("text" in frame["ticket"] for frame in frames[1:])  # the view that tells most
    assert await socket.silence()


async def test_a_second_follow_brings_of_the_past_only_what_the_first_has_not(
    world, in_thread, connect, centre
):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("agency:UBND-10001", id="a")
    await in_thread(make_ticket, world.pothole, world.ward)
    await in_thread(make_ticket, world.pothole, world.other_ward)
    assert (await socket.hear())["position"] == 3
    await socket.until(6)
    past = await socket.follow("ops", id="b", after=0)
    assert [frame["position"] for frame in past] == [1, 2, 4, 5, 6]


async def test_filters_let_through_what_they_name(world, in_thread, connect, centre):
    wanted = [
        {"category": ["GT02"]},
        {"area": ["10002"]},
        {"priority": ["emergency", "high"]},
        {"bbox": [107.1, 20.9, 107.2, 21.0]},
        {"category": []},
    ]
    socket = await connect(centre)
    await socket.hello()
    await in_thread(make_ticket, world.pothole, world.ward)  # 1, 2, 3
    await in_thread(make_ticket, world.noise, world.other_ward, at=world.inside_other)  # 4, 5, 6
    await socket.until(6)
    heard = []
    for filter in wanted:
        past = await socket.follow("ops", id="x", after=0, filter=filter)
        heard.append([frame["position"] for frame in past])
        await socket.say(op="unfollow", id="x")
    assert heard == [[4, 5, 6], [4, 5, 6], [], [4, 5, 6], [1, 2, 3, 4, 5, 6]]


async def test_a_live_filter_holds_as_the_one_of_the_past_does(world, in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops", filter={"bbox": [107.1, 20.9, 107.2, 21.0]})
    await in_thread(make_ticket, world.pothole, world.ward)
    await in_thread(make_ticket, world.pothole, world.other_ward, at=world.inside_other)
    assert [(await socket.hear())["position"] for _turn in range(3)] == [4, 5, 6]


async def test_a_stranger_cannot_follow(world, in_thread, connect, desk):
    ticket = await in_thread(make_ticket, world.pothole, world.other_ward)
    number = await in_thread(lambda: ticket.report.report_no)
    _phone, token = await in_thread(phone_with_token)
    for hello, session in (({}, desk), ({"token": token}, None)):
        socket = await connect(session)
        await socket.hello(**hello)
        for audience in ("ops", "agency:UBND-10002", f"report:{number}", "report:QN-26-AAAAAA", ""):
            await socket.say(op="follow", id="a", audience=audience, after=0)
            refusal = await socket.hear()
            assert (refusal["op"], refusal["code"], refusal["id"]) == ("error", "not_found", "a")
        assert await socket.silence()


async def test_nobody_in_particular_follows_the_public_feed_alone(world, in_thread, connect):
    socket = await connect()
    await socket.hello()
    assert await socket.follow("public") == []
    await socket.say(op="follow", id="b", audience="ops")
    assert (await socket.hear())["code"] == "not_signed_in"
    assert await socket.closes() == 4401


async def test_a_reporter_hears_each_step_and_nothing_of_what_staff_say(
    world, in_thread, connect, lan
):
    phone, token = await in_thread(phone_with_token)
    ticket = await in_thread(make_ticket, world.pothole, world.ward, phone)
    number = await in_thread(lambda: ticket.report.report_no)
    socket = await connect()
    await socket.hello(token=f"Device {token}")
    past = await socket.follow(f"report:{number.lower()}", after=0)
    assert types(past) == OPENING
    await in_thread(
        services.comment_on_ticket, ticket_id=ticket.id, actor=lan, message="Gọi chị Hạnh"
    )
    await in_thread(services.accept_ticket, ticket_id=ticket.id, actor=lan, version=ticket.version)
    accepted = await socket.hear()
    assert accepted["type"] == "ticket.accepted"
    assert accepted["ticket"]["status"] == "accepted"
    assert accepted["ticket"]["report_no"] == number
    assert accepted["ticket"].keys().isdisjoint({"text", "assignee", "location"})
    assert "reports" not in accepted["data"]
    assert await socket.silence()


async def test_one_of_two_reporters_learns_nothing_of_the_other(world, in_thread, connect, lan):
    phone, token = await in_thread(phone_with_token)
    ticket = await in_thread(make_ticket, world.pothole, world.ward, phone)
    number = await in_thread(lambda: ticket.report.report_no)
    other = await in_thread(make_report, world.pothole)
    await in_thread(services.join_ticket, ticket_id=ticket.id, report_id=other.pk, actor=lan)
    socket = await connect()
    await socket.hello(token=token)
    past = await socket.follow(f"report:{number}", after=0)
    assert types(past) == OPENING
    assert other.report_no not in as_text(past)


async def test_a_report_keeps_its_past_when_its_ticket_is_merged(world, in_thread, connect, minh):
    phone, token = await in_thread(phone_with_token)
    ticket = await in_thread(make_ticket, world.pothole, world.ward, phone)
    number = await in_thread(lambda: ticket.report.report_no)
    other = await in_thread(make_ticket, world.pothole, world.ward)
    stayed = await connect()
    await stayed.hello(token=token)
    live = await stayed.follow(f"report:{number}", after=0)
    merged = {"ticket_id": ticket.id, "actor": minh, "version": ticket.version, "into": other.id}
    await in_thread(services.merge_ticket, **merged)
    live.append(await stayed.hear())
    assert types(live) == [*OPENING, "ticket.merged"]
    assert live[-1]["ticket"]["id"] == str(other.id)
    returned = await connect()
    await returned.hello(token=token)
    past = await returned.follow(f"report:{number}", after=0)
    assert [frame["position"] for frame in past] == [frame["position"] for frame in live]


async def test_a_rerouted_ticket_leaves_one_desk_and_comes_to_the_other(
    world, in_thread, connect, desk, other_desk, minh
):
    old, new = await connect(desk), await connect(other_desk)
    for socket, code in ((old, "UBND-10001"), (new, "UBND-10002")):
        await socket.hello()
        await socket.follow(f"agency:{code}")
    ticket = await in_thread(make_ticket, world.pothole, world.ward)
    assert (await old.hear())["type"] == "ticket.routed"
    rerouted = {"agency": "UBND-10002", "version": ticket.version, "reason": "Sai địa bàn"}
    await in_thread(services.reroute_ticket, ticket_id=ticket.id, actor=minh, **rerouted)
    gone, came = await old.hear(), await new.hear()
    assert gone["position"] == came["position"]
    assert gone["ticket"]["gone"] is True
    assert gone["ticket"]["agency"] == "UBND-10002"
    assert gone["ticket"].keys().isdisjoint({"text", "location", "assignee"})
    assert "note_id" not in gone["data"]
    assert came["ticket"]["text"] == "Ổ gà lớn giữa đường"
    assert came["data"]["from_agency"] == "UBND-10001"


async def test_what_is_found_to_be_restricted_leaves_the_public_and_says_nothing_more(
    world, in_thread, connect, minh
):
    anyone, filtered = await connect(), await connect()
    for socket, wanted in ((anyone, {}), (filtered, {"category": ["GT01"]})):
        await socket.hello()
        await socket.follow("public", filter=wanted)
    ticket = await in_thread(make_ticket, world.pothole, world.ward)
    assert [(await each.hear())["type"] for each in (anyone, filtered)] == ["ticket.routed"] * 2
    corrected = {"category": "GT03", "version": ticket.version, "reason": "Là việc khác"}
    await in_thread(services.correct_ticket, ticket_id=ticket.id, actor=minh, **corrected)
    for socket in (anyone, filtered):
        gone = await socket.hear()
        version = ticket.version + 1
        assert gone["ticket"] == {"id": str(ticket.id), "version": version, "gone": True}
        assert gone["data"] == {"ticket_id": str(ticket.id), "version": version}


async def test_the_hub_reads_the_log_once_for_all(world, in_thread, connect, centre, monkeypatch):
    from realtime import hub

    sockets = [await connect(centre) for _turn in range(10)]
    for socket in sockets:
        await socket.hello()
        await socket.follow("ops")
    built: list[int] = []
    build = hub.build
    monkeypatch.setattr(hub, "build", lambda rows: built.append(len(rows)) or build(rows))
    await in_thread(make_ticket, world.pothole, world.ward)
    frames = [json.dumps([await socket.hear() for _turn in range(3)]) for socket in sockets]
    assert len(set(frames)) == 1
    assert sum(built) == 3
