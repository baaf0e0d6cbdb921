"""The focus: what a person had in hand is still in hand after the page changed around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import js

from halt.browser.dom import Element, by_id


@contextmanager
def focus_kept() -> Iterator[None]:
    """Change the page inside; a control that is gone, hidden or closed afterwards hands the focus on.

    It goes to the same control of the turn that stands in the same place (the branch that came for another), else to
    the message. Without this the browser drops it to the top of the page, and who works by keyboard begins anew.
    """
    focused = js.document.activeElement
    action = focused.getAttribute("data-action") if focused else None
    place = _place_of(focused) if action else None
    yield
    if focused and not _usable(focused):
        (_twin(place, action) or by_id("message")).focus()


def _turns() -> Element:
    return by_id("log").children


def _place_of(element: Element) -> int | None:
    article = element.closest("article")
    turns = list(_turns())
    return next((number for number, turn in enumerate(turns) if turn.isSameNode(article)), None)


def _twin(place: int | None, action: str | None) -> Element | None:
    if place is None or place >= _turns().length:
        return None
    names = (action, "branch-back", "branch-on") if action and action.startswith("branch-") else (action,)
    found = (_turns()[place].querySelector(f"[data-action='{name}']") for name in names)
    return next((control for control in found if control and _usable(control)), None)


def _usable(element: Element) -> bool:
    """Tell whether the focus can stay on an element."""
    shown = element.isConnected and element.getClientRects().length > 0
    return bool(shown) and not getattr(element, "disabled", False)
