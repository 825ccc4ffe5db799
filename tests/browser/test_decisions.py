"""Why a ticket is where it is: the decision in force, those before it, a category put right."""

import re
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in
from tests.walks.product import Product

pytestmark = pytest.mark.browser
PLACE = {"lat": 20.9575, "lon": 107.0829, "accuracy_m": 12}


def send(product: Product) -> tuple[str, dict[str, str]]:
    """Send a report as an app would; returns its number and what signs for its sender."""
    with httpx.Client(base_url=f"{product.http()}/api/v1/") as phone:
        device = phone.post("devices", json={"platform": "android", "locale": "vi"}).json()
        body = {"id": str(uuid4()), "category": "GT01", "text": "Nước trào", "location": PLACE}
        signed = {"Authorization": f"Device {device['token']}"}
        sent = phone.post("reports", json=body, headers=signed)
    assert sent.status_code == 201, sent.text
    return str(sent.json()["report_no"]), signed


def opened(page: Page, number: str) -> None:
    """Open the ticket of a report, once it has an agency."""
    for _turn in range(200):
        found = page.request.get(f"/api/v1/tickets?q={number}").json()["results"]
        if found and found[0]["agency"]:
            page.goto(f"/desk?ticket={found[0]['id']}")
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{number} has no agency.")


def pick(form: Locator, label: str, typed: str, choice: str) -> None:
    form.get_by_role("combobox", name=re.compile(label)).fill(typed)
    form.get_by_role("option", name=re.compile(choice)).first.click()


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1920, "dark")])
def test_the_desk_shows_the_decision_in_force_and_corrects_a_category(
    window: Opener,
    product: Product,
    picture_of: Callable[[Page, str], None],
    width: int,
    scheme: str,
) -> None:
    number, signed = send(product)
    page = window("/desk", width, 900, scheme=scheme)
    sign_in(page, "ops")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    opened(page, number)
    expect(page.get_by_text(re.compile("theo quy tắc")).first).to_be_visible()

    page.get_by_role("button", name="Chuyển đơn vị").click()
    form = page.get_by_role("form", name="Chuyển đơn vị")
    pick(form, "Đơn vị", "SXD", "SXD")
    form.locator("textarea").fill("Đường tỉnh, không phải của phường")
    form.get_by_role("button", name="Chuyển đơn vị").click()
    decision = page.get_by_text(re.compile("chuyển từ UBND phường .* đến Sở Xây dựng")).first
    expect(decision).to_contain_text("Lý do: Đường tỉnh, không phải của phường")
    page.get_by_text("Quyết định trước đó: 1").click()
    expect(page.get_by_text(re.compile("theo quy tắc")).first).to_be_visible()

    page.get_by_role("button", name="Sửa loại").click()
    form = page.get_by_role("form", name="Sửa loại")
    pick(form, "Loại đúng", "den duong khong sang", "Đèn đường không sáng")
    expect(form.get_by_text(re.compile("Theo quy tắc, loại này thuộc"))).to_be_visible()
    form.locator("textarea").fill("Ảnh là cột đèn")
    picture_of(page, f"correct-{width}-{scheme}")
    form.get_by_role("button", name="Sửa loại").click()
    said = page.get_by_text(re.compile("sửa loại từ “Ổ gà.*” thành “Đèn đường không sáng”"))
    expect(said.first).to_contain_text("vẫn xử lý")
    expect(page.get_by_text("Quyết định trước đó: 2")).to_be_visible()
    picture_of(page, f"decided-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    told = httpx.get(f"{product.http()}/api/v1/reports/{number}", headers=signed).json()
    assert told["timeline"][-1]["type"] == "ticket.corrected"
    assert told["timeline"][-1]["category"]["name_vi"] == "Đèn đường không sáng"
    assert told["category"]["code"] == "GT01"


def test_an_open_form_has_the_one_filled_button(window: Opener, product: Product) -> None:
    number, _signed = send(product)
    page = window("/desk", 1280, 800)
    sign_in(page, "dispatcher.ubnd-06685")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    opened(page, number)
    bar = page.get_by_role("group", name="Việc có thể làm")
    filled = page.locator("footer .button.main")
    expect(filled).to_have_text(["Tiếp nhận"])
    bar.get_by_role("button", name="Trả lại").click()
    form = page.get_by_role("form", name="Trả lại")
    expect(filled).to_have_text(["Trả lại"])
    expect(form.locator(".button.main")).to_be_visible()
    form.get_by_role("button", name="Hủy").click()
    expect(filled).to_have_text(["Tiếp nhận"])


def test_a_ticket_opened_by_its_address_stands_among_the_others(
    window: Opener, product: Product
) -> None:
    number, _signed = send(product)
    page = window("/desk", 1280, 800)
    sign_in(page, "ops")
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    opened(page, number)
    expect(page.locator("article h2")).to_contain_text(number)
    held: list[Route] = []
    page.route(re.compile(r"/api/v1/tickets\?"), lambda route: held.append(route))
    page.reload()
    expect(page.locator("article h2")).to_contain_text(number)  # here before the board is
    assert held
    for route in held:
        route.continue_()
    rows = page.locator("nav.queue [data-id]")
    expect(rows.nth(1)).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"^\d+ phiếu mới"))).to_have_count(0)
