"""A connection from hello to close: signing in, keeping up, limits, and being shown the door."""

import asyncio
import json

import pytest
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session

from backend.accounts.models import Membership, Role, User
from backend.events import bell, log
from backend.events.models import LogHead
from backend.tickets import services
from config.asgi import application
from tests.factories import make_staff, make_ticket, make_user
from tests.realtime.conftest import PATIENCE, Socket, phone_with_token, session_of, types

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
async def lan(world, in_thread):
    """A dispatcher of the ward, with the session that she signed in by."""
    user = await in_thread(make_user, "lan", Role.DISPATCHER, world.ward)
    return user, await in_thread(session_of, user)


@pytest.fixture
async def centre(world, in_thread):
    return await in_thread(session_of, await in_thread(make_user, "minh", Role.OPERATIONS_CENTRE))


async def test_the_subprotocol_must_be_ours():
    for offered in ([], ["chat"]):
        line = WebsocketCommunicator(application, "/ws/v1/feed", subprotocols=offered)
        assert await line.connect(PATIENCE) == (True, None)
        assert (await line.receive_json_from(PATIENCE))["code"] == "subprotocol"
        assert await line.receive_output(PATIENCE) == {"type": "websocket.close", "code": 4400}
        await line.wait()


async def test_there_is_one_feed_and_no_other_socket():
    line = WebsocketCommunicator(application, "/ws/v2/feed", subprotocols=["field.v1"])
    assert (await line.connect(PATIENCE))[0] is False


async def test_who_says_nothing_is_closed(connect, settings):
    settings.FEED_HELLO_SECONDS = 0.05
    socket = await connect()
    assert await socket.closes() == 4401


@pytest.mark.parametrize("token", ["", "nobody", "Device x.y", "c0ffee.secret", "Bearer a.b"])
async def test_a_token_of_nobody_is_refused(connect, lan, token):
    socket = await connect(lan[1])
    await socket.say(op="hello", token=token)
    assert (await socket.hear())["code"] == "not_signed_in"
    assert await socket.closes() == 4401


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"op": "shout"}',
        '{"op": "follow"}',
        '{"op": "ack", "position": "1"}',
        "x" * 20_000,
    ],
)
async def test_what_is_not_the_protocols_ends_the_connection(connect, text):
    socket = await connect()
    await socket.hello()
    await socket.line.send_input({"type": "websocket.receive", "text": text})
    assert (await socket.hear())["op"] == "error"
    assert await socket.closes() == 4400


async def test_bytes_end_the_connection(connect):
    socket = await connect()
    await socket.hello()
    await socket.line.send_to(bytes_data=b'{"op": "ping"}')
    assert await socket.closes() == 4400


async def test_hello_comes_first_and_once(connect):
    early, twice = await connect(), await connect()
    await early.say(op="ping")
    assert (await early.hear())["code"] == "hello_first"
    assert await early.closes() == 4400
    await twice.hello()
    await twice.say(op="hello")
    assert await twice.closes() == 4400


async def test_a_refusal_speaks_the_readers_language(connect):
    said = []
    for language in ("en-GB,en;q=0.9", "vi-VN", "fr"):
        socket = await connect(language=language)
        await socket.say(op="shout")
        said.append((await socket.hear())["detail"])
    assert said == ["There is no such command.", "Không có lệnh này.", "Không có lệnh này."]


async def test_another_pages_socket_does_not_borrow_the_session(connect, lan):
    for origin in ("https://elsewhere.example", "http://localhost:9000", "null"):
        socket = await connect(lan[1], origin=origin)
        await socket.say(op="hello")
        assert await socket.closes() == 4401


async def test_another_page_may_show_a_token(connect, in_thread):
    _phone, token = await in_thread(phone_with_token)
    socket = await connect(origin="https://elsewhere.example")
    await socket.hello(token=token)
    assert await socket.follow("public") == []


async def test_a_trusted_page_and_a_program_may_use_the_session(connect, lan, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://desk.example"]
    for origin in ("https://desk.example", None):
        socket = await connect(lan[1], origin=origin)
        await socket.hello()
        assert await socket.follow("agency:UBND-10001") == []


async def test_ping_is_answered_and_a_beat_comes_by_itself(connect, settings):
    settings.FEED_BEAT_SECONDS = 0.2
    socket = await connect()
    await socket.hello()
    assert await socket.hear() == {"op": "beat", "head": 0}
    await socket.say(op="ping")
    while (frame := await socket.hear())["op"] == "beat":
        pass  # another beat may be on its way
    assert frame == {"op": "pong", "head": 0}


async def test_a_position_of_another_past_is_reset(world, in_thread, connect, centre):
    await in_thread(make_ticket, world.pothole, world.ward)
    socket = await connect(centre)
    welcome = await socket.hello()
    assert welcome["head"] == 3
    for more in ({"after": 4}, {"after": 3, "epoch": "another"}):
        await socket.say(op="follow", id="a", audience="ops", **more)
        assert await socket.hear() == {
            "op": "reset",
            "id": "a",
            "epoch": welcome["epoch"],
            "head": 3,
        }
    assert await socket.follow("ops", after=3, epoch=welcome["epoch"]) == []


async def test_a_client_that_knew_another_epoch_is_reset(world, in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello(epoch="before the restore")
    await socket.say(op="follow", id="a", audience="ops", after=0)
    assert (await socket.hear())["op"] == "reset"


async def test_a_database_restored_behind_our_back_resets_who_listens(in_thread, connect, centre):
    socket = await connect(centre)
    old = (await socket.hello())["epoch"]
    await socket.follow("ops")
    new = "0b5e9d6c-6f0a-4f0e-9a57-8f7c1f6d2c11"
    await in_thread(LogHead.objects.update, epoch=new)
    frame = await socket.hear()
    assert (frame["op"], frame["id"], frame["epoch"]) == ("reset", "a", new)
    assert frame["epoch"] != old


async def test_a_restored_log_is_noticed_however_often_it_rings(in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops")

    async def ring_on():
        while True:
            bell.grown.ring()
            await asyncio.sleep(0.02)

    traffic = asyncio.create_task(ring_on())
    new = await in_thread(log.renew_epoch)
    frame = await socket.hear()
    traffic.cancel()
    assert (frame["op"], frame["epoch"]) == ("reset", str(new))


async def test_who_was_reset_comes_back_by_the_new_snapshot(world, in_thread, connect, centre):
    at_once, later = await connect(centre), await connect(centre)
    await at_once.hello(epoch="before the restore")
    await at_once.say(op="follow", id="a", audience="ops", after=0)
    assert (await at_once.hear())["op"] == "reset"
    await later.hello(epoch=str(await in_thread(log.epoch)))
    await later.follow("ops", after=0)
    await in_thread(log.renew_epoch)
    assert (await later.hear())["op"] == "reset"
    await in_thread(make_ticket, world.pothole, world.ward)
    for socket in (at_once, later):
        await socket.until(3)
        assert types(await socket.follow("ops", after=1)) == ["ticket.opened", "ticket.routed"]


async def test_unfollow_ends_a_follow(world, in_thread, connect, centre):
    socket = await connect(centre)
    await socket.hello()
    await socket.follow("ops")
    await socket.say(op="unfollow", id="a")
    await socket.say(op="ping")
    assert (await socket.hear())["op"] == "pong"
    await in_thread(make_ticket, world.pothole, world.ward)
    assert await socket.silence()
    await socket.until(3)
    assert len(await socket.follow("ops", after=0)) == 3


async def test_a_lost_role_closes_what_it_opened(world, in_thread, connect, lan, settings):
    settings.FEED_RECHECK_SECONDS = 0.05
    user, session = lan
    socket, kept = await connect(session), await connect(session)
    for each, audience in ((socket, "agency:UBND-10001"), (kept, "public")):
        await each.hello()
        await each.follow(audience)
    await in_thread(Membership.objects.filter(user=user).delete)
    assert await socket.closes() == 4403
    await kept.say(op="follow", id="b", audience="agency:UBND-10001")
    assert (await kept.hear())["code"] == "not_found"


async def test_who_may_not_sign_in_any_more_is_closed(in_thread, connect, lan, centre, settings):
    settings.FEED_RECHECK_SECONDS = 0.05
    user, session = lan
    dismissed, signed_out = await connect(session), await connect(centre)
    for socket, audience in ((dismissed, "agency:UBND-10001"), (signed_out, "ops")):
        await socket.hello()
        await socket.follow(audience)
    await in_thread(User.objects.filter(pk=user.pk).update, is_active=False)
    assert await dismissed.closes() == 4403
    await in_thread(Session.objects.filter(session_key=centre).delete)
    assert await signed_out.closes() == 4401


async def test_staff_follow_a_report_as_long_as_they_see_its_ticket(
    world, in_thread, connect, lan, settings
):
    settings.FEED_RECHECK_SECONDS = 0.05
    ticket = await in_thread(make_ticket, world.pothole, world.ward)
    number = await in_thread(lambda: ticket.report.report_no)
    minh = await in_thread(make_staff, "minh.2", Role.OPERATIONS_CENTRE)
    socket = await connect(lan[1])
    await socket.hello()
    assert len(await socket.follow(f"report:{number}", after=0)) == 3
    rerouted = {"agency": "UBND-10002", "version": ticket.version, "reason": "Sai địa bàn"}
    await in_thread(services.reroute_ticket, ticket_id=ticket.id, actor=minh, **rerouted)
    assert await socket.closes() == 4403


async def test_there_is_an_end_to_sockets_and_follows(connect, centre, settings):
    settings.FEED_FOLLOWS_PER_SOCKET = 2
    settings.FEED_SOCKETS_PER_PRINCIPAL = 1
    first, second = await connect(centre), await connect(centre)
    await first.hello()
    await second.say(op="hello")
    assert await second.closes() == 4429
    await first.follow("ops", id="a")
    await first.follow("public", id="b")
    await first.follow("public", id="b")  # the same name: the same place
    await first.say(op="follow", id="c", audience="public")
    assert await first.closes() == 4429


async def test_there_is_an_end_to_sockets_of_one_address(settings, world):
    settings.FEED_SOCKETS_PER_ADDRESS = 1
    sockets = [Socket([], ["field.v1"]) for _turn in range(2)]
    for socket in sockets:
        socket.line.scope["client"] = ["203.0.113.9", 4321]
        await socket.connect()
    assert await sockets[1].closes() == 4429
    await sockets[0].hello()
    for socket in sockets:
        await socket.leave()
    third = Socket([], ["field.v1"])
    third.line.scope["client"] = ["203.0.113.9", 4321]
    await third.connect()
    await third.hello()
    await third.leave()


async def test_behind_a_proxy_an_address_is_the_clients_own(settings, world):
    settings.FEED_SOCKETS_PER_ADDRESS = 1
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    sockets = [
        Socket([(b"x-forwarded-for", f"203.0.113.{number}".encode())], ["field.v1"])
        for number in (1, 2, 2)
    ]
    for socket in sockets:
        socket.line.scope["client"] = ["127.0.0.1", 4321]
        await socket.connect()
    assert await sockets[2].closes() == 4429
    for socket in sockets[:2]:
        await socket.hello()
    for socket in sockets:
        await socket.leave()


async def test_a_client_that_asks_without_end_is_closed(connect):
    socket = await connect()
    await socket.hello()
    for _turn in range(150):
        await socket.say(op="ping")
    assert await socket.closes() == 4429


async def test_who_acknowledges_nothing_is_told_to_come_back(
    world, in_thread, connect, centre, settings
):
    settings.FEED_UNACKED_BYTES = 40_000
    idle, keen = await connect(centre), await connect(centre)
    for socket in (idle, keen):
        await socket.hello()
        await socket.follow("ops")
    positions = []
    for _turn in range(25):
        await in_thread(make_ticket, world.pothole, world.ward)
        positions += [(await keen.hear())["position"] for _turn in range(3)]
        await keen.say(op="ack", position=positions[-1])
    assert positions == list(range(1, 76))
    assert await idle.closes() == 4408


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
