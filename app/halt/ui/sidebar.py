"""The list of conversations, with a mark and a stop on each that runs in the background."""

from __future__ import annotations

import js

from halt.browser.dom import by_id, from_template, part
from halt.chat.conversation import Conversation
from halt.chat.workspace import Workspace

# Not "New chat": that is the name of the button that makes one.
EMPTY_TITLE = "Nothing asked yet"
LONGEST_DRAFT = 60


class Sidebar:
    """Shows the conversations; on a narrow screen it opens over the page."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._list = by_id("conversations")
        self._button = by_id("sidebar-button")
        self._shown: list[tuple[str, str, bool, bool]] = []

    def sync(self) -> None:
        """Bring the list up to date; nothing is touched where nothing changed."""
        current = self._workspace.current
        rows = [
            (one.id, _title(one), bool(self._workspace.runs_in(one)), one is current) for one in self._workspace.listed
        ]
        if rows == self._shown:
            return
        focused = js.document.activeElement
        focused_id = focused.closest("li").dataset.id if focused and self._list.contains(focused) else None
        self._shown = rows
        self._list.replaceChildren()
        for conversation_id, title, running, is_current in rows:
            self._add(conversation_id, title, running, is_current, focused_id)

    def _add(self, conversation_id: str, title: str, running: bool, current: bool, focused_id: str | None) -> None:
        item = from_template("conversation-piece")
        item.dataset.id = conversation_id
        item.dataset.running = "true" if running else "false"
        part(item, "title").textContent = title
        button, stop = part(item, "open"), part(item, "stop")
        button.setAttribute("aria-label", f"{title}, generating" if running else title)
        button.title = title
        if current:
            button.setAttribute("aria-current", "true")
        stop.hidden = not running
        stop.setAttribute("aria-label", f"Stop {title}")
        delete = part(item, "delete")
        delete.hidden = title == EMPTY_TITLE
        delete.setAttribute("aria-label", f"Delete {title}")
        self._list.append(item)
        if conversation_id == focused_id:
            button.focus()

    @property
    def is_open(self) -> bool:
        """Tell whether the list lies over the page."""
        return js.document.documentElement.getAttribute("data-sidebar") == "open"

    def toggle(self, open_: bool | None = None) -> None:
        """Open or close the list on a narrow screen."""
        open_ = not self.is_open if open_ is None else open_
        js.document.documentElement.setAttribute("data-sidebar", "open" if open_ else "closed")
        self._button.setAttribute("aria-expanded", "true" if open_ else "false")
        if open_:
            first = self._list.querySelector("button")
            if first:
                first.focus()


def _title(conversation: Conversation) -> str:
    """Name a conversation: by its title, else by what is typed in it and not sent."""
    return conversation.title or " ".join(conversation.draft.split())[:LONGEST_DRAFT] or EMPTY_TITLE
