"""A product with its demo, and a real Chromium to look at it with."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.walks.product import Product, embedded

ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
ROOT = Path(__file__).resolve().parents[2]
# `make images` writes what the documents show; a test run leaves the working tree alone.
IMAGES = ROOT / "docs" / "images" if os.environ.get("UPDATE_IMAGES") else None
TICKETS = 300 if IMAGES else 60


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    # All sign in from one address, some by one name: a quick machine would be told to wait.
    often = {"RATE_SIGN_IN": "1000/min", "RATE_SIGN_IN_ADDRESS": "1000/min"}
    with embedded(tmp_path_factory.mktemp("var"), tickets=TICKETS, **often) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=ARGUMENTS)
        yield running
        running.close()


expect.set_options(timeout=15_000)

Opener = Callable[..., Page]


@pytest.fixture
def window(browser: Browser, product: Product) -> Iterator[Opener]:
    """Open a window of its own person: `window("/desk", 1280, 800, scheme="dark")`."""
    contexts: list[BrowserContext] = []

    def open_one(path: str, width: int, height: int, **more: object) -> Page:
        given = {
            "viewport": {"width": width, "height": height},
            "color_scheme": more.pop("scheme", "light"),
            "reduced_motion": "reduce",
            "locale": "vi-VN",
            "timezone_id": "Asia/Ho_Chi_Minh",
            "base_url": product.http(),
        }
        context = browser.new_context(**given, **more)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def picture_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Page, str], None]:
    """Keep a screenshot; it must be more than one flat colour."""
    folder = IMAGES or tmp_path_factory.mktemp("images")
    folder.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        assert path.stat().st_size > 5_000

    return keep
