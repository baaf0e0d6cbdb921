"""What is on the page is in the database a moment later, and is there again however the page ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halt.chat.attached import used_files
from halt.chat.conversation import Conversation, Prompt, Reply
from halt.chat.status import Status
from halt.store.database import CONVERSATIONS, GROWTH, MESSAGES, Change, Put, StorageError, StorageFull
from halt.store.file_ledger import RETRY_MS as FILE_RETRY_MS
from halt.store.keeper import RETRY_MS, WRITE_MS, Keeper
from halt.store.loading import outline_of
from halt.store.memory import MemoryDatabase
from tests.servers import ManualClock

from .trees import conversations, everything, seen


class Disk(MemoryDatabase):
    """A database that may be full, or begin a write and not end it, and counts what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.full = False
        self.hangs = False
        self.begun: list[asyncio.Future[None]] = []
        self.writes: list[list[Change]] = []

    def write(self, changes: Sequence[Change]) -> Awaitable[None]:
        async def fail() -> None:
            raise StorageFull

        if self.full:
            return fail()
        if self.hangs:
            self.begun.append(asyncio.get_running_loop().create_future())
            return self.begun[-1]
        self.writes.append(list(changes))
        return super().write(changes)

    def give_up(self) -> None:
        for one in self.begun:
            one.cancel()


class Bench:
    """A keeper, its disk, and what it told."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.disk = Disk()
        self.told: list[StorageError] = []
        self.keeper = self.visit()

    def visit(self) -> Keeper:
        """Begin a visit: a keeper that knows nothing but the disk."""
        return Keeper(self.disk, self.clock, self.told.append, lambda: 1_000_000 + self.clock.now())

    async def load(self, name: str = "c") -> Conversation:
        conversation, damages = await self.visit().load(name)
        assert not damages
        return conversation


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    bench.disk.give_up()
    await bench.keeper.close()
    assert bench.clock.pending == 0, "a timer was left behind"


def ask(conversation: Conversation, number: int = 1) -> Reply:
    prompt = Prompt(id=f"p{number}", text=f"Question {number}")
    reply = Reply(id=f"r{number}", status=Status.CONNECTING)
    conversation.add(prompt, conversation.last)
    conversation.add(reply, prompt)
    return reply


def grow(bench: Bench, reply: Reply, text: str = "", thinking: str = "") -> None:
    reply.source.append(text)
    reply.reasoning.append(thinking)
    bench.keeper.grown()


async def test_what_changed_is_written_within_250_ms(bench: Bench) -> None:
    """S18"""
    conversation = Conversation("c")
    reply = ask(conversation)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert WRITE_MS < 250
    loaded = await bench.load()
    assert [turn.id for turn in loaded.path()] == ["p1", "r1"]
    assert reply.status.running
    assert isinstance(loaded.last, Reply)
    assert loaded.last.status is Status.INTERRUPTED


async def test_a_reply_that_grows_is_kept_piece_by_piece(bench: Bench) -> None:
    """S7, S18: what is written each time is what was added, whatever stands before it."""
    conversation = Conversation("c")
    reply = ask(conversation)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    reply.status = Status.STREAMING
    bench.keeper.touch(conversation)
    bench.disk.writes.clear()
    for number in range(20):
        grow(bench, reply, f"word {number} ", "hm " if number < 3 else "")
        await bench.clock.advance(WRITE_MS)
        loaded = (await bench.load()).last
        assert isinstance(loaded, Reply)
        assert (loaded.text, loaded.thinking, loaded.status) == (reply.text, reply.thinking, Status.INTERRUPTED)
    sizes = [sum(len(str(change)) for change in write) for write in bench.disk.writes[1:]]
    assert max(sizes) < 2 * min(sizes)
    assert all(change.group == GROWTH for write in bench.disk.writes[1:] for change in write)
    reply.status = Status.COMPLETE
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await bench.disk.read((GROWTH,)) == [[]]
    loaded = (await bench.load()).last
    assert isinstance(loaded, Reply)
    assert (loaded.text, loaded.status) == (reply.text, Status.COMPLETE)


async def test_a_reply_that_goes_on_is_kept_with_what_stood_there_before(bench: Bench) -> None:
    """S20"""
    conversation = Conversation("c")
    reply = ask(conversation)
    grow(bench, reply, "first half, ")
    reply.status = Status.STOPPED
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    reply.status = Status.STREAMING
    bench.keeper.touch(conversation)
    grow(bench, reply, "second")
    await bench.clock.advance(WRITE_MS)
    grow(bench, reply, " half")
    await bench.clock.advance(WRITE_MS)
    loaded = (await bench.load()).last
    assert isinstance(loaded, Reply)
    assert loaded.text == "first half, second half"


async def test_a_page_that_goes_writes_at_once(bench: Bench) -> None:
    """S18: without waiting for a timer or a task."""
    conversation = Conversation("c")
    ask(conversation)
    bench.keeper.touch(conversation)
    bench.keeper.flush()
    assert bench.disk.writes


async def test_a_page_that_goes_writes_anew_what_was_begun_and_has_not_ended(bench: Bench) -> None:
    """S18: the page takes with it what still waits for its word."""
    conversation = Conversation("c")
    reply = ask(conversation)
    bench.keeper.touch(conversation)
    bench.disk.hangs = True
    await bench.clock.advance(WRITE_MS)
    assert bench.disk.begun
    bench.disk.hangs = False
    reply.source.append(", and more")
    reply.status = Status.STOPPED
    bench.keeper.touch(conversation)
    bench.keeper.flush()
    assert all(one.cancelled() for one in bench.disk.begun), "else it keeps the new one waiting"
    await bench.clock.settle()
    loaded = await bench.load()
    assert [(turn.id, turn.status) for turn in loaded.turns() if isinstance(turn, Reply)] == [
        (reply.id, Status.STOPPED)
    ]
    assert isinstance(loaded.last, Reply)
    assert loaded.last.text == reply.text
    assert bench.told == []


async def test_what_did_not_change_is_not_written(bench: Bench) -> None:
    conversation = Conversation("c")
    for number in range(9):
        ask(conversation, number).status = Status.COMPLETE
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    bench.disk.writes.clear()
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert bench.disk.writes == []
    conversation.draft = "And then"
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    [[change]] = bench.disk.writes
    assert isinstance(change, Put)
    assert change.group == CONVERSATIONS


async def test_an_empty_conversation_is_not_kept(bench: Bench) -> None:
    bench.keeper.touch(Conversation("c"))
    await bench.clock.advance(WRITE_MS)
    assert await bench.keeper.list_heads() == []


async def test_a_turn_that_is_deleted_goes_and_comes_back_with_undo(bench: Bench) -> None:
    conversation = Conversation("c")
    for number in range(3):
        ask(conversation, number).status = Status.COMPLETE
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    turn = conversation.find("r1")
    assert turn
    removed = conversation.remove(turn)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert [one.id for one in (await bench.load()).turns()] == ["p0", "r0", "p1"]
    conversation.restore(removed)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert [one.id for one in (await bench.load()).path()] == ["p0", "r0", "p1", "r1", "p2", "r2"]


async def test_a_conversation_that_is_deleted_goes_and_comes_back_with_undo(bench: Bench) -> None:
    """All of it, what a running reply has grown by as well."""
    conversation = Conversation("c")
    reply = ask(conversation)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    grow(bench, reply, "words")
    await bench.clock.advance(WRITE_MS)
    reply.status = Status.STOPPED
    bench.keeper.forget(conversation)
    await bench.clock.advance(WRITE_MS)
    assert await bench.disk.read((CONVERSATIONS, MESSAGES, GROWTH)) == [[], [], []]
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert everything(await bench.load()) == everything(conversation)


async def test_a_full_disk_is_said_once_and_nothing_is_lost_when_there_is_room_again(bench: Bench) -> None:
    conversation = Conversation("c")
    reply = ask(conversation)
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    bench.disk.full = True
    for number in range(5):
        grow(bench, reply, f"word {number} ")
        await bench.clock.advance(WRITE_MS)
    conversation.draft = "typed meanwhile"
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    assert [type(error) for error in bench.told] == [StorageFull]
    bench.disk.full = False
    await bench.clock.advance(RETRY_MS)
    loaded = await bench.load()
    assert loaded.draft == "typed meanwhile"
    assert isinstance(loaded.last, Reply)
    assert loaded.last.text == reply.text
    bench.disk.full = True
    grow(bench, reply, "more")
    await bench.clock.advance(WRITE_MS)
    assert len(bench.told) == 2, "it is another trouble, and is said again"
    bench.disk.full = False
    await bench.clock.advance(RETRY_MS)


async def test_what_was_deleted_on_a_full_disk_is_deleted_later(bench: Bench) -> None:
    conversation, other = Conversation("c"), Conversation("d")
    for one in (conversation, other):
        ask(one).status = Status.COMPLETE
        bench.keeper.touch(one)
    await bench.clock.advance(WRITE_MS)
    bench.disk.full = True
    turn = other.find("r1")
    assert turn
    other.remove(turn)
    bench.keeper.touch(other)
    bench.keeper.forget(conversation)
    await bench.clock.advance(WRITE_MS)
    bench.disk.full = False
    await bench.clock.advance(RETRY_MS)
    assert [head["id"] for head in await bench.keeper.list_heads()] == ["d"]
    assert [one.id for one in (await bench.load("d")).turns()] == ["p1"]


async def test_a_conversation_known_by_its_title_alone_is_left_as_it_is(bench: Bench) -> None:
    conversation = Conversation("c")
    ask(conversation).status = Status.COMPLETE
    bench.keeper.touch(conversation)
    await bench.clock.advance(WRITE_MS)
    keeper = bench.visit()
    [head] = await keeper.list_heads()
    outline = outline_of(head)
    assert outline.title == "Question 1"
    keeper.touch(outline)
    await bench.clock.advance(WRITE_MS)
    assert everything(await bench.load()) == everything(conversation)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(conversations("c"), st.randoms(use_true_random=False))
async def test_whatever_is_done_the_disk_says_the_same_after_each_write(tree: Conversation, random: Random) -> None:
    """S7, S18: adding, growing, ending, choosing, removing and failing, in any order."""
    bench = Bench()
    for turn in tree.turns():
        if isinstance(turn, Reply) and random.random() < 0.3:
            turn.status = Status.STREAMING
    for number in range(random.randrange(1, 12)):
        turns = list(tree.turns())
        turn = random.choice(turns) if turns else None
        match random.randrange(6):
            case 0:
                tree.add(Prompt(id=f"new {number}", text="New"), turn if isinstance(turn, Reply) else None)
            case 1 if isinstance(turn, Reply) and turn.status.running:
                grow(bench, turn, "some more ", "and " * random.randrange(2))
            case 2 if isinstance(turn, Reply):
                turn.status = random.choice([Status.STREAMING, Status.COMPLETE])
            case 3 if turn:
                tree.choose(turn)
            case 4 if turn:
                tree.remove(turn)
            case 5:
                bench.disk.full = not bench.disk.full
        bench.keeper.touch(tree)
        await bench.clock.advance(random.choice([1, WRITE_MS]))
    bench.disk.full = False
    bench.keeper.touch(tree)
    await bench.clock.advance(RETRY_MS + WRITE_MS)
    await bench.clock.advance(FILE_RETRY_MS)
    if not await bench.keeper.list_heads():
        assert seen(tree) == seen(Conversation("c")), "only what is empty is not kept"
        return
    loaded, damages = await bench.visit().load("c")
    assert not damages
    for turn in tree.turns():
        if isinstance(turn, Reply) and turn.status.running:
            turn.status = Status.INTERRUPTED
    assert seen(loaded) == seen(tree)
    assert used_files(loaded) == used_files(tree)
    await bench.keeper.close()
