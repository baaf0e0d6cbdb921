"""Commands: every click and key, and what each of them does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js

from halt.browser.clipboard import copy_text
from halt.browser.dom import Element, Listeners, by_id
from halt.chat.control import Face
from halt.chat.conversation import Prompt, Reply, Turn
from halt.chat.status import StopReason
from halt.providers.errors import ProviderError
from halt.ui import words
from halt.ui.page import Page, turn_id_of
from halt.ui.settings import SettingsDialog

# How long a button shows that it did its work.
DONE_MS = 1500


class Commands:
    """Listens in one place for the whole page and calls the command that an element names (``data-action``)."""

    def __init__(self, page: Page, settings: SettingsDialog, listeners: Listeners) -> None:
        self._page = page
        self._settings = settings
        self._actions: dict[str, Callable[[Element], Any]] = {
            "new-chat": self._new_chat,
            "settings": lambda _: settings.open(),
            "close-settings": lambda _: settings.close(),
            "load-models": lambda _: settings.list_models(),
            "test-connection": lambda _: settings.test_connection(),
            "sidebar": lambda _: page.sidebar.toggle(),
            "open-conversation": self._open_conversation,
            "stop-conversation": self._stop_conversation,
            "idea": lambda button: self.send(button.dataset.prompt),
            "jump": lambda _: self._jump(),
            "stop-and-send": lambda _: self.stop_and_send(),
            "cancel-edit": lambda _: page.composer.cancel_edit(),
            "stop-reply": lambda button: self._stop_reply(self._reply(button)),
            "copy": self._copy,
            "edit": self._edit,
            "delete": self._delete,
            "retry": lambda button: self._regenerate(self._reply(button)),
            "regenerate": lambda button: self._regenerate(self._reply(button)),
            "continue": lambda button: self._ask(lambda: page.workspace.go_on(self._reply(button))),
            "branch-back": lambda button: self._switch_branch(button, -1),
            "branch-on": lambda button: self._switch_branch(button, 1),
            "keep": lambda button: self._keep(self._reply(button)),
            "keys": lambda _: by_id("keys").showModal(),
            "send-queued": lambda _: self._send_queued(),
            "queued-up": lambda button: self._move_queued(button, -1),
            "queued-down": lambda button: self._move_queued(button, 1),
            "queued-edit": self._edit_queued,
            "queued-remove": self._remove_queued,
            "copy-details": self._copy_details,
            "undo": lambda button: page.notices.undo(button.closest(".message")),
            "dismiss": lambda button: page.notices.dismiss(button.closest(".message")),
        }
        listeners.listen(js.document, "click", self._clicked)
        listeners.listen(js.document, "keydown", self._key)
        listeners.listen(by_id("composer"), "submit", lambda event: event.preventDefault())
        listeners.listen(by_id("message"), "input", lambda _: page.composer.refresh())

    # Where clicks and keys arrive

    def _clicked(self, event: Any) -> Any:
        target = event.target
        if not hasattr(target, "closest"):
            return None
        if target.closest("#send-stop"):
            event.preventDefault()
            return self._press(event.timeStamp)
        button = target.closest("[data-action]")
        return self._actions[button.dataset.action](button) if button else None

    def _key(self, event: Any) -> None:
        if event.isComposing or event.keyCode == 229:  # an input method is at work (S3)
            return
        target = event.target
        if event.key == "Escape":
            if not js.document.querySelector("dialog[open]"):
                self._escape(event)
        elif event.key == "Enter" and target.id == "message" and not event.shiftKey:
            event.preventDefault()
            if not event.repeat:
                self._enter(stops=event.ctrlKey or event.metaKey)
        elif event.altKey and event.shiftKey and event.code in ("KeyN", "ArrowUp", "ArrowDown"):
            event.preventDefault()
            self._change_chat(event.code)
        elif event.key == "ArrowUp" and target.id == "message" and not self._page.composer.draft:
            if self._edit_last():
                event.preventDefault()
        elif event.key == "?" and target.tagName not in ("INPUT", "TEXTAREA", "SELECT"):
            event.preventDefault()
            if not js.document.querySelector("dialog[open]"):
                by_id("keys").showModal()
        elif event.key == "Enter" and target.id == "send-stop" and event.repeat:
            event.preventDefault()  # a key that is held down must not press again and again (S4)

    def _escape(self, event: Any) -> None:
        page = self._page
        if page.sidebar.is_open:
            page.sidebar.toggle(False)
            by_id("sidebar-button").focus()
        elif page.workspace.running:
            self._stop()
            event.preventDefault()
        else:
            page.composer.cancel_edit()

    def _enter(self, stops: bool) -> None:
        if not self._page.workspace.running:
            self.send_draft()
        elif stops:
            self.stop_and_send()
        else:
            self._queue_draft()

    def _press(self, at_ms: float) -> None:
        match self._page.composer.press(at_ms):
            case Face.STOP:
                self._stop()
            case Face.SEND:
                self.send_draft()

    def _stop(self) -> None:
        stopped = self._page.workspace.stop()
        if len(stopped) > 1:
            self._page.say(words.stopped_together(stopped))
        self._page.queue.sync()

    # Asking

    def send_draft(self) -> None:
        """Send what is typed; where that can't be done, the draft stays and a notice says why."""
        composer = self._page.composer
        if not composer.draft.strip():
            composer.focus()
            return
        if self.send(composer.draft, composer.instead_of):
            composer.sent()

    def stop_and_send(self) -> None:
        """Stop what runs, keep the partial, and ask again with the draft (S2)."""
        if self._page.composer.draft.strip():
            self._page.workspace.stop(StopReason.REPLACED)
            self.send_draft()

    def send(self, text: str, instead_of: Prompt | None = None) -> bool:
        """Ask ``text``; False where the settings forbid it."""
        return self._ask(lambda: self._page.workspace.send(text, instead_of))

    def _ask(self, ask: Callable[[], object]) -> bool:
        try:
            ask()
        except ProviderError as error:
            self._settings.open(error)
            return False
        self._page.sync()
        self._page.follow.jump()
        return True

    def _regenerate(self, reply: Reply) -> None:
        self._ask(lambda: self._page.workspace.regenerate(reply))
        self._page.composer.focus()

    # What waits

    def _queue_draft(self) -> None:
        composer = self._page.composer
        if composer.draft.strip():
            self._page.workspace.queue(composer.draft)
            composer.sent()
            self._page.sync()
            self._page.say("Waits for the reply that is being written.")

    def _send_queued(self) -> None:
        self._page.workspace.send_queued()
        self._page.sync()
        self._page.composer.focus()

    def _move_queued(self, button: Element, step: int) -> None:
        queue = self._page.workspace.current.queue
        queue.move(queue.find(turn_id_of(button)), step)
        self._page.sync()
        self._page.composer.focus()

    def _edit_queued(self, button: Element) -> None:
        message = self._page.workspace.take_queued(turn_id_of(button))
        self._page.sync()
        self._page.composer.take(message.text)

    def _remove_queued(self, button: Element) -> None:
        conversation = self._page.workspace.current
        message = self._page.workspace.take_queued(turn_id_of(button))

        def undo() -> None:
            conversation.queue.add(message.text)
            self._page.sync()

        self._page.sync()
        self._page.composer.focus()
        self._page.notices.show("The waiting message was removed.", undo=undo)

    # What was asked and answered

    async def _copy(self, button: Element) -> None:
        turn = self._turn(button)
        if not isinstance(turn, Prompt | Reply):
            return
        if await copy_text(turn.text):
            self._page.say("Copied")
            button.setAttribute("data-done", "")
            await self._page.clock.sleep(DONE_MS)
            button.removeAttribute("data-done")
        else:
            self._page.notices.show("The browser refused the clipboard. Select the text and copy it by hand.")

    async def _copy_details(self, button: Element) -> None:
        details = self._page.notices.details_of(button.closest(".message"))
        self._page.say("Copied" if await copy_text(details) else "The browser refused the clipboard.")

    def _edit(self, button: Element) -> None:
        turn = self._turn(button)
        prompt = turn.parent if isinstance(turn, Reply) else turn
        if isinstance(prompt, Prompt):
            self._page.composer.edit(prompt)

    def _delete(self, button: Element) -> None:
        workspace = self._page.workspace
        conversation, turn = workspace.current, self._turn(button)
        removed = workspace.delete(turn)

        def undo() -> None:
            conversation.restore(removed)
            self._page.sync()

        self._page.sync()
        self._page.composer.focus()
        what = "reply" if isinstance(turn, Reply) else "prompt and its replies"
        self._page.notices.show(f"The {what} was deleted.", undo=undo)

    def _switch_branch(self, button: Element, step: int) -> None:
        conversation = self._page.workspace.current
        turn = self._turn(button)
        branches = conversation.branches(turn)
        conversation.choose(branches[branches.index(turn) + step])
        self._page.sync()

    def _keep(self, reply: Reply) -> None:
        self._page.workspace.keep(reply)
        self._page.sync()
        self._page.composer.focus()

    def _edit_last(self) -> bool:
        prompts = [turn for turn in self._page.workspace.current.path() if isinstance(turn, Prompt)]
        if not prompts or self._page.workspace.running:
            return False
        self._page.composer.edit(prompts[-1])
        return True

    def _stop_reply(self, reply: Reply) -> None:
        if run := self._page.workspace.run_of(reply):
            run.stop()
            self._page.composer.focus()

    # Conversations

    def _new_chat(self, _button: Element) -> None:
        self._page.workspace.new_conversation()
        self._show_conversation()

    def _open_conversation(self, button: Element) -> None:
        self._page.workspace.open_conversation(turn_id_of(button))
        self._show_conversation()

    def _change_chat(self, key: str) -> None:
        workspace = self._page.workspace
        if key == "KeyN":
            workspace.new_conversation()
        else:
            step = -1 if key == "ArrowUp" else 1
            place = workspace.conversations.index(workspace.current) + step
            if not 0 <= place < len(workspace.conversations):
                return
            workspace.open_conversation(workspace.conversations[place].id)
        self._show_conversation()

    def _stop_conversation(self, button: Element) -> None:
        self._page.workspace.stop_conversation(turn_id_of(button))

    def _show_conversation(self) -> None:
        self._page.composer.cancel_edit()
        self._page.composer.say_waiting("")
        self._page.sidebar.toggle(False)
        self._page.sync()
        self._page.follow.jump()
        self._page.composer.focus()

    def _jump(self) -> None:
        self._page.follow.jump()
        self._page.composer.focus()

    # Finding what a button belongs to

    def _turn(self, button: Element) -> Turn:
        turn = self._page.workspace.current.find(turn_id_of(button))
        if turn is None:
            raise LookupError("this turn is not in the conversation any more")
        return turn

    def _reply(self, button: Element) -> Reply:
        turn = self._turn(button)
        if not isinstance(turn, Reply):
            raise LookupError("this turn is not a reply")
        return turn
