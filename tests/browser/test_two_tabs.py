"""One person with the same ticket in two tabs, and a desk that keeps still."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in

pytestmark = pytest.mark.browser
PATIENCE = 60_000


def direct(page: Page, words: str) -> Locator:
    """Open the form of the centre's orders, and write into it."""
    verb = page.locator('[data-verb="direct"]')
    expect(page.get_by_role("group", name="Việc có thể làm")).to_be_visible(timeout=PATIENCE)
    if not verb.is_visible():
        page.get_by_role("button", name=re.compile("Việc khác")).click()
    verb.click()
    field = page.get_by_role("form").get_by_label("Nội dung chỉ đạo")
    field.fill(words)
    return field


def test_who_changed_it_in_another_tab_is_told_so(window: Opener, picture_of):
    # The newest work: what is overdue the system itself is about to change.
    page = window("/desk?tab=work&sort=newest", 1920, 1080)
    sign_in(page, "ops")
    page.locator("[data-id]").first.click(timeout=PATIENCE)
    expect(page.get_by_role("group", name="Việc có thể làm")).to_be_visible(timeout=PATIENCE)
    picture_of(page, "desk-queue-1920")
    other = page.context.new_page()
    other.goto(page.url)
    words = direct(page, "Làm xong trong hôm nay")
    direct(other, "Báo cáo trước 17 giờ").press("Control+Enter")

    told = page.get_by_role("alert").filter(has_text="Bạn vừa thay đổi phiếu này ở một cửa sổ khác")
    expect(told).to_be_visible(timeout=PATIENCE)
    expect(told).to_contain_text("Bạn, ở cửa sổ khác")
    expect(words).to_have_value("Làm xong trong hôm nay")
    picture_of(page, "two-tabs-1920")


def test_the_sheet_of_shortcuts_names_the_tabs_that_are_there(window: Opener):
    page = window("/desk", 1280, 800)
    sign_in(page, "ops")
    tabs = page.get_by_role("group", name="Hàng đợi").get_by_role("button")
    expect(tabs.first).to_be_visible(timeout=PATIENCE)
    page.get_by_role("button", name="Phím tắt").click()
    line = page.get_by_role("dialog").locator("dt", has_text=re.compile("^1"))
    expect(line).to_have_text(re.compile(rf"1\s*–\s*{tabs.count()}$"))
