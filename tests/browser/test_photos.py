"""A photo's way over the pages: sent in pieces, covered at the desk, compared with the result."""

import io
import re
import time
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.pages import send_report, sign_in
from tests.browser.test_three_windows import HERE, PROOF, WITHIN
from tests.walks.people import Staff
from tests.walks.product import Product

pytestmark = pytest.mark.browser
TEXT = "Xe đỗ chắn vỉa hè, thấy rõ biển số và người đi đường"


def large_picture(size: tuple[int, int] = (1600, 1200)) -> bytes:
    """More than half a megabyte, so that it goes in pieces; light, so that a cover shows."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).point(lambda level: 120 + level // 2).convert("RGB").save(
        out, "JPEG", quality=92
    )
    return out.getvalue()


def view_of(page: Page) -> Image.Image:
    source = page.locator(".photo-viewer img").get_attribute("src")
    assert source
    return Image.open(io.BytesIO(page.request.get(source).body())).convert("L")


def lightness_of(button: Locator) -> tuple[float, float]:
    """Of its text and of its ground, from 0 (black) to 1 (white)."""
    colours = button.evaluate(
        "node => ['color', 'background-color'].map(name =>"
        " getComputedStyle(node).getPropertyValue(name))"
    )
    ink, ground = (float(re.findall(r"[\d.]+", colour)[0]) for colour in colours)
    return ink, ground


def test_a_photo_is_covered_at_the_desk_and_compared_with_the_result(window: Opener) -> None:
    desk = window("/desk", 1280, 900)
    sign_in(desk, "dispatcher.ubnd-06685")
    expect(desk.get_by_role("button", name="Đăng xuất")).to_be_visible()
    everyone = window("/public", 1280, 900)
    rows = everyone.get_by_role("list", name="Danh sách phản ánh").get_by_role("link")
    expect(rows.first).to_be_visible()
    phone = window("/", 360, 740, **HERE)
    pieces: list[str] = []
    phone.on("request", lambda asked: asked.method == "PATCH" and pieces.append(asked.url))
    photo = {"name": "xe.jpg", "mimeType": "image/jpeg", "buffer": large_picture()}
    number = send_report(phone, photo, TEXT)
    assert len(pieces) > 2
    everyone.get_by_role("button", name="1 phản ánh mới").click(timeout=WITHIN)
    expect(rows.first).to_contain_text("Chuyển xử lý")
    assert TEXT not in everyone.content()

    announced = desk.get_by_role("button", name=re.compile("phiếu mới"))
    row = desk.get_by_text(number).first
    expect(announced.or_(row).first).to_be_visible(timeout=WITHIN)
    if announced.is_visible():
        announced.click()
    row.click()
    thumb = desk.get_by_role("button", name="Ảnh hiện trường 1/1")
    thumb.click()
    expect(desk.get_by_text("Ảnh không ghi thời gian, vị trí hay máy chụp.")).to_be_visible()
    cover = desk.get_by_role("button", name="Che khuôn mặt, biển số")
    expect(cover).to_be_visible(timeout=3 * WITHIN)
    assert view_of(desk).getpixel((400, 300)) > 90

    cover.click()
    # On its dark ground, in the light theme too.
    for name in ("Thêm vùng che", "Bỏ, không đổi"):
        ink, ground = lightness_of(desk.get_by_role("button", name=name))
        assert ink - ground > 0.5
    frame = desk.locator(".frame.editing")
    box = frame.bounding_box()
    assert box
    desk.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    desk.mouse.down()
    desk.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.5 * box["height"], steps=5)
    desk.mouse.up()
    part = desk.get_by_role("button", name="Vùng che 1")
    part.press("Shift+ArrowRight")
    desk.get_by_role("button", name="Thêm vùng che").press("Enter")
    desk.get_by_role("button", name="Vùng che 2").press("Delete")
    desk.get_by_role("button", name="Che các vùng này").click()
    expect(cover).to_be_visible(timeout=3 * WITHIN)  # the new copies are there
    covered = view_of(desk)
    assert covered.getpixel((400, 300)) < 50
    assert covered.getpixel((1500, 1100)) > 90
    desk.keyboard.press("Escape")

    desk.get_by_role("button", name="Tiếp nhận", exact=True).click()
    desk.get_by_role("button", name="Bắt đầu xử lý").click()
    desk.get_by_role("button", name="Báo đã xử lý").click()
    form = desk.get_by_role("form", name="Báo đã xử lý")
    form.get_by_label(re.compile("Kết quả xử lý")).fill("Đã nhắc chủ xe, vỉa hè đã thông")
    form.locator("input[type=file]").last.set_input_files(PROOF)
    form.get_by_role("button", name="Báo đã xử lý").click()
    expect(rows.first).to_contain_text("Đã xử lý", timeout=WITHIN)
    phone.get_by_role("button", name="Theo dõi phản ánh").click()
    slider = phone.get_by_role("slider", name="So sánh trước và sau")
    expect(slider).to_be_visible(timeout=3 * WITHIN)
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "Thấy 49% ảnh sau")


def test_who_saves_data_sends_a_smaller_photo(window: Opener, product: Product) -> None:
    phone = window("/", 360, 740, **HERE)
    phone.add_init_script(
        "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"
    )
    phone.reload()
    photo = {"name": "duong.jpg", "mimeType": "image/jpeg", "buffer": large_picture((4000, 3000))}
    number = send_report(phone, photo, "Mặt đường lún sâu trước cổng trường")
    centre = Staff(product, "ops").client
    deadline = time.monotonic() + 30
    while not (photos := _photos_of(centre, number)):
        assert time.monotonic() < deadline, "the photo did not come"
        time.sleep(0.2)
    assert [(each["width"], each["height"]) for each in photos] == [(2560, 1920)]


def _photos_of(client: httpx.Client, number: str) -> list[dict[str, Any]]:
    found = client.get("tickets", params={"q": number}).raise_for_status().json()["results"]
    if not found:
        return []
    ticket = client.get(f"tickets/{found[0]['id']}").raise_for_status().json()
    photos: list[dict[str, Any]] = ticket["photos"]
    return photos
