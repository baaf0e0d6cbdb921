"""Tabs by the book: one is shown, the arrow keys move among them (ARIA Authoring Practices, tabs)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from halt.browser.dom import Element, Listeners, by_id

_STEPS = {"ArrowRight": 1, "ArrowLeft": -1, "ArrowDown": 1, "ArrowUp": -1}


class Tabs:
    """The tabs of one list, each with the panel that it controls; ``shown`` is told the id of a tab's panel."""

    def __init__(self, list_id: str, listeners: Listeners, shown: Callable[[str], None]) -> None:
        tabs = by_id(list_id)
        self._tabs: list[Element] = list(tabs.querySelectorAll("[role=tab]"))
        self._told = shown
        listeners.listen(tabs, "click", self._clicked)
        listeners.listen(tabs, "keydown", self._key)

    def show(self, panel_id: str) -> None:
        """Show the panel of this id, and no other."""
        for tab in self._tabs:
            chosen = tab.getAttribute("aria-controls") == panel_id
            tab.setAttribute("aria-selected", "true" if chosen else "false")
            tab.tabIndex = 0 if chosen else -1
            by_id(tab.getAttribute("aria-controls")).hidden = not chosen
        self._told(panel_id)

    def show_panel_of(self, element: Element) -> None:
        """Show the panel in which an element stands."""
        panel = element.closest("[role=tabpanel]")
        if panel and panel.hidden:
            self.show(panel.id)

    def _clicked(self, event: Any) -> None:
        if tab := event.target.closest("[role=tab]"):
            self.show(tab.getAttribute("aria-controls"))

    def _key(self, event: Any) -> None:
        tab = event.target.closest("[role=tab]")
        if not tab:
            return
        place = next(number for number, one in enumerate(self._tabs) if one.id == tab.id)
        if event.key in _STEPS:
            place += _STEPS[event.key]
        elif event.key in ("Home", "End"):
            place = 0 if event.key == "Home" else -1
        else:
            return
        event.preventDefault()
        to = self._tabs[place % len(self._tabs)]
        to.focus()
        self.show(to.getAttribute("aria-controls"))
