"""Footnotes of a reply: from a reference to its footnote and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js

from halt.browser.dom import Element


def _go(to: str) -> Callable[[Element], Any]:
    """Make a command that moves the focus within the same reply, which scrolls there as well."""

    def go(button: Element) -> None:
        name = js.CSS.escape(button.dataset.footnote)
        place = button.closest("[data-part=body]").querySelector(f'.{to}[data-footnote="{name}"]')
        if place:
            place.focus()

    return go


actions = {"footnote": _go("footnote"), "footnote-back": _go("footnote-ref")}
