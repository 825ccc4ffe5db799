"""SMS, Zalo and webhooks over the signed HTTP gateway."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from notifications.transports import calls, offered, open_transports
from notifications.transports.base import LONGEST_WAIT, Outcome, Push, Result, kept
from notifications.transports.gateway import Gateway, Webhook, is_signed, signature
from tests.notifications.receiving import a_dripper, an_endpoint


@pytest.fixture
def endpoint():
    with an_endpoint() as opened:
        yield opened


def a_push(address: str, **more) -> Push:
    given = {
        "id": "n7",
        "title": "Đã tiếp nhận",
        "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "text": "Phản ánh QN-26-7K3F9D đã được tiếp nhận. https://ht.example/#/r/QN-26-7K3F9D",
        "link": "https://ht.example/#/r/QN-26-7K3F9D",
        "collapse_key": "QN-26-7K3F9D",
        "urgent": True,
        "lives": timedelta(hours=1),
        "data": {"kind": "ticket.accepted"},
    }
    return Push(address=address, **(given | more))


def test_a_text_message_says_what_it_costs_and_is_signed(endpoint):
    gateway = Gateway("sms", f"{endpoint.origin}/send", "secret")
    [result] = gateway.send([a_push("+84912345678")])
    gateway.close()
    assert result.outcome == Outcome.SENT
    [call] = endpoint.calls
    assert call.path == "/send"
    assert json.loads(call.body) == {
        "id": "n7",
        "channel": "sms",
        "to": "+84912345678",
        "text": "Phản ánh QN-26-7K3F9D đã được tiếp nhận. https://ht.example/#/r/QN-26-7K3F9D",
        "alphabet": "UCS-2",
        "segments": 2,
        "urgent": True,
        "valid_seconds": 3600,
    }
    assert call.headers["idempotency-key"] == "n7"
    stamp, signed = call.headers["x-timestamp"], call.headers["x-signature"]
    assert is_signed("secret", call.body, stamp, signed)
    assert not is_signed("another", call.body, stamp, signed)
    assert not is_signed("secret", call.body + b" ", stamp, signed)


def test_an_old_or_unsigned_call_is_not_believed():
    stale = signature("secret", b"{}", 1)
    assert not is_signed("secret", b"{}", stale["X-Timestamp"], stale["X-Signature"])
    assert not is_signed("", b"{}", "1", signature("", b"{}", 1)["X-Signature"])
    assert not is_signed("secret", b"{}", "soon", "v1=")


def test_a_webhook_goes_to_the_address_itself(endpoint):
    webhook = Webhook("secret")
    [result] = webhook.send([a_push(f"{endpoint.origin}/hook/9")])
    webhook.close()
    assert result.outcome == Outcome.SENT
    [call] = endpoint.calls
    assert call.path == "/hook/9"
    assert json.loads(call.body)["kind"] == "ticket.accepted"


@pytest.mark.parametrize(
    ("status", "headers", "outcome", "wait"),
    [
        (400, {}, Outcome.REFUSED, None),
        (404, {}, Outcome.REFUSED, None),
        (410, {}, Outcome.GONE, None),
        (429, {"Retry-After": "30"}, Outcome.LATER, timedelta(seconds=30)),
        (500, {}, Outcome.LATER, None),
        (503, {"Retry-After": "9" * 20}, Outcome.LATER, None),
        (503, {"Retry-After": "9" * 5000}, Outcome.LATER, None),
        (503, {"Retry-After": "999999999"}, Outcome.LATER, LONGEST_WAIT),
        (503, {"Retry-After": "-5"}, Outcome.LATER, None),
        (503, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, Outcome.LATER, LONGEST_WAIT),
        (503, {"Retry-After": f"Fri, 31 Dec {10**20} 23:59:59 GMT"}, Outcome.LATER, None),
        (503, {"Retry-After": "Thu, 1 Jan 1970 00:00:00 GMT"}, Outcome.LATER, timedelta(0)),
    ],
)
def test_each_answer_is_read_for_what_it_is(endpoint, status, headers, outcome, wait):
    endpoint.answers = [(status, headers)]
    gateway = Gateway("zalo", endpoint.origin, "secret")
    [result] = gateway.send([a_push("123456")])
    gateway.close()
    assert (result.outcome, result.wait) == (outcome, wait)


LONG = b"\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "outcome", "said"),
    [
        (b"HTTP/1.1 200 OK" + LONG, Outcome.SENT, ""),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9000\r\n", Outcome.SENT, ""),
        (b"HTTP/1.1 410 Gone" + LONG, Outcome.GONE, "HTTP 410:"),
        (b"HTTP/1.1 502 Bad Gateway" + LONG, Outcome.LATER, "HTTP 502:"),
        (b"HTTP/1.1 200 OK\r\nX-Never-Ends: ", Outcome.LATER, "ReadTimeout"),
    ],
)
def test_an_answer_that_drips_holds_a_thread_for_one_answers_time(
    monkeypatch, first, outcome, said
):
    monkeypatch.setattr(calls, "TIMEOUT", (5.0, 1.0))
    with a_dripper(first) as dripper:
        gateway = Gateway("sms", dripper.origin, "secret")
        [result] = gateway.send([a_push("123456")])
        gateway.close()
        assert dripper.hung_up.wait(10)
    assert result.outcome == outcome
    assert result.error.startswith(said)


def test_an_answer_without_end_is_read_no_further_than_it_is_kept(endpoint):
    endpoint.answers = [(500, {}, b"x" * 50_000_000), (200, {}, b"x" * 50_000_000)]
    gateway = Gateway("sms", endpoint.origin, "secret")
    results = gateway.send([a_push("1")]) + gateway.send([a_push("2")])
    gateway.close()
    assert [each.outcome for each in results] == [Outcome.LATER, Outcome.SENT]
    assert results[0].error == "HTTP 500: " + "x" * 300


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('{"error":"invalid number +84901230400"}', '{"error":"invalid number …"}'),
        ("no 0901 230 400, no 090.123.04.00", "no …, no …"),
        ('{"to":"\\u002B84901230400","code":30007}', '{"to":"\\u002B…","code":30007}'),
        ("5.1.1 <Nguyen.Thi.Lan@B.vn>: unknown", "5.1.1 <…>: unknown"),
        ("user nguyen.thi.lan is over quota", "user … is over quota"),
        ("other=tran.binh%40b.vn and mailto:an@b.vn", "other=… and mailto:…"),
        ("452 4.2.2 full 550 5.7.509 550 5.1.1 no", "452 4.2.2 full 550 5.7.509 550 5.1.1 no"),
        ("nul\0and\nline", "nul and line"),
        ("Max retries exceeded with url: /send?key=s (x)", "Max retries exceeded with url: … (x)"),
    ],
)
def test_what_is_kept_of_an_answer_names_nobody(said, left):
    assert kept(said, "nguyen.thi.lan@b.vn") == left


def test_an_address_is_taken_out_before_the_answer_is_cut():
    assert kept("x" * 290 + " nguyen.thi.lan@b.vn", "") == "x" * 290 + " …"


def test_long_answers_are_cleaned_in_no_time():
    for letters in ("a" * 4096, "1 " * 2048, "a@" * 2048, "1.1." * 1024, "%40" * 1365):
        assert len(kept(letters, "")) <= 300


def test_a_gateways_answer_is_kept_without_the_number(endpoint):
    endpoint.answers = [(400, {}, b'{"error":"invalid number +84901230400, user 4711"}')]
    gateway = Gateway("sms", endpoint.origin, "secret")
    [result] = gateway.send([a_push("4711")])
    gateway.close()
    assert result.error == 'HTTP 400: {"error":"invalid number …, user …"}'


def test_a_webhook_that_is_not_there_is_told_without_its_path():
    webhook = Webhook("secret")
    [result] = webhook.send([a_push("http://127.0.0.1:9/hook/s3cret?key=k")])
    webhook.close()
    assert result.outcome == Outcome.LATER
    assert "s3cret" not in result.error
    assert result.error.startswith("ConnectionError: ")


def test_short_answers_leave_their_connection_to_the_next(endpoint):
    endpoint.answers = [(200, {}, b'{"id": 7}'), (400, {}, b"no"), (204, {}, b"")]
    gateway = Gateway("sms", endpoint.origin, "secret")
    for name in ("n7", "n8", "n9"):
        gateway.send([a_push("1", id=name)])
    gateway.close()
    assert len(endpoint.calls) == 3
    assert len({call.peer for call in endpoint.calls}) == 1


def test_one_that_cannot_be_called_holds_none_of_the_others(endpoint, monkeypatch):
    def post(self, push):
        if push.id == "n8":
            raise OverflowError("nobody expected this")
        return calls.read(self._session.post(endpoint.origin), push.address)

    monkeypatch.setattr(Gateway, "_post", post)
    gateway = Gateway("sms", endpoint.origin, "secret")
    results = gateway.send([a_push("1", id=name) for name in ("n7", "n8", "n9")])
    gateway.close()
    assert [each.outcome for each in results] == [Outcome.SENT, Outcome.LATER, Outcome.SENT]


class Slow(Gateway):
    """Waits with what is usual until `answered`; says on which thread each went."""

    def __init__(self):
        super().__init__("sms", "https://sms.example", "secret")
        self.began, self.rang, self.answered = (threading.Event() for _each in range(3))
        self.threads = {}

    def _post(self, push):
        self.threads[push.id] = threading.current_thread().name
        (self.rang if push.urgent else self.began).set()
        assert push.urgent or self.answered.wait(20)
        return Result(outcome=Outcome.SENT if push.urgent else Outcome.REFUSED)

    def urgent_ones(self):
        return {push for push, thread in self.threads.items() if "urgent" in thread}


@pytest.fixture
def slow():
    gateway = Slow()
    yield gateway
    gateway.answered.set()
    gateway.close()


USUAL = [a_push("1", id=f"usual-{number}", urgent=False) for number in range(30)]


@pytest.mark.parametrize("beside", [[], USUAL[:1]])
def test_an_urgent_push_waits_for_no_thread_that_waits_for_the_gateway(slow, beside):
    with ThreadPoolExecutor(2) as lanes:
        batch = lanes.submit(slow.send, USUAL)
        assert slow.began.wait(60)
        urgent = lanes.submit(slow.send, [*beside, a_push("2", id="siren")])
        assert slow.rang.wait(10)
        assert not batch.done()
        assert slow.urgent_ones() == {"siren"}
        slow.answered.set()
        assert [each.outcome for each in batch.result(60)] == [Outcome.REFUSED] * len(USUAL)
        expected = [Outcome.REFUSED] * len(beside) + [Outcome.SENT]
        assert [each.outcome for each in urgent.result(60)] == expected


def test_a_call_that_mixes_sends_the_urgent_apart_and_keeps_the_order(slow):
    mixed = [*USUAL, a_push("2", id="siren"), a_push("1", id="last", urgent=False)]
    with ThreadPoolExecutor(1) as lane:
        sent = lane.submit(slow.send, mixed)
        assert slow.rang.wait(10)
        slow.answered.set()
        outcomes = [each.outcome for each in sent.result(60)]
    assert outcomes == [Outcome.REFUSED] * len(USUAL) + [Outcome.SENT, Outcome.REFUSED]


def test_urgent_pushes_alone_have_the_usual_threads(slow):
    slow.send([a_push("1", id="siren")])
    assert slow.urgent_ones() == set()


def test_a_transport_is_off_without_its_settings(settings):
    settings.FCM_CREDENTIALS, settings.FCM_SANDBOX = "", False
    assert (offered(), open_transports()) == (frozenset(), [])
    settings.SMS_URL, settings.SMS_SECRET = "https://sms.example", "s"
    settings.ZALO_URL, settings.ZALO_SECRET = "https://zalo.example", "s"
    settings.EMAIL_HOST, settings.WEBHOOK_SECRET = "mail.example", "s"
    assert [each.name for each in open_transports()] == ["email", "sms", "zalo", "webhook"]
