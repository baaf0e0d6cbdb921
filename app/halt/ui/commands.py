"""Commands: where every click and key of the page arrives, and which command each of them means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

import js

from halt.browser.clipboard import copy_text
from halt.browser.dom import Element, Listeners, by_id
from halt.chat.control import Face
from halt.chat.conversation import Prompt
from halt.chat.status import StopReason
from halt.providers.errors import BadPrompt, KeyForgotten, KeyLocked, ProviderError
from halt.ui import footnotes
from halt.ui.attaching import Attaching
from halt.ui.conversation_commands import ConversationCommands
from halt.ui.looks import sends_with_mod
from halt.ui.page import Page
from halt.ui.queue_commands import QueueCommands
from halt.ui.search import Search
from halt.ui.settings.chat_dialog import ChatDialog
from halt.ui.settings.dialog import SettingsDialog
from halt.ui.settings.unlock import UnlockDialog
from halt.ui.tables import copy_table
from halt.ui.turn_commands import TurnCommands
from halt.ui.who import Who

Actions = dict[str, Callable[[Element], Any]]
"""What elements can name, and what is done then."""


class HasActions(Protocol):
    """A part of the page with actions of its own."""

    actions: Actions


class Commands:
    """Listens in one place for the whole page and calls the command that an element names (``data-action``)."""

    def __init__(
        self,
        page: Page,
        settings: SettingsDialog,
        unlock: UnlockDialog,
        this_chat: ChatDialog,
        who: Who,
        conversations: ConversationCommands,
        search: Search,
        attaching: Attaching,
        others: Iterable[HasActions],
        sent: Callable[[], None],
        listeners: Listeners,
    ) -> None:
        """``others`` have actions and nothing else to be asked for; ``sent`` is called when a draft has gone out."""
        self._page = page
        self._conversations = conversations
        self._search = search
        self._sent = sent
        self._settings = settings
        self._unlock = unlock
        unlock.forgotten = lambda origin: self._explain(KeyForgotten(origin))
        self._attaching = attaching
        self._this_chat = this_chat
        self._who = who
        self._queue = QueueCommands(page, self._ask)
        self._turns = TurnCommands(page, self._ask)
        self._actions: Actions = {
            "load-image": page.images.press,
            "copy-table": lambda button: copy_table(button, page),
            **footnotes.actions,
            "idea": lambda button: self.send(button.dataset.prompt),
            "stop-and-send": lambda _: self.stop_and_send(),
            "cancel-edit": lambda _: page.composer.cancel_edit(),
            "jump": lambda _: self._jump(),
            "sidebar": lambda _: page.sidebar.toggle(),
            "keys": lambda _: by_id("keys").showModal(),
            "settings": lambda _: settings.open(page.workspace.asking.profile_of(page.workspace.current)),
            "copy-details": self._copy_details,
            "undo": lambda button: page.notices.undo(button.closest(".message")),
            "dismiss": lambda button: page.notices.dismiss(button.closest(".message")),
        }
        own = (self._turns, self._queue, conversations, search, attaching, settings, unlock, this_chat, who)
        for part in (*own, *others):
            self._actions |= part.actions
        listeners.listen(js.document, "click", self._clicked)
        listeners.listen(js.document, "keydown", self._key)
        listeners.listen(by_id("composer"), "submit", lambda event: event.preventDefault())
        listeners.listen(by_id("message"), "input", lambda _: self._typed())

    # Where clicks and keys arrive

    def _clicked(self, event: Any) -> Any:
        target = event.target
        if not hasattr(target, "closest"):
            return None
        if target.closest("#send-stop"):
            event.preventDefault()
            return self._press(event.timeStamp)
        button = target.closest("[data-action]")
        if not button:
            return None
        if button.closest("a"):  # an image in a link has a button: what follows that link is all around it
            event.preventDefault()
        return self._actions[button.dataset.action](button)

    def _typed(self) -> None:
        self._page.composer.refresh()
        self._page.keep_draft()

    def _key(self, event: Any) -> Any:
        if event.isComposing or event.keyCode == 229:  # an input method is at work (S3)
            return None
        dialog = bool(js.document.querySelector("dialog[open]"))
        in_page = not dialog and hasattr(event.target, "closest")  # a script may send keys to the document itself
        if in_page and (self._who.key(event) or self._search.key(event) or self._conversations.key(event)):
            return None
        if event.key == "Escape":
            if not dialog:
                self._escape(event)
        elif event.target.id == "message":
            return self._key_in_message(event)
        elif event.key == "Enter" and event.target.id == "send-stop" and event.repeat:
            event.preventDefault()  # a key that is held down must not press again and again (S4)
        elif event.key == "?" and event.target.tagName not in ("INPUT", "TEXTAREA", "SELECT"):
            event.preventDefault()
            if not dialog:
                by_id("keys").showModal()
        else:
            return self._key_for_chats(event)
        return None

    def _key_in_message(self, event: Any) -> Any:
        with_mod = event.ctrlKey or event.metaKey
        if event.key == "Enter" and (with_mod if sends_with_mod() else not event.shiftKey):
            event.preventDefault()
            if not event.repeat:
                self._enter(stops=event.shiftKey if sends_with_mod() else with_mod)
        elif event.key == "ArrowUp" and not event.shiftKey and not self._page.composer.is_filled:
            if self._turns.edit_last():
                event.preventDefault()
        else:
            return self._key_for_chats(event)
        return None

    def _key_for_chats(self, event: Any) -> Any:
        if not (event.altKey and event.shiftKey and event.code in ("KeyN", "ArrowUp", "ArrowDown")):
            return None
        event.preventDefault()
        if event.code == "KeyN":
            return self._conversations.new()
        return self._conversations.step(-1 if event.code == "ArrowUp" else 1)

    def _escape(self, event: Any) -> None:
        page = self._page
        if page.sidebar.is_open:
            page.sidebar.toggle(False)
            by_id("sidebar-button").focus()
        elif page.workspace.running:
            page.workspace.stop()
            event.preventDefault()
        else:
            page.composer.cancel_edit()

    def _enter(self, stops: bool) -> None:
        if not self._page.workspace.running:
            self.send_draft()
        elif stops:
            self.stop_and_send()
        elif not self._attaching.wait(self._queue.add_draft):
            self._queue.add_draft()

    def _press(self, at_ms: float) -> None:
        match self._page.composer.press(at_ms):
            case Face.STOP:
                self._page.workspace.stop()
            case Face.SEND:
                self.send_draft()

    # Asking

    def send_draft(self) -> None:
        """Send what is typed; where that can't be done, the draft stays and the settings say why."""
        composer = self._page.composer
        if not composer.is_filled:
            composer.focus()
            return
        if self._attaching.wait(self.send_draft):
            return
        workspace, files = self._page.workspace, composer.files.ids
        if self._ask(lambda: workspace.send(composer.draft, composer.instead_of, files), self.send_draft):
            composer.sent()
            self._sent()
            self._page.keep_draft()

    def stop_and_send(self) -> None:
        """Stop what runs, keep the partial, and ask again with the draft (S2)."""
        if self._page.composer.is_filled:
            self._page.workspace.stop(StopReason.REPLACED)
            self.send_draft()

    def send(self, text: str, instead_of: Prompt | None = None, attachments: Sequence[str] = ()) -> bool:
        """Ask ``text``; False where the settings forbid it."""
        return self._ask(lambda: self._page.workspace.send(text, instead_of, attachments))

    def _ask(self, ask: Callable[[], object], again: Callable[[], object] | None = None) -> bool:
        """Ask; where a key is locked, go on once it is unlocked, with ``again`` instead where there is more to do."""
        try:
            ask()
        except KeyLocked as error:
            self._unlock.open(error.origin, again or (lambda: self._ask(ask)))
            return False
        except ProviderError as error:
            self._explain(error)
            return False
        self._page.sync()
        self._page.follow.jump()
        return True

    def _explain(self, error: ProviderError) -> None:
        """Open the dialog that has the field which an error is about."""
        asking, chat = self._page.workspace.asking, self._page.workspace.current
        if isinstance(error, BadPrompt) and chat.overrides.has_prompt:
            self._this_chat.open(error)
        else:
            self._settings.open(asking.profile_of(chat), error)

    # The rest

    def _jump(self) -> None:
        self._page.follow.jump()
        self._page.composer.focus()

    async def _copy_details(self, button: Element) -> None:
        details = self._page.notices.details_of(button.closest(".message"))
        self._page.say("Copied" if await copy_text(details) else "The browser refused the clipboard.")
