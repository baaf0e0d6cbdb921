"""A run against a provider on a real socket: it shows, it keeps what it showed, and its stop closes everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from halt.chat.connection import Connection, Question
from halt.chat.conversation import Reply
from halt.chat.endings import EMPTY_REPLY
from halt.chat.run import Run
from halt.chat.status import Status, StopReason
from halt.providers.base import Message, ProviderSettings
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.servers import Answer, AsyncioClock, Exchange, ProviderServer, SocketTransport, endless

from .screen import Screen, nothing_left, until


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


class Bench:
    """One screen, and runs that draw on it."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.transport = SocketTransport()
        self.screen = Screen()
        self.reply = Reply("r")
        self._runs = 0

    def start(self) -> Run:
        self._runs += 1
        provider = OpenAIChat(preset("custom"))
        settings = ProviderSettings(preset="custom", base_url=self.server.url, model="m", api_key="sk-secret")
        request = provider.request([Message("user", "Hi")], settings)
        question = Question(f"run {self._runs}", Connection(provider, self.transport, "Test"), request, "test-model")
        run = Run(self.reply, question, AsyncioClock(), self.screen)
        run.start()
        return run

    async def request(self, count: int = 1) -> Exchange:
        """Wait for the provider to have got a request, without holding up the loop in which the run lives."""
        return await asyncio.to_thread(self.server.wait_request, count)


@pytest.fixture
async def bench(server: ProviderServer) -> AsyncIterator[Bench]:
    async with nothing_left(server):
        yield Bench(server)


async def test_a_reply_streams_to_its_end_and_what_is_shown_is_what_is_kept(bench: Bench) -> None:
    """S7"""
    bench.server.answer(Answer(text="Hello from afar.", tokens_per_second=200))
    run = bench.start()
    assert run.status is bench.reply.status is Status.CONNECTING
    await run.closed
    assert bench.reply.text == bench.screen.text == "Hello from afar."
    assert bench.screen.statuses == [Status.CONNECTING, Status.STREAMING, Status.COMPLETE]
    assert bench.reply.spent


async def test_a_stop_is_done_when_the_call_returns_and_the_provider_sees_it(bench: Bench) -> None:
    """S10, S11, S7"""
    bench.server.answer(Answer(text=endless(), tokens_per_second=100))
    run = bench.start()
    exchange = await bench.request()
    await until(lambda: bench.screen.text)
    stopped = run.stop()
    assert run.status is bench.reply.status is Status.STOPPED
    assert [one.aborted for one in bench.transport.exchanges] == [True]
    kept = bench.reply.text
    await asyncio.to_thread(exchange.wait_left)
    await stopped
    assert bench.reply.text == bench.screen.text == kept
    assert exchange.sent_text.startswith(kept)
    assert exchange.chunks_after_leaving <= 1


async def test_what_has_arrived_and_was_not_shown_is_dropped_by_a_stop(bench: Bench) -> None:
    """S6, S7: the queue between the socket and the screen is not kept."""
    bench.server.answer(Answer(text=["one ", "two ", "three "], step=True, role_event=False))
    run = bench.start()
    exchange = await bench.request()
    exchange.release()
    await until(lambda: bench.screen.text == "one ")
    bench.screen.busy = True  # a click waits; what comes meanwhile is held
    exchange.release()
    await asyncio.to_thread(exchange.wait_chunks, 2)
    await until(lambda: bench.screen.held)
    await run.stop()
    assert bench.reply.text == bench.screen.text == "one "


async def test_half_of_a_mark_waits_for_what_follows_and_a_stop_keeps_none_of_it(bench: Bench) -> None:
    """S6, S7: it would flash up, and be kept without ever having been seen."""
    bench.server.answer(Answer(text=["one ", "**", "two", "** three *", "x"], step=True, role_event=False))
    run = bench.start()
    exchange = await bench.request()
    for shown in ("one ", "one ", "one **two", "one **two** three "):
        exchange.release()
        await until(lambda shown=shown: bench.screen.text == shown and run._painter.waiting == run._painter._half)
    await run.stop()
    assert bench.reply.text == bench.screen.text == "one **two** three "


async def test_half_of_a_mark_at_the_end_is_shown(bench: Bench) -> None:
    """S7: nothing follows it any more."""
    bench.server.answer(Answer(text=["5 ", "*"]))
    await bench.start().closed
    assert bench.reply.text == bench.screen.text == "5 *"


async def test_what_could_not_be_shown_for_a_click_is_shown_with_the_next_frame(bench: Bench) -> None:
    """S6, S7: and only then is it kept."""
    bench.server.answer(Answer(text=["one ", "two "]))
    bench.screen.busy = True
    run = bench.start()
    await until(lambda: bench.screen.held)
    bench.screen.busy = False
    await run.closed
    assert bench.reply.text == bench.screen.text == "one two "


@pytest.mark.parametrize("stage", ["headers", "first chunk"])
async def test_a_stop_before_the_first_word_keeps_an_empty_reply(bench: Bench, stage: str) -> None:
    """S9, S10"""
    never = float("inf")
    wait = {"headers_after_ms": never} if stage == "headers" else {"first_chunk_after_ms": never}
    bench.server.answer(Answer(**wait))
    run = bench.start()
    exchange = await bench.request()
    stopped = run.stop()
    assert [one.aborted for one in bench.transport.exchanges] == [True]
    await stopped
    await asyncio.to_thread(exchange.wait_left)
    assert bench.reply.status is Status.STOPPED
    assert bench.reply.text == bench.reply.notice == ""


async def test_a_stop_in_the_very_tick_of_the_start_sends_nothing(bench: Bench) -> None:
    """S9, S16"""
    run = bench.start()
    await run.stop()
    assert run.status is Status.STOPPED
    assert bench.server.exchanges == []


async def test_stopping_twice_or_after_the_end_changes_nothing(bench: Bench) -> None:
    """S24"""
    run = bench.start()
    await run.closed
    await run.stop()
    await run.stop()
    assert run.status is Status.COMPLETE
    again = bench.start()
    first, second = again.stop(StopReason.PERSON), again.stop(StopReason.DELETED)
    await first
    await second
    assert again.stop_reason is StopReason.PERSON


async def test_awaiting_a_stop_may_be_given_up(bench: Bench) -> None:
    """S24: who waits for the end may be cancelled without harm to the others who wait."""
    bench.server.answer(Answer(text=endless(), tokens_per_second=50))
    run = bench.start()
    await bench.request()
    impatient = asyncio.ensure_future(asyncio.wait_for(run.closed, 0.001))
    with pytest.raises(TimeoutError):
        await impatient
    await run.stop()
    assert run.status is Status.STOPPED


async def test_cancelling_the_task_is_a_stop(bench: Bench) -> None:
    """S12"""
    bench.server.answer(Answer(text=endless(), tokens_per_second=100))
    run = bench.start()
    exchange = await bench.request()
    await until(lambda: bench.screen.text)
    assert run._task is not None
    run._task.cancel()
    await run.closed
    await asyncio.to_thread(exchange.wait_left)
    assert run.status is Status.STOPPED
    assert run.stop_reason is StopReason.CANCELLED
    assert bench.reply.text == bench.screen.text


async def test_a_fault_in_the_view_closes_the_connection_and_is_told(bench: Bench) -> None:
    """S12: an exception in the consumer."""
    bench.server.answer(Answer(text=endless(), tokens_per_second=100))
    bench.screen.breaks = ZeroDivisionError("in the view")
    run = bench.start()
    exchange = await bench.request()
    await run.closed
    await asyncio.to_thread(exchange.wait_left)
    assert run.status is Status.FAILED
    assert "Retry" in bench.reply.notice
    assert "in the view" in bench.reply.details


async def test_late_events_of_an_ended_run_touch_nothing(bench: Bench) -> None:
    """S15: not the reply, and not the newer run that writes it by now."""
    from halt.providers.events import Finish, FinishReason, TextDelta

    bench.server.answer(Answer(text=endless("old "), tokens_per_second=100))
    old = bench.start()
    await until(lambda: bench.screen.text)
    await old.stop()
    kept = bench.reply.text
    bench.server.answer(Answer(text="new", headers_after_ms=50))
    new = bench.start()
    old._accept(TextDelta("late"))
    old._accept(Finish(FinishReason.LENGTH))
    old._painter.add(text="late")
    old._painter._paint()
    old.stop()
    assert new.running
    assert bench.reply.finish is None
    await new.closed
    assert bench.reply.text == kept + "new"


async def test_a_flood_leaves_the_loop_free_and_memory_bounded(bench: Bench) -> None:
    """S6: nothing is read far ahead of the screen, and others get their turn."""
    bench.server.answer(Answer(text=endless("flood "), events_per_chunk=200))
    run = bench.start()
    most = turns = 0
    while bench.reply.source.length < 50_000:
        await asyncio.sleep(0)
        turns += 1
        most = max(most, run._painter.waiting)
    await run.stop()
    assert most < 64_000 + 6 * 200
    assert turns > 10


async def test_a_cut_connection_interrupts_and_keeps_what_came(bench: Bench) -> None:
    bench.server.answer(Answer(text="one two three four", cut_after=2))
    run = bench.start()
    await run.closed
    assert run.status is Status.INTERRUPTED
    assert bench.reply.text == bench.screen.text == (await bench.request()).sent_text
    assert bench.reply.text
    assert "Retry" in bench.reply.notice


async def test_an_error_in_the_stream_fails_and_keeps_what_came(bench: Bench) -> None:
    bench.server.answer(Answer(text="one two three four", error_at=2))
    run = bench.start()
    await run.closed
    assert run.status is Status.FAILED
    assert bench.reply.text == (await bench.request()).sent_text != ""
    assert "The test provider broke down." in bench.reply.notice + bench.reply.details
    assert "sk-secret" not in bench.reply.notice + bench.reply.details


async def test_an_empty_reply_says_so(bench: Bench) -> None:
    bench.server.answer(Answer(text=""))
    run = bench.start()
    await run.closed
    assert run.status is Status.COMPLETE
    assert bench.reply.notice == EMPTY_REPLY


async def test_a_reply_cut_by_the_length_limit_says_so(bench: Bench) -> None:
    bench.server.answer(Answer(text="so far", finish_reason="length"))
    await bench.start().closed
    assert bench.reply.status is Status.COMPLETE
    assert "length limit" in bench.reply.notice


async def test_thinking_is_kept_apart_and_timed(bench: Bench) -> None:
    """S7, S8"""
    bench.server.answer(Answer(thinking="Let me see.", text="Yes.", tokens_per_second=200))
    await bench.start().closed
    assert bench.reply.thinking == bench.screen.thinking == "Let me see."
    assert bench.reply.text == bench.screen.text == "Yes."
    assert bench.reply.thinking_ms is not None
    assert bench.reply.thinking_ms >= 0
