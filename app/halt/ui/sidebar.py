"""The list of conversations by day, with a mark and a stop on each that runs in the background."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import js
from pyodide.ffi import to_js

from halt.browser.dom import Element, by_id, from_template, part
from halt.chat.conversation import Conversation
from halt.chat.listing import by_day, in_order
from halt.chat.workspace import Workspace

# Not "New chat": that is the name of the button that makes one.
EMPTY_TITLE = "Nothing asked yet"
LONGEST_DRAFT = 60
# So many rows are shown, and so many more each time that is asked for.
ROWS = 100
DAY, ROW = "day", "row"


class Row(NamedTuple):
    """What a row shows."""

    id: str
    title: str
    running: bool
    current: bool
    pinned: bool


class Sidebar:
    """Shows the conversations; on a narrow screen it opens over the page."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._list = by_id("conversations")
        self._older = by_id("older")
        self._button = by_id("sidebar-button")
        self._piece = by_id("conversation-piece").content.firstElementChild
        self._shown: dict[str, tuple[Row, Element]] = {}
        self._order: list[tuple[str, str]] = []
        self._days: dict[str, Element] = {}
        self._rows = ROWS
        self._tools_of = ""
        self._renaming = ""

    def sync(self) -> None:
        """Bring the list up to date; nothing is touched where nothing changed."""
        conversations = self.listed()
        current = self._workspace.current
        # Who walks down the list by keys sees where they are.
        if any(one is current for one in conversations[self._rows : self._rows + ROWS]):
            self._rows += ROWS
        order = []
        for day in by_day(conversations[: self._rows], datetime.now()):
            order.append((DAY, day.name))
            order += [(ROW, self._show(one, one is current)) for one in day.conversations]
        self._older.hidden = len(conversations) <= self._rows
        if order != self._order and not self._renaming:  # a field that moves loses what is typed in it
            self._arrange(order)

    def listed(self) -> list[Conversation]:
        """Give all conversations in the order of the list, those included that it does not show yet."""
        return in_order(self._workspace.listed)

    def _show(self, conversation: Conversation, current: bool) -> str:
        """Bring the row of a conversation up to date; give its id."""
        running = bool(self._workspace.runs_in(conversation))
        row = Row(conversation.id, title_of(conversation), running, current, conversation.pinned)
        shown, item = self._shown.get(row.id, (None, None))
        if row != shown:
            item = item or self._piece.cloneNode(True)
            self._shown[row.id] = row, item
            _fill(item, row)
        return row.id

    def _arrange(self, order: list[tuple[str, str]]) -> None:
        focused = js.document.activeElement
        self._order = order
        self._shown = {name: self._shown[name] for kind, name in order if kind == ROW}
        self._days = {name: self._days.get(name) or _heading(name) for kind, name in order if kind == DAY}
        self._list.replaceChildren(*[self._shown[name][1] if kind == ROW else self._days[name] for kind, name in order])
        # What was moved has lost the focus; what is gone hands it on elsewhere.
        if focused and self._list.contains(focused):
            focused.focus(to_js({"preventScroll": True}, dict_converter=js.Object.fromEntries))
        if self._tools_of not in self._shown:
            self._tools_of = ""

    def show_older(self) -> None:
        """Show more of the list, and go to the first row that came."""
        shown = set(self._shown)
        self._rows += ROWS
        self.sync()
        first = next((name for kind, name in self._order if kind == ROW and name not in shown), None)
        if first:
            part(self._item(first), "open").focus()

    # What can be done with a row

    def toggle_tools(self, conversation_id: str) -> None:
        """Open what can be done with a conversation, or close it."""
        before, self._tools_of = self._tools_of, "" if self._tools_of == conversation_id else conversation_id
        if before in self._shown:
            item = self._item(before)
            part(item, "tools").remove()
            part(item, "more").setAttribute("aria-expanded", "false")
        if self._tools_of:
            item = self._item(conversation_id)
            item.append(from_template("conversation-tools-piece"))
            part(item, "more").setAttribute("aria-expanded", "true")
            _name_tools(item, self._shown[conversation_id][0])

    def close_tools(self, *, focus: bool = True) -> bool:
        """Close what is open of a row; False where nothing was."""
        name = self._tools_of
        if not name:
            return False
        self.toggle_tools(name)
        if focus:
            part(self._item(name), "more").focus()
        return True

    def rename(self, conversation_id: str) -> None:
        """Put a field where the title stands."""
        self.close_tools(focus=False)
        self._renaming = conversation_id
        item = self._item(conversation_id)
        title = self._shown[conversation_id][0].title
        field = from_template("rename-piece")
        field.value = title
        field.setAttribute("aria-label", f"Title of {title}")
        part(item, "open").hidden = True
        item.prepend(field)
        field.focus()
        field.select()

    def end_rename(self, *, focus: bool) -> tuple[str, str]:
        """Take the field away; give whose title it was, and what is typed in it. Both are empty where there is none."""
        name, self._renaming = self._renaming, ""
        if not name:
            return "", ""
        item = self._item(name)
        field, button = part(item, "rename-field"), part(item, "open")
        typed = str(field.value)
        button.hidden = False
        if focus:
            button.focus()
        field.remove()
        self.sync()
        return name, typed

    def _item(self, conversation_id: str) -> Element:
        return self._shown[conversation_id][1]

    # On a narrow screen

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
            searching = by_id("sidebar").hasAttribute("data-searching")
            first = by_id("search") if searching else self._list.querySelector("button")
            if first:
                first.focus()


def title_of(conversation: Conversation) -> str:
    """Name a conversation: by its title, else by what is typed in it and not sent."""
    return conversation.title or " ".join(conversation.draft.split())[:LONGEST_DRAFT] or EMPTY_TITLE


def _fill(item: Element, row: Row) -> None:
    item.dataset.id = row.id
    item.dataset.running = "true" if row.running else "false"
    part(item, "title").textContent = row.title
    button, stop, more = part(item, "open"), part(item, "stop"), part(item, "more")
    button.setAttribute("aria-label", f"{row.title}, generating" if row.running else row.title)
    button.title = row.title
    if row.current:
        button.setAttribute("aria-current", "true")
    else:
        button.removeAttribute("aria-current")
    stop.hidden = not row.running
    stop.setAttribute("aria-label", f"Stop {row.title}")
    more.hidden = row.title == EMPTY_TITLE
    more.setAttribute("aria-label", f"More for {row.title}")
    if more.getAttribute("aria-expanded") == "true":
        _name_tools(item, row)


def _name_tools(item: Element, row: Row) -> None:
    pin = "Unpin" if row.pinned else "Pin"
    part(item, "tools").setAttribute("aria-label", f"What can be done with {row.title}")
    part(item, "pin").textContent = pin
    part(item, "pin").setAttribute("aria-label", f"{pin} {row.title}")
    part(item, "rename").setAttribute("aria-label", f"Rename {row.title}")
    part(item, "delete").setAttribute("aria-label", f"Delete {row.title}")


def _heading(name: str) -> Element:
    item = from_template("day-piece")
    part(item, "day").textContent = name
    return item
