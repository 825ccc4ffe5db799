"""The wall, when what it shows is less than all there is."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in

pytestmark = pytest.mark.browser


def test_a_filter_hides_no_emergency_and_says_that_it_hides_the_feed(window: Opener) -> None:
    wall = window("/ops", 1920, 1080)
    sign_in(wall, "ops")
    emergencies = wall.get_by_role("button", name="Đã nhận biết")
    expect(emergencies.first).to_be_visible()
    before = emergencies.count()

    wall.goto("/ops?area=none&priority=low")
    expect(wall.get_by_text("Chưa có diễn biến nào qua bộ lọc đang bật.")).to_be_visible()
    expect(emergencies).to_have_count(before)
