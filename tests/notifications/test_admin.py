"""The texts and gateways in the admin, and the figures for Prometheus."""

from datetime import timedelta

import pytest
from django.urls import reverse

from backend import clock
from backend.accounts.models import User
from backend.tickets import services
from notifications.models import Address, Gateway, Notification, Webhook, Wording
from tests.factories import make_ticket
from tests.notifications.rows import NOON, plan_row

pytestmark = pytest.mark.django_db
ADD = "/admin/notifications/wording/add/"


def a_wording(**more) -> dict[str, str]:
    given = {
        "event": "ticket.accepted",
        "audience": "reporter",
        "way": "",
        "language": "vi",
        "title": "Đã nhận",
        "body": "Đã nhận {report_no}.\nHạn: {due}.",
    }
    return given | more


def test_a_text_that_was_changed_is_said_from_then_on(admin_client, province, phone, desk, hear):
    assert admin_client.post(ADD, a_wording()).status_code == 302
    more = a_wording(way="sms", title="Nhận", body="Nhan {report_no}")
    assert admin_client.post(ADD, more).status_code == 302
    ticket = make_ticket(province.pothole, province.ward, phone)
    services.accept_ticket(ticket_id=ticket.id, actor=desk, version=ticket.version)
    hear()
    row = Notification.objects.get(kind="ticket.accepted", person=phone.key, transport="inbox")
    assert row.title == "Đã nhận"
    assert row.body.startswith(f"Đã nhận {ticket.report.report_no}. Hạn: ")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": "Chào {name}."}, "body"),
        ({"body": "{words}"}, "body"),
        ({"body": "{report_no"}, "body"),
        ({"body": "{report_no!r}"}, "body"),
        ({"body": "{0}"}, "body"),
        ({"body": "{{report_no}}"}, "body"),
        ({"body": "{report_no.__class__}"}, "body"),
        ({"title": "{report_no}"}, "title"),
        ({"title": "Đã\x00 xong"}, "title"),
        ({"title": "Đã\x1b[2J xong"}, "title"),
        ({"body": "{0.__class__.__init__.__globals__}"}, "body"),
        ({"body": "{agency:{due}}"}, "body"),
        ({"audience": "area"}, "audience"),
        ({"event": "ticket.unheard"}, "event"),
    ],
)
def test_a_text_that_cannot_be_said_is_refused(admin_client, wrong, field):
    answer = admin_client.post(ADD, a_wording(**wrong))
    assert field in answer.context["adminform"].form.errors
    assert Wording.objects.count() == 0


def test_a_title_is_one_line(admin_client):
    assert admin_client.post(ADD, a_wording(title="Đã xong\r\nBcc: a@b.vn")).status_code == 302
    assert Wording.objects.get().title == "Đã xong Bcc: a@b.vn"


def test_what_staff_wrote_may_be_told_in_the_inbox_only(admin_client):
    body = "Lý do: {words}"
    given = a_wording(event="ticket.rejected", way="inbox", body=body)
    assert admin_client.post(ADD, given).status_code == 302


def test_the_preview_of_a_proof_shows_a_code(admin_client, province):
    make_ticket(province.pothole, province.ward)
    given = a_wording(event="address.proof", body="Mã xác nhận: {code}.")
    page = admin_client.post(reverse("admin:notifications_wording_preview"), given)
    assert "Mã xác nhận: 123456." in page.content.decode()


def test_the_preview_shows_a_real_ticket_and_what_it_costs(admin_client, province):
    ticket = make_ticket(province.pothole, province.ward)
    path = reverse("admin:notifications_wording_preview")
    number = ticket.report.report_no
    given = a_wording(body="Phản ánh {report_no} của {agency}.", preview_on=number.lower())
    page = admin_client.post(path, given).content.decode()
    assert f"Phản ánh {number} của Đơn vị UBND-10001." in page
    assert "UCS-2" in page
    assert "GSM-7" in page
    refused = admin_client.post(path, a_wording(body="{name}")).content.decode()
    assert "name" in refused
    assert Wording.objects.count() == 0


def test_who_may_not_change_texts_is_shown_no_ticket_in_them(client, province):
    make_ticket(province.pothole, province.ward)
    client.force_login(User.objects.create_user("thu", password="mat-khau-thu", is_staff=True))
    assert (
        client.post(reverse("admin:notifications_wording_preview"), a_wording()).status_code == 403
    )
    assert client.get(reverse("admin:notifications_wording_all")).status_code == 403


def test_all_texts_are_listed_and_begin_with_the_first_ones(admin_client):
    page = admin_client.get(reverse("admin:notifications_wording_all")).content.decode()
    assert "Phản ánh {report_no} đã được tiếp nhận. Hạn xử lý: {due}." in page
    query = "event=ticket.accepted&audience=reporter&language=en"
    form = admin_client.get(f"{ADD}?{query}").context["adminform"].form
    assert form.initial["body"] == "Report {report_no} was received.\nDue: {due}."


def test_a_gateway_can_be_tried_at_once(admin_client):
    Gateway.objects.create(transport="sms", failures=9, closed_until=NOON, error="HTTP 502")
    admin_client.post(
        "/admin/notifications/gateway/", {"action": "try_now", "_selected_action": ["sms"]}
    )
    gateway = Gateway.objects.get()
    assert (gateway.failures, gateway.closed_until) == (0, None)


def test_a_webhooks_gateway_says_where_it_is(admin_client, desk):
    hook = Webhook.objects.create(
        person=desk.key, transport="webhook", value="https://hook.example.vn/", created_at=NOON
    )
    Gateway.objects.create(transport=f"webhook:{hook.pk}", failures=9, error="HTTP 502")
    Gateway.objects.create(transport="webhook:999", failures=1, error="HTTP 502")
    page = admin_client.get("/admin/notifications/gateway/").content.decode()
    assert "https://hook.example.vn/" in page


def test_the_figures_say_what_waits_and_what_failed(client, settings, phone):
    settings.FCM_CREDENTIALS = "/etc/hien-truong/fcm.json"
    moment = clock.now()
    plan_row(phone, due_at=moment - timedelta(minutes=5), next_at=moment)
    plan_row(phone, due_at=moment, state="failed", error="x")
    plan_row(phone, due_at=moment - timedelta(days=2), state="failed", error="x")
    Gateway.objects.create(transport="fcm", closed_until=moment + timedelta(minutes=1))
    said = client.get("/metrics", REMOTE_ADDR="127.0.0.1").content.decode()
    lines = dict(line.rsplit(" ", 1) for line in said.splitlines() if "notifications_" in line)
    assert lines['hientruong_notifications_waiting{transport="fcm"}'] == "1.0"
    assert lines['hientruong_notifications_failed_a_day{transport="fcm"}'] == "1.0"
    assert lines['hientruong_notifications_closed{transport="fcm"}'] == "1.0"
    assert 300 <= float(lines['hientruong_notifications_oldest_seconds{transport="fcm"}']) < 400


def test_a_webhook_is_told_what_its_account_is_told(
    admin_client, province, phone, desk, hear, settings
):
    settings.WEBHOOK_SECRET = "secret"
    given = {"account": desk.key.removeprefix("user:"), "language": "en"}
    refused = admin_client.post(
        "/admin/notifications/webhook/add/", given | {"value": "http://10.0.0.1/x"}
    )
    assert "value" in refused.context["adminform"].errors
    assert Webhook.objects.count() == 0
    given["value"] = "https://hook.example.vn/hien-truong"
    url = "/admin/notifications/webhook/add/"
    assert admin_client.post(url, given).status_code == 302
    assert admin_client.post(url, given).status_code == 200  # once is enough
    [webhook] = Webhook.objects.all()
    make_ticket(province.pothole, province.ward, phone)
    hear()
    row = Notification.objects.get(transport="webhook")
    assert (row.person, row.to, row.language) == (desk.key, str(webhook.pk), "en")


def test_a_webhook_that_was_given_up_is_used_again(admin_client, desk):
    moment = clock.now()
    dead = Webhook.objects.create(
        person=desk.key,
        transport="webhook",
        value="https://hook.example.vn/",
        created_at=moment,
        confirmed_at=moment,
        dead_at=moment,
        dead_reason="HTTP 410",
    )
    Address.objects.create(
        person="user:7", transport="email", value="an@example.vn", created_at=moment
    )
    page = admin_client.get("/admin/notifications/webhook/").content.decode()
    assert "HTTP 410" in page
    assert "an@example.vn" not in page
    chosen = {"action": "use_again", "_selected_action": [dead.pk]}
    admin_client.post("/admin/notifications/webhook/", chosen)
    dead.refresh_from_db()
    assert (dead.dead_at, dead.dead_reason) == (None, "")
