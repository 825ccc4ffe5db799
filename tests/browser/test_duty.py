"""The centre sees which desks stand empty, opens their work by keyboard, and sees one taken."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in

pytestmark = pytest.mark.browser
PATIENCE = 60_000


@pytest.mark.parametrize(("width", "height", "scheme"), [(1920, 1080, "light"), (360, 740, "dark")])
def test_empty_desks_lead_to_their_work(window: Opener, picture_of, width, height, scheme):
    page = window("/ops", width, height, scheme=scheme)
    sign_in(page, "ops")
    if width < 1000:
        page.get_by_role("button", name="Diễn biến").click()
    panel = page.locator("details", has_text="Bàn trực")
    summary = panel.locator("summary")
    expect(summary).to_contain_text(re.compile(r"\d+ trống"), timeout=PATIENCE)
    summary.focus()
    page.keyboard.press("Enter")
    first = panel.get_by_role("button").first
    expect(first).to_contain_text(re.compile(r"\d+ việc đang mở"))
    picture_of(page, f"duty-{width}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("agency="))


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (360, 740)])
def test_the_feed_does_not_press_the_emergencies_away(window: Opener, width, height):
    page = window("/ops", width, height)
    sign_in(page, "ops")
    if width < 1000:
        page.get_by_role("button", name="Diễn biến").click()
    alerts = page.get_by_role("region", name="Khẩn cấp chưa ai nhận biết")
    expect(alerts.locator(".alert").first).to_be_visible(timeout=PATIENCE)
    expect(page.locator("details", has_text="Bàn trực")).to_be_visible()
    hidden = alerts.evaluate("node => node.scrollHeight - node.clientHeight")
    assert hidden == 0


def test_a_desk_that_is_taken_is_empty_no_more(window: Opener):
    page = window("/ops", 1280, 900)
    sign_in(page, "ops")
    summary = page.locator("details", has_text="Bàn trực").locator("summary")
    expect(summary).to_contain_text("0 có người", timeout=PATIENCE)
    desk = window("/desk", 1280, 800)
    sign_in(desk, "dispatcher.sxd")
    expect(summary).to_contain_text("1 có người", timeout=PATIENCE)
