"""Which files of which conversations are kept; a file is written once, in a transaction of its own.

So one for which there is no room takes no message with it. A file that nobody refers to any more stays until the
conversation is opened on another visit: until then a deletion may be taken back, here or in another window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from halt.chat.attached import used_files
from halt.chat.conversation import Conversation
from halt.store.attachment_records import attachment_record
from halt.store.database import ATTACHMENTS, Change, Put

# A file that could not be written is large, so it is not tried again with each change (ms).
RETRY_MS = 30_000.0


class FileLedger:
    """Tells which files are still to be written."""

    def __init__(self) -> None:
        self._kept: dict[str, set[str]] = {}  # by conversation
        self._lacking: set[str] = set()
        self._due_ms = 0.0

    def know(self, conversation_id: str, ids: Iterable[str]) -> None:
        """Take note of what was read."""
        self._kept.setdefault(conversation_id, set()).update(ids)

    def doubt_all(self) -> None:
        """Take back that anything is kept: it may be gone."""
        self._kept.clear()

    def drop(self, conversation_id: str) -> None:
        """Forget a conversation of which nothing shall be kept."""
        self._kept.pop(conversation_id, None)
        self._lacking.discard(conversation_id)

    def changes(
        self, touched: Iterable[str], conversations: dict[str, Conversation], now_ms: float, *, is_last: bool
    ) -> Iterator[Change]:
        """Yield what has to be written so that all files in use are kept; it then counts as kept."""
        names = set(touched)
        if is_last or now_ms >= self._due_ms:
            names |= self._lacking
            self._lacking.clear()
        else:
            names -= self._lacking
        for name in names & conversations.keys():
            conversation = conversations[name]
            if not conversation.loaded:
                continue
            kept, used = self._kept.setdefault(name, set()), used_files(conversation)
            for one in used:
                if one.id not in kept:
                    yield Put(ATTACHMENTS, attachment_record(conversation, one))
            # What is used no more may be deleted by another window: if it is used again, it is written again.
            self._kept[name] = {one.id for one in used}

    def due_in(self, now_ms: float) -> float | None:
        """Tell in how many ms what could not be written is to be tried again; ``None`` where all is kept."""
        return max(0.0, self._due_ms - now_ms) if self._lacking else None

    def not_kept(self, conversation_id: str, ids: Iterable[str], now_ms: float) -> None:
        """Take back that files are kept, and try them again some time later."""
        self._kept.get(conversation_id, set()).difference_update(ids)
        self._lacking.add(conversation_id)
        self._due_ms = now_ms + RETRY_MS
