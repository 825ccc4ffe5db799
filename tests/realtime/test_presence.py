"""Who is on duty at which desk: noted by each process, forgotten when it is gone."""

import pytest
from django.core.cache import cache

from backend.accounts.models import Membership, Role
from realtime import presence
from tests.backend.api.conftest import phone_client, staff_client
from tests.factories import make_staff, make_ticket, make_user
from tests.realtime.conftest import session_of

PRESENCE = "/api/v1/presence"


@pytest.fixture
def centre(province):
    return staff_client("minh", Role.OPERATIONS_CENTRE)


@pytest.fixture
def desk_of(province, no_reactions):
    """Two desks with people, and one agency with work but nobody to do it."""
    lan = make_staff("lan", Role.DISPATCHER, province.ward)
    hoa = make_staff("hoa", Role.AGENCY_LEADER, province.ward)
    tuan = make_staff("tuan", Role.DISPATCHER, province.other_ward)
    return {"lan": ("UBND-10001", lan.user.pk), "hoa": ("UBND-10001", hoa.user.pk)} | {
        "tuan": ("UBND-10002", tuan.user.pk)
    }


def shown(client):
    answer = client.get(PRESENCE)
    assert answer.status_code == 200, answer.json()
    return answer.json()


def people(answer):
    return {
        desk["agency"]: [person["username"] for person in desk["people"]]
        for desk in answer["desks"]
    }


@pytest.mark.django_db
def test_who_is_noted_is_on_duty_whichever_process_noted_it(centre, desk_of):
    presence.note([desk_of["lan"]])
    presence.note([desk_of["hoa"]])
    answer = shown(centre)
    assert people(answer) == {"UBND-10002": [], "UBND-10001": ["hoa", "lan"]}
    assert (answer["on_duty"], answer["empty"]) == (1, 1)


@pytest.mark.django_db
def test_empty_desks_with_most_work_come_first(province, centre, desk_of):
    for agency, count in ((province.ward, 1), (province.other_ward, 1), (province.department, 2)):
        for _turn in range(count):
            make_ticket(province.pothole, agency)
    presence.note([desk_of["lan"]])
    answer = shown(centre)
    assert [(desk["agency"], desk["open"]) for desk in answer["desks"]] == [
        ("SXD", 2),
        ("UBND-10002", 1),
        ("UBND-10001", 1),
    ]
    assert (answer["on_duty"], answer["empty"]) == (1, 2)


@pytest.mark.django_db
def test_who_lost_the_seat_is_not_on_duty_whatever_was_noted(centre, desk_of):
    presence.note([desk_of["lan"], desk_of["tuan"]])
    Membership.objects.filter(user=desk_of["lan"][1]).delete()
    assert people(shown(centre)) == {"UBND-10001": [], "UBND-10002": ["tuan"]}


@pytest.mark.django_db
def test_a_note_lasts_as_long_as_its_process_renews_it(centre, desk_of, monkeypatch):
    monkeypatch.setattr(presence, "NOTED_FOR", 0)
    presence.note([desk_of["lan"]])
    assert shown(centre)["on_duty"] == 0
    assert presence.NOTE_EVERY * 3 < 12


@pytest.mark.django_db
def test_who_is_on_duty_is_shown_to_those_who_see_all(province, client, no_reactions):
    desk = staff_client("lan", Role.DISPATCHER, province.ward)
    assert (client.get(PRESENCE).status_code, phone_client().get(PRESENCE).status_code) == (
        401,
        403,
    )
    assert desk.get(PRESENCE).json()["code"] == "presence_hidden"
    assert staff_client("hung", Role.PROVINCIAL_LEADER).get(PRESENCE).status_code == 200


async def test_a_desk_that_follows_its_tickets_is_on_duty(world, in_thread, connect, monkeypatch):
    monkeypatch.setattr(presence, "NOTE_EVERY", 0.05)
    user = await in_thread(make_user, "lan", Role.DISPATCHER, world.ward)
    await in_thread(make_user, "tuan", Role.DISPATCHER, world.other_ward)
    minh = await in_thread(make_user, "minh", Role.OPERATIONS_CENTRE)
    desk = await connect(await in_thread(session_of, user))
    looking = await connect(await in_thread(session_of, minh))
    for socket, audience in ((desk, "agency:UBND-10001"), (looking, "agency:UBND-10002")):
        await socket.hello()
        await socket.follow(audience)

    async def on_duty():
        found = await in_thread(presence.desks)
        return {each.agency: [person.username for person in each.people] for each in found}

    while (await on_duty())["UBND-10001"] != ["lan"]:
        pass
    assert (await on_duty())["UBND-10002"] == []  # who sees all sits at no desk by looking
    await desk.say(op="unfollow", id="a")
    await desk.say(op="ping")
    await desk.hear()
    await in_thread(cache.clear)
    assert (await on_duty())["UBND-10001"] == []
