"""The rules' page, used as it is meant: drawn up, tried, published, told of, and rolled back."""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in
from tests.walks.product import Product

pytestmark = pytest.mark.browser
PATIENCE = 60_000
PLACE = {"lat": 20.9512, "lon": 107.0831, "accuracy_m": 12}
TITLE = "Ổ gà trên điện thoại Android"


def rules_page(window: Opener, width: int = 1920, height: int = 1080, **more: object) -> Page:
    page = window("/rules", width, height, **more)
    sign_in(page, "admin")
    expect(page.get_by_role("heading", name=re.compile("^Bộ số"))).to_be_visible()
    return page


def said(page: Page, words: str) -> None:
    expect(page.get_by_text(words).first).to_be_visible()


def pick(form: Locator, label: str, typed: str, choice: str) -> None:
    field = form.get_by_role("combobox", name=re.compile(label))
    field.fill(typed)
    form.get_by_role("listbox", name=re.compile(label)).get_by_role(
        "option", name=re.compile(choice)
    ).first.click()


def write_rule(page: Page, title: str, agency: str) -> Locator:
    page.get_by_role("button", name="Thêm quy tắc").click()
    form = page.locator("form").filter(has=page.get_by_label("Tên tiếng Việt"))
    form.get_by_label("Tên tiếng Việt").fill(title)
    pick(form, "^Loại phản ánh", "o ga", "Ổ gà")
    pick(form, "^Kênh gửi", "android", "Android")
    form.get_by_label("Giao cho").select_option("agency")
    pick(form, "^Đơn vị$", agency, agency)
    return form


def send_from_android(product: Product) -> str:
    """Send a report as an app would, and return its number."""
    with httpx.Client(base_url=f"{product.http()}/api/v1/") as phone:
        device = phone.post("devices", json={"platform": "android", "locale": "vi"}).json()
        body = {"id": str(uuid4()), "category": "GT01", "text": "Ổ gà sâu", "location": PLACE}
        token = {"Authorization": f"Device {device['token']}"}
        sent = phone.post("reports", json=body, headers=token)
    assert sent.status_code == 201, sent.text
    return str(sent.json()["report_no"])


def ticket_of(page: Page, number: str) -> dict[str, object]:
    """Return the ticket of a report as the centre has it, once it has an agency."""
    deadline = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < deadline:
        found = page.request.get(f"/api/v1/tickets?q={number}").json()["results"]
        if found and found[0]["agency"]:
            return dict(found[0])
        page.wait_for_timeout(200)
    raise AssertionError(f"{number} has no agency.")


def test_a_rule_is_drawn_up_tried_published_told_of_and_rolled_back(
    window: Opener, product: Product, picture_of: Callable[[Page, str], None]
) -> None:
    centre = window("/ops", 1280, 800)
    sign_in(centre, "ops")
    expect(centre.get_by_role("button", name="Đăng xuất")).to_be_visible()
    begun = centre.request.get("/api/v1/tickets?limit=1").headers["feed-position"]
    page = rules_page(window)
    page.get_by_role("button", name="Lập bản nháp", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("Bản nháp"))).to_be_visible()
    form = write_rule(page, TITLE, "SXD")
    picture_of(page, "rules-editor")
    form.get_by_role("button", name="Lưu quy tắc").click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()

    twin = write_rule(page, "Ổ gà, bản sao", "SXD")
    twin.get_by_role("button", name="Lưu quy tắc").click()
    refusal = twin.get_by_role("alert").filter(has_text="Ổ gà, bản sao")
    expect(refusal).to_contain_text(TITLE)
    twin.get_by_role("button", name="Thôi").click()

    edit = page.get_by_role("button", name=f"Sửa: {TITLE}", exact=True)
    edit.press("Enter")
    expect(page.get_by_role("heading", name=TITLE)).to_be_focused()
    page.get_by_role("button", name="Thôi").press("Enter")
    expect(edit).to_be_focused()

    page.get_by_role("tab", name="Độ phủ").click()
    page.get_by_role("button", name="Kiểm tra độ phủ").click()
    expect(page.get_by_role("heading", name=re.compile(r"\(\d+\)")).first).to_be_visible(
        timeout=PATIENCE
    )
    page.get_by_role("tab", name="Chạy thử").click()
    days = page.get_by_label("Phản ánh trong mấy ngày qua")
    days.fill("0")
    page.get_by_role("button", name="Chạy thử", exact=True).click()
    said(page, "Hãy cho số ngày từ 1 đến 366.")
    days.fill("366")
    page.get_by_role("button", name="Chạy thử", exact=True).click()
    expect(page.get_by_text(re.compile("phản ánh")).last).to_be_visible(timeout=PATIENCE)
    picture_of(page, "rules-simulation")

    page.get_by_role("button", name="Ban hành", exact=True).click()
    dialog = page.get_by_role("dialog")
    soon = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(hours=1)
    dialog.get_by_label(re.compile("Có hiệu lực từ")).fill(f"{soon:%Y-%m-%dT%H:%M}")
    dialog.get_by_role("button", name="Ban hành").click()
    expect(page.get_by_role("heading", name=re.compile("Chờ hiệu lực"))).to_be_visible()
    page.get_by_role("button", name="Thu hồi lịch ban hành").click()
    expect(page.get_by_role("heading", name=re.compile("Bản nháp"))).to_be_visible()
    page.get_by_role("button", name="Ban hành", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Ban hành").click()
    expect(page.get_by_role("heading", name=re.compile("Đang hiệu lực"))).to_be_visible()

    ticket = ticket_of(centre, send_from_android(product))
    assert ticket["agency"] == "SXD"
    assert TITLE in str(ticket["routing"])

    page.get_by_role("button", name="Quay lại bộ trước").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Quay lại bộ trước")).to_be_disabled()
    dialog.get_by_label("Lý do").fill("Thử xong")
    dialog.get_by_role("button", name="Quay lại bộ trước").click()
    said(page, "có hiệu lực trở lại")
    assert ticket_of(centre, send_from_android(product))["agency"] != "SXD"
    told = centre.request.get(f"/api/v1/events?audience=ops&after={begun}").json()
    steps = [each["data"]["change"] for each in told["results"] if each["type"] == "rules.changed"]
    wanted = ["drafted", "saved", "published", "withdrawn", "published", "rolled_back"]
    assert steps == wanted


def tab_to(page: Page, goal: Locator, *, back: bool = False) -> None:
    """Press Tab until the goal has the focus."""
    expect(goal).to_be_visible()
    for _turn in range(60):
        if goal.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    expect(goal).to_be_focused()


def test_a_draft_is_made_and_discarded_with_the_keyboard_alone(window: Opener) -> None:
    page = rules_page(window, 1280, 800)
    tab_to(page, page.get_by_role("button", name="Lập bản nháp", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("Bản nháp"))).to_be_visible()
    tab_to(page, page.get_by_role("tab", name="Quy tắc"))
    for name in ("Độ phủ", "Chạy thử", "Phiếu cần chuyển"):
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("tab", name=name)).to_be_focused()
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    tab_to(page, page.get_by_role("button", name="Bỏ bản nháp"), back=True)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    tab_to(page, dialog.get_by_role("button", name="Bỏ bản nháp"))
    page.keyboard.press("Enter")
    said(page, "Đã bỏ bản nháp")


def test_the_rules_are_told_in_english(window: Opener) -> None:
    page = rules_page(window, 1280, 800)
    page.get_by_role("button", name="EN").or_(page.get_by_role("radio", name="EN")).first.click()
    expect(page.get_by_role("heading", name="Routing rules")).to_be_visible()
    expect(page.get_by_role("tab", name="Tickets to move")).to_be_visible()
    page.get_by_role("tab", name="Simulation").click()
    page.get_by_role("button", name="Simulate").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("report"))).to_be_visible(
        timeout=PATIENCE
    )


@pytest.mark.parametrize(("width", "height"), [(360, 740), (1920, 1080)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_side_of_the_rules_is_wider_than_its_window(
    window: Opener, picture_of: Callable[[Page, str], None], width: int, height: int, scheme: str
) -> None:
    page = rules_page(window, width, height, scheme=scheme)
    for side in ("rules", "coverage", "simulation", "moves"):
        expect(page.locator(f"#tab-{side}")).to_be_in_viewport(ratio=1)  # none is cut off
        page.locator(f"#tab-{side}").click()
        picture_of(page, f"rules-{side}-{width}-{scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
