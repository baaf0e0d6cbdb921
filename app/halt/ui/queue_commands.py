"""What can be done with the messages that wait: send, move, change, remove."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from halt.browser.dom import Element
from halt.ui.page import Page, turn_id_of
from halt.ui.turn_commands import Ask


class QueueCommands:
    """The commands of the queue above the message."""

    def __init__(self, page: Page, ask: Ask) -> None:
        self._page = page
        self._ask = ask
        self.actions: dict[str, Callable[[Element], Any]] = {
            "send-queued": self._send,
            "queued-up": lambda button: self._move(button, -1),
            "queued-down": lambda button: self._move(button, 1),
            "queued-edit": self._edit,
            "queued-remove": self._remove,
        }

    def add_draft(self) -> None:
        """Let the draft wait for the reply that is being written."""
        composer = self._page.composer
        if composer.is_filled:
            self._page.workspace.queue(composer.draft, composer.files.ids)
            composer.sent()
            self._page.sync()
            self._page.say("Waits for the reply that is being written.")

    def _send(self, _button: Element) -> None:
        self._ask(self._page.workspace.send_queued)
        self._page.composer.focus()

    def _move(self, button: Element, step: int) -> None:
        queue = self._page.workspace.current.queue
        message = queue.find(turn_id_of(button))
        queue.move(message, step)
        self._page.sync()
        self._page.queue.focus(message, step)
        self._page.say(f"Moved to place {list(queue).index(message) + 1} of {len(queue)}")

    def _edit(self, button: Element) -> None:
        message = self._page.workspace.take_queued(turn_id_of(button))
        self._page.sync()
        self._page.composer.take(message.text, message.attachments)

    def _remove(self, button: Element) -> None:
        conversation = self._page.workspace.current
        message = self._page.workspace.take_queued(turn_id_of(button))

        def undo() -> None:
            conversation.queue.add(message.text, attachments=message.attachments)
            self._page.sync()

        self._page.sync()
        self._page.composer.focus()
        self._page.notices.show("The waiting message was removed.", undo=undo)
