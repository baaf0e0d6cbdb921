"""Code blocks on the page: where their settled lines go, and who is told to colour them."""

from __future__ import annotations

import js

from halt.browser.dom import Element

# Lines in a chunk. The browser lays a chunk out once; as one piece, a long block would be laid out with each line.
CHUNK = 50

_HIGHLIGHTER = "code/highlight.mjs"


class Lines:
    """The settled lines of a code block that is being written."""

    def __init__(self, code: Element) -> None:
        self._code = code
        self._known = code.hasAttribute("data-mode")
        self._chunk: Element | None = None
        self._room = 0

    def add(self, html: str) -> None:
        """Put settled lines, as escaped text, behind the others, and have them coloured."""
        start = 0
        while start < len(html):
            if not self._room:
                self._chunk = js.document.createElement("span")
                self._chunk.className = "lines"
                self._code.append(self._chunk)
                self._room = CHUNK
            end = start
            while self._room and end < len(html):
                end = html.find("\n", end) + 1 or len(html)
                self._room -= 1
            self._chunk.insertAdjacentHTML("beforeend", html[start:end])
            start = end
        if self._known:
            _colour(self._code)


def colour_between(before: Element | None, element: Element) -> None:
    """Have the whole code blocks coloured that settled in ``element`` behind the node ``before``."""
    node = before.nextElementSibling if before else element.firstElementChild
    while node:
        for code in node.querySelectorAll("code[data-mode]"):
            code.setAttribute("data-settled", "")  # for a highlighter that is still on its way
            _colour(code)
        node = node.nextElementSibling


def _colour(code: Element) -> None:
    """Colour what is new in ``code``; the highlighter is loaded when it is needed, and begins with what stands."""
    if hasattr(js, "colourCode"):
        js.colourCode(code)
    elif not js.document.getElementById("code-script"):
        script = js.document.createElement("script")
        script.id = "code-script"
        script.type = "module"
        script.src = _HIGHLIGHTER
        js.document.head.append(script)
