"""The messages that wait: what they say, when they will be sent, and how to change that."""

from __future__ import annotations

from halt.browser.dom import by_id, from_template, part
from halt.chat.attached import names_of
from halt.chat.queue import QueuedMessage
from halt.chat.workspace import Workspace


class QueueView:
    """Shows the queue of the visible conversation above the message; hidden while nothing waits."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._place = by_id("queue")
        self._note = by_id("queue-note")
        self._send = by_id("send-queued")
        self._list = by_id("queue-list")
        self._shown: list[tuple[str, str]] = []

    def sync(self) -> None:
        """Bring the list up to date; it is rebuilt only where a message came, went or moved."""
        conversation = self._workspace.current
        rows = [(one.id, _said(one.text, names_of(conversation, one.attachments))) for one in conversation.queue]
        self._place.hidden = not rows
        running = self._workspace.running
        self._send.hidden = running
        self._note.textContent = (
            "Sent when this reply is complete:" if running else "Held back. Nothing is sent before you say so."
        )
        if rows == self._shown:
            return
        self._shown = rows
        self._list.replaceChildren()
        for number, (message_id, text) in enumerate(rows):
            item = from_template("queued-piece")
            item.dataset.id = message_id
            part(item, "text").textContent = text
            for name in ("up", "down", "edit", "remove"):
                button = part(item, name)
                button.setAttribute("aria-label", f"{button.title}: {text[:40]}")
            part(item, "up").disabled = number == 0
            part(item, "down").disabled = number == len(rows) - 1
            self._list.append(item)

    def focus(self, message: QueuedMessage, step: int) -> None:
        """Keep the focus with a message that was moved by ``step``: on the same button, at an end on its other one."""
        item = next(one for one in self._list.children if one.dataset.id == message.id)
        ways = ("up", "down") if step < 0 else ("down", "up")
        next(button for way in ways if not (button := part(item, way)).disabled).focus()


def _said(text: str, names: str) -> str:
    return " · ".join(filter(None, (text.strip(), names)))
