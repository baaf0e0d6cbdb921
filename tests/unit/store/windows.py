"""Several windows on one database: a channel between them, locks, and a provider that says what a test wants."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

from halt.chat.connection import Connection
from halt.chat.conversation import Conversation, Prompt, Reply
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.store.database import StorageError
from halt.store.joining import Joined
from halt.store.keeper import Keeper
from halt.store.kept_surface import KeptSurface
from halt.store.loading import outline_of
from halt.store.memory import MemoryDatabase
from halt.store.windows import Windows
from tests.servers import ManualClock
from tests.unit.chat.screen import Screen
from tests.unit.chat.script import DONE, ScriptedTransport, event

SETTINGS = ProviderSettings(preset="custom", base_url="http://localhost:1/v1", model="m")


class House:
    """What windows share: the clock, the disk, the channel, the locks."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.disk = MemoryDatabase()
        self.windows: list[Window] = []
        self.locks: dict[str, Window] = {}
        self.waiting: list[tuple[str, asyncio.Future[None]]] = []
        self.have_locks = True

    async def open(self) -> Window:
        window = Window(self)
        self.windows.append(window)
        heads = await window.keeper.list_heads()
        window.workspace.add_kept([outline_of(head) for head in heads])
        await window.others.begin()
        await self.pass_time()
        return window

    async def pass_time(self, ms: float = 1_000) -> None:
        await self.clock.advance(ms)

    async def close(self) -> None:
        for window in list(self.windows):
            window.workspace.stop()
        await self.pass_time()
        for window in self.windows:
            await window.keeper.close()
        await self.pass_time()
        assert self.clock.pending == 0, "a timer was left behind"
        assert not self.locks
        assert not any(window.tasks for window in self.windows)

    def free(self, name: str) -> None:
        self.locks.pop(name, None)
        for waited, future in self.waiting:
            if waited == name and not future.done():
                future.set_result(None)


class Window:
    """One window: it implements the channel, the locks and the view for itself."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.available = house.have_locks
        self.dead = False
        self.told: list[str] = []
        self.screen = Screen()
        self.transport = ScriptedTransport()
        self.tasks: set[asyncio.Task[None]] = set()
        self.keeper = Keeper(house.disk, house.clock, self.tell_storage, lambda: 1_000_000 + house.clock.now())
        surface = KeptSurface(self.screen, self.keeper, lambda turn: self.workspace.conversation_of(turn))
        self.workspace = Workspace(SETTINGS, self.connect, house.clock, surface)
        self.others = Windows(self.workspace, self.keeper, self, self, house.clock, self.screen, self, self.spawn)
        surface.windows = self.others

    def connect(self, settings: ProviderSettings) -> Connection:
        return Connection(OpenAIChat(preset(settings.preset)), self.transport, settings.preset)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # What a person does

    def ask(self, text: str) -> Reply:
        run = self.workspace.send(text)
        self.touch()
        return run.reply

    def touch(self) -> None:
        self.keeper.touch(self.workspace.current)

    async def say(self, text: str, *, ends: bool = False) -> None:
        """Let the provider answer the newest question of this window."""
        exchange = self.transport.exchanges[-1]
        if not exchange.answered:
            exchange.head()
        exchange.send(event({"content": text}))
        if ends:
            exchange.send(event({}, "stop") + DONE)
            exchange.end()
        await self.house.pass_time()

    async def show(self, conversation: Conversation) -> Conversation:
        """Open a conversation of another window."""
        here = self.workspace.find_conversation(conversation.id)
        if not here.loaded:
            loaded, _ = await self.keeper.load(here.id)
            self.workspace.replace(here, loaded)
        return self.workspace.open_conversation(conversation.id)

    async def die(self) -> None:
        """Go as a killed tab goes: nothing is written, nothing told."""
        self.dead = True
        self.house.windows.remove(self)
        self.keeper._forget_timer()
        self.keeper.grown = self.keeper.flush = lambda: None  # type: ignore[method-assign]
        self.keeper.touch = lambda conversation, **how: None  # type: ignore[method-assign]
        for name in [name for name, window in self.house.locks.items() if window is self]:
            self.house.free(name)
        self.workspace.stop()
        await self.house.pass_time()

    def says(self) -> list[tuple[str, str]]:
        """List what the screen shows of the visible conversation: prompts' texts, replies' texts and states."""
        path = self.workspace.current.path()
        return [
            (turn.text, str(turn.status) if isinstance(turn, Reply) else "")
            for turn in path
            if isinstance(turn, Prompt | Reply)
        ]

    @property
    def last(self) -> Reply:
        last = self.workspace.current.last
        assert isinstance(last, Reply)
        return last

    # Channel

    def post(self, message: list[Any]) -> None:
        if self.dead:
            return
        text = json.dumps(message)
        for other in self.house.windows:
            if other is not self:
                asyncio.get_running_loop().call_soon(other.others.hear, json.loads(text))

    # Locks

    def hold(self, name: str, held: Callable[[], None]) -> Callable[[], None]:
        if self.available:
            assert name not in self.house.locks
            self.house.locks[name] = self
        asyncio.get_running_loop().call_soon(held)
        return lambda: self.house.free(name)

    async def wait(self, name: str) -> None:
        if name in self.house.locks:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.house.waiting.append((name, future))
            await future

    async def held(self) -> list[str]:
        return list(self.house.locks)

    # View

    def joined(self, conversation: Conversation, joined: Joined) -> None:
        self.touch()  # as a page does whenever it is brought up to date
        assert all(turn.status is not Status.CONNECTING or turn.run_id for turn in joined.changed)

    def gone(self, *, was_shown: bool) -> None:
        self.touch()

    def tell_storage(self, error: StorageError) -> None:
        self.told.append(error.sentence)

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)

    def report(self, error: BaseException) -> None:
        raise error
