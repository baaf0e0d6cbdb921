"""The field that searches all conversations, and the list of what it found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import js

from halt.browser.boundary import Boundary
from halt.browser.dom import Element, Listeners, by_id, from_template, part
from halt.store.database import StorageError
from halt.store.finder import MOST_MESSAGES, MOST_TITLES, Finder, Hit
from halt.store.search import Parts, words_of
from halt.ui import words as say
from halt.ui.conversation_commands import ConversationCommands
from halt.ui.page import Page


class Search:
    """Searches while one types; what was found stands in place of the list of conversations."""

    def __init__(
        self,
        page: Page,
        finder: Finder,
        conversations: ConversationCommands,
        boundary: Boundary,
        listeners: Listeners,
    ) -> None:
        self._page = page
        self._finder = finder
        self._conversations = conversations
        self._boundary = boundary
        self._field = by_id("search")
        self._list = by_id("found")
        self._note = by_id("found-note")
        self._task: asyncio.Task[None] | None = None
        self._hits: list[Hit] = []
        self._is_old = False  # what is listed was found for what stood in the field before
        self._wants_first = False
        self._on_mac = "Mac" in str(js.navigator.platform)
        self.actions: dict[str, Callable[[Element], Any]] = {"open-found": self._open}
        listeners.listen(self._field, "input", lambda _: self._typed())

    async def read_ahead(self) -> None:
        """Read what a search will want, while nothing else is to be done."""
        try:
            await self._finder.read_ahead()
        except StorageError as error:
            self._page.tell_storage(error)

    def key(self, event: Any) -> bool:
        """Take a key that is meant for the search; False where it is not."""
        target = event.target
        searching = target.id == "search" or self._is_found(target)
        command = event.metaKey if self._on_mac else event.ctrlKey
        if command and event.key.lower() == "k" and not (event.shiftKey or event.altKey):
            self._focus()
        elif searching and event.key == "Enter" and target.id == "search":
            self._wants_first = True
            self._open_first()
        elif searching and event.key in ("ArrowDown", "ArrowUp"):
            self._step(target, 1 if event.key == "ArrowDown" else -1)
        elif searching and event.key == "Escape" and self._field.value:
            self._field.value = ""
            self._typed()
            self._field.focus()
        else:
            return False
        event.preventDefault()
        return True

    def _focus(self) -> None:
        if by_id("sidebar-button").getClientRects().length and not self._page.sidebar.is_open:
            self._page.sidebar.toggle(True)
        self._field.focus()
        self._field.select()

    def _is_found(self, element: Element) -> bool:
        return bool(self._list.contains(element))

    def _button(self, number: int) -> Element | None:
        items = self._list.children
        return items[number].querySelector("button") if 0 <= number < items.length else None

    def _step(self, element: Element, step: int) -> None:
        place = int(element.closest("li").dataset.number) if self._is_found(element) else -1
        (self._button(place + step) or (self._field if place + step < 0 else element)).focus()

    def _open_first(self) -> None:
        """Open the first hit, if it was asked for; who types faster than it is found gets it as soon as it is."""
        first = self._button(0)
        if self._wants_first and first and not self._is_old:
            self._wants_first = False
            self._boundary.guard(self._open)(first)

    # Searching

    def _typed(self) -> None:
        self._is_old, self._wants_first = True, False
        if self._task:
            self._task.cancel()
            self._task = None
        query = str(self._field.value)
        if words_of(query):
            self._note.textContent = self._note.textContent or "Searching…"
            self._task = self._boundary.spawn(self._search(query))
        else:
            self._show([], anew=True)
            self._note.textContent = ""
        by_id("sidebar").toggleAttribute("data-searching", bool(words_of(query)))
        self._list.hidden = not words_of(query)

    async def _search(self, query: str) -> None:
        anew = True
        await self._conversations.listed.wait()
        try:
            async with aclosing(self._finder.search(self._page.sidebar.listed(), query)) as found:
                async for hits in found:
                    if hits:
                        self._show(hits, anew=anew)
                        anew = False
        except StorageError as error:
            self._page.tell_storage(error)
        if anew:
            self._show([], anew=True)
        messages = sum(bool(hit.turn_id) for hit in self._hits)
        more = messages >= MOST_MESSAGES or len(self._hits) - messages >= MOST_TITLES
        self._note.textContent = say.found(len(self._hits), more=more)

    def _show(self, hits: list[Hit], *, anew: bool) -> None:
        if anew:
            self._is_old = False
            self._hits = []
            self._list.replaceChildren()
        items = []
        for number, hit in enumerate(hits, len(self._hits)):
            item = from_template("found-piece")
            item.dataset.number = str(number)
            part(item, "title").append(*_nodes(hit.title))
            part(item, "text").append(*_nodes(hit.text))
            items.append(item)
        self._hits += hits
        self._list.append(*items)
        self._open_first()

    async def _open(self, button: Element) -> None:
        hit = self._hits[int(button.closest("li").dataset.number)]
        if not await self._conversations.open_at(hit.conversation_id, hit.turn_id, words_of(str(self._field.value))):
            self._typed()  # it was deleted in between


def _nodes(parts: Parts) -> list[Any]:
    nodes = []
    for text, hit in parts:
        if hit:
            node = js.document.createElement("mark")
            node.textContent = text
            nodes.append(node)
        else:
            nodes.append(text)
    return nodes
