"""Who may not hear something any more stops hearing it at once."""

import pytest
from django.contrib.sessions.models import Session

from backend.accounts.models import Membership, Role, User
from backend.tickets import services
from tests.factories import make_staff, make_ticket

pytestmark = pytest.mark.usefixtures("world")


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


async def test_a_new_password_ends_the_sockets_of_the_one_before(
    in_thread, connect, lan, centre, settings
):
    settings.FEED_RECHECK_SECONDS = 0.05
    user, session = lan
    stolen, others = await connect(session), await connect(centre)
    for each, audience in ((stolen, "agency:UBND-10001"), (others, "ops")):
        await each.hello()
        await each.follow(audience)

    def change() -> None:
        user.set_password("một mật khẩu khác")
        user.save()

    await in_thread(change)
    assert await stolen.closes() == 4401
    await others.say(op="ping")
    assert (await others.hear())["op"] == "pong"


async def test_a_role_that_was_held_for_a_moment_leaves_nothing_open(
    world, in_thread, connect, lan, settings
):
    settings.FEED_RECHECK_SECONDS = 0.5
    user, session = lan
    given = {"user": user, "role": Role.OPERATIONS_CENTRE}
    socket = await connect(session)
    await socket.hello()
    await in_thread(lambda: Membership.objects.create(**given))
    await socket.follow("ops")
    await in_thread(Membership.objects.filter(**given).delete)
    assert await socket.closes() == 4403


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
