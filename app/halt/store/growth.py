"""A reply that grows: what was added to it is kept in pieces beside its record, so that little is written each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from halt.chat.conversation import Reply
from halt.store.fields import Record

GROWING = ("text", "thinking")
"""The fields of a message that grow."""


@dataclass(slots=True)
class Growth:
    """How much of a reply that is being written is kept (characters), and in how many pieces beside its record."""

    conversation_id: str
    reply: Reply
    text: int
    thinking: int
    pieces: int = 0

    def next_piece(self) -> Record | None:
        """Give what came since the last piece, and count it as kept; ``None`` where that is nothing."""
        text, thinking = self.reply.text[self.text :], self.reply.thinking[self.thinking :]
        if not text and not thinking:
            return None
        piece = {
            "conversation": self.conversation_id,
            "message": self.reply.id,
            "from": self.pieces,
            "text": text,
            "thinking": thinking,
        }
        self.text += len(text)
        self.thinking += len(thinking)
        self.pieces += 1
        return piece


def with_growth(messages: Iterable[Record], pieces: Iterable[Record]) -> list[Record]:
    """Add to each of ``messages`` what was kept beside it; ``pieces`` come in their order.

    Where one is missing, those behind it would not join, and are left out.
    """
    of: dict[str, list[Record]] = {}
    for piece in pieces:
        of.setdefault(str(piece.get("message")), []).append(piece)
    return [_grown(message, of.get(str(message.get("id")), [])) for message in messages]


def _grown(message: Record, pieces: list[Record]) -> Record:
    grown = dict(message)
    for number, piece in enumerate(pieces):
        if piece.get("from") != number:
            break
        for name in GROWING:
            if isinstance(grown.get(name), str) and isinstance(piece.get(name), str):
                grown[name] += piece[name]
    return grown
