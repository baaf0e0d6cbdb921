"""Explicit cancels against a provider on a real socket, on a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from halt.chat.cancel import ASKING, CONFIRMED, LIMIT_MS, NO_ANSWER, NOT_ASKED, NOTHING_LEFT, REFUSED, WAITS_MS
from halt.chat.connection import Connection
from halt.chat.conversation import Prompt, Reply
from halt.chat.run import Run
from halt.chat.silence import Silence
from halt.chat.status import Status
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.providers.python_code import PythonCode
from tests.servers import Answer, ManualClock, ProviderServer, SocketTransport, endless

from .screen import Screen, nothing_left, until
from .script import ScriptedTransport

WORDS = Answer(text=endless(), tokens_per_second=100)
STALL = Answer(text=["one "], role_event=False, stall_after=1)
TAKEN = Answer(body='{"success": "true", "done": "true"}')
NOT_TAKEN = Answer(body='{"success": "false", "done": "false"}')
BROKEN = Answer(status=500, body="{}")
KEYED, EVERYTHING = "koboldcpp", "textgen"


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer(WORDS) as server:
        yield server


class Bench:
    """A workspace whose provider takes cancels."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.clock = ManualClock()
        self.screen = Screen()
        self.workspace = Workspace(self.settings(KEYED), self._connect, self.clock, self.screen, Silence(1_000, 5_000))

    def settings(self, provider: str, *also_models: str) -> ProviderSettings:
        return ProviderSettings(provider, self.server.url, "sk-secret", "m", also_models)

    def _connect(self, settings: ProviderSettings) -> Connection:
        if settings.preset == "python":
            return Connection(PythonCode(preset("python")), ScriptedTransport(), "Own")
        return Connection(OpenAIChat(preset(settings.preset)), SocketTransport(), "Test")

    async def asked(self, count: int = 1) -> Run:
        """Ask, and wait for the first words."""
        run = self.workspace.send("Hi")
        await asyncio.to_thread(self.server.wait_request, count)
        while run.status is Status.CONNECTING:
            await self.pass_time(16)
        return run

    async def stopped(self) -> Reply:
        """Ask, and stop at the first words."""
        run = await self.asked()
        await run.stop()
        return run.reply

    async def pass_time(self, ms: float) -> None:
        """Let time pass and then the sockets work."""
        await self.clock.advance(ms)
        await asyncio.sleep(0.01)

    def cancelling(self) -> list[str]:
        """List the tasks that tell a provider to stop."""
        return [name for task in asyncio.all_tasks() if (name := task.get_name()).startswith("cancel of")]

    async def note_of(self, reply: Reply) -> str:
        """Let time pass until what came of the cancel is known."""
        while reply.cancel_note == ASKING:
            await self.pass_time(50)
        return reply.cancel_note


@pytest.fixture
async def bench(server: ProviderServer) -> AsyncIterator[Bench]:
    bench = Bench(server)
    async with nothing_left(server):
        try:
            yield bench
        finally:
            bench.workspace.stop()
            for _ in WAITS_MS:
                await bench.pass_time(LIMIT_MS + WAITS_MS[-1])
    assert bench.clock.pending == 0


async def test_the_provider_is_told_after_the_connection_is_closed(bench: Bench) -> None:
    """S13, S14: in the background, by the key of this run, and what it answers stands in the details."""
    bench.server.cancel_answers = [TAKEN]
    reply = await bench.stopped()
    exchange = bench.server.exchanges[0]
    await asyncio.to_thread(exchange.wait_left)
    assert (bench.server.cancels, reply.cancel_note) == ([], ASKING)
    assert await bench.note_of(reply) == CONFIRMED
    [cancel] = bench.server.cancels
    assert cancel.path == "/api/extra/abort"
    assert cancel.json == {"genkey": exchange.json["genkey"]}
    assert cancel.headers["authorization"] == "Bearer sk-secret"
    assert bench.screen.cancel_notes == [ASKING, CONFIRMED]


@pytest.mark.parametrize(("answer", "note"), [(NOT_TAKEN, NOTHING_LEFT), (BROKEN, NOTHING_LEFT)], ids=["no", "500"])
async def test_it_is_tried_four_times(bench: Bench, answer: Answer, note: str) -> None:
    """S13: at once, and 0.3, 1 and 3 s after the answers."""
    bench.server.cancel_answers = [answer]
    reply = await bench.stopped()
    for count, wait_ms in enumerate(WAITS_MS, 1):
        if wait_ms:
            await bench.pass_time(wait_ms - 1)
            assert len(bench.server.cancels) == count - 1
        await bench.clock.advance(1)
        await until(lambda count=count: len(bench.server.cancels) == count)
        await until(lambda: not bench.server.open_connections)
        await bench.clock.settle()
    assert await bench.note_of(reply) == note
    assert len(bench.server.cancels) == len(WAITS_MS) == 4


async def test_a_later_try_that_is_taken_is_the_last_one(bench: Bench) -> None:
    """S13"""
    bench.server.cancel_answers = [BROKEN, NOT_TAKEN, TAKEN]
    reply = await bench.stopped()
    assert await bench.note_of(reply) == CONFIRMED
    assert len(bench.server.cancels) == 3


@pytest.mark.parametrize("status", [401, 404])
async def test_who_refuses_is_not_asked_again(bench: Bench, status: int) -> None:
    """S13, S14"""
    bench.server.cancel_answers = [Answer(status=status, body="{}")]
    reply = await bench.stopped()
    assert await bench.note_of(reply) == REFUSED.format(status=status)
    assert len(bench.server.cancels) == 1


async def test_a_server_that_does_not_answer_is_given_up(bench: Bench) -> None:
    """S13, S14, S25: each try ends."""
    bench.server.cancel_answers = [Answer(headers_after_ms=float("inf"))]
    reply = await bench.stopped()
    assert await bench.note_of(reply) == NO_ANSWER
    assert len(bench.server.cancels) == 4


async def test_a_cancel_of_everything_spares_another_reply_there(bench: Bench) -> None:
    """S13, S15: an old stop can't stop a newer run."""
    bench.server.cancel_answers = [BROKEN]
    bench.workspace.settings = bench.settings(EVERYTHING)
    first = await bench.asked()
    await first.stop()
    await bench.pass_time(1)
    await until(lambda: len(bench.server.cancels) == 1)
    await bench.asked(count=2)
    assert await bench.note_of(first.reply) == NOT_ASKED
    assert len(bench.server.cancels) == 1
    assert bench.server.cancels[0].path == "/v1/internal/stop-generation"


async def test_a_program_of_ones_own_has_no_server_to_share(bench: Bench) -> None:
    """S13"""
    bench.server.cancel_answers = [Answer(body='"OK"')]
    bench.workspace.settings = bench.settings(EVERYTHING)
    run = await bench.asked()
    bench.workspace.new_conversation()
    bench.workspace.settings = ProviderSettings("python", model="m", code="def reply(messages, settings): yield 'Hi'")
    own = bench.workspace.send("Hi")
    await run.stop()
    assert await bench.note_of(run.reply) == CONFIRMED
    assert own.running
    await own.stop()


async def test_a_stop_of_all_side_by_side_cancels_everything(bench: Bench) -> None:
    """S13, S23: the first of them is not held back by those that the same press stops."""
    bench.server.cancel_answers = [Answer(body='"OK"')]
    bench.workspace.settings = bench.settings(EVERYTHING, "other")
    await bench.asked(count=2)
    replies = bench.workspace.stop()
    assert [await bench.note_of(reply) for reply in replies] == [CONFIRMED, CONFIRMED]


async def test_a_late_answer_says_nothing_of_a_reply_that_goes_on(bench: Bench) -> None:
    """S13, S15"""
    bench.server.cancel_answers = [Answer(headers_after_ms=100, body="{}")]
    reply = await bench.stopped()
    await bench.pass_time(1)
    await until(lambda: bench.server.cancels)
    run = bench.workspace.go_on(reply)
    await until(lambda: not bench.cancelling())
    assert (reply.run_id, reply.cancel_note) == (run.id, "")


async def test_a_run_that_is_given_up_is_cancelled_too(bench: Bench) -> None:
    """S13, S26: the silence limit is a stop of ours."""
    bench.server.answer(STALL)
    bench.server.cancel_answers = [TAKEN]
    run = await bench.asked()
    while run.running:
        await bench.pass_time(1_000)
    assert run.status is Status.INTERRUPTED
    assert await bench.note_of(run.reply) == CONFIRMED


async def test_a_deleted_prompt_is_cancelled_too(bench: Bench) -> None:
    """S13"""
    bench.server.cancel_answers = [TAKEN]
    run = await bench.asked()
    assert isinstance(run.reply.parent, Prompt)
    bench.workspace.delete(run.reply.parent)
    assert await bench.note_of(run.reply) == CONFIRMED


@pytest.mark.parametrize("answer", [Answer(), Answer(status=401, body="{}")], ids=["complete", "refused"])
async def test_what_the_provider_ended_itself_is_not_cancelled(bench: Bench, answer: Answer) -> None:
    """S13, S16"""
    bench.server.answer(answer)
    run = bench.workspace.send("Hi")
    while run.running:
        await bench.pass_time(16)
    await run.stop()
    await bench.pass_time(LIMIT_MS)
    assert (bench.server.cancels, run.reply.cancel_note) == ([], "")


async def test_what_never_left_is_not_cancelled(bench: Bench) -> None:
    """S13, S9: stopped in the task that sent it."""
    run = bench.workspace.send("Hi")
    await run.stop()
    await bench.pass_time(LIMIT_MS)
    assert (bench.server.exchanges, bench.server.cancels, run.reply.cancel_note) == ([], [], "")


async def test_a_cancelled_task_cancels_at_the_provider(bench: Bench) -> None:
    """S12, S13"""
    bench.server.cancel_answers = [TAKEN]
    run = await bench.asked()
    assert run._task
    run._task.cancel()
    await run.closed
    assert await bench.note_of(run.reply) == CONFIRMED


async def test_a_provider_without_such_an_address_is_not_asked(bench: Bench) -> None:
    """S13, S16"""
    bench.workspace.settings = bench.settings("custom")
    reply = await bench.stopped()
    await bench.pass_time(LIMIT_MS)
    assert (bench.server.other_requests, reply.cancel_note) == ([], "")
    assert "genkey" not in bench.server.exchanges[0].json
