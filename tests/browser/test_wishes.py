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
  const endpoint = "https://fcm.googleapis.com/fcm/send/desk";
  const subscription = { endpoint, toJSON: () => ({ endpoint, keys: { p256dh: "p", auth: "a" } }) };
  PushManager.prototype.subscribe = async (options) => {
    window.__subscribed.push(options.applicationServerKey.byteLength);
    return subscription;
  };
  PushManager.prototype.getSubscription = async () => subscription;
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
    expect(page.get_by_text("Chưa theo dõi khu vực hay vụ việc nào.")).to_be_visible()


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


def test_pushes_end_with_who_signs_out_and_with_who_takes_the_chair(window: Opener) -> None:
    page = window("about:blank", 1280, 800, permissions=["notifications"])
    page.add_init_script(SUBSCRIBED)
    page.route(re.compile(r"/api/v1/settings$"), with_a_key)
    address = {"id": 41, "transport": "webpush", "value": "", "locale": "vi", "state": "good"}
    page.route(
        re.compile(r"/api/v1/addresses$"), lambda route: route.fulfill(status=201, json=address)
    )
    released: list[str] = []

    def release(route: Route) -> None:
        given = json.loads(route.request.post_data or "{}")
        released.append(json.loads(given["value"])["endpoint"])
        route.continue_()

    page.route(re.compile(r"/api/v1/addresses/release$"), release)

    def switch_on(username: str) -> None:
        page.goto("/desk")
        sign_in(page, username)
        page.get_by_role("button", name="Nhận thông báo").click()
        page.get_by_role("button", name="Bật tin đẩy").click()
        expect(page.get_by_text("Máy này đang nhận tin đẩy")).to_be_visible()
        page.keyboard.press("Escape")

    switch_on("ops")
    assert released == []
    with page.expect_response(re.compile(r"/addresses/release$")) as answered:
        page.get_by_role("button", name=re.compile("Đăng xuất")).click()
    assert answered.value.status == 204
    expect(page.get_by_label("Mật khẩu")).to_be_visible()
    assert released == [ENDPOINT]

    # The next one goes without signing out, and the session ends.
    switch_on("ops")
    page.context.clear_cookies()
    page.goto("/ops")
    with page.expect_response(re.compile(r"/addresses/release$")) as answered:
        sign_in(page, "leader")
    assert answered.value.status == 204
    assert released == [ENDPOINT, ENDPOINT]
    page.get_by_role("button", name="Nhận thông báo").click()
    expect(page.get_by_text("Máy này chưa nhận tin đẩy.")).to_be_visible()


def test_pushes_end_with_who_signs_out_of_the_administration(window: Opener) -> None:
    page = window("about:blank", 1280, 800, permissions=["notifications"])
    page.add_init_script(SUBSCRIBED)
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.evaluate("localStorage.setItem('ht.push.staff', '{}')")
    page.goto("/admin/")
    page.locator("[name=username]").fill("admin")
    page.locator("[name=password]").fill("hientruong")
    page.locator("[type=submit]").click()
    with page.expect_response(re.compile(r"/addresses/release$")) as answered:
        page.locator("#logout-form button").click()
    assert answered.value.status == 204
    given = json.loads(answered.value.request.post_data or "{}")
    assert json.loads(given["value"])["endpoint"] == ENDPOINT
    page.wait_for_function("localStorage.getItem('ht.push.staff') === null")


def click_a_push(page: Page, link: str) -> None:
    """Let the service worker receive a push with this link, and click what it shows."""
    session = page.context.new_cdp_session(page)
    push = {"title": "Phản ánh mới", "body": "Cần tiếp nhận.", "data": {"link": link, "tag": "t"}}
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    message = {
        "registrationId": registration_of(session, page),
        "origin": page.evaluate("location.origin"),
        "data": json.dumps(push),
    }
    deadline, next_at = time.monotonic() + 60, 0.0
    while not shown(page):
        assert time.monotonic() < deadline
        if time.monotonic() >= next_at:
            # A worker that is just starting may lose one; with the same tag two are shown as one.
            session.send("ServiceWorker.deliverPushMessage", message)
            next_at = time.monotonic() + 5
        page.wait_for_timeout(100)
    page.context.service_workers[0].evaluate(
        """async () => {
          const [notification] = await self.registration.getNotifications();
          self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }"""
    )


def test_a_phone_that_sent_nothing_follows_a_matter_of_others_and_stops(window: Opener) -> None:
    page = window("/public", 360, 740)
    page.get_by_role("list", name="Danh sách phản ánh").get_by_role("link").first.click()
    matter = page.get_by_role("region", name="Theo dõi vụ việc này")
    follow = matter.get_by_role("button", name="Theo dõi", exact=True)
    expect(matter).to_contain_text("Tin vào Hộp thư của ứng dụng trên máy này")
    assert page.evaluate("localStorage.getItem('ht.device')") is None
    category = page.get_by_role("heading", level=1).inner_text()
    here = page.url
    follow.press("Enter")
    expect(matter).to_contain_text("Bạn đang theo dõi vụ việc này.")
    expect(matter).to_contain_text("Tin đến bằng: Hộp thư.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.reload()
    expect(matter).to_contain_text("Bạn đang theo dõi vụ việc này.")
    matter.get_by_role("link", name="Chọn cách nhận tin").click()
    followed = page.get_by_role("listitem").filter(has_text="mọi bước của vụ việc")
    expect(followed).to_contain_text(category)
    followed.get_by_role("link").click()
    page.wait_for_url(here)
    page.get_by_role("button", name="EN").or_(page.get_by_role("radio", name="EN")).first.click()
    english = page.get_by_role("region", name="Follow this matter")
    stop = english.get_by_role("button", name="Stop following")
    expect(stop).to_be_enabled()  # or the key is lost, while the page still asks
    stop.press("Enter")
    expect(english.get_by_role("button", name="Follow", exact=True)).to_be_visible()
    page.goto("/#/settings")
    expect(page.get_by_text("No area or matter is followed yet.")).to_be_visible()


def test_staff_find_what_they_were_told_at_the_bell(window: Opener) -> None:
    page = window("/desk", 1280, 800)
    item = {
        "id": 7,
        "at": "2026-03-02T12:00:00+07:00",
        "kind": "ticket.returned",
        "title": "Trả lại",
        "body": "Đơn vị trả lại phản ánh QN-26-7K3F9D; cần chọn đơn vị khác.",
        "report_no": "QN-26-7K3F9D",
        "ticket": None,
        "path": "/#/inbox",
        "read_at": None,
    }
    page.route(
        re.compile(r"/api/v1/inbox$"),
        lambda route: route.fulfill(
            json={"next": None, "previous": None, "results": [item], "unread": 1}
        ),
    )
    # Whatever else this account was told by now is not what is tried here.
    page.route(re.compile(r"/api/v1/inbox/read$"), lambda route: route.fulfill(json={"unread": 0}))
    sign_in(page, "ops")
    expect(page.locator(".row[data-id]").first).to_be_visible()
    bell = page.get_by_role("button", name="Nhận thông báo")
    expect(bell).to_have_accessible_name("Nhận thông báo. 1 tin chưa đọc")
    with page.expect_request(re.compile(r"/api/v1/inbox/read$")) as asked:
        bell.click()
    assert asked.value.post_data_json == {"ids": [7]}
    kept = page.get_by_role("region", name="Hộp thư").get_by_role("listitem")
    expect(kept).to_contain_text("cần chọn đơn vị khác.")
    expect(bell).to_have_accessible_name("Nhận thông báo")
    ring = kept.first.evaluate(
        """(row) => {
          const [inner, outer] = [row, row.closest(".items")].map(
            (one) => one.getBoundingClientRect(),
          );
          return [inner.left - outer.left, inner.top - outer.top, outer.right - inner.right];
        }"""
    )
    assert min(ring) >= 5  # or what scrolls would clip the focus ring
