"""The body of a reply: source text in, patches of the page out, and an answer on what was really shown."""

from __future__ import annotations

import js

from halt.browser.clock import input_waits
from halt.browser.dom import Element
from halt.markdown.document import Document, Patch


class Body:
    """Shows Markdown that grows.

    A patch is made first and put on the page second; if a click waits in between, the patch is held back. So nothing is
    added after a press of Stop, however busy the page was at that moment (S6).
    """

    def __init__(self, element: Element, source: str) -> None:
        self._element = element
        self._document = Document()
        self._open = js.document.createElement("div")
        self._open.className = "open"
        element.replaceChildren(self._open)
        self._held = ""
        self._held_patch: Patch | None = None
        if source:
            self._apply(self._document.append(source))

    def show(self, text: str) -> bool:
        """Show ``text`` behind what is shown; False where a click waits, and then nothing has changed on the page."""
        if self._held_patch is None:
            self._held = text
            self._held_patch = self._document.append(text)
        if input_waits():
            return False
        self._apply(self._held_patch)
        rest = text[len(self._held) :]
        self._held, self._held_patch = "", None
        if rest:
            self._apply(self._document.append(rest))
        return True

    def settle(self) -> None:
        """End the text: what is half open takes its final form. A patch that was held back is never shown."""
        if self._held_patch is None:
            self._apply(self._document.finish())

    def _apply(self, patch: Patch) -> None:
        if patch.settled:
            self._open.insertAdjacentHTML("beforebegin", "".join(patch.settled))
        if patch.open is not None:
            self._open.innerHTML = patch.open
        if patch.open_append:
            tail = self._open.querySelector("[data-tail]") or self._open
            tail.append(patch.open_append)
