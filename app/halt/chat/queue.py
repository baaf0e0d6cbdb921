"""Messages that wait for the reply before them: visible, changeable, and never sent by a stop (S2, S16)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class QueuedMessage:
    """One message that waits; ``attachments`` are the ids of the files that go with it."""

    text: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    attachments: list[str] = field(default_factory=list)


class MessageQueue:
    """The messages of one conversation that wait, in the order in which they will be sent."""

    def __init__(self) -> None:
        self._messages: list[QueuedMessage] = []
        self.gone: set[str] = set()  # ids of what was taken out: another window may still have it

    def __iter__(self) -> Iterator[QueuedMessage]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    def add(self, text: str, message_id: str = "", attachments: Iterable[str] = ()) -> QueuedMessage:
        """Put a message at the end, under a new id or a given one; raises ``ValueError`` for a blank one."""
        message = QueuedMessage(text, message_id or uuid.uuid4().hex, list(attachments))
        if not text.strip() and not message.attachments:
            raise ValueError("there is nothing to queue")
        self._messages.append(message)
        return message

    def find(self, message_id: str) -> QueuedMessage:
        """Find a message; raises ``KeyError`` where it waits no more."""
        for message in self._messages:
            if message.id == message_id:
                return message
        raise KeyError(message_id)

    def remove(self, message: QueuedMessage) -> None:
        """Take a message out."""
        self._messages.remove(message)
        self.gone.add(message.id)

    def replace(self, messages: Iterable[QueuedMessage]) -> None:
        """Let these wait, in this order, but what was taken out here."""
        self._messages = [message for message in messages if message.id not in self.gone]

    def move(self, message: QueuedMessage, step: int) -> None:
        """Move a message by ``step`` places, towards the front where negative; at an end it stays."""
        place = self._messages.index(message)
        self._messages.remove(message)
        self._messages.insert(max(0, place + step), message)

    @property
    def next(self) -> QueuedMessage | None:
        """The message that is sent next, or ``None``."""
        return self._messages[0] if self._messages else None
