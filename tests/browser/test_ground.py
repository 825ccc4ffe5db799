"""The centre's map when there is much: counted by the server, gathered, and as a heat map."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import Opener
from tests.browser.pages import sign_in
from tests.walks.product import Product, embedded, environment, manage

pytestmark = pytest.mark.browser
MANY = 640
SHAPES = [(360, 740, "light"), (360, 740, "dark"), (1920, 1080, "light"), (1920, 1080, "dark")]
# As many as a storm brings: half in one ward, half over the province.
STORM = f"""
import time
from uuid import uuid4
from backend.accounts.principal import of_device
from backend.accounts.services import register_device
from backend.reports.services import Draft, submit_report
from backend.tickets.models import Ticket
phone = of_device(register_device(platform="web", locale="vi")[0])
for n in range({MANY}):
    lat, lon = (20.95 + n % 20 / 2000, 107.07 + n // 20 % 20 / 2000)
    if n % 2:
        lat, lon = (20.96 + n % 23 / 70, 107.00 + n // 23 / 60)
    draft = Draft(id=uuid4(), category="GT01", text="Ngập", lat=lat, lon=lon)
    submit_report(draft=draft, principal=phone)
until = time.monotonic() + 60
while Ticket.objects.count() < {MANY}:  # the product routes them
    assert time.monotonic() < until, Ticket.objects.count()
    time.sleep(0.1)
"""


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("storm")
    with embedded(folder) as running:
        manage(environment(folder), "shell", "-v", "0", "-c", STORM)
        yield running


def is_count(answer: Response) -> bool:
    return "/api/v1/tickets?" in answer.url and "zoom=" in answer.url


def zoom_of(answer: Response) -> float:
    return float(parse_qs(urlparse(answer.url).query)["zoom"][0])


def is_finer_than(zoom: float) -> Callable[[Response], bool]:
    """Say of an answer whether it counts by smaller cells; the same may be counted twice."""
    return lambda answer: is_count(answer) and zoom_of(answer) > zoom


def clusters(answer: Response) -> list[dict[str, int]]:
    return list(answer.json()["clusters"])


def colours(page: Page) -> bytes:
    """Return the map as it is seen: nothing of it is in the document."""
    return page.locator("canvas").first.screenshot()


@pytest.mark.parametrize(("width", "height", "scheme"), SHAPES)
def test_a_province_full_of_tickets_is_counted_and_shown_where_there_is_much(
    window: Opener,
    picture_of: Callable[[Page, str], None],
    width: int,
    height: int,
    scheme: str,
) -> None:
    page = window("/ops", width, height, scheme=scheme)
    with page.expect_response(is_count) as counted:
        sign_in(page, "ops")
    cells = clusters(counted.value)
    assert 1 < len(cells) < MANY / 2
    assert sum(cell["count"] for cell in cells) == MANY  # each once, none left out
    marks = page.get_by_role("button", name=re.compile(r"^[\d.,k]+ phiếu gần nhau"))
    expect(marks.first).to_be_attached()
    before = colours(page)
    picture_of(page, f"ops-cells-{width}-{scheme}")

    with page.expect_response(is_finer_than(zoom_of(counted.value))) as denser:
        page.get_by_role("button", name="Mật độ phiếu").click()
    expect(page).to_have_url(re.compile("heat=1"))
    expect(page.get_by_role("button", name="Mật độ phiếu")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(page.get_by_text("nhiều").first).to_be_visible()
    assert len(clusters(denser.value)) > len(cells)  # finer, so that the density has no gaps
    assert sum(cell["count"] for cell in clusters(denser.value)) == MANY
    expect(marks).to_have_count(0)
    page.wait_for_timeout(500)  # a frame of the canvas
    assert colours(page) != before
    picture_of(page, f"ops-heat-{width}-{scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.reload()
    expect(page.get_by_role("button", name="Mật độ phiếu")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_a_count_is_opened_by_keyboard_until_tickets_stand_by_themselves(window: Opener) -> None:
    page = window("/ops", 1920, 1080)
    with page.expect_response(is_count) as first:
        sign_in(page, "ops")
    zoom = zoom_of(first.value)
    marks = page.get_by_role("button", name=re.compile(r"^[\d.,k]+ phiếu gần nhau"))
    expect(marks.first).to_be_attached()
    with page.expect_response(is_finer_than(zoom)) as nearer:
        marks.first.focus()
        page.keyboard.press("Enter")
    assert zoom_of(nearer.value) == pytest.approx(zoom + 2)
    assert sum(cell["count"] for cell in clusters(nearer.value)) < MANY
