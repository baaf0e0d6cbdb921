"""Odd moments that the model-based test has found: a run ends there as well, and nobody loses sight of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from halt.chat.connection import Connection, Question
from halt.chat.conversation import Prompt, Reply
from halt.chat.run import Run
from halt.chat.silence import Silence
from halt.chat.status import Status, StopReason
from halt.chat.workspace import Workspace
from halt.providers.base import Message, ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import Cut
from tests.servers import ManualClock

from .screen import Screen
from .script import DONE, ScriptedExchange, ScriptedTransport, event

SETTINGS = ProviderSettings(preset="custom", base_url="http://localhost:1/v1", model="m")


class Bench:
    """A run that is fed by a script."""

    def __init__(
        self, *, deaf: bool = False, transport: ScriptedTransport | None = None, screen: Screen | None = None
    ) -> None:
        self.clock, self.screen, self.reply = ManualClock(), screen or Screen(), Reply("r")
        self.faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.faults.append(context))
        provider, transport = OpenAIChat(preset("custom")), transport or ScriptedTransport(deaf=deaf)
        request = provider.request([Message("user", "Hi")], SETTINGS)
        silence = Silence(1_000, 2_000)
        question = Question("run", Connection(provider, transport, "Test"), request, "halt-mock")
        self.run = Run(self.reply, question, self.clock, self.screen, silence)
        self.run.start()
        assert self.run._task
        self.task = self.run._task
        self.exchange: ScriptedExchange = transport.exchanges[0]


async def test_a_stop_marks_the_run_then_aborts_and_then_tells_the_views() -> None:
    """S10: the exchange is there before the run's first step; no view is asked between the mark and the abort."""
    order: list[tuple[str, Status]] = []

    class Noting(ScriptedTransport):
        def exchange(self) -> ScriptedExchange:
            made = super().exchange()
            abort = made.abort
            made.abort = lambda: (order.append(("abort", bench.run.status)), abort())
            return made

    class Told(Screen):
        def changed(self, reply: Reply) -> None:
            super().changed(reply)
            order.append(("told", reply.status))

    bench = Bench(transport=Noting(), screen=Told())
    bench.run.stop()
    assert order[:3] == [("told", Status.CONNECTING), ("abort", Status.STOPPED), ("told", Status.STOPPED)]
    await bench.run.closed


async def test_a_task_that_is_cancelled_before_its_first_step_is_a_stop() -> None:
    """S12, S26"""
    bench = Bench()
    bench.task.cancel()
    await bench.run.closed
    assert bench.run.status is bench.reply.status is Status.STOPPED
    assert bench.run.stop_reason is StopReason.CANCELLED
    assert bench.exchange.aborted
    assert not bench.exchange.opened


async def test_a_task_that_is_cancelled_while_the_last_words_wait_for_the_screen_is_a_stop() -> None:
    """S12, S26"""
    bench = Bench()
    bench.screen.busy = True
    bench.exchange.head()
    bench.exchange.send(event({"content": "last words"}))
    bench.exchange.end(Cut("cut"))
    await bench.clock.advance(100)
    assert bench.run.status is Status.STREAMING
    bench.task.cancel()
    await bench.run.closed
    assert bench.run.status is Status.STOPPED
    assert bench.clock.pending == 0


async def test_a_deaf_transport_that_ends_its_reply_after_the_stop_changes_nothing() -> None:
    """S15"""
    bench = Bench(deaf=True)
    await bench.clock.settle()
    bench.run.stop()
    bench.exchange.head()
    bench.exchange.send(event({"content": "late"}) + event({}, "length") + DONE)
    await bench.run.closed
    assert bench.run.status is Status.STOPPED
    assert (bench.reply.text, bench.reply.finish, bench.reply.notice) == ("", None, "")
    assert bench.faults == []


async def test_a_deaf_transport_that_refuses_after_the_stop_is_not_asked_again() -> None:
    """S15, S16"""
    bench = Bench(deaf=True)
    await bench.clock.settle()
    bench.run.stop()
    bench.exchange.head(429, {"retry-after": "2"})
    bench.exchange.end()
    await bench.run.closed
    await bench.clock.advance(10_000)
    assert bench.reply.notice == ""
    assert bench.faults == []


async def test_a_stopped_run_waits_for_nothing_also_where_its_transport_is_deaf() -> None:
    """S14, S25, S26: a provider that can't be cancelled still stops on the screen, and at once."""
    bench = Bench(deaf=True)
    await bench.clock.settle()
    try:
        stopped = bench.run.stop()
        assert bench.screen.statuses[-1] is bench.run.status is Status.STOPPED
        await bench.clock.advance(10_000)
        assert bench.screen.waits == []
        assert bench.run.status is Status.STOPPED
        assert bench.clock.pending == 0
    finally:  # nobody else ends what is deaf
        bench.exchange.head()
        bench.exchange.end()
    await stopped
    assert bench.faults == []


async def test_a_prompt_that_is_deleted_while_it_is_edited_is_asked_where_its_run_is_seen() -> None:
    """S1, S21"""

    def connect(settings: ProviderSettings) -> Connection:
        return Connection(OpenAIChat(preset("custom")), ScriptedTransport(), "m")

    workspace = Workspace(SETTINGS, connect, ManualClock(), Screen())
    for text in ("one", "two"):
        await workspace.send(text).stop()
    first, _, edited, _ = workspace.current.path()
    assert isinstance(edited, Prompt)
    workspace.delete(first)
    run = workspace.send("two, edited", instead_of=edited)
    assert workspace.running
    assert run.reply in workspace.current.path()
    await run.stop()


async def test_a_stop_in_the_moment_in_which_the_reply_beside_it_is_complete_sends_nothing_that_waits() -> None:
    """S16, S23"""

    class StopsWhenOneIsComplete(Screen):
        def changed(self, reply: Reply) -> None:
            super().changed(reply)
            if reply.status is Status.COMPLETE:
                workspace.stop()

    transport, clock = ScriptedTransport(), ManualClock()
    settings = replace(SETTINGS, also_models=("n",))
    connection = Connection(OpenAIChat(preset("custom")), transport, "both")
    workspace = Workspace(settings, lambda _: connection, clock, StopsWhenOneIsComplete())
    run = workspace.send("Hi")
    workspace.queue("And then?")
    transport.exchanges[0].head()
    transport.exchanges[0].send(event({"content": "Done."}, "stop") + DONE)
    transport.exchanges[0].end()
    await clock.advance(1_000)
    await run.closed
    await clock.settle()
    assert run.status is Status.COMPLETE
    assert not workspace.running
    assert len(transport.exchanges) == 2
    assert len(workspace.current.queue) == 1
