"""Anyone looks at what the province does: a map and a list, and one ticket with its photos."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Opener

pytestmark = pytest.mark.browser


def test_anyone_finds_a_ticket_and_compares_its_photos(window: Opener) -> None:
    page = window("/public", 360, 740)
    asked: list[dict[str, str]] = []
    page.on("request", lambda one: asked.append(one.headers) if "/api/" in one.url else None)
    expect(page.get_by_role("heading", name="Phản ánh trong tỉnh")).to_be_visible()
    rows = page.get_by_role("list", name="Danh sách phản ánh").get_by_role("link")
    expect(rows.first).to_be_visible()
    everything = rows.count()
    page.get_by_text("Lọc", exact=True).click()
    page.get_by_label("Trạng thái").select_option(label="Đã xử lý")
    expect(page).to_have_url(re.compile("status=done"))
    expect(page.get_by_text("Lọc (1)")).to_be_visible()
    rows.filter(has_text="Có ảnh trước và sau").first.click()

    slider = page.get_by_role("slider", name="So sánh trước và sau")
    expect(slider).to_be_visible()
    slider.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "Thấy 51% ảnh sau")
    expect(page.get_by_text(re.compile("Đúng hạn|Trễ hạn")).first).to_be_visible()
    expect(page.get_by_role("heading", name="Quá trình")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

    page.get_by_role("link", name="Về danh sách").first.click()
    expect(page).to_have_url(re.compile("status=done"))  # the list as it was left
    page.get_by_role("button", name="Bỏ lọc").click()
    expect(rows).to_have_count(everything)
    assert asked
    assert all("cookie" not in sent and "authorization" not in sent for sent in asked)


def test_a_shared_address_of_what_is_not_public_says_so(window: Opener) -> None:
    page = window("/public#/t/00000000-0000-4000-8000-000000000000", 1920, 1080, scheme="dark")
    expect(page.get_by_role("heading", name="Không có phản ánh này.")).to_be_visible()
    page.get_by_role("link", name="Về danh sách").first.click()
    expect(page.get_by_role("button", name="Gần tôi")).to_be_visible()


def test_what_is_still_loading_says_so(window: Opener) -> None:
    page = window("/public", 360, 740)
    rows = page.get_by_role("list", name="Danh sách phản ánh").get_by_role("link")
    expect(page.locator(".maplibregl-canvas")).to_be_visible()
    held: list[Route] = []
    page.route(re.compile(r"assets/base-[^/]*\.js"), lambda route: held.append(route))
    page.reload()
    expect(page.get_by_text("Đang tải bản đồ…")).to_be_visible()
    page.wait_for_timeout(500)  # the drawing part is asked for, and kept from it
    expect(page.locator(".maplibregl-canvas")).to_have_count(0)
    assert held
    for route in held:
        route.continue_()
    expect(page.get_by_text("Đang tải bản đồ…")).to_have_count(0)
    expect(page.locator(".maplibregl-canvas")).to_be_visible()

    # Names that are on their way are not shown as codes.
    held.clear()
    page.route("**/api/v1/categories*", lambda route: held.append(route))
    page.reload()
    expect(rows.first).to_contain_text("…")
    for route in held:
        route.continue_()
    expect(rows.filter(has_text="…")).to_have_count(0)
