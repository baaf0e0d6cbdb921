"""Where a link truly leads: a line at the bottom, while a pointer is over the link or the keyboard is at it."""

from __future__ import annotations

from typing import Any

from halt.browser.dom import Element, Listeners, by_id


class LinkLine:
    """Shows the host or the mail address behind a link of a reply.

    It is one line of the page's own: a label at the link itself would be cut off by boxes that scroll, and would move
    or cover text. What it says comes from the browser's own reading of the address, which is the one that counts.
    """

    def __init__(self, listeners: Listeners) -> None:
        self._line = by_id("link-line")
        log = by_id("log")
        listeners.listen(log, "mouseover", lambda event: self._look(event.target), passive=True)
        listeners.listen(log, "mouseleave", lambda _: self._say(""), passive=True)
        listeners.listen(log, "focusin", self._focused)
        listeners.listen(log, "focusout", lambda _: self._say(""))

    def _focused(self, event: Any) -> None:
        if event.target.matches(":focus-visible"):
            self._look(event.target)

    def _look(self, target: Element) -> None:
        link = target.closest("a[href]")
        self._say((link.host or link.pathname) if link else "")

    def _say(self, where: str) -> None:
        if where != self._line.textContent:
            self._line.textContent = where
            self._line.hidden = not where
