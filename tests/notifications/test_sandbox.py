"""The sandbox is as strict as Google: who may ask, and what a message may hold."""

import json
import time
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from notifications.sandbox import identity, journal
from notifications.sandbox.google import AUDIENCE, GRANT
from notifications.sandbox.shape import violations

DIRECT = build_opener(ProxyHandler({}))
SCOPE = "https://www.googleapis.com/auth/firebase.messaging"


def ask(sandbox, path, content=None, token=None):
    """Return status and JSON of a request over plain HTTP."""
    request = Request(sandbox.origin + path, data=content)  # noqa: S310
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with DIRECT.open(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def account(sandbox):
    return json.loads(sandbox.service_account.read_text())


def assertion(sandbox, key=None, **more) -> str:
    now = int(time.time())
    claims = {
        "iss": account(sandbox)["client_email"],
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + 600,
        "scope": SCOPE,
    }
    key = key or account(sandbox)["private_key"]
    return jwt.encode(claims | more, key, algorithm="RS256")


def exchange(sandbox, signed, grant=GRANT):
    form = urlencode({"grant_type": grant, "assertion": signed}).encode()
    return ask(sandbox, "/token", form)


@pytest.fixture
def token(sandbox) -> str:
    status, body = exchange(sandbox, assertion(sandbox))
    assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3600)
    return body["access_token"]


def send(sandbox, token, body, project=identity.PROJECT):
    path = f"/v1/projects/{project}/messages:send"
    return ask(sandbox, path, json.dumps(body).encode(), token)


def test_a_foreign_signature_gets_no_token(sandbox):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    status, body = exchange(sandbox, assertion(sandbox, key=stranger))
    assert (status, body["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 3600},
        {"aud": "https://example.org/token"},
        {"iss": "somebody@example.org"},
        {"exp": int(time.time()) + 7200},
    ],
    ids=["expired", "another audience", "another issuer", "too long"],
)
def test_an_assertion_must_be_right_in_every_claim(sandbox, claims):
    status, body = exchange(sandbox, assertion(sandbox, **claims))
    assert (status, body["error"]) == (400, "invalid_grant")


def test_scope_and_grant_are_asked_for(sandbox):
    assert exchange(sandbox, assertion(sandbox, scope="email"))[1] == {"error": "invalid_scope"}
    refused = {"error": "unsupported_grant_type"}
    assert exchange(sandbox, assertion(sandbox), grant="password")[1] == refused


def test_nothing_is_taken_without_a_token(sandbox):
    status, body = send(sandbox, "made-up", {"message": {"token": "a"}})
    assert (status, body["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert sandbox.google.received == []


def test_another_project_is_not_ours(sandbox, token):
    status, body = send(sandbox, token, {"message": {"token": "a"}}, project="other")
    assert (status, body["error"]["status"]) == (403, "PERMISSION_DENIED")


def test_a_refusal_has_the_shape_of_googles(sandbox, token):
    status, body = send(sandbox, token, {"message": {"data": {"a": 1}, "token": "t"}})
    assert status == 400
    assert body == {
        "error": {
            "code": 400,
            "message": "Invalid value for a (TYPE_STRING)",
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                    "errorCode": "INVALID_ARGUMENT",
                },
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [
                        {
                            "field": "message.data[0].value",
                            "description": "Invalid value for a (TYPE_STRING)",
                        }
                    ],
                },
            ],
        }
    }
    assert sandbox.google.received == []


def test_validate_only_delivers_nothing(sandbox, token):
    body = {"message": {"token": "a"}, "validate_only": True}
    assert send(sandbox, token, body)[0] == 200
    assert sandbox.google.received == []


@pytest.mark.parametrize(
    ("message", "path"),
    [
        ({"token": "a", "colour": "red"}, "message.colour"),
        ({"token": "a", "notification": {"text": "x"}}, "message.notification.text"),
        ({}, "message"),
        ({"token": "a", "topic": "b"}, "message"),
        ({"token": 5}, "message.token"),
        ({"token": "a", "data": {"n": 1}}, "message.data[0].value"),
        ({"token": "a", "data": []}, "message.data"),
        ({"token": "a", "data": {"from": "x"}}, "message.data.from"),
        ({"token": "a", "data": {"google.x": "x"}}, "message.data.google.x"),
        ({"token": "a", "android": {"ttl": "1 day"}}, "message.android.ttl"),
        ({"token": "a", "android": {"ttl": "2419201s"}}, "message.android.ttl"),
        ({"token": "a", "android": {"priority": "max"}}, "message.android.priority"),
        ({"token": "a", "apns": {"headers": {"a": 1}}}, "message.apns.headers[0].value"),
        ({"token": "a", "notification": {"body": "x" * 5000}}, "message"),
        (
            {"token": "a", "webpush": {"fcm_options": {"link": "http://a.example"}}},
            "message.webpush.fcm_options.link",
        ),
    ],
)
def test_what_fcm_does_not_take_is_named(message, path):
    assert [where for where, _text in violations({"message": message})] == [path]


@pytest.mark.parametrize(
    "message",
    [
        {"token": "a"},
        {"topic": "news", "notification": {"title": "x", "image": "https://a.example/b.png"}},
        {"token": "a", "android": {"collapseKey": "k", "ttl": "3.5s", "priority": "HIGH"}},
        {"token": "a", "webpush": {"notification": {"anything": [1, {"goes": True}]}}},
        {"token": "a", "apns": {"payload": {"aps": {"badge": 3}}}},
    ],
)
def test_what_fcm_takes_is_taken(message):
    assert violations({"message": message}) == []


@pytest.mark.parametrize("body", [[], "text", {"messages": []}, {"message": "a"}])
def test_a_body_without_a_message_is_refused(body):
    assert violations(body) != []


def test_a_developer_tells_it_to_fail_over_http(sandbox, token):
    order = {"fault": "UNREGISTERED", "address": "a", "times": 1}
    assert ask(sandbox, "/orders", json.dumps(order).encode()) == (200, {})
    status, body = send(sandbox, token, {"message": {"token": "a"}})
    assert (status, body["error"]["details"][0]["errorCode"]) == (404, "UNREGISTERED")
    assert send(sandbox, token, {"message": {"token": "a"}})[0] == 200
    assert ask(sandbox, "/received") == (200, [{"token": "a"}])
    assert ask(sandbox, "/orders", b'{"fault": "LAZY"}')[0] == 400
    assert ask(sandbox, "/nowhere")[0] == 404


def test_the_account_keeps_its_key_and_is_for_its_owner_only(sandbox):
    path = sandbox.service_account
    key = account(sandbox)["private_key"]
    again = identity.write_service_account(sandbox.folder, token_uri=f"{sandbox.origin}/token")
    assert again["private_key"] == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_way_to_google_changes_for_googles_hosts_only(sandbox, monkeypatch):
    monkeypatch.setenv("no_proxy", "intranet.example")
    assert identity.environment(sandbox.folder) == {
        "https://fcm.googleapis.com_proxy": sandbox.origin,
        "https://iamcredentials.googleapis.com_proxy": sandbox.origin,
        "REQUESTS_CA_BUNDLE": str(sandbox.folder / "trusted.pem"),
        "no_proxy": "intranet.example,127.0.0.1",
    }


def test_the_journal_forgets_all_but_the_last(tmp_path):
    path = tmp_path / journal.NAME
    lines = [json.dumps({"at": n, "message": {}}) for n in range(journal.KEPT + 20)]
    path.write_text("\n".join(lines) + "\n")
    journal.Journal(tmp_path)
    assert [each["at"] for each in journal.newest(tmp_path, 2)] == [519, 518]
    assert len(path.read_text().splitlines()) == journal.KEPT
    assert journal.newest(tmp_path / "nowhere", 5) == []
