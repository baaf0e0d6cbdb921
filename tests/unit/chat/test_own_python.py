"""A run whose provider is a person's own Python, in one process: from the yield to the screen, and the Stop back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Mapping

import pytest

from halt.chat.connection import Connection, prepare
from halt.chat.conversation import Reply
from halt.chat.run import Run
from halt.chat.status import Status
from halt.guest.outbox import Outbox
from halt.guest.runner import answer
from halt.providers.base import Message, ProviderSettings
from halt.providers.dialects import provider_for
from halt.providers.presets import preset
from halt.wire.transport import Aborted, Request
from tests.servers import ManualClock

from .screen import Screen


class Exchange:
    """The worker without its walls: the program runs in a task of this very loop."""

    status = 200
    headers: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.aborted = False
        self._said: asyncio.Queue[bytes] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    def abort(self) -> None:
        first, self.aborted = not self.aborted, True
        if self._task and first:
            self._task.cancel()
            self._said.put_nowait(b"")

    async def open(self, request: Request) -> Exchange:
        if self.aborted:
            raise Aborted
        asked = json.loads(request.body or b"")
        outbox = Outbox(self._post)
        self._outbox = outbox
        self._task = asyncio.create_task(answer(asked["code"], asked["messages"], asked["settings"], outbox))
        self._task.add_done_callback(lambda _: outbox.flush())
        return self

    def _post(self, text: str) -> None:
        self._outbox.taken(len(text))
        self._said.put_nowait(text.encode())

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        assert self._task
        try:
            while chunk := await self._said.get():
                yield chunk
            raise Aborted
        finally:
            self.abort()
            await asyncio.wait({self._task})


class Transport:
    def exchange(self) -> Exchange:
        return Exchange()


class Bench:
    """One run of a program."""

    def __init__(self, code: str) -> None:
        settings = ProviderSettings(preset="python", model="python", code=code)
        row = preset("python")
        question = prepare(
            lambda _: Connection(provider_for(row), Transport(), row.name),
            settings,
            "python",
            lambda _: [Message("user", "Hello")],
        )
        self.clock, self.screen, self.reply = ManualClock(), Screen(), Reply("r")
        self.run = Run(self.reply, question, self.clock, self.screen)
        self.run.start()

    async def until(self, text: str) -> None:
        """Let the program and the frames work until the screen, or the notice, shows a text."""
        while text not in self.screen.text + self.reply.notice:
            assert self.run.running, (self.reply.notice, self.reply.details)
            await asyncio.sleep(0.001)
            await self.clock.advance(16)

    async def run_out(self) -> None:
        while self.run.running:
            await asyncio.sleep(0.001)
            await self.clock.advance(16)
        await self.run.closed


async def test_what_it_yields_is_the_reply() -> None:
    bench = Bench(
        "async def reply(messages, settings):\n    yield {'thinking': 'Hm.'}\n    yield messages[0]['content']\n"
        "    yield {'usage': {'input_tokens': 3, 'output_tokens': 2}}\n"
    )
    await bench.run_out()
    assert (bench.run.status, bench.reply.text, bench.reply.thinking) == (Status.COMPLETE, "Hello", "Hm.")
    assert bench.reply.spent
    assert bench.reply.spent.output_tokens == 2


async def test_progress_is_told_until_the_first_word() -> None:
    bench = Bench(
        "import asyncio\nasync def reply(messages, settings):\n    yield {'progress': 'Loading…'}\n"
        "    await asyncio.sleep(0.05)\n    yield 'word'\n    yield {'progress': 'too late'}\n"
    )
    await bench.run_out()
    told = dict(zip(bench.screen.notices, bench.screen.statuses, strict=True))
    assert told["Loading…"] is Status.CONNECTING
    assert (bench.reply.text, bench.reply.notice) == ("word", "")
    assert "too late" not in told


@pytest.mark.parametrize("says", ["yield {'progress': 'Loading…'}", "yield 'Loading…'"])
async def test_a_stop_waits_for_its_finally_and_shows_nothing_of_it(says: str) -> None:
    """S6, S9, S12, S24: also before the first word; what it yields afterwards is dead (S15)."""
    bench = Bench(
        "import asyncio, sys\n"
        "async def reply(messages, settings):\n"
        f"    try:\n        {says}\n        await asyncio.sleep(3600)\n"
        "    except asyncio.CancelledError:\n        yield 'grown'\n        raise\n"
        "    finally:\n        await asyncio.sleep(0.02)\n        sys.modules[__name__].done = True\n"
    )
    await bench.until("Loading…")
    shown = bench.screen.text
    closed = bench.run.stop()
    assert bench.run.status is Status.STOPPED
    assert bench.reply.notice == ""
    await closed
    assert sys.modules["your_python"].done
    assert bench.reply.text == bench.screen.text == shown


async def test_what_it_raises_keeps_what_it_said() -> None:
    """S7."""
    bench = Bench("def reply(messages, settings):\n    yield 'So far'\n    1 / 0\n")
    await bench.run_out()
    assert (bench.run.status, bench.reply.text) == (Status.FAILED, "So far")
    assert bench.reply.notice == "Your Python raised ZeroDivisionError in line 3: division by zero."
    assert "1 / 0" in bench.reply.details
