"""Files are written once, take no message with them where there is no room, and go only when nobody needs them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Sequence

import pytest

from halt.chat.attachment import Attachment
from halt.chat.conversation import Conversation, Prompt
from halt.store.database import ATTACHMENTS, MESSAGES, Change, StorageFull
from halt.store.file_ledger import RETRY_MS
from halt.store.keeper import WRITE_MS
from halt.store.loading import outline_of

from .test_keeper import Bench, Disk
from .trees import FILES, PNG
from .windows import House


class SmallDisk(Disk):
    """A disk with room for messages, and for no file."""

    async def _refuse(self) -> None:
        raise StorageFull

    def write(self, changes: Sequence[Change]) -> Awaitable[None]:
        if self.full and any(change.group == ATTACHMENTS for change in changes):
            return self._refuse()
        self.full, full = False, self.full
        try:
            return super().write(changes)
        finally:
            self.full = full


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    bench.disk = SmallDisk()
    bench.keeper = bench.visit()
    yield bench
    await bench.keeper.close()
    assert bench.clock.pending == 0, "a timer was left behind"


def attached(*files: Attachment) -> Conversation:
    conversation = Conversation("c")
    conversation.attachments = {one.id: one for one in files}
    conversation.draft_attachments = [one.id for one in files]
    return conversation


async def kept(bench: Bench) -> list[str]:
    (records,) = await bench.disk.read((ATTACHMENTS,))
    return [record["id"] for record in records]


async def test_a_file_is_written_once(bench: Bench) -> None:
    conversation = attached(*FILES)
    for text in ("", "W", "Wh"):
        conversation.draft = text
        bench.keeper.touch(conversation)
        await bench.clock.advance(WRITE_MS)
    written = [change for write in bench.disk.writes for change in write if change.group == ATTACHMENTS]
    assert len(written) == 2
    assert (await bench.load()).attachments == conversation.attachments


async def test_lists_and_searches_read_no_file(bench: Bench) -> None:
    conversation = attached(*FILES)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    (head,) = await bench.visit().list_heads()
    assert outline_of(head).has_draft
    assert (await bench.visit().peek("c")).attachments == {}
    assert (await bench.visit().peek("c", files=True)).attachments == conversation.attachments


async def test_a_file_for_which_there_is_no_room_takes_no_message_with_it(bench: Bench) -> None:
    """S7: it can be used while the page lives, and is tried again later and when the page goes."""
    bench.disk.full = True
    conversation = attached(FILES[0])
    conversation.add(Prompt("p", text="Look", attachments=["a1"]), None)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert [type(error) for error in bench.told] == [StorageFull]
    (messages,) = await bench.disk.read((MESSAGES,))
    assert [message["id"] for message in messages] == ["p"]
    assert conversation.attachments == {"a1": FILES[0]}
    bench.disk.full = False
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await kept(bench) == []
    await bench.clock.advance(RETRY_MS)
    assert await kept(bench) == ["a1"]


async def test_a_page_that_goes_tries_at_once(bench: Bench) -> None:
    bench.disk.full = True
    bench.keeper.touch(attached(FILES[0]))
    await bench.clock.advance(WRITE_MS)
    bench.disk.full = False
    bench.keeper.flush()
    assert await kept(bench) == ["a1"]


async def test_what_nobody_needs_any_more_goes_with_the_next_visit(bench: Bench) -> None:
    """S21: a deletion can be taken back until then, in this window and in another."""
    conversation = attached(FILES[0])
    conversation.draft_attachments = []
    prompt = Prompt("p", text="Look", attachments=["a1"])
    conversation.add(prompt, None)
    conversation.add(Prompt("p2", text="And?"), None)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    removed = conversation.remove(prompt)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await kept(bench) == ["a1"]
    other = bench.visit()
    loaded, _ = await other.load("c")
    await other.close()
    assert (await kept(bench), loaded.attachments) == ([], {})
    conversation.restore(removed)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert (await bench.load()).attachments == {"a1": FILES[0]}


async def test_what_is_needed_by_something_damaged_stays(bench: Bench) -> None:
    conversation = attached(FILES[0])
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    bench.disk._groups["conversations"] = {("c",): '{"id": "c", "draft_attachments": 7}'}
    keeper = bench.visit()
    _, damages = await keeper.load("c")
    await keeper.close()
    assert damages
    assert await kept(bench) == ["a1"]


async def test_a_conversation_takes_its_files_with_it_and_brings_them_back(bench: Bench) -> None:
    conversation = attached(*FILES)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    bench.keeper.forget(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await kept(bench) == []
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await kept(bench) == ["a1", "a2"]


async def test_another_window_gets_the_files(bench: Bench) -> None:
    house = House()
    one, two = await house.open(), await house.open()
    one.ask("Question")
    await one.say("Answer.", ends=True)
    await two.show(one.workspace.current)
    mine = one.workspace.current
    mine.attachments = {"a1": FILES[0], "new": Attachment("new", "b.png", "image/png", data=PNG)}
    mine.draft_attachments = ["a1"]
    one.touch()
    await house.pass_time()
    theirs = two.workspace.current
    assert (theirs.draft_attachments, theirs.attachments) == (["a1"], {"a1": FILES[0]})
    two.workspace.queue("", ["a1"])
    theirs.draft_attachments = []
    two.touch()
    await house.pass_time()
    assert (mine.draft_attachments, [message.attachments for message in mine.queue]) == ([], [["a1"]])
    await house.close()
