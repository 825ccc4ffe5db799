"""The walk with three windows: a phone, a desk and the operations centre. Nobody reloads."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.pages import send_report, sign_in
from tests.browser.scenes import street

pytestmark = pytest.mark.browser

WITHIN = 20_000  # milliseconds; it takes a tenth of that, but no test is a stopwatch
HERE = {
    "geolocation": {"latitude": 20.9512, "longitude": 107.0831, "accuracy": 12},
    "permissions": ["geolocation"],
}
TEXT = "Ổ gà sâu trước cổng chợ, xe máy dễ ngã khi trời mưa"
PHOTO = {"name": "o-ga.jpg", "mimeType": "image/jpeg", "buffer": street(mended=False)}
PROOF = {"name": "da-va.jpg", "mimeType": "image/jpeg", "buffer": street(mended=True)}


def test_the_walk_with_three_windows(
    window: Opener, picture_of: Callable[[Page, str], None]
) -> None:
    centre = window("/ops", 1920, 1080, scheme="dark")
    sign_in(centre, "ops")
    desk = window("/desk", 1920, 1080)
    sign_in(desk, "dispatcher.ubnd-06685")
    for page in (centre, desk):
        expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    expect(desk.get_by_text("Đang cập nhật trực tiếp")).to_be_visible()
    phone = window("/", 360, 740, **HERE)
    picture_of(phone, "phone-home-360")

    number = send_report(phone, PHOTO, TEXT)
    picture_of(phone, "phone-sent-360")
    expect(centre.get_by_text(number).first).to_be_visible(timeout=WITHIN)
    # A new row announces itself above, and does not push what is being read.
    announced = desk.get_by_role("button", name=re.compile("phiếu mới"))
    row = desk.get_by_text(number).first
    expect(announced.or_(row).first).to_be_visible(timeout=WITHIN)
    if announced.is_visible():
        announced.click()
    row.click()
    expect(desk.get_by_text(TEXT).first).to_be_visible()
    picture_of(desk, "desk-1920")

    desk.get_by_role("button", name="Tiếp nhận", exact=True).click()
    desk.get_by_role("button", name="Bắt đầu xử lý").click()
    phone.get_by_role("button", name="Theo dõi phản ánh").click()
    expect(phone.get_by_text("Đang xử lý").first).to_be_visible(timeout=WITHIN)
    desk.get_by_role("button", name="Báo đã xử lý").click()
    form = desk.get_by_role("form", name="Báo đã xử lý")
    form.get_by_label(re.compile("Kết quả xử lý")).fill("Đã vá ổ gà bằng bê tông nhựa")
    form.locator("input[type=file]").last.set_input_files(PROOF)
    form.get_by_role("button", name="Báo đã xử lý").click()
    expect(phone.get_by_text("Đã vá ổ gà bằng bê tông nhựa")).to_be_visible(timeout=WITHIN)
    picture_of(phone, "phone-360")
    picture_of(centre, "ops-1920-dark")


def test_a_report_written_without_network_is_sent_when_it_returns(window: Opener) -> None:
    phone = window("/", 360, 740, **HERE)
    phone.wait_for_function("navigator.serviceWorker?.controller || true")
    expect(phone.get_by_role("heading", name="Thấy điều gì cần xử lý?")).to_be_visible()
    phone.context.set_offline(True)
    phone.get_by_text("Gửi phản ánh").first.click()
    phone.get_by_role("button", name=re.compile("Bỏ qua|Tiếp tục")).click()
    phone.get_by_role("button", name="Dùng vị trí của tôi").click()
    expect(phone.get_by_text(re.compile("Sai số"))).to_be_visible()
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.get_by_label("Tìm loại phản ánh").fill("o ga mat duong")
    phone.get_by_text("Ổ gà, mặt đường hư hỏng").first.click()
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.locator("textarea").fill(TEXT)
    phone.context.set_offline(True)
    phone.get_by_role("button", name="Tiếp tục").click()
    phone.get_by_role("button", name="Gửi phản ánh").click()
    expect(phone.get_by_text(re.compile("sẽ gửi khi có mạng|khi có mạng")).first).to_be_visible()
    phone.context.set_offline(False)
    phone.goto("/#/mine")
    expect(phone.get_by_text(re.compile(r"QN-\d\d-")).first).to_be_visible(timeout=30_000)


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/desk", "/ops"])
def test_no_page_is_wider_than_its_window(
    window: Opener, path: str, width: int, height: int, scheme: str
) -> None:
    page = window(path, width, height, scheme=scheme)
    if path != "/":
        sign_in(page, "ops" if path == "/ops" else "dispatcher.ubnd-06685")
        expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    expect(page.locator("#app")).not_to_be_empty()
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0


def test_a_page_speaks_english_when_asked(window: Opener) -> None:
    page = window("/", 360, 740)
    page.get_by_role("button", name="EN").or_(page.get_by_role("radio", name="EN")).first.click()
    expect(page.get_by_text("Send a report").first).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "en"
