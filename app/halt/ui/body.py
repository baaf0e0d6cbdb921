"""The body of a reply: source text in, patches of the page out, and an answer on what was really shown."""

from __future__ import annotations

from dataclasses import dataclass

import js

from halt.browser.clock import input_waits
from halt.browser.dom import Element
from halt.markdown.document import Document
from halt.markdown.patch import Discard, Enter, Leave, Loosen, Patch, Resolve, Settle
from halt.ui import formulas
from halt.ui.code import Lines, colour_between

# So many blocks stand in one box: what is added changes the layout of that box alone.
BATCH = 12


@dataclass(slots=True)
class Place:
    """A container: its ``element``, the last settled node in it, the one before it, and whether it has an open part.

    ``lines`` are those of a code block.
    """

    element: Element
    settled: Element | None = None
    before: Element | None = None
    open: bool = False
    lines: Lines | None = None


class Body:
    """Shows Markdown that grows; what is settled is never replaced or moved.

    A patch is made first and put on the page second; if a click waits in between, the patch is held back. So nothing is
    added after a press of Stop, however busy the page was at that moment (S6).
    """

    def __init__(self, element: Element, source: str) -> None:
        """Begin with ``source``, which is shown by ``fill``, at the latest before anything else is."""
        self._element = element
        self._waiting = source
        self._document = Document()
        element.replaceChildren()
        self._places = [Place(self._new_batch())]
        self._held = ""
        self._held_patch: Patch | None = None

    def fill(self, characters: int | None = None) -> bool:
        """Show up to so many characters more of the text to begin with (``None``: all); tell whether more waits."""
        piece = self._waiting[:characters]
        self._waiting = self._waiting[len(piece) :]
        if piece:
            self._apply(self._document.append(piece))
        return bool(self._waiting)

    def show(self, text: str) -> bool:
        """Show ``text`` behind what is shown; False where a click waits, and then nothing has changed on the page."""
        self.fill()
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

    def half_mark(self, text: str) -> int:
        """Tell how many characters at the end of ``text``, the next to be shown, mean nothing without what follows."""
        self.fill()
        return self._document.half_mark(text[len(self._held) :])

    def settle(self, *, cut_off: bool) -> None:
        """End the text; if it was ``cut_off``, it stays as it is shown. A patch that was held back is never shown."""
        self.fill()
        if self._held_patch is None:
            self._apply(self._document.finish(cut_off=cut_off))
            for marked in self._element.querySelectorAll("[data-pending]"):
                marked.removeAttribute("data-pending")

    def _apply(self, patch: Patch) -> None:
        if patch.open is not None:
            for place in self._places:
                _take_open_part_away(place)
            if len(self._places) == 1 and self._places[0].element.childElementCount >= BATCH:
                self._places = [Place(self._new_batch())]
            for step in patch.steps:
                self._take(step)
            for place, html in zip(self._places, patch.open, strict=False):
                if html:
                    place.element.insertAdjacentHTML("beforeend", html)
                    place.open = True
        if patch.open_append:
            self._tail().append(patch.open_append)

    def _take(self, step: Settle | Enter | Leave | Discard | Loosen | Resolve) -> None:
        place = self._places[-1]
        match step:
            case Settle(html):
                before = place.settled
                if place.lines:
                    place.lines.add(html)
                else:
                    place.element.insertAdjacentHTML("beforeend", html)
                place.settled = place.element.lastChild
                if " data-mode=" in html and not place.lines:
                    colour_between(before, place.element)
                if formulas.MARK in html:
                    formulas.set_formulas(before.nextSibling if before else place.element.firstChild)
            case Enter(before, after, down):
                place.element.insertAdjacentHTML("beforeend", before + after)
                inside = place.element.lastElementChild
                for _ in range(down):
                    inside = inside.lastElementChild
                lines = Lines(inside) if inside.localName == "code" else None
                self._places.append(Place(inside, before=place.settled, lines=lines))
                place.settled = place.element.lastChild
                if formulas.MARK in before:
                    formulas.set_formulas(place.settled)
            case Leave():
                self._places.pop()
            case Discard():
                left = self._places.pop()
                around = self._places[-1]
                around.settled = left.before
                _take_open_part_away(around, always=True)
            case Loosen(depth):
                self._places[depth].element.classList.add("loose")
            case Resolve(number, html):
                block = self._element.querySelector(f'[data-pending="{number}"]')
                block.innerHTML = html
                if formulas.MARK in html:
                    formulas.set_formulas(block.firstChild)

    def _new_batch(self) -> Element:
        batch = js.document.createElement("div")
        batch.className = "batch"
        self._element.append(batch)
        return batch

    def _tail(self) -> Element:
        """Find where plain text is appended: it stands in the one open part that is marked so."""
        for place in reversed(self._places):
            node = place.settled.nextSibling if place.settled else place.element.firstChild
            while node:
                if node.nodeType == js.Node.ELEMENT_NODE:
                    tail = node if node.hasAttribute("data-tail") else node.querySelector("[data-tail]")
                    if tail:
                        return tail
                node = node.nextSibling
        return self._places[-1].element


def _take_open_part_away(place: Place, *, always: bool = False) -> None:
    if not place.open and not always:
        return
    # No range: the browser would keep it up to date with every change until it is collected.
    if place.settled:
        while node := place.settled.nextSibling:
            node.remove()
    else:
        place.element.replaceChildren()
    place.open = False
