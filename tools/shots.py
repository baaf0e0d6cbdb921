"""Takes the README's pictures from the real page."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, expect, sync_playwright

from halt_chat.server import serving
from tools.chromium import chromium
from tools.progress import step

Scheme = Literal["light", "dark"]

SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = {"wide": (1280, 800), "phone": (390, 844)}
"""Widths and heights of the window, in CSS pixels."""

BOOT_MS = 60_000

PROMPT = "What happens when I press Stop?"
STOP_AFTER = "The reason is a queue"
DRAFT = "Shorter, please"


def main(dist: Path, out_dir: Path) -> None:
    """Write {light,dark}-{wide,phone}.png of a built site into a folder."""
    out_dir.mkdir(parents=True, exist_ok=True)
    executable = chromium()
    with serving(dist) as url, sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root, as in a container.
        browser = playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        for scheme in SCHEMES:
            for size in SIZES:
                with step(f"Picture {scheme}-{size}"):
                    take(browser, url, scheme, size, out_dir / f"{scheme}-{size}.png")
        browser.close()


def take(browser: Browser, url: str, scheme: Scheme, size: str, target: Path) -> None:
    """Open the page in one look, bring it into the state to show, and save the picture."""
    width, height = SIZES[size]
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": height}, device_scale_factor=2)
    page.goto(url)
    expect(page.locator("html")).to_have_attribute("data-ready", "true", timeout=BOOT_MS)
    pose(page)
    page.screenshot(path=target)
    page.close()


def pose(page: Page) -> None:
    """Bring the page into the state that the picture shows: an answer that was stopped in the middle."""
    message = page.get_by_role("textbox", name="Message")
    message.fill(PROMPT)
    message.press("Enter")
    expect(page.get_by_test_id("body").last).to_contain_text(STOP_AFTER, timeout=BOOT_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_text("words kept").first).to_be_visible()
    message.fill(DRAFT)
    message.focus()
