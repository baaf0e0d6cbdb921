"""Draws the icons of the installed app from icon.svg, in a real browser; for maintainers: `python -m tools.icons`."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.chromium import chromium
from tools.places import PUBLIC

PAPER = "#faf9f7"  # as in base.css
# file: side in pixels, the drawing's share of it, what is behind it
ICONS = {
    "icon-192.png": (192, 1.0, "transparent"),
    "icon-512.png": (512, 1.0, "transparent"),
    # The system cuts a shape of its own out of it: what counts lies within a circle of 80 % (W3C Manifest, "maskable").
    "icon-maskable-512.png": (512, 0.66, PAPER),
    "icon-apple-180.png": (180, 0.74, PAPER),
}


def main(target: Path = PUBLIC / "icons") -> None:
    """Write all icons into a folder."""
    drawing = (PUBLIC / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), chromium_sandbox=False)
        for name, (side, share, behind) in ICONS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            page.set_content(
                f"<style>body {{ margin: 0; height: 100vh; display: grid; place-items: center; background: {behind} }}"
                f"svg {{ width: {share * 100}% }}</style>{drawing}"
            )
            page.screenshot(path=target / name, omit_background=True)
        browser.close()


if __name__ == "__main__":
    main()
