"""Pushes in a real browser: asked for after the first report, received by the real service
worker, shown, and clicked. Only the way from the push service to the browser is the debugger's."""

import json
import re
import time

import pytest
from playwright.sync_api import CDPSession, Page, Route, expect

from config.vapid import new_private_key, vapid_public_key
from tests.browser.conftest import Opener
from tests.browser.pages import send_report
from tests.factories import picture

pytestmark = pytest.mark.browser

HERE = {
    "geolocation": {"latitude": 20.9512, "longitude": 107.0831, "accuracy": 12},
    "permissions": ["geolocation", "notifications"],
}
PHOTO = {"name": "o-ga.jpg", "mimeType": "image/jpeg", "buffer": picture((1200, 900))}
KEY = vapid_public_key(new_private_key())
NOT_ASKED_YET = """
  window.__asked = 0;
  Object.defineProperty(Notification, "permission", { get: () => "default" });
  Notification.requestPermission = async () => { window.__asked += 1; return "denied"; };
"""


def with_a_key(route: Route) -> None:
    """Answer with the product's settings as they are where Web Push is set up."""
    given = route.fetch()
    settings = given.json()
    settings["push"] = {"vapid_key": KEY}
    route.fulfill(response=given, json=settings)


def registration_of(session: CDPSession, page: Page) -> str:
    """Return the id of the page's service worker's registration, once it is there."""
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(each["registrationId"] for each in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    while not found:
        page.wait_for_timeout(50)
    return found[-1]


def shown(page: Page) -> list[dict]:
    """Return the notifications that the browser shows for this site."""
    return page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.ready;
          const shown = await registration.getNotifications();
          return shown.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
        }"""
    )


def test_a_push_is_received_shown_and_opens_the_ticket(window: Opener) -> None:
    page = window("/", 360, 740, **HERE)
    number = send_report(page, PHOTO, "Ổ gà sâu trước cổng chợ")
    page.goto("/#/inbox")
    expect(page.get_by_role("heading", name="Hộp thư")).to_be_visible()
    session = page.context.new_cdp_session(page)
    registration = registration_of(session, page)
    # Sent twice, as after a crash; the second takes the first one's place.
    for title in ("Đã tiếp nhận", "Đã tiếp nhận phản ánh"):
        push = {
            "title": title,
            "body": f"Phản ánh {number} đã được tiếp nhận.",
            "data": {"report_no": number, "tag": number, "link": "https://elsewhere.example"},
        }
        message = {
            "origin": page.evaluate("location.origin"),
            "registrationId": registration,
            "data": json.dumps(push),
        }
        expected = {
            "title": title,
            "body": push["body"],
            "tag": number,
            "data": {"url": f"/#/r/{number}"},
        }
        deadline, next_at = time.monotonic() + 60, 0.0
        while shown(page) != [expected]:
            if time.monotonic() >= next_at:
                # A worker that is just starting may lose one; the tag makes one of two.
                session.send("ServiceWorker.deliverPushMessage", message)
                next_at = time.monotonic() + 5
            assert time.monotonic() < deadline, shown(page)
            page.wait_for_timeout(100)
    worker = page.context.service_workers[0]
    worker.evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }"""
    )
    page.wait_for_url(re.compile(rf"#/r/{number}$"))
    expect(page.get_by_text(number).first).to_be_visible()
    page.wait_for_function(
        "navigator.serviceWorker.ready.then((r) => r.getNotifications())"
        ".then((shown) => shown.length === 0)"
    )


def test_permission_is_asked_for_only_after_the_first_report_and_says_why(window: Opener) -> None:
    phone = window("about:blank", 360, 740, **{**HERE, "permissions": ["geolocation"]})
    phone.add_init_script(NOT_ASKED_YET)
    phone.route(re.compile(r"/api/v1/settings$"), with_a_key)
    phone.goto("/")
    offer = phone.get_by_role("region", name="Báo cho bạn khi có kết quả?")
    expect(phone.get_by_role("link", name="Của tôi")).to_be_visible()
    expect(offer).to_have_count(0)
    send_report(phone, PHOTO, "Ổ gà sâu trước cổng chợ")
    expect(offer).to_be_visible()
    expect(offer).to_contain_text("khi phản ánh được tiếp nhận, cần bổ sung hoặc xử lý xong")
    assert phone.evaluate("window.__asked") == 0
    offer.get_by_role("button", name="Bật thông báo").click()
    expect(offer).to_have_count(0)
    assert phone.evaluate("window.__asked") == 1


def test_wishes_are_kept_at_once(window: Opener) -> None:
    page = window("/#/settings", 360, 740)
    group = page.get_by_role("group", name="Các bước xử lý phản ánh của tôi")
    push = group.get_by_label("Tin đẩy")
    expect(push).to_be_checked()
    push.uncheck()
    expect(page.get_by_text("Đã lưu").first).to_be_visible()
    page.get_by_label("Có giờ yên lặng").check()
    expect(page.get_by_label("Từ")).to_have_value("22:00")
    page.reload()
    expect(group.get_by_label("Tin đẩy")).not_to_be_checked()
    expect(page.get_by_label("Có giờ yên lặng")).to_be_checked()
