"""Preferences, subscriptions and addresses over HTTP, and the two doors for mail."""

import json
import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from backend import clock
from backend.accounts import principal as principals
from backend.accounts.models import Role
from backend.accounts.services import set_push_address
from backend.events import log
from notifications.choices import channels_of, preferences_of, subscribe
from notifications.delivery import NO_ADDRESS
from notifications.links import unsubscribe_link
from notifications.models import Address, Notification, Quiet, Subscription
from notifications.transports.gateway import signature
from tests.factories import make_device, make_phone, make_ticket, make_user
from tests.notifications.rows import NOON, plan_row
from tests.notifications.test_webpush import Browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def device():
    return make_device()


@pytest.fixture
def owner(device):
    return principals.of_device(device[0])


@pytest.fixture
def client(device) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Device {device[1]}")
    return client


def test_the_defaults_are_shown_and_each_topic_can_be_changed(client, owner):
    shown = client.get("/api/v1/notifications/preferences").json()
    assert [each["topic"] for each in shown["topics"]] == [
        "progress",
        "question",
        "result",
        "survey",
        "followed",
        "area",
    ]
    assert shown["topics"][0] == {
        "topic": "progress",
        "channels": ["inbox", "push"],
        "digest": "now",
    }
    assert shown["quiet"] is None
    change = {
        "topics": [{"topic": "progress", "channels": ["email"], "digest": "daily"}],
        "quiet": {"begins": "22:00", "ends": "06:00"},
    }
    changed = client.patch("/api/v1/notifications/preferences", change).json()
    assert changed["topics"][0] == change["topics"][0]
    assert changed["quiet"] == change["quiet"]
    client.patch("/api/v1/notifications/preferences", {"quiet": None})
    assert Quiet.objects.count() == 0
    assert preferences_of(owner.key)["progress"].digest == "daily"


def test_staff_choose_about_their_work_too(province):
    client = APIClient()
    client.force_login(make_user("lan", Role.DISPATCHER, province.ward))
    shown = client.get("/api/v1/notifications/preferences").json()
    assert [each["topic"] for each in shown["topics"]][:4] == [
        "work",
        "deadlines",
        "talk",
        "centre",
    ]


def test_the_wishes_say_by_which_ways_something_arrives(client, owner, settings):
    settings.EMAIL_HOST = settings.SMS_URL = "https://gateway.example"

    def reached() -> list[str]:
        return client.get("/api/v1/notifications/preferences").json()["reached"]

    assert reached() == ["inbox"]
    mail = {"person": owner.key, "transport": "email", "value": "a@b.vn", "created_at": NOON}
    address = Address.objects.create(**mail)
    assert reached() == ["inbox"]
    Address.objects.filter(pk=address.pk).update(confirmed_at=NOON)
    assert reached() == ["inbox", "email"]
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"
    set_push_address(device=owner.device, transport="fcm", address="token-1")
    assert reached() == ["inbox", "push", "email"]


@pytest.mark.parametrize(
    "body",
    [
        {"topics": [{"topic": "address", "channels": []}]},
        {"topics": [{"topic": "progress", "channels": ["fax"]}]},
        {"topics": [{"topic": "progress", "channels": []}] * 11},
        {"quiet": {"begins": "06:00", "ends": "06:00"}},
    ],
)
def test_what_cannot_be_chosen_is_refused(client, body):
    assert client.patch("/api/v1/notifications/preferences", body).status_code == 400
    assert preferences_of("device:x") == {}


def test_a_place_an_area_and_a_ticket_are_followed_and_left(client, owner, province):
    ticket = make_ticket(province.pothole, province.ward)
    near = {"near": {"lat": 20.95, "lon": 107.05, "radius_m": 1000}, "sectors": ["GT"]}
    for body in (near, {"area": "10001", "updates": False}, {"ticket": str(ticket.pk)}):
        assert client.post("/api/v1/subscriptions", body).status_code == 201
        assert client.post("/api/v1/subscriptions", body).status_code == 201
    mine = client.get("/api/v1/subscriptions").json()["results"]
    assert [set(each) & {"near", "area", "ticket"} for each in reversed(mine)] == [
        {"near"},
        {"area"},
        {"ticket"},
    ]
    assert mine[0]["report_no"] == ticket.report.report_no
    one = mine[2]["id"]
    assert client.delete(f"/api/v1/subscriptions/{one}").status_code == 204
    assert client.delete(f"/api/v1/subscriptions/{one}").status_code == 404
    assert Subscription.objects.filter(person=owner.key).count() == 2


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"area": "10001", "near": {"lat": 1, "lon": 1, "radius_m": 500}}, 400),
        ({"near": {"lat": 1, "lon": 1, "radius_m": 5001}}, 400),
        ({"near": {"lat": 91, "lon": 1, "radius_m": 500}}, 400),
        ({"near": {"lat": 1, "lon": 1, "radius_m": 500}, "sectors": ["nowhere"]}, 400),
        ({"area": "99999"}, 400),
        ({"ticket": "00000000-0000-4000-8000-000000000000"}, 404),
    ],
)
def test_what_cannot_be_followed_is_refused(client, body, status):
    assert client.post("/api/v1/subscriptions", body).status_code == status
    assert Subscription.objects.count() == 0


def test_whether_a_matter_is_followed_is_asked_of_the_matter(client, owner, province):
    theirs = make_ticket(province.pothole, province.ward)
    mine = make_ticket(province.pothole, province.ward, owner)
    path = f"/api/v1/tickets/{theirs.pk}/following"
    assert client.get(path).json() == {"subscription": None, "report_no": ""}
    Subscription.objects.create(person="device:other", ticket=theirs, created_at=NOON)
    assert client.get(path).json() == {"subscription": None, "report_no": ""}
    kept = client.post("/api/v1/subscriptions", {"ticket": str(theirs.pk)}).json()
    assert kept["category"] == theirs.category_id
    assert client.get(path).json() == {"subscription": kept["id"], "report_no": ""}
    own = client.get(f"/api/v1/tickets/{mine.pk}/following").json()
    assert own == {"subscription": None, "report_no": mine.report.report_no}
    assert APIClient().get(path).status_code == 401
    hidden = make_ticket(province.secret, province.ward)
    assert client.get(f"/api/v1/tickets/{hidden.pk}/following").status_code == 404


def test_nobody_ends_what_another_follows(client, province):
    ticket = make_ticket(province.pothole, province.ward)
    other = Subscription.objects.create(person="device:other", ticket=ticket, created_at=NOON)
    assert client.delete(f"/api/v1/subscriptions/{other.pk}").status_code == 404
    assert Subscription.objects.get() == other


def test_a_place_that_two_tabs_kept_twice_can_still_be_asked_for(client, owner, province):
    near = {"near": {"lat": 20.95, "lon": 107.05, "radius_m": 1000}}
    for _tab in range(2):
        Subscription.objects.create(
            person=owner.key, lat=20.95, lon=107.05, radius_m=1000, created_at=NOON
        )
    kept = client.post("/api/v1/subscriptions", near)
    assert (kept.status_code, Subscription.objects.count()) == (201, 2)
    other = client.post("/api/v1/subscriptions", {**near, "sectors": ["GT"]}).json()
    assert client.delete(f"/api/v1/subscriptions/{kept.json()['id']}").status_code == 204
    assert [each.pk for each in Subscription.objects.all()] == [other["id"]]


def test_who_follows_the_most_may_ask_again_for_what_they_follow(client, owner, province):
    ticket = make_ticket(province.pothole, province.ward)
    Subscription.objects.create(person=owner.key, ticket=ticket, created_at=NOON)
    Subscription.objects.bulk_create(
        Subscription(person=owner.key, area_code=f"{n}", created_at=NOON) for n in range(49)
    )
    assert client.post("/api/v1/subscriptions", {"ticket": str(ticket.pk)}).status_code == 201
    assert client.post("/api/v1/subscriptions", {"area": "10001"}).json()["code"] == "too_many"


def test_a_stranger_cannot_follow_what_is_confidential(client, province):
    ticket = make_ticket(province.secret, province.ward)
    assert client.post("/api/v1/subscriptions", {"ticket": str(ticket.pk)}).status_code == 404


def test_an_address_is_proved_by_the_code_that_was_sent_there(client, owner, settings):
    settings.EMAIL_HOST = "mail.example"
    body = {"transport": "email", "value": " An@Example.VN ", "locale": "en"}
    given = client.post("/api/v1/addresses", body).json()
    assert (given["value"], given["state"]) == ("An@example.vn", "unproved")
    row = Notification.objects.get(person=owner.key)
    assert (row.transport, row.to, row.topic) == ("email", str(given["id"]), "address")
    [code] = re.findall(r"\d{6}", row.body)
    path = f"/api/v1/addresses/{given['id']}/confirm"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert client.post(path, {"code": wrong}).json()["code"] == "code_wrong"
    assert client.post(path, {"code": code}).json()["state"] == "good"
    assert client.get("/api/v1/addresses").json()["results"][0]["state"] == "good"
    assert client.delete(f"/api/v1/addresses/{given['id']}").status_code == 204


def test_a_code_is_good_for_five_tries_and_fifteen_minutes(client, owner, settings):
    settings.SMS_URL = "https://sms.example"
    given = client.post("/api/v1/addresses", {"transport": "sms", "value": "0912 345 678"}).json()
    assert given["value"] == "+84912345678"
    [code] = re.findall(r"\d{6}", Notification.objects.get().body)
    path = f"/api/v1/addresses/{given['id']}/confirm"
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _try in range(5):
        assert client.post(path, {"code": wrong}).json()["code"] == "code_wrong"
    assert client.post(path, {"code": code}).json()["code"] == "code_expired"
    Address.objects.update(code_tries=0, code_until=NOON)
    assert client.post(path, {"code": code}).json()["code"] == "code_expired"


@pytest.mark.parametrize(
    ("transport", "value"),
    [
        ("email", "an.example.vn"),
        ("sms", "12345"),
        ("sms", "+84٩١٢٣٤٥٦٧٨"),
        ("sms", "+84９１２３４５６７８"),
        ("sms", "+840912345678"),
        ("sms", "0012345678"),
        ("webpush", "{}"),
        ("zalo", "0912345678"),
    ],
)
def test_what_is_no_address_is_refused(client, settings, transport, value):
    settings.EMAIL_HOST, settings.SMS_URL = "mail.example", "https://sms.example"
    settings.VAPID_PRIVATE_KEY, settings.ZALO_URL = "x", ""
    body = {"transport": transport, "value": value}
    assert client.post("/api/v1/addresses", body).status_code == 400
    assert Address.objects.count() == 0


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("0912 345 678", "+84912345678"),
        ("(+84) 912-345-678", "+84912345678"),
        ("024.3825.3536", "+842438253536"),
    ],
)
def test_a_number_is_kept_in_one_form_however_it_is_written(client, settings, written, kept):
    settings.SMS_URL = "https://sms.example"
    given = client.post("/api/v1/addresses", {"transport": "sms", "value": written})
    assert (given.status_code, given.json()["value"]) == (201, kept)


def give(value: str, *, transport: str = "sms", host: str = "10.0.0.1", client=None):
    """Give an address as a device of its own, or as the client, from this host."""
    if client is None:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Device {make_device()[1]}")
    body = {"transport": transport, "value": value}
    return client.post("/api/v1/addresses", body, REMOTE_ADDR=host)


@pytest.mark.parametrize("known", [True, False])
def test_many_devices_do_not_bomb_one_number_with_codes(settings, known):
    settings.SMS_URL, settings.ZALO_URL = "https://sms.example", "https://zalo.example"
    if known:
        given = {"person": "device:x", "transport": "sms", "value": "+84912345678"}
        Address.objects.create(created_at=NOON, confirmed_at=NOON, **given)
    ways = [("0912 345 678", "sms"), ("+84912345678", "zalo"), ("(0912) 345.678", "sms")] * 4
    answers = [
        give(value, transport=way, host=f"10.0.0.{number}")
        for number, (value, way) in enumerate(ways)
    ]
    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 7
    assert answers[5].json()["code"] == "too_many_requests"
    assert 1 <= int(answers[5]["Retry-After"]) <= 3601
    assert Notification.objects.filter(topic="address").count() == 5
    assert give("0912345679").status_code == 201


def test_an_e_mail_address_counts_as_one_however_it_is_written(settings):
    settings.EMAIL_HOST = "mail.example"
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"codes": "2/hour"}
    written = ["an@example.vn", "AN@example.vn", " An@EXAMPLE.vn "]
    answers = [give(each, transport="email").status_code for each in written]
    assert answers == [201, 201, 429]


def test_one_place_sends_few_codes_however_many_devices_it_has(settings):
    settings.SMS_URL = "https://sms.example"
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"codes_client": "3/hour"}
    numbers = [f"091234567{number}" for number in range(5)]
    answers = [give(number) for number in numbers]
    assert [answer.status_code for answer in answers] == [201] * 3 + [429] * 2
    assert 1 <= int(answers[4]["Retry-After"]) <= 3601
    assert give(numbers[4], host="10.0.0.2").status_code == 201


def test_what_is_refused_uses_up_nobodys_number(client, settings):
    settings.SMS_URL = "https://sms.example"
    rates = {"addresses": "1/hour", "codes": "1/hour", "codes_client": "2/hour"}
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | rates
    number = "0912345678"
    assert give("0912345671", client=client).status_code == 201
    assert give(number, client=client).status_code == 429
    assert give("0912345672").status_code == 201
    assert give(number).status_code == 429
    assert give(number, host="10.0.0.2").status_code == 201


def test_a_browser_is_sent_no_code_and_counts_as_none(settings):
    settings.VAPID_PRIVATE_KEY = "x"
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {
        "codes": "1/hour",
        "codes_client": "1/hour",
    }
    subscription = Browser("https://fcm.googleapis.com/p/1").subscription
    answers = [give(subscription, transport="webpush").status_code for _turn in range(3)]
    assert answers == [201] * 3


def test_nobody_proves_or_removes_anothers_address(client):
    other = Address.objects.create(
        person="device:other", transport="email", value="b@c.vn", created_at=NOON
    )
    path = f"/api/v1/addresses/{other.pk}"
    assert client.post(f"{path}/confirm", {"code": "000000"}).status_code == 404
    assert client.delete(path).status_code == 404
    other.refresh_from_db()
    assert other.code_tries == 0


def test_looking_at_the_way_out_changes_nothing_and_one_click_ends_it(owner):
    path = unsubscribe_link(owner.key, "result", "email").removeprefix("http://localhost:8000")
    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.get(path).status_code == 200
    assert preferences_of(owner.key) == {}
    answer = mail_program.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    chosen = preferences_of(owner.key)["result"]
    assert channels_of("result", chosen) == ["inbox", "push", "sms", "zalo"]
    assert mail_program.post(path[:-2] + "xx").status_code == 404


def test_what_waits_for_the_morning_does_not_go_to_who_wants_no_more(client, owner, province):
    ticket = make_ticket(province.pothole, province.ward)
    other = make_phone()
    mail = plan_row(owner, transport="email", topic="followed")
    push = plan_row(owner, topic="followed", relation="follower", ticket=ticket)
    area = plan_row(owner, topic="area", relation="area", ticket=ticket)
    theirs = plan_row(other, topic="followed", relation="follower", ticket=ticket)
    kept = [
        Subscription.objects.create(person=each.key, ticket=ticket, created_at=NOON)
        for each in (owner, other)
    ]
    path = unsubscribe_link(owner.key, "followed", "email").removeprefix("http://localhost:8000")
    for _click in range(2):
        assert Client(enforce_csrf_checks=True).post(path).status_code == 200

    def states() -> list[str]:
        rows = [mail, push, area, theirs]
        return [Notification.objects.get(pk=row.pk).state for row in rows]

    assert states() == ["dropped", "planned", "planned", "planned"]
    assert client.delete(f"/api/v1/subscriptions/{kept[0].pk}").status_code == 204
    assert states() == ["dropped", "dropped", "planned", "planned"]


def test_what_waits_of_a_place_ends_with_the_last_wish_that_asks_for_it(client, owner, province):
    ticket = make_ticket(province.pothole, province.ward)
    area = {"area": ticket.area_code, "updates": False}
    near = {"near": {"lat": ticket.lat, "lon": ticket.lon, "radius_m": 1000}}
    far = {"near": {"lat": ticket.lat + 1, "lon": ticket.lon, "radius_m": 1000}}
    kept = [client.post("/api/v1/subscriptions", each).json()["id"] for each in (area, near, far)]
    of_a_place = {"topic": "area", "relation": "area", "ticket": ticket}
    new = plan_row(owner, kind="ticket.routed", **of_a_place)
    step = plan_row(owner, kind="ticket.accepted", **of_a_place)
    theirs = plan_row(make_phone(), kind="ticket.routed", **of_a_place)

    def states() -> list[str]:
        return [Notification.objects.get(pk=row.pk).state for row in (new, step, theirs)]

    def end(one: int) -> list[str]:
        assert client.delete(f"/api/v1/subscriptions/{one}").status_code == 204
        return states()

    first, second, third = kept
    assert end(third) == ["planned", "planned", "planned"]
    assert end(second) == ["planned", "dropped", "planned"]
    assert end(first) == ["dropped", "dropped", "planned"]


def bounced(body: dict, key: str = "secret"):
    content = json.dumps(body).encode()
    return APIClient().post(
        "/api/v1/notifications/bounces",
        content,
        content_type="application/json",
        headers=signature(key, content),
    )


def test_a_bounce_ends_the_address_and_says_so_at_the_notification(
    settings, owner, province, sequence
):
    settings.BOUNCE_SECRET = "secret"
    user = make_user("lan", Role.DISPATCHER, province.ward)
    user.email = "lan@quangninh.example"
    user.save()
    person = principals.of_user(user)
    row = plan_row(person, transport="email", to="account", state="sent", sent_at=NOON)
    body = {
        "address": "LAN@quangninh.example",
        "type": "hard",
        "message_id": f"<n{row.pk}@hientruong.example>",
        "reason": "550 No such user",
    }
    assert bounced(body).json() == {"addresses": 1}
    assert bounced(body).json() == {"addresses": 0}
    row.refresh_from_db()
    assert (row.state, row.error) == ("failed", "Bounced (hard). 550 No such user")
    assert Address.objects.get().dead_reason == "Bounced (hard). 550 No such user"
    sequence()
    failed = [entry for entry in log.read(0) if entry.type == "notification.failed"]
    assert [entry.event.notification_id for entry in failed] == [row.pk]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Signature": "v1=é"},
        {"X-Timestamp": "9" * 5000},
        {"X-Timestamp": "²"},
        {"X-Timestamp": "-1"},
        {"X-Timestamp": ""},
    ],
)
def test_a_signature_that_is_none_is_refused(settings, headers):
    settings.BOUNCE_SECRET = "secret"
    content = b'{"address": "a@b.vn", "type": "hard"}'
    answer = APIClient().post(
        "/api/v1/notifications/bounces",
        content,
        content_type="application/json",
        headers=signature("secret", content) | headers,
    )
    assert answer.status_code == 403


def test_an_unsigned_bounce_is_refused(settings):
    settings.BOUNCE_SECRET = "secret"
    body = {"address": "a@b.vn", "type": "hard"}
    assert bounced(body, "another").status_code == 403
    settings.BOUNCE_SECRET = ""
    assert bounced(body, "").status_code == 403


def test_staff_see_what_became_of_each_notification_but_not_whose_it_was(province, owner):
    ticket = make_ticket(province.pothole, province.ward, owner)
    plan_row(owner, ticket=ticket, position=7, state="failed", error="UnregisteredError")
    plan_row(owner, ticket=ticket, position=7, transport="inbox", state="sent", sent_at=NOON)
    left = {"state": "dropped", "error": NO_ADDRESS, "relation": "follower"}
    plan_row(owner, ticket=ticket, position=6, kind="ticket.resolved", **left)
    client = APIClient()
    client.force_login(make_user("lan", Role.DISPATCHER, province.ward))
    told = client.get(f"/api/v1/tickets/{ticket.pk}/notifications").json()["results"]
    assert [(each["transport"], each["sent"], each["failed"]) for each in told] == [
        ("fcm", 0, 1),
        ("inbox", 1, 0),
        ("fcm", 0, 0),
    ]
    assert told[0]["reasons"] == ["UnregisteredError"]
    assert told[2]["reasons"] == ["Người này không còn địa chỉ nhận như vậy."]
    assert (told[0]["title"], told[2]["title"]) == ("Đã tiếp nhận", "Đã xử lý")
    assert str(owner.device.pk) not in json.dumps(told)
    client.force_login(make_user("xa", Role.DISPATCHER, province.other_ward))
    assert client.get(f"/api/v1/tickets/{ticket.pk}/notifications").status_code == 404


def test_a_dead_account_address_is_written_to_no_more(settings, province, hear):
    settings.EMAIL_HOST = "mail.example"
    user = make_user("lan", Role.DISPATCHER, province.ward)
    user.email = "lan@quangninh.example"
    user.save()
    Address.objects.create(
        person=f"user:{user.pk}",
        transport="email",
        value=user.email,
        created_at=clock.now(),
        dead_at=clock.now(),
        dead_reason="Bounced",
    )
    make_ticket(province.pothole, province.ward)
    hear()
    assert not Notification.objects.filter(transport="email").exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"lat": 20.95, "lon": 107.05, "radius_m": 500, "sectors": [], "updates": True},
        {"area_code": "10001", "sectors": ["GT"], "updates": False},
    ],
)
def test_a_twin_that_another_tab_keeps_meanwhile_hurts_nobody(owner, wish, monkeypatch):
    """Both look before either writes, as two tabs do that ask at one moment."""
    nothing = Subscription.objects.none()
    with monkeypatch.context() as at_one_moment:
        at_one_moment.setattr(type(Subscription.objects), "filter", lambda *_a, **_w: nothing)
        for _tab in range(3):
            subscribe(person=owner.key, **wish)
    assert Subscription.objects.count() == 3
    assert subscribe(person=owner.key, **wish) in Subscription.objects.all()
