"""Web Push as a push service gets it, and as a browser decrypts it (RFC 8291, 8292)."""

import base64
import json
import os
from datetime import timedelta

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from rest_framework.test import APIClient

from backend.accounts.models import Device
from backend.accounts.services import register_device
from backend.accounts.subscriptions import is_subscription, origin_of
from config.vapid import new_private_key, vapid_public_key
from notifications.delivery import send_next
from notifications.models import Address, Notification
from notifications.proofs import give_address
from notifications.transports import calls
from notifications.transports.base import Outcome, Push
from notifications.transports.webpush import WebPush
from tests.factories import make_ticket
from tests.notifications.receiving import a_dripper, an_endpoint

PRIVATE = "https://169.254.169.254"


def b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Browser:
    """A subscription with the private half that only the browser knows."""

    def __init__(self, endpoint: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": b64(point), "auth": b64(self.auth)}
        self.subscription = json.dumps({"endpoint": endpoint, "keys": keys})

    def decrypt(self, body: bytes) -> dict:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.auth, version="aes128gcm"
        )
        return json.loads(plain)


@pytest.fixture
def service(settings):
    with an_endpoint() as endpoint:
        settings.WEBPUSH_HOSTS = [f"127.0.0.1:{endpoint.port}"]
        yield endpoint


@pytest.fixture(scope="module")
def vapid_key() -> str:
    return new_private_key()


@pytest.fixture
def transport(vapid_key):
    opened = WebPush(vapid_key, "https://hientruong.example")
    yield opened
    opened.close()


def a_push(address: str, **more) -> Push:
    given = {
        "title": "Đã tiếp nhận",
        "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "link": "https://hientruong.example/#/r/QN-26-7K3F9D",
        "collapse_key": "QN-26-7K3F9D",
        "urgent": False,
        "lives": timedelta(hours=1),
        "data": {"kind": "ticket.accepted", "report_no": "QN-26-7K3F9D"},
    }
    return Push(address=address, **(given | more))


def test_the_browser_reads_what_was_said_and_the_service_cannot(transport, service, vapid_key):
    browser = Browser(f"{service.origin}/p/1")
    [result] = transport.send([a_push(browser.subscription)])
    assert result.outcome == Outcome.SENT
    [call] = service.calls
    assert "tiếp nhận".encode() not in call.body
    assert browser.decrypt(call.body) == {
        "title": "Đã tiếp nhận",
        "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "data": {
            "kind": "ticket.accepted",
            "report_no": "QN-26-7K3F9D",
            "link": "https://hientruong.example/#/r/QN-26-7K3F9D",
            "tag": "QN-26-7K3F9D",
        },
    }
    headers = call.headers
    assert (headers["ttl"], headers["urgency"]) == ("3600", "normal")
    assert (headers["content-encoding"], len(headers["topic"])) == ("aes128gcm", 32)


def test_the_site_proves_who_it_is(transport, service, vapid_key):
    transport.send([a_push(Browser(f"{service.origin}/p/1").subscription)])
    scheme, _space, parts = service.calls[0].headers["authorization"].partition(" ")
    given = dict(part.split("=", 1) for part in parts.split(","))
    assert (scheme, given["k"]) == ("vapid", vapid_public_key(vapid_key))
    point = base64.urlsafe_b64decode(given["k"] + "=")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(given["t"], public, algorithms=["ES256"], audience=service.origin)
    assert claims["sub"] == "https://hientruong.example"


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (404, {}, Outcome.GONE, None),
        (410, {}, Outcome.GONE, None),
        (403, {}, Outcome.REFUSED, None),
        (413, {}, Outcome.REFUSED, None),
        (429, {"Retry-After": "120"}, Outcome.LATER, timedelta(minutes=2)),
        (503, {}, Outcome.LATER, None),
        (307, {"Location": "http://127.0.0.1:1/"}, Outcome.REFUSED, None),
    ],
)
def test_each_answer_is_read_for_what_it_is(transport, service, status, headers, outcome, wait):
    service.answers = [(status, headers)]
    [result] = transport.send([a_push(Browser(f"{service.origin}/p/1").subscription)])
    assert (result.outcome, result.wait) == (outcome, wait)
    assert len(service.calls) == 1


def test_many_go_side_by_side_and_keep_their_order(transport, service):
    browsers = [Browser(f"{service.origin}/p/{number}") for number in range(30)]
    results = transport.send([a_push(each.subscription) for each in browsers] + [a_push("{}")])
    assert [each.outcome for each in results] == [Outcome.SENT] * 30 + [Outcome.GONE]
    assert {call.path for call in service.calls} == {f"/p/{number}" for number in range(30)}


def test_a_service_that_is_not_there_is_for_later(transport, settings):
    settings.WEBPUSH_HOSTS = ["127.0.0.1:9"]
    [result] = transport.send([a_push(Browser("http://127.0.0.1:9/p").subscription)])
    assert result.outcome == Outcome.LATER


def test_an_endpoints_path_is_kept_nowhere(transport, service):
    path = "/wpush/v2/gAAAAABsecretsecret"
    said = f"no {service.origin}{path}, no {path}, no gAAAAABsecretsecret"
    service.answers = [(410, {}, said.encode())]
    [result] = transport.send([a_push(Browser(f"{service.origin}{path}").subscription)])
    assert result.error == f"HTTP 410: no {service.origin}…, no …, no …"


def test_a_service_whose_answer_drips_is_hung_up_on(transport, settings, monkeypatch):
    monkeypatch.setattr(calls, "TIMEOUT", (5.0, 1.0))
    with a_dripper(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n") as dripper:
        settings.WEBPUSH_HOSTS = [f"127.0.0.1:{dripper.port}"]
        [result] = transport.send([a_push(Browser(f"{dripper.origin}/p").subscription)])
        assert dripper.hung_up.wait(10)
    assert result.outcome == Outcome.SENT


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/p",
        "http://fcm.googleapis.com/p",
        "https://fcm.googleapis.com.evil.example/p",
        "https://evilpush.apple.com/p",
        "https://me@fcm.googleapis.com/p",
        "file:///etc/passwd",
        "https://[::1]/p",
        # Python's own reader of addresses ends a host at the path; the one that calls, at these.
        "https://127.0.0.1\\.push.apple.com/p",
        "https://10.0.0.1\\@web.push.apple.com/p",
        "https://evil.example%2f.push.apple.com/p",
        "https://evil\u3002.push.apple.com/p",
    ],
)
def test_an_endpoint_leads_nowhere_but_to_a_push_service(endpoint):
    with pytest.raises(ValueError, match="no push service"):
        origin_of({"endpoint": endpoint})


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/1", "https://fcm.googleapis.com"),
        ("https://web.push.apple.com/Q1", "https://web.push.apple.com"),
        ("https://wns2-par02p.notify.windows.com/w/", "https://wns2-par02p.notify.windows.com"),
    ],
)
def test_the_browsers_own_services_are_known(endpoint, origin):
    assert origin_of({"endpoint": endpoint}) == origin


def test_a_key_is_made_and_a_wrong_one_stops_the_start(capsys):
    call_command("make_vapid_key")
    name, _equals, key = capsys.readouterr().out.splitlines()[0].partition("=")
    assert name == "VAPID_PRIVATE_KEY"
    assert len(base64.urlsafe_b64decode(vapid_public_key(key) + "=")) == 65
    with pytest.raises(ImproperlyConfigured, match="make_vapid_key"):
        vapid_public_key("bm90IGEga2V5")


def test_a_subscription_is_known_by_its_keys(service):
    good = Browser(f"{service.origin}/p").subscription
    broken = json.loads(good)
    broken["keys"]["p256dh"] = b64(b"\x04" + b"\x01" * 64)
    assert is_subscription(good)
    assert not is_subscription(json.dumps(broken))
    assert not is_subscription("[]")
    assert not is_subscription('{"endpoint": "https://fcm.googleapis.com/1"}')


@pytest.mark.django_db
def test_a_phone_gives_no_address_that_would_not_be_called(service):
    phone, (device, token) = APIClient(), register_device(platform="web", locale="vi")
    phone.credentials(HTTP_AUTHORIZATION=f"Device {token}")
    good, within = (Browser(f"{each}/p").subscription for each in (service.origin, PRIVATE))
    for value in (within, "{}", "not JSON"):
        push = {"transport": "webpush", "token": value}
        kept = phone.put("/api/v1/devices/me/push", push, format="json")
        made = phone.post("/api/v1/devices", {"platform": "web", "push": push}, format="json")
        for answer, field in ((kept, "token"), (made, "push.token")):
            assert answer.status_code == 400
            [error] = answer.json()["errors"]
            assert (error["field"], error["code"]) == (field, "invalid_address")
    assert set(Device.objects.values_list("pk", "push_address")) == {(device.pk, "")}
    for value in (good, ""):
        push = {"transport": "webpush", "token": value}
        assert phone.put("/api/v1/devices/me/push", push, format="json").status_code == 204
        device.refresh_from_db()
        assert device.push_address == value


@pytest.mark.django_db
def test_a_browser_is_the_last_persons_who_switched_it_on(service):
    given = {"transport": "webpush", "value": Browser(f"{service.origin}/p").subscription}
    first = give_address(person="user:1", language="vi", **given)
    again = give_address(person="user:1", language="en", **given)
    assert (again.pk, again.language, again.confirmed_at is None) == (first.pk, "en", False)
    give_address(person="user:2", language="vi", **given)
    assert list(Address.objects.values_list("person", flat=True)) == ["user:2"]


@pytest.mark.django_db
def test_who_holds_a_browsers_subscription_ends_all_that_comes_to_it(
    settings, service, transport, province, desk, colleague, hear
):
    settings.VAPID_PRIVATE_KEY = "set"
    theirs, others = (Browser(f"{service.origin}/p/{n}").subscription for n in (1, 2))
    for person, value in ((desk, theirs), (colleague, others)):
        give_address(person=person.key, transport="webpush", value=value, language="vi")
    make_ticket(province.pothole, province.ward)
    hear()
    anyone = APIClient(enforce_csrf_checks=True)
    path = "/api/v1/addresses/release"
    for value in (theirs, theirs, "{}"):
        assert anyone.post(path, {"value": value}, format="json").status_code == 204
    assert anyone.post(path, {}, format="json").status_code == 400
    assert list(Address.objects.values_list("person", "value")) == [(colleague.key, others)]
    while send_next(transport):
        pass
    rows = Notification.objects.filter(transport="webpush").values_list("person", "state")
    assert dict(rows) == {desk.key: "dropped", colleague.key: "sent"}
