"""The finder: all conversations are searched, read or not, without holding anything up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from halt.chat.conversation import Conversation, GrowingText, Prompt, Reply
from halt.chat.status import Status
from halt.store.database import CONVERSATIONS, StorageError
from halt.store.fields import Record
from halt.store.finder import AHEAD_MS, MOST_MESSAGES, MOST_OF_ONE, NEAR, REST_MS, Finder
from halt.store.keeper import Keeper
from halt.store.loading import outline_of
from halt.store.memory import MemoryDatabase
from halt.store.texts import SLICE, Texts
from tests.servers import ManualClock


class Disk(MemoryDatabase):
    """A database that notes what is read of messages: of which conversation, or after which one."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []

    async def read(
        self, groups: Sequence[str], prefix: tuple[str, ...] = (), fields: Sequence[str] = ()
    ) -> list[list[Record]]:
        self.reads += prefix
        return [_only(records, fields) for records in await super().read(groups, prefix)]

    async def read_after(
        self, group: str, key: tuple[str | float, ...], most: int, fields: Sequence[str] = ()
    ) -> list[Record]:
        await asyncio.sleep(0)  # as a disk takes time, in which who waits may give up
        self.reads.append(f"after {key[0] if key else 'nothing'}")
        return _only(await super().read_after(group, key, most), fields)


def _only(records: list[Record], fields: Sequence[str]) -> list[Record]:
    return [{name: one[name] for name in one.keys() & fields} if fields else one for one in records]


class Bench:
    """Kept conversations, and a finder that knows their titles alone."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.disk = Disk()
        self.busy = False
        self.keeper = Keeper(self.disk, self.clock, self._failed)
        self.finder = Finder(Texts(self.disk), self.clock, lambda: self.busy)
        self.conversations: list[Conversation] = []

    async def keep(self, *said: tuple[str, str]) -> None:
        """Keep one conversation for each prompt and reply, and forget all but the titles."""
        for number, (prompt, reply) in enumerate(said):
            self.keeper.touch(talk(f"c{number}", prompt, reply))
        await self.keeper.close()
        (heads,) = await self.disk.read((CONVERSATIONS,))
        self.conversations = [outline_of(head) for head in heads]

    async def find(self, query: str) -> list[tuple[str, str]]:
        """List ids and marked text of all hits."""
        found = [hit async for hits in self.finder.search(self.conversations, query) for hit in hits]
        return [
            (f"{hit.conversation_id} {hit.turn_id}".strip(), "|".join(text for text, _ in hit.text or hit.title))
            for hit in found
        ]

    def _failed(self, error: StorageError) -> None:
        raise AssertionError(error)


def talk(name: str, prompt: str, reply: str) -> Conversation:
    conversation = Conversation(name)
    asked = Prompt("p", text=prompt, created_ms=1)
    conversation.add(asked, None)
    conversation.add(Reply("r", source=GrowingText(reply), status=Status.COMPLETE, created_ms=2), asked)
    return conversation


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    assert bench.clock.pending == 0, "a timer was left behind"


async def test_titles_come_first_then_messages_newest_first(bench: Bench) -> None:
    await bench.keep(("Ships", "a needle"), ("Needle", "needles are thin"))
    assert await bench.find("needle") == [
        ("c1", "Needle"),
        ("c0 r", "a |needle"),
        ("c1 r", "needle|s are thin"),
    ], "a prompt that is the title is not found again"
    assert await bench.find(" ") == await bench.find("nothing") == []


async def test_what_was_read_is_not_read_again_to_be_searched(bench: Bench) -> None:
    await bench.keep(("One", "first"), ("Two", "second"))
    await bench.find("absent")
    assert bench.disk.reads == ["c0", "c1"]
    assert await bench.find("second") == [("c1 r", "second")]
    assert bench.disk.reads == ["c0", "c1", "c1"], "once more for the text as it was written"


async def test_what_was_said_since_is_found(bench: Bench) -> None:
    await bench.keep(("One", "first"))
    await bench.find("absent")
    loaded, _ = await bench.keeper.load("c0")
    bench.conversations = [loaded]
    assert await bench.find("first") == [("c0 r", "first")]
    last = loaded.last
    assert isinstance(last, Reply)
    last.source.append(" and more")
    assert await bench.find("more") == [("c0 r", "first and |more")]
    loaded.remove(last)
    assert await bench.find("more") == []


async def test_there_is_an_end_to_what_is_found(bench: Bench) -> None:
    long = Conversation("long")
    for number in range(10):
        long.add(Prompt(f"p{number}", text=f"word {number}"), None)
    long.rename("Long")
    others = [talk(f"c{number}", "Question", "word") for number in range(MOST_MESSAGES)]
    bench.conversations = [long, *others]
    found = [name for name, _ in await bench.find("word")]
    assert len(found) == MOST_MESSAGES
    assert sum(name.startswith("long p") for name in found) == MOST_OF_ONE


async def test_reading_ahead_rests_and_waits_while_there_is_something_better_to_do(bench: Bench) -> None:
    await bench.keep(*[(f"Question {number}", "answer") for number in range(SLICE)])
    bench.busy = True
    reading = asyncio.create_task(bench.finder.read_ahead())
    await bench.clock.advance(2 * AHEAD_MS)
    assert bench.disk.reads == []
    bench.busy = False
    await bench.clock.advance(AHEAD_MS)
    slices = ["after nothing"]
    assert bench.disk.reads == slices
    await bench.clock.advance(REST_MS)
    assert bench.disk.reads[:-1] == slices
    await bench.clock.advance(REST_MS)
    await bench.clock.advance(REST_MS)
    await reading
    slices = list(bench.disk.reads)
    assert len(slices) == 3, "two slices are full, and the third has none left"
    assert await bench.find("absent") == []
    assert bench.disk.reads == slices


async def test_the_newest_are_read_one_by_one_and_what_is_behind_them_at_once(bench: Bench) -> None:
    await bench.keep(*[(f"Question {number}", f"answer-{number}.") for number in range(NEAR + 5)])
    far = bench.conversations[-1]
    text = f"answer-{far.first_words.split()[1]}."
    assert [name for name, _ in await bench.find(text)] == [f"{far.id} r"]
    near = [one.id for one in bench.conversations[:NEAR]]
    assert bench.disk.reads == [*near, "after nothing", far.id]


async def test_who_gives_up_waiting_leaves_no_hole(bench: Bench) -> None:
    """What was said in a conversation that two slices share is found, too."""
    await bench.keep(*[(f"Question {number}", f"answer {number}.") for number in range(SLICE)])
    texts = Texts(bench.disk)
    said: dict[str, int] = {}
    while not texts.is_done:
        reading = asyncio.create_task(texts.read_on())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait({reading})
        said |= {name: len(own) for name, own in (await texts.read_on()).items()}
    assert said == {one.id: 2 for one in bench.conversations}


async def test_what_another_window_has_changed_is_read_anew(bench: Bench) -> None:
    await bench.keep(("One", "first"))
    assert await bench.find("second") == []
    await bench.keep(("One", "second"))
    bench.finder.forget("c0")
    assert await bench.find("second") == [("c0 r", "second")]
