"""What people want to hear, chosen in a real browser: an area's news, and pushes to a desk."""

import json
import re
import time

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in
from tests.browser.test_push import HERE, registration_of, shown, with_a_key

pytestmark = pytest.mark.browser

ENDPOINT = "https://fcm.googleapis.com/fcm/send/desk"
# A browser under test has no push service behind it; all else is the page's own.
SUBSCRIBED = """
  window.__subscribed = [];
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.subscribe = async (options) => {
    window.__subscribed.push(options.applicationServerKey.byteLength);
    const endpoint = "https://fcm.googleapis.com/fcm/send/desk";
    return { endpoint, toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }) };
  };
"""


def test_a_citizen_follows_the_ward_where_they_are_and_chooses_sectors(window: Opener) -> None:
    page = window("/#/settings", 360, 740, **HERE)
    page.get_by_label("Nơi theo dõi").select_option(label="Xã, phường nơi tôi đang ở")
    page.get_by_text("Lĩnh vực: Mọi lĩnh vực").click()
    sector = page.get_by_role("group", name="Lĩnh vực").get_by_role("checkbox").first
    sector.check()
    expect(page.get_by_text("Lĩnh vực: 1 lĩnh vực")).to_be_visible()
    page.get_by_label("Báo cả khi phản ánh được xử lý").uncheck()
    page.get_by_role("button", name="Theo dõi", exact=True).click()
    followed = page.get_by_role("listitem").filter(has_text="Phường Hồng Gai")
    expect(followed).to_contain_text("chỉ phản ánh mới")
    page.get_by_label("Nơi theo dõi").select_option(label="1 km quanh vị trí của tôi")
    page.get_by_role("button", name="Theo dõi", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="1 km quanh một vị trí")).to_be_visible()
    page.reload()
    followed.get_by_role("button", name="Bỏ theo dõi").click()
    expect(followed).to_have_count(0)


def test_who_denies_their_place_is_told_to_choose_from_the_list(window: Opener) -> None:
    page = window("/#/settings", 360, 740)
    page.get_by_role("button", name="Theo dõi", exact=True).click()
    expect(page.get_by_text("Không biết bạn đang ở đâu.").first).to_be_visible()
    expect(page.get_by_text("Chưa theo dõi khu vực nào.")).to_be_visible()


def test_a_desk_switches_pushes_on_and_a_clicked_one_opens_its_ticket(window: Opener) -> None:
    page = window("about:blank", 1280, 800, permissions=["notifications"])
    page.add_init_script(SUBSCRIBED)
    page.route(re.compile(r"/api/v1/settings$"), with_a_key)
    given: list[dict] = []
    ended: list[str] = []

    def take(route: Route) -> None:
        if route.request.method != "POST":
            route.fallback()
            return
        given.append(json.loads(route.request.post_data or "{}"))
        address = {"id": 41, "transport": "webpush", "value": "", "locale": "vi", "state": "good"}
        route.fulfill(status=201, json=address)

    def end(route: Route) -> None:
        ended.append(route.request.method)
        route.fulfill(status=204)

    page.route(re.compile(r"/api/v1/addresses$"), take)
    page.route(re.compile(r"/api/v1/addresses/41$"), end)
    page.goto("/desk")
    sign_in(page, "ops")
    rows = page.locator(".row[data-id]")
    expect(rows.first).to_be_visible()
    page.get_by_role("button", name="Nhận thông báo").click()
    page.get_by_role("button", name="Bật tin đẩy").click()
    expect(page.get_by_text("Máy này đang nhận tin đẩy")).to_be_visible()
    assert page.evaluate("window.__subscribed") == [65]
    [address] = given
    assert (address["transport"], json.loads(address["value"])["endpoint"]) == ("webpush", ENDPOINT)

    ticket = rows.nth(2).get_attribute("data-id")
    page.keyboard.press("Escape")
    click_a_push(page, f"https://hientruong.example/desk?ticket={ticket}")
    page.wait_for_url(re.compile(rf"/desk\?ticket={ticket}"))
    expect(page.locator("article h2").first).to_be_visible()

    page.get_by_role("button", name="Nhận thông báo").click()
    page.get_by_role("button", name="Tắt tin đẩy").click()
    expect(page.get_by_text("Máy này chưa nhận tin đẩy.")).to_be_visible()
    assert ended == ["DELETE"]


def click_a_push(page: Page, link: str) -> None:
    """Let the service worker receive a push with this link, and click what it shows."""
    session = page.context.new_cdp_session(page)
    push = {"title": "Phản ánh mới", "body": "Cần tiếp nhận.", "data": {"link": link, "tag": "t"}}
    session.send(
        "ServiceWorker.deliverPushMessage",
        {
            "registrationId": registration_of(session, page),
            "origin": page.evaluate("location.origin"),
            "data": json.dumps(push),
        },
    )
    deadline = time.monotonic() + 60
    while not shown(page):
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    page.context.service_workers[0].evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }"""
    )
