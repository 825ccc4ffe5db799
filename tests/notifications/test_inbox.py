"""The inbox over HTTP, the demo's page, and the admin."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from backend import clock
from backend.accounts import principal as principals
from backend.accounts.models import Role
from notifications.models import Notification
from notifications.running import Running
from notifications.sandbox.journal import NAME
from notifications.transports import sandbox_folder
from tests.factories import make_device, make_phone, make_user
from tests.notifications.rows import NOON, plan_row

pytestmark = pytest.mark.django_db


def in_inbox(person, **more) -> Notification:
    return plan_row(person, transport="inbox", state="sent", sent_at=NOON, **more)


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


def test_the_inbox_shows_what_this_person_was_told_newest_first(client, owner):
    first = in_inbox(owner)
    second = in_inbox(owner, at=NOON + timedelta(hours=1), read_at=NOON + timedelta(hours=2))
    in_inbox(make_phone())
    plan_row(owner)
    answer = client.get("/api/v1/inbox").json()
    assert answer == {
        "next": None,
        "previous": None,
        "unread": 1,
        "results": [
            {
                "id": second.pk,
                "at": "2026-03-02T13:00:00+07:00",
                "kind": "ticket.accepted",
                "title": "Đã tiếp nhận",
                "body": "Phản ánh đã được tiếp nhận.",
                "report_no": second.report_no,
                "ticket": None,
                "path": f"/#/r/{second.report_no}",
                "read_at": "2026-03-02T14:00:00+07:00",
            },
            {
                "id": first.pk,
                "at": "2026-03-02T12:00:00+07:00",
                "kind": "ticket.accepted",
                "title": "Đã tiếp nhận",
                "body": "Phản ánh đã được tiếp nhận.",
                "report_no": first.report_no,
                "ticket": None,
                "path": f"/#/r/{first.report_no}",
                "read_at": None,
            },
        ],
    }


def test_the_inbox_has_pages(client, owner):
    rows = [in_inbox(owner, at=NOON + timedelta(minutes=number)) for number in range(5)]
    first = client.get("/api/v1/inbox?limit=3").json()
    second = client.get(first["next"]).json()
    shown = [item["id"] for item in first["results"] + second["results"]]
    assert shown == [row.pk for row in reversed(rows)]
    assert second["next"] is None


def test_staff_have_an_inbox_too(province):
    user = make_user("lan", Role.DISPATCHER, province.ward)
    row = in_inbox(principals.of_user(user))
    client = APIClient()
    client.force_login(user)
    assert [item["id"] for item in client.get("/api/v1/inbox").json()["results"]] == [row.pk]


def test_nobody_in_particular_has_no_inbox():
    answer = APIClient().get("/api/v1/inbox")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert APIClient().post("/api/v1/inbox/read", {"all": True}).status_code == 401


def test_reading_some_leaves_the_others_unread(client, owner):
    read, unread = in_inbox(owner), in_inbox(owner)
    with clock.at(NOON):
        answer = client.post("/api/v1/inbox/read", {"ids": [read.pk]})
    assert (answer.status_code, answer.json()) == (200, {"unread": 1})
    read.refresh_from_db()
    unread.refresh_from_db()
    assert (read.read_at, unread.read_at) == (NOON, None)


def test_reading_again_keeps_the_first_time(client, owner):
    row = in_inbox(owner, read_at=NOON)
    client.post("/api/v1/inbox/read", {"ids": [row.pk]})
    row.refresh_from_db()
    assert row.read_at == NOON


def test_all_are_read_at_once(client, owner):
    in_inbox(owner)
    in_inbox(owner)
    assert client.post("/api/v1/inbox/read", {"all": True}).json() == {"unread": 0}


def test_somebody_elses_ids_change_nothing(client, owner):
    in_inbox(owner)
    other = in_inbox(make_phone())
    answer = client.post("/api/v1/inbox/read", {"ids": [other.pk, 999_999]})
    assert (answer.status_code, answer.json()) == (200, {"unread": 1})
    other.refresh_from_db()
    assert other.read_at is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "ids"),
        ({"ids": [1], "all": True}, "ids"),
        ({"ids": ["x"]}, "ids.0"),
        ({"ids": 5}, "ids"),
    ],
)
def test_a_malformed_wish_is_refused(client, owner, body, field):
    row = in_inbox(owner)
    answer = client.post("/api/v1/inbox/read", body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    row.refresh_from_db()
    assert row.read_at is None


def test_the_page_of_pushes_is_for_the_demo_only(client, settings):
    settings.DEMO = False
    assert client.get("/demo/pushes").status_code == 404


def test_the_page_of_pushes_shows_what_the_sandbox_received(client, settings, tmp_path):
    settings.DEMO, settings.FCM_SANDBOX, settings.VAR_DIR = True, True, tmp_path
    assert "Chưa có thông báo nào" in client.get("/demo/pushes").content.decode()
    folder = sandbox_folder()
    folder.mkdir()
    (folder / NAME).write_text(
        '{"at": 1772427600.0, "message": {"token": "sandbox:5f79b78c-cd64-46f5-90a3-dfa44aa66164",'
        ' "notification": {"title": "Đã đóng", "body": "<b>QN-1</b> đã đóng."},'
        ' "data": {"kind": "ticket.closed", "report_no": "QN-1", "link": "http://x/#/r/QN-1"}}}\n'
    )
    page = client.get("/demo/pushes").content.decode()
    assert "Những thông báo đẩy lẽ ra đã gửi" in page
    assert "12:00:00 02/03/2026" in page
    assert "&lt;b&gt;QN-1&lt;/b&gt; đã đóng." in page
    assert 'href="/#/r/QN-1"' in page
    assert "sandbox:5f79…4aa66164" in page
    assert "Pushes of the demo" in client.get("/demo/pushes?lang=en").content.decode()


def test_the_demo_runs_its_own_google(settings, tmp_path, monkeypatch):
    settings.FCM_CREDENTIALS, settings.FCM_SANDBOX, settings.VAR_DIR = "", True, tmp_path
    for name in (
        "https://fcm.googleapis.com_proxy",
        "https://iamcredentials.googleapis.com_proxy",
        "REQUESTS_CA_BUNDLE",
        "no_proxy",
    ):
        monkeypatch.setenv(name, "")  # set by it, and given back after the test
    running = Running()
    monkeypatch.setattr("notifications.sender.send_next", lambda transport: 0)
    monkeypatch.setattr("notifications.sender.ask_if_fixed", lambda: 0)
    running.start()
    assert running.sender.names == ["fcm"]
    assert running.sandbox is not None
    assert running.sandbox.service_account.is_file()
    running.stop()


def test_an_administrator_sees_each_notification_and_tries_again(client, owner):
    failed = plan_row(owner, state="failed", error="UnregisteredError", attempts=4)
    boss = make_user("boss")
    boss.is_staff = boss.is_superuser = True
    boss.save()
    client = APIClient()
    client.force_login(boss)
    listing = "/admin/notifications/notification/"
    assert "UnregisteredError" in client.get(listing).content.decode()
    assert client.get(f"{listing}{failed.pk}/change/").status_code == 200
    assert client.get(f"{listing}add/").status_code == 403
    client.post(
        listing, {"action": "try_again", "_selected_action": [failed.pk]}, format="multipart"
    )
    failed.refresh_from_db()
    assert (failed.state, failed.error, failed.attempts) == ("planned", "", 1)
