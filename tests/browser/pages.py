"""What people do on the pages, by the words that they read there."""

import re
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import Page, expect

NUMBER = re.compile(r"QN-\d\d-[2-9A-HJKMNP-Z]{6}")


def sign_in(page: Page, username: str) -> None:
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill("hientruong")
    page.get_by_role("button", name="Đăng nhập").click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Tiếp tục").click()


def send_report(page: Page, photo: Mapping[str, object] | Path, text: str) -> str:
    """Walk through the form on a phone; returns the number that the last page shows."""
    page.get_by_role("link", name="Gửi phản ánh").or_(
        page.get_by_role("button", name="Gửi phản ánh")
    ).first.click()
    page.locator("input[type=file]").last.set_input_files(photo)
    expect(page.get_by_role("button", name=re.compile("Bỏ ảnh 1"))).to_be_visible()
    go_on(page)
    page.get_by_role("button", name="Dùng vị trí của tôi").click()
    expect(page.get_by_text(re.compile("Thuộc"))).to_be_visible()
    go_on(page)
    page.get_by_label("Tìm loại phản ánh").fill("o ga mat duong")
    page.get_by_text("Ổ gà, mặt đường hư hỏng").first.click()
    go_on(page)
    page.locator("textarea").fill(text)
    go_on(page)
    fresh = page.get_by_role("button", name="Không phải, gửi mới")
    send = page.get_by_role("button", name="Gửi phản ánh")
    expect(fresh.or_(send).first).to_be_visible()
    if fresh.is_visible():
        fresh.click()
    send.click()
    return sent_number(page)


def sent_number(page: Page) -> str:
    expect(page.get_by_role("heading", name="Đã gửi phản ánh")).to_be_visible()
    number = page.get_by_text(NUMBER).first
    expect(number).to_be_visible()
    found = NUMBER.search(number.inner_text())
    assert found
    return found.group()
