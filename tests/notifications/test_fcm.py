"""firebase-admin itself, unmodified, over TLS against our own FCM and token endpoint."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests
from firebase_admin import exceptions

from notifications.sandbox.google import Fault
from notifications.transports.base import Outcome, Push, Result
from notifications.transports.fcm import AT_ONCE, Fcm, _result

DAY = timedelta(days=1)


def a_push(address: str = "token-1", **more) -> Push:
    given = {
        "title": "Đã tiếp nhận",
        "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        "link": "https://hientruong.example/#/r/QN-26-7K3F9D",
        "collapse_key": "QN-26-7K3F9D",
        "urgent": False,
        "lives": DAY,
        "data": {"kind": "ticket.accepted", "position": "12"},
    }
    return Push(address=address, **(given | more))


def send_one(fcm, **more) -> Result:
    [result] = fcm.send([a_push(**more)])
    return result


def test_a_push_arrives_as_fcm_wants_it(fcm, sandbox):
    assert send_one(fcm) == Result(outcome=Outcome.SENT)
    [received] = sandbox.google.received
    message = received.message
    expiration = message["apns"]["headers"].pop("apns-expiration")
    assert message == {
        "token": "token-1",
        "notification": {
            "title": "Đã tiếp nhận",
            "body": "Phản ánh QN-26-7K3F9D đã được tiếp nhận.",
        },
        "data": {
            "kind": "ticket.accepted",
            "position": "12",
            "link": "https://hientruong.example/#/r/QN-26-7K3F9D",
            "tag": "QN-26-7K3F9D",
        },
        "android": {
            "collapse_key": "QN-26-7K3F9D",
            "priority": "normal",
            "ttl": "86400s",
            "notification": {"tag": "QN-26-7K3F9D"},
        },
        "apns": {
            "headers": {"apns-collapse-id": "QN-26-7K3F9D", "apns-priority": "5"},
            "payload": {"aps": {"thread-id": "QN-26-7K3F9D"}},
        },
        "webpush": {
            "headers": {"TTL": "86400", "Urgency": "normal"},
            "notification": {"tag": "QN-26-7K3F9D"},
            "fcm_options": {"link": "https://hientruong.example/#/r/QN-26-7K3F9D"},
        },
    }
    lives = int(expiration) - datetime.now(UTC).timestamp()
    assert DAY.total_seconds() - 60 < lives <= DAY.total_seconds()


def test_a_batch_keeps_its_order(fcm, sandbox):
    sandbox.google.order(Fault.UNREGISTERED, address="token-2")
    results = fcm.send([a_push("token-1"), a_push("token-2"), a_push("token-3")])
    assert [result.outcome for result in results] == [Outcome.SENT, Outcome.GONE, Outcome.SENT]


def test_a_link_without_https_is_left_out_of_the_web_options(fcm, sandbox):
    assert send_one(fcm, link="http://localhost:8000/#/r/QN-1").outcome == Outcome.SENT
    message = sandbox.google.received[0].message
    assert "fcm_options" not in message["webpush"]
    assert message["data"]["link"] == "http://localhost:8000/#/r/QN-1"


@pytest.mark.parametrize(
    ("fault", "outcome", "named"),
    [
        (Fault.UNREGISTERED, Outcome.GONE, "UnregisteredError"),
        (Fault.INVALID_TOKEN, Outcome.GONE, "InvalidArgumentError"),
        (Fault.SENDER_ID_MISMATCH, Outcome.REFUSED, "SenderIdMismatchError"),
        (Fault.BAD_GATEWAY, Outcome.LATER, "UnknownError"),
    ],
)
def test_each_refusal_is_read_for_what_it_is(fcm, sandbox, fault, outcome, named):
    sandbox.google.order(fault)
    result = send_one(fcm)
    assert (result.outcome, result.error.split(":")[0]) == (outcome, named)
    assert sandbox.google.received == []


def test_credentials_that_apple_refuses_end_the_push(fcm, sandbox):
    sandbox.google.order(Fault.THIRD_PARTY_AUTH_ERROR, times=None)
    assert send_one(fcm).outcome == Outcome.REFUSED


def test_unavailable_once_is_tried_again_by_the_library(fcm, sandbox):
    sandbox.google.order(Fault.UNAVAILABLE)
    assert send_one(fcm) == Result(outcome=Outcome.SENT)
    assert len(sandbox.google.received) == 1


def test_lasting_quota_trouble_is_for_later_and_says_when(fcm, sandbox):
    sandbox.google.order(Fault.QUOTA_EXCEEDED, times=None, retry_after=1)
    result = send_one(fcm)
    assert (result.outcome, result.wait) == (Outcome.LATER, timedelta(seconds=1))
    assert result.error.startswith("QuotaExceededError")


def test_quota_trouble_without_a_time_waits_a_minute(fcm, sandbox):
    sandbox.google.order(Fault.QUOTA_EXCEEDED, times=None)
    assert send_one(fcm).wait == timedelta(minutes=1)


def test_a_revoked_access_token_is_fetched_anew(fcm, sandbox):
    send_one(fcm)
    given = sandbox.google.tokens_given
    sandbox.google.revoke_tokens()
    assert send_one(fcm).outcome == Outcome.SENT
    assert sandbox.google.tokens_given == given + 1


def test_a_lasting_401_is_for_later(fcm, sandbox):
    sandbox.google.order(Fault.UNAUTHENTICATED, times=None)
    result = send_one(fcm)
    assert (result.outcome, result.error.split(":")[0]) == (Outcome.LATER, "UnauthenticatedError")


def test_a_slow_answer_is_waited_for(fcm, sandbox):
    sandbox.google.order(Fault.SLOW, delay=0.3)
    assert send_one(fcm).outcome == Outcome.SENT


def test_a_connection_cut_before_the_answer_shows_one_notification(fcm, sandbox):
    sandbox.google.order(Fault.CUT, times=2)  # once on the kept connection, once on a new one
    assert send_one(fcm).outcome == Outcome.SENT
    assert len(sandbox.google.received) == 3
    assert len(sandbox.google.tray("token-1")) == 1


def test_what_cannot_be_encoded_does_not_hold_the_others(fcm, sandbox):
    broken = a_push("token-2", data={"kind": 5})
    results = fcm.send([a_push("token-1"), broken, a_push("token-3")])
    assert [result.outcome for result in results] == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
    assert {each.message["token"] for each in sandbox.google.received} == {"token-1", "token-3"}


def test_many_at_once_ask_for_one_access_token(sandbox):
    given = sandbox.google.tokens_given
    with closing(Fcm(sandbox.service_account)) as fcm:
        results = fcm.send([a_push(f"token-{number}") for number in range(AT_ONCE)])
    assert set(results) == {Result(outcome=Outcome.SENT)}
    assert sandbox.google.tokens_given == given + 1


def test_an_urgent_push_waits_for_no_thread_that_waits_for_fcm(fcm, sandbox, monkeypatch):
    push, answered = fcm._push, threading.Event()

    def waiting(each: Push) -> Result:
        assert each.urgent or answered.wait(60)
        return push(each)

    monkeypatch.setattr(fcm, "_push", waiting)
    with ThreadPoolExecutor(1) as other_lane:
        many = other_lane.submit(fcm.send, [a_push(f"token-{number}") for number in range(AT_ONCE)])
        while not fcm._calls.busy:
            time.sleep(0.01)
        assert send_one(fcm, address="siren", urgent=True) == Result(outcome=Outcome.SENT)
        assert [each.message["token"] for each in sandbox.google.received] == ["siren"]
        answered.set()
        assert set(many.result()) == {Result(outcome=Outcome.SENT)}


def test_a_message_that_is_too_big_is_refused(fcm, sandbox):
    result = send_one(fcm, body="ư" * 4096)
    assert (result.outcome, result.error) == (
        Outcome.REFUSED,
        "InvalidArgumentError: Message is too big: at most 4096 bytes.",
    )
    assert sandbox.google.received == []


def test_retry_after_may_be_a_date():
    moment = datetime.now(UTC) + timedelta(hours=1)
    response = requests.Response()
    response.status_code = 503
    response.headers["Retry-After"] = format_datetime(moment, usegmt=True)
    result = _result(exceptions.UnavailableError("busy", http_response=response), "token-1")
    assert result.outcome == Outcome.LATER
    assert result.wait is not None
    assert timedelta(minutes=59) < result.wait <= timedelta(hours=1)
