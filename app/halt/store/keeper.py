"""The keeper: what is on the page is written down as it changes, and is there again after whatever ends the page.

A conversation that was touched is compared with what is kept of it, and what differs is written: one record a message.
A reply that grows is not written again and again; what was added to it since is, at least every 250 ms (S18), until the
reply ends and is written whole.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace

from halt.chat.attached import used_ids
from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation
from halt.store.attachment_records import read_attachments
from halt.store.database import (
    ATTACHMENTS,
    CONVERSATIONS,
    GROWTH,
    KEYS,
    MESSAGES,
    Change,
    Database,
    Delete,
    Put,
    StorageError,
    key_of,
)
from halt.store.fields import Record
from halt.store.file_ledger import FileLedger
from halt.store.growth import with_growth
from halt.store.joining import Joined, join
from halt.store.ledger import HEAD, RUNNING, Ledger
from halt.store.loading import Damage, load_conversation
from halt.store.records import message_records
from halt.store.window_parts import Told
from halt.wire.clock import Clock

# What was changed is written after so long (ms): within the 250 that may be lost, timers being late included.
WRITE_MS = 150.0
# What could not be written is tried again after so long (ms), or with the next change.
RETRY_MS = 5_000.0


def _now_ms() -> float:
    return time.time() * 1000


class Keeper:
    """Keeps conversations in a database; ``tell`` gets what goes wrong, once until something is kept again."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tell: Callable[[StorageError], None],
        wall_ms: Callable[[], float] = _now_ms,
    ) -> None:
        self._database = database
        self._clock = clock
        self._tell = tell
        self._ledger = Ledger(wall_ms)
        self._files = FileLedger()
        self._touched: set[str] = set()
        self._conversations: dict[str, Conversation] = {}
        self._forgotten: set[str] = set()
        self._timer: asyncio.Task[None] | None = None
        self._due_ms = 0.0
        self._writes: dict[asyncio.Task[None], list[Change]] = {}
        self._told = False
        self._flushes: Counter[str] = Counter()
        self.told: Told | None = None
        self.left = self._ledger.left  # ids of replies that another window writes

    # Writing

    def touch(self, conversation: Conversation, *, next_task: bool = False) -> None:
        """Something of ``conversation`` has changed: write it soon, or as the ``next_task``."""
        self._conversations[conversation.id] = conversation
        self._touched.add(conversation.id)
        self._write_after(0.0 if next_task else WRITE_MS)

    def grown(self) -> None:
        """A reply has become longer: write what was added soon."""
        self._write_after(WRITE_MS)

    def forget(self, conversation: Conversation) -> None:
        """Delete all that is kept of ``conversation``; if it is touched again, it is kept again."""
        self.drop(conversation)
        self._forgotten.add(conversation.id)
        self._write_after(WRITE_MS)
        if self.told:
            self.told.deleted(conversation.id)

    def drop(self, conversation: Conversation) -> None:
        """Write nothing more of ``conversation``: another window deletes it."""
        self._conversations.pop(conversation.id, None)
        self._touched.discard(conversation.id)
        self._ledger.drop(conversation.id)
        self._files.drop(conversation.id)

    def lost(self) -> None:
        """What is kept may be gone: a conversation that is touched from now on is written whole."""
        self._ledger.doubt_all()
        self._files.doubt_all()

    def flush(self, *, is_last: bool = True) -> None:
        """Begin to write all that is not kept, at once; where it ``is_last``, the page may be gone after this call."""
        self._forget_timer()
        if is_last:
            self._give_up()
        changes: list[Change] = []
        for name in self._forgotten:
            changes += [Delete(group, (name,)) for group in KEYS]
        written: list[str] = []
        for name in self._touched:
            if own := list(self._ledger.changes_of(self._conversations[name])):
                changes += own
                written.append(name)
            elif self.told:
                self.told.unchanged(name)
        self._flushes.update(written)
        if is_last:  # to read what is there takes time, which is not there
            changes = [replace(one, only=None) if isinstance(one, Put) else one for one in changes]
        changes += self._ledger.pieces()
        files = list(self._files.changes(self._touched, self._conversations, self._clock.now(), is_last=is_last))
        self._forgotten.clear()
        self._touched.clear()
        self._write(changes, written)
        self._write(files, [])
        if (due_ms := self._files.due_in(self._clock.now())) is not None:
            self._write_after(due_ms)

    def _give_up(self) -> None:
        """Have what is begun written again: it may wait for a word from the page, which takes it along."""
        for task, begun in self._writes.items():
            task.cancel()
            self._not_kept(begun)
        self._database.give_up()

    def _write(self, changes: list[Change], written: list[str]) -> None:
        if changes:
            task = asyncio.get_running_loop().create_task(self._end(self._database.write(changes), changes, written))
            self._writes[task] = changes
            task.add_done_callback(self._writes.pop)

    async def close(self) -> None:
        """Write what is not kept, and wait for it; nothing is tried again after that."""
        self.flush()
        while self._writes:
            await asyncio.wait(self._writes)
        self._forget_timer()

    def _write_after(self, ms: float) -> None:
        due_ms = self._clock.now() + ms
        if self._timer is None or due_ms < self._due_ms:
            self._forget_timer()
            self._due_ms = due_ms
            self._timer = asyncio.get_running_loop().create_task(self._flush_after(ms))

    def _forget_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def _flush_after(self, ms: float) -> None:
        await self._clock.sleep(ms)
        self._timer = None
        self.flush(is_last=False)

    async def _end(self, done: Awaitable[None], changes: list[Change], written: list[str]) -> None:
        try:
            await done
        except StorageError as error:
            self._not_kept(changes)
            self._write_after(RETRY_MS)
            if not self._told:
                self._told = True
                self._tell(error)
        else:
            self._told = False
        if self.told:
            for name in written:
                self.told.written(name)

    def _not_kept(self, changes: list[Change]) -> None:
        """Take back what was believed to be kept, so that it is written again, and whole."""
        for change in changes:
            if isinstance(change, Delete):
                conversation_id, *message_id = change.prefix
            else:
                conversation_id, *message_id = (str(part) for part in key_of(change.group, change.record)[:2])
                if change.group == CONVERSATIONS:
                    message_id = [HEAD]
            if conversation_id not in self._conversations:
                self._forgotten.add(conversation_id)
                continue
            if change.group == ATTACHMENTS:
                self._files.not_kept(conversation_id, message_id, self._clock.now())
                continue
            self._touched.add(conversation_id)
            self._ledger.doubt(conversation_id, message_id)

    # Reading

    async def list_heads(self) -> list[Record]:
        """Read the records of all conversations, without their messages; raises a ``StorageError``."""
        (heads,) = await self._database.read((CONVERSATIONS,))
        return heads

    async def load(self, conversation_id: str) -> tuple[Conversation, list[Damage]]:
        """Read one conversation, with what was added to its replies since they were written last.

        What can't be read is listed, and harms nothing else. Raises a ``StorageError``.
        """
        conversation, damages, kept = await self._read(conversation_id, files=True)
        self._ledger.know(conversation_id, kept)
        self._files.know(conversation_id, conversation.attachments)
        self._conversations[conversation_id] = conversation
        if not damages:
            self._delete_unused(conversation)
        return conversation, damages

    def _delete_unused(self, conversation: Conversation) -> None:
        """Delete the files that nobody refers to: what did was deleted on another visit, or in another window."""
        unused = conversation.attachments.keys() - set(used_ids(conversation))
        self._write([Delete(ATTACHMENTS, (conversation.id, name)) for name in unused], [])
        for name in unused:
            del conversation.attachments[name]

    async def peek(self, conversation_id: str, *, files: bool = False) -> Conversation:
        """Read one conversation to look at it, perhaps with its ``files``; it is not kept in step.

        Raises a ``StorageError``.
        """
        return (await self._read(conversation_id, files=files))[0]

    async def _read(
        self, conversation_id: str, *, files: bool = False
    ) -> tuple[Conversation, list[Damage], dict[str, Record]]:
        groups = (CONVERSATIONS, MESSAGES, GROWTH, *([ATTACHMENTS] if files else []))
        heads, messages, pieces, *attached = await self._database.read(groups, (conversation_id,))
        head = heads[0] if heads else None
        conversation, damages = load_conversation(
            head, with_growth(messages, pieces), conversation_id, attached[0] if files else None
        )
        kept = {str(one.get("id")): one for one in messages}
        # What looks interrupted only to whoever reads it may be written in another window: that alone is no change.
        reading = {name for name, one in kept.items() if one.get("status") in RUNNING}
        kept |= {str(one["id"]): one for one in message_records(conversation) if one["id"] in reading}
        if head:
            kept[HEAD] = head
        return conversation, damages, kept

    async def read_head(self, conversation_id: str) -> Record | None:
        """Read a conversation's own record; ``None`` where there is none. Raises a ``StorageError``."""
        (heads,) = await self._database.read((CONVERSATIONS,), (conversation_id,))
        return heads[0] if heads else None

    async def join(self, conversation: Conversation) -> Joined:
        """Take over what another window has changed in ``conversation``. Raises a ``StorageError``.

        What was changed here and is not written yet stays, and is written with the next touch.
        """
        while True:
            flushes = self._flushes[conversation.id]
            theirs, _, kept = await self._read(conversation.id)
            files = await self._read_files(conversation.id, set(used_ids(theirs)) - conversation.attachments.keys())
            if flushes == self._flushes[conversation.id]:
                break  # else what was read may be older than what was written meanwhile
        if HEAD not in kept or conversation.id in self._forgotten:
            return Joined()  # not written yet, or deleted: that is told otherwise
        self._ledger.stamp(conversation)
        before, growing = self._ledger.known(conversation.id), self._ledger.growing_in(conversation.id)
        messages = {name: record for name, record in before.items() if name != HEAD and record}
        joined = join(conversation, theirs, messages, before.get(HEAD, {}), growing | self.left)
        self._ledger.know(conversation.id, kept | {name: before[name] for name in growing & before.keys()})
        self._conversations[conversation.id] = conversation
        conversation.attachments |= files
        self._files.know(conversation.id, files)
        return joined

    async def _read_files(self, conversation_id: str, ids: Iterable[str]) -> dict[str, Attachment]:
        found: dict[str, Attachment] = {}
        for name in ids:
            (records,) = await self._database.read((ATTACHMENTS,), (conversation_id, name))
            found |= read_attachments(records)
        return found
