"""What was said, as a search wants it: ids and texts, of one conversation, or of all of them a slice at a time."""

from __future__ import annotations

import asyncio
from itertools import groupby

from halt.store.database import GROWTH, MESSAGES, Database, key_of
from halt.store.fields import Record, is_number
from halt.store.growth import with_growth
from halt.store.loading import id_of

Said = list[tuple[str, str]]
"""The ids and texts of messages, the newest first."""

# What is read of messages, and of what was added to them.
FIELDS = ("conversation", "id", "text", "created_ms", "message", "from")
# So many messages are read at once: some 10 ms of work.
SLICE = 500


class Texts:
    """Reads what is kept, and remembers how far it has read through all of it."""

    def __init__(self, database: Database) -> None:
        self.is_done = False
        self._database = database
        self._after: tuple[str | float, ...] = ()
        self._begun: list[Record] = []  # of a conversation whose end is not read
        self._growth: dict[str, list[Record]] | None = None
        self._reading = asyncio.Lock()

    async def read(self, conversation_id: str) -> Said:
        """Read what the messages of a conversation say. Raises a ``StorageError``."""
        messages, pieces = await self._database.read((MESSAGES, GROWTH), (conversation_id,), FIELDS)
        return _said(messages, pieces)

    async def read_on(self) -> dict[str, Said]:
        """Read on through all messages, and give the conversations that came to their end; empty where none did.

        It ``is_done`` after the last one. Raises a ``StorageError``; who gives up waiting or tries again loses nothing.
        """
        async with self._reading:
            if self.is_done:
                return {}
            if self._growth is None:
                (pieces,) = await self._database.read((GROWTH,), (), FIELDS)
                self._growth = _by_conversation(pieces)
            messages = await self._database.read_after(MESSAGES, self._after, SLICE, FIELDS)
            of = _by_conversation(self._begun + messages)
            self.is_done = len(messages) < SLICE
            self._begun = of.popitem()[1] if of and not self.is_done else []
            self._after = key_of(MESSAGES, messages[-1]) if messages else self._after
            return {name: _said(records, self._growth.get(name, [])) for name, records in of.items()}


def _by_conversation(records: list[Record]) -> dict[str, list[Record]]:
    return {name: list(own) for name, own in groupby(records, lambda one: id_of(one, "conversation"))}


def _said(messages: list[Record], pieces: list[Record]) -> Said:
    grown = with_growth(messages, pieces)
    grown.sort(key=_created_ms, reverse=True)
    return [(name, id_of(one, "text")) for one in grown if (name := id_of(one, "id"))]


def _created_ms(record: Record) -> float:
    created_ms = record.get("created_ms")
    return created_ms if is_number(created_ms) else 0
