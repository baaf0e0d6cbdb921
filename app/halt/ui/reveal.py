"""Showing what was found where it stands in a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import js
from pyodide.ffi import to_js

from halt.browser.dom import Element
from halt.store.search import marked

NAME = "found"
TEXT_NODES = 4  # NodeFilter.SHOW_TEXT
# A reply may be a book: so much of it is looked through, and so much is marked.
MOST_NODES = 2_000
MOST_MARKS = 100


def reveal(article: Element, words: Sequence[str]) -> None:
    """Bring the first of ``words`` in an article into view, mark all of them there, and put the focus on it."""
    clear()
    ranges, first = _find(article.querySelector("[data-part='body']"), words)
    if ranges and hasattr(js, "Highlight"):
        js.CSS.highlights.set(NAME, js.Highlight.new(*ranges))
    article.tabIndex = -1
    article.focus(_options(preventScroll=True))
    (first or article).scrollIntoView(_options(block="center" if first else "start"))


def clear() -> None:
    """Take the marks away."""
    if hasattr(js, "Highlight"):
        js.CSS.highlights.delete(NAME)


def _find(body: Element, words: Sequence[str]) -> tuple[list[Any], Element | None]:
    """Find where ``words`` stand below an element, and the first element in which the rarest of them does."""
    walker = js.document.createTreeWalker(body, TEXT_NODES)
    ranges: list[Any] = []
    first = None
    for _ in range(MOST_NODES):
        node = walker.nextNode()
        if not node or len(ranges) >= MOST_MARKS:
            break
        text = str(node.data)
        folded = text.casefold()
        if not any(word in folded for word in words):
            continue
        if first is None and words[0] in folded:
            first = node.parentElement
        begin = 0
        for part, hit in marked(text, words):
            end = begin + len(part.encode("utf-16-le", "surrogatepass")) // 2  # as the DOM counts
            if hit:
                found = js.document.createRange()
                found.setStart(node, begin)
                found.setEnd(node, end)
                ranges.append(found)
            begin = end
    return ranges, first


def _options(**options: object) -> Any:
    return to_js(options, dict_converter=js.Object.fromEntries)
