"""What can be done with whole conversations: begin, open, stop, name, pin, delete; and what a visit leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from halt.browser.dom import Element, Listeners, by_id
from halt.browser.storage import WebStorage
from halt.chat.conversation import Conversation
from halt.store.database import StorageError
from halt.store.finder import Finder
from halt.store.keeper import Keeper
from halt.store.loading import outline_of
from halt.ui import reveal
from halt.ui.page import Page, turn_id_of
from halt.ui.sidebar import title_of

# Under this name the tab remembers which conversation it shows, so that a reload comes back to it.
CURRENT = "halt.conversation"


class ConversationCommands:
    """The commands of the list of conversations."""

    def __init__(self, page: Page, keeper: Keeper, finder: Finder, tab: WebStorage, listeners: Listeners) -> None:
        self._page = page
        self._keeper = keeper
        self._finder = finder
        self._tab = tab
        self._shown_before = tab.read(CURRENT)
        self._wanted = ""  # the id of what was opened last: reading another may end later
        self.listed = asyncio.Event()
        """Whether the conversations of earlier visits are in the list, or can't be had."""
        self.actions: dict[str, Callable[[Element], Any]] = {
            "new-chat": lambda _: self.new(),
            "open-conversation": lambda button: self.open(self._conversation(button)),
            "stop-conversation": lambda button: page.workspace.stop_conversation(turn_id_of(button)),
            "conversation-tools": lambda button: page.sidebar.toggle_tools(turn_id_of(button)),
            "pin-conversation": lambda button: self._pin(self._conversation(button)),
            "rename-conversation": lambda button: page.sidebar.rename(turn_id_of(button)),
            "delete-conversation": lambda button: self._delete(self._conversation(button)),
            "older": lambda _: page.sidebar.show_older(),
        }
        # A title that was typed is meant, however the field is left; only Escape takes it back.
        listeners.listen(by_id("conversations"), "focusout", self._left)

    def touched(self, conversation: Conversation) -> None:
        """Keep what may have changed in the visible conversation, and that it is the visible one."""
        self._keeper.touch(conversation)
        self._tab.write(CURRENT, conversation.id)

    async def restore(self) -> None:
        """List the conversations of earlier visits, and come back to the one that this tab has shown."""
        workspace = self._page.workspace
        try:
            records = await self._keeper.list_heads()
        except StorageError as error:
            self._page.tell_storage(error)
            return
        finally:
            self.listed.set()  # who waits for it goes on when they are in the list, as nothing is awaited before
        outlines = [outline_of(record) for record in records]
        outlines.sort(key=lambda one: one.changed_ms, reverse=True)
        workspace.add_kept(outlines)
        shown = next((one for one in outlines if one.id == self._shown_before), None)
        # Who is faster than the database, also while it reads the turns, stays where they are with what they typed.
        if shown and self._is_untouched and await self._load(shown) and self._is_untouched:
            workspace.open_conversation(shown.id)
            self.show(focus=False)
        else:
            self._page.sync()

    @property
    def _is_untouched(self) -> bool:
        """Tell whether nobody has done anything on the page yet."""
        return not (self._wanted or self._page.workspace.current.last or self._page.composer.is_filled)

    def new(self) -> None:
        """Begin a conversation."""
        self._wanted = ""
        self._page.keep_draft()
        self._page.workspace.new_conversation()
        self.show()

    async def open(self, conversation: Conversation, *, focus: bool = True) -> None:
        """Show a conversation; of an earlier visit's, its turns are read first."""
        self._wanted = conversation.id
        self._page.keep_draft()
        if await self._load(conversation) and self._wanted == conversation.id:
            self._page.workspace.open_conversation(conversation.id)
            self.show(focus=focus)

    async def open_at(self, conversation_id: str, turn_id: str, words: Sequence[str]) -> bool:
        """Open a conversation where ``words`` were found: in a turn, or in its title; False where it is gone."""
        workspace = self._page.workspace
        if not any(one.id == conversation_id for one in workspace.conversations):
            return False
        await self.open(workspace.find_conversation(conversation_id))
        if workspace.current.id == conversation_id and (turn := workspace.current.find(turn_id)):
            workspace.current.choose(turn)
            self._page.sync()
            await self._page.transcript.finish()  # what is drawn later above it would move it away
            if article := self._page.transcript.element_of(turn):
                reveal.reveal(article, words)
        return True

    async def _load(self, conversation: Conversation) -> bool:
        """Read the turns of a conversation that is known by its title alone; False where it can't be read."""
        workspace = self._page.workspace
        if conversation.loaded:
            return True
        try:
            loaded, damages = await self._keeper.load(conversation.id)
        except StorageError as error:
            self._page.tell_storage(error)
            return False
        if conversation in workspace.conversations:  # else another press was faster
            workspace.replace(conversation, loaded)
            for damage in damages:
                self._page.notices.show(damage.sentence, f"{damage.record_id}: {damage.what}", once=True)
        return any(one.id == conversation.id for one in workspace.conversations)

    def step(self, step: int) -> Any:
        """Open the next conversation of the list, or the one before."""
        listed = self._page.sidebar.listed()
        place = listed.index(self._page.workspace.current) + step
        if 0 <= place < len(listed):
            return self.open(listed[place])
        return None

    # A row of the list

    def key(self, event: Any) -> bool:
        """Take a key that is meant for what is open in a row; False where it is not."""
        if event.key == "Escape" and by_id("conversations").contains(event.target) and self._page.sidebar.close_tools():
            return True
        if event.key not in ("Enter", "Escape") or event.target.getAttribute("data-part") != "rename-field":
            return False
        event.preventDefault()
        name, typed = self._page.sidebar.end_rename(focus=True)
        if event.key == "Enter":
            self._page.boundary.spawn(self._rename(name, typed))
        return True

    def _left(self, event: Any) -> Any:
        if event.target.getAttribute("data-part") == "rename-field":
            return self._rename(*self._page.sidebar.end_rename(focus=False))
        return None

    async def _rename(self, conversation_id: str, typed: str) -> None:
        """Give a conversation the title that was typed; it is read before, as it is kept whole."""
        workspace = self._page.workspace
        known = next((one for one in workspace.conversations if one.id == conversation_id), None)
        if known is None or typed == title_of(known) or not await self._load(known):
            return
        conversation = workspace.find_conversation(conversation_id)
        conversation.rename(typed)
        self._keep(conversation)

    async def _pin(self, conversation: Conversation) -> None:
        self._page.sidebar.close_tools()
        if await self._load(conversation):
            conversation = self._page.workspace.find_conversation(conversation.id)
            conversation.pinned = not conversation.pinned
            self._keep(conversation)

    def _keep(self, conversation: Conversation) -> None:
        self._keeper.touch(conversation)
        self._page.sync()

    async def _delete(self, conversation: Conversation) -> None:
        """Delete a conversation; it is read before, as it may be wanted back."""
        page, keeper = self._page, self._keeper
        if not await self._load(conversation):
            return
        conversation = page.workspace.find_conversation(conversation.id)
        shown = conversation is page.workspace.current
        place = page.workspace.remove_conversation(conversation)
        keeper.forget(conversation)
        self._finder.forget(conversation.id)

        def undo() -> None:
            self._wanted = conversation.id
            page.keep_draft()
            page.workspace.restore_conversation(conversation, place)
            keeper.touch(conversation)
            self.show()

        if shown:
            self.show()
        else:
            page.sync()
        page.composer.focus()
        page.notices.show(f"“{conversation.title or 'The conversation'}” was deleted.", undo=undo)

    def show(self, *, focus: bool = True) -> None:
        """Show the visible conversation from its end."""
        page = self._page
        reveal.clear()
        page.composer.cancel_edit()
        page.composer.say_waiting("")
        page.composer.open(page.workspace.current.draft, page.workspace.current.draft_attachments)
        page.sidebar.toggle(False)
        page.sync()
        page.follow.jump()
        if focus:
            page.composer.focus()

    def _conversation(self, button: Element) -> Conversation:
        return self._page.workspace.find_conversation(turn_id_of(button))
