"""Copying by a button, and what is said about it."""

from __future__ import annotations

from halt.browser.clipboard import copy_text
from halt.browser.dom import Element
from halt.ui.page import Page

# How long a button shows that it did its work.
DONE_MS = 1500


async def copy_by(button: Element, text: str, page: Page) -> None:
    """Put ``text`` on the clipboard, and show at the button that it is there."""
    if await copy_text(text):
        page.say("Copied")
        button.setAttribute("data-done", "")
        await page.clock.sleep(DONE_MS)
        button.removeAttribute("data-done")
    else:
        page.notices.show("The browser refused the clipboard. Select the text and copy it by hand.")
