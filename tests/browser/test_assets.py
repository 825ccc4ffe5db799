"""Which light is meant: offered by the pin, chosen, kept with the report, seen at the desk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener
from tests.browser.pages import go_on, sent_number, sign_in
from tests.walks.product import Product

pytestmark = pytest.mark.browser
LIGHT = "Đèn số 1, đường số 1, phường Bãi Cháy"
NEXT = "Đèn số 2, đường số 1, phường Bãi Cháy"
HERE = {  # between the first light of a street and its second, nearer the first
    "geolocation": {"latitude": 20.958739, "longitude": 107.026988, "accuracy": 8},
    "permissions": ["geolocation"],
}
SHAPES = [(360, 740, "light"), (360, 740, "dark"), (1920, 1080, "light"), (1920, 1080, "dark")]


def to_the_words(page: Page) -> None:
    """Walk through the form to where it asks what is the matter with which light."""
    page.get_by_role("link", name="Gửi phản ánh").or_(
        page.get_by_role("button", name="Gửi phản ánh")
    ).first.click()
    page.get_by_role("button", name=re.compile("^(Bỏ qua|Tiếp tục)")).first.click()
    page.get_by_role("button", name="Dùng vị trí của tôi").click()
    expect(page.get_by_text(re.compile("Thuộc"))).to_be_visible()
    go_on(page)
    page.get_by_label("Tìm loại phản ánh").fill("den duong khong sang")
    page.get_by_text("Đèn đường không sáng").first.click()
    go_on(page)
    expect(page.get_by_role("group", name="Bạn báo về cái nào?")).to_be_visible()


@pytest.mark.parametrize(("width", "height", "scheme"), SHAPES)
def test_the_nearest_light_is_offered_chosen_and_seen_at_the_desk(
    window: Opener,
    product: Product,
    picture_of: Callable[[Page, str], None],
    width: int,
    height: int,
    scheme: str,
) -> None:
    page = window("/", width, height, scheme=scheme, **HERE)
    to_the_words(page)
    offered = page.get_by_role("group", name="Bạn báo về cái nào?")
    lights = offered.get_by_role("radio")
    expect(lights.first).to_have_accessible_name(re.compile(re.escape(LIGHT)))  # the nearest first
    expect(lights.nth(1)).to_have_accessible_name(re.compile(re.escape(NEXT)))
    expect(lights.last).to_be_checked()  # none, until one is chosen
    lights.first.check()
    picture_of(page, f"asset-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("textarea").fill("Đèn tắt từ hôm qua")
    go_on(page)
    expect(page.get_by_text(LIGHT).first).to_be_visible()  # read once more before sending
    fresh = page.get_by_role("button", name="Không phải, gửi mới")
    send = page.get_by_role("button", name="Gửi phản ánh")
    expect(fresh.or_(send).first).to_be_visible()
    if fresh.is_visible():
        fresh.click()
    send.click()
    number = sent_number(page)

    desk = window("/ops", width, height, scheme=scheme)
    sign_in(desk, "ops")
    expect(desk.get_by_role("button", name="Đăng xuất")).to_be_visible()
    found: list[dict[str, object]] = []
    for _turn in range(100):
        found = desk.request.get(f"/api/v1/tickets?q={number}").json()["results"]
        if found:
            break
        desk.wait_for_timeout(100)
    [ticket] = found
    asset = ticket["asset"]
    assert isinstance(asset, dict)
    assert (asset["layer"], asset["code"], asset["name"]) == ("light", "BC1-01", LIGHT)
    place = ticket["location"]
    assert isinstance(place, dict)
    assert (place["lat"], place["lon"]) == (20.95865, 107.026825)  # the light's own
    desk.goto(f"/desk?ticket={ticket['id']}")
    expect(desk.get_by_text(LIGHT).first).to_be_visible()
    picture_of(desk, f"asset-desk-{width}-{scheme}")
    assert desk.evaluate("document.documentElement.scrollWidth") <= width


def test_to_choose_none_leaves_the_pin_where_it_was(window: Opener) -> None:
    page = window("/", 360, 740, **HERE)
    to_the_words(page)
    lights = page.get_by_role("group", name="Bạn báo về cái nào?").get_by_role("radio")
    lights.first.check()
    lights.last.check()
    expect(lights.first).not_to_be_checked()
    page.locator("textarea").fill("Cả đoạn đường tối")
    go_on(page)
    expect(page.get_by_text(LIGHT)).to_have_count(0)
