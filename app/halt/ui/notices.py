"""Notices: what went wrong outside of a reply, what to do, and details to copy."""

from __future__ import annotations

import traceback
from collections.abc import Callable

import js

from halt.browser.dom import Element, by_id, from_template, part
from halt.ui.focus import focus_kept

# More than this would hide the conversation behind the same news.
MOST = 3


class Notices:
    """Shows notices above the composer until they are dismissed."""

    def __init__(self) -> None:
        self._place = by_id("notices")
        self._undo: dict[str, Callable[[], None]] = {}
        self._number = 0
        self._told: set[str] = set()

    def show(
        self, sentence: str, details: str = "", undo: Callable[[], None] | None = None, *, once: bool = False
    ) -> None:
        """Say ``sentence``; ``details`` can be opened and copied, ``undo`` is offered as a button.

        What is said ``once`` is not said again before the page is loaded anew.
        """
        if once and sentence in self._told:
            return
        self._told.add(sentence)
        self._number += 1
        notice = from_template("notice-piece")
        notice.dataset.number = str(self._number)
        part(notice, "text").textContent = sentence
        part(notice, "details").hidden = part(notice, "copy").hidden = not details
        part(notice, "details-text").textContent = details
        part(notice, "undo").hidden = undo is None
        if undo:
            self._undo[notice.dataset.number] = undo
        self._place.append(notice)
        while self._place.childElementCount > MOST:
            self.dismiss(self._place.firstElementChild)

    def offer(self, sentence: str, label: str, action: Callable[[], None]) -> None:
        """Say what may be done now, with a button of that ``label``; it is no alarm, so nobody is interrupted."""
        self.show(sentence, undo=action)
        notice = self._place.lastElementChild
        notice.setAttribute("role", "status")
        part(notice, "undo").textContent = label
        part(notice, "dismiss").textContent = "Later"

    def report(self, error: BaseException) -> None:
        """Show an exception that nothing else handled; the page lives on."""
        details = "".join(traceback.format_exception(error))
        js.console.error(details)
        self.show(
            "Something in Halt went wrong. Your text and the conversation are still here; if it keeps happening, "
            "report the details.",
            f"{details}\n{js.navigator.userAgent}",
        )

    def undo(self, notice: Element) -> None:
        """Take back what the notice tells of."""
        action = self._undo.pop(notice.dataset.number, None)
        self.dismiss(notice)
        if action:
            action()

    def dismiss(self, notice: Element) -> None:
        """Take the notice away."""
        self._undo.pop(notice.dataset.number, None)
        with focus_kept():
            notice.remove()

    def details_of(self, notice: Element) -> str:
        """Read the details, as they are copied."""
        return str(part(notice, "details-text").textContent)
