"""The ledger: what is known to be kept, and how what stands on the page differs from that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from halt.chat.conversation import Conversation, Reply, Turn
from halt.chat.status import Status
from halt.store.database import CONVERSATIONS, GROWTH, MESSAGES, Change, Delete, Put
from halt.store.fields import Record
from halt.store.growth import GROWING, Growth
from halt.store.records import conversation_record, message_records

HEAD = ""
"""Among the records of messages by id: the conversation's own."""

RUNNING = frozenset(status for status in Status if status.running)
"""While a message is in one of these states, its text is kept beside it."""


class Ledger:
    """Compares conversations with what is kept of them; ``wall_ms`` tells the time in ms since 1970.

    ``left`` are the ids of replies that another window writes.
    """

    def __init__(self, wall_ms: Callable[[], float]) -> None:
        self.left: set[str] = set()
        self._wall_ms = wall_ms
        self._kept: dict[str, dict[str, Record]] = {}  # by conversation and message
        self._growing: dict[str, Growth] = {}

    def know(self, conversation_id: str, records: dict[str, Record]) -> None:
        """Take note of what was read."""
        self._kept[conversation_id] = records

    def known(self, conversation_id: str) -> dict[str, Record]:
        """Give what is known to be kept of a conversation, by message."""
        return self._kept.get(conversation_id, {})

    def doubt(self, conversation_id: str, names: Iterable[str]) -> None:
        """Take back what was believed to be kept, so that it is written again, and whole."""
        self._kept.setdefault(conversation_id, {}).update({name: {} for name in names})

    def doubt_all(self) -> None:
        """Take back all that was believed to be kept: what is changed next is written again, and whole."""
        for conversation_id, records in self._kept.items():
            self.doubt(conversation_id, records)

    def drop(self, conversation_id: str) -> None:
        """Forget a conversation of which nothing shall be kept."""
        self._growing = {name: one for name, one in self._growing.items() if one.conversation_id != conversation_id}
        self._kept.pop(conversation_id, None)

    def growing_in(self, conversation_id: str) -> set[str]:
        """List the replies of a conversation that are being written here."""
        return {name for name, one in self._growing.items() if one.conversation_id == conversation_id}

    def pieces(self) -> list[Change]:
        """Give what replies have grown by since the last time; it then counts as kept."""
        return [Put(GROWTH, piece) for one in self._growing.values() if (piece := one.next_piece())]

    def changes_of(self, conversation: Conversation) -> Iterator[Change]:
        """Yield what has to be written so that ``conversation`` is kept as it is; it then counts as kept."""
        if not conversation.loaded:
            return  # nothing of it can have changed
        kept = self._kept.setdefault(conversation.id, {})
        was_kept = bool(kept)
        written = conversation.root.children or conversation.has_draft or conversation.queue or conversation.given_title
        if not (kept or written):
            return  # nobody has written anything in it
        self.stamp(conversation)
        records = {str(record["id"]): record for record in message_records(conversation)}
        turns = {turn.id: turn for turn in conversation.turns()}
        for name, record in records.items():
            known = kept.get(name)
            if name in self.left:
                continue
            if known is not None and _is_kept(record, known):
                continue
            if was_kept and (known is None or any(known.get(name) != record.get(name) for name in ("text", "status"))):
                conversation.changed_ms = self._wall_ms()
            yield from self._put(conversation, turns[name], record)
        for name in kept.keys() - records.keys() - {HEAD}:
            del kept[name]
            self._growing.pop(name, None)
            yield Delete(MESSAGES, (conversation.id, name))
            yield Delete(GROWTH, (conversation.id, name))
        head = conversation_record(conversation)
        if (known := kept.get(HEAD)) != head:
            kept[HEAD] = head
            differing = frozenset(name for name in head if not known or name not in known or known[name] != head[name])
            yield Put(CONVERSATIONS, head, differing if known else None)

    def _put(self, conversation: Conversation, turn: Turn, record: Record) -> Iterator[Change]:
        self._kept[conversation.id][turn.id] = record
        yield Put(MESSAGES, record)
        if isinstance(turn, Reply):
            yield Delete(GROWTH, (conversation.id, turn.id))
            self._growing.pop(turn.id, None)
            if turn.status.running:
                self._growing[turn.id] = Growth(conversation.id, turn, len(record["text"]), len(record["thinking"]))

    def stamp(self, conversation: Conversation) -> None:
        """Date what has no date yet."""
        now_ms = self._wall_ms()
        conversation.created_ms = conversation.created_ms or now_ms
        conversation.changed_ms = conversation.changed_ms or now_ms
        for turn in conversation.turns():
            turn.created_ms = turn.created_ms or now_ms


def _is_kept(record: Record, known: Record) -> bool:
    """Tell whether a record says what is kept; what grows while a reply is written is kept beside it."""
    if record == known:
        return True
    if record.get("status") not in RUNNING or record.keys() != known.keys():
        return False
    return all(record[name] == known[name] for name in record if name not in GROWING)
