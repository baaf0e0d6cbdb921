"""A run in time: silence, retries and the pace of the screen, on a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from halt.chat.connection import Connection, Question
from halt.chat.conversation import GrowingText, Reply
from halt.chat.painter import MOST_FRAME_CHARACTERS
from halt.chat.run import Run
from halt.chat.seam import Seam
from halt.chat.silence import DEFAULT_SILENCE, Silence
from halt.chat.status import Status
from halt.providers.base import Message, ProviderSettings
from halt.providers.mock import MockTransport
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import Request, Response, Transport
from tests.servers import Answer, ManualClock, ProviderServer, SocketTransport

from .screen import Screen, until


class Bench:
    """A clock turned by hand, a screen, and a run on both."""

    def __init__(
        self,
        prompt: str,
        transport: Transport | None = None,
        base_url: str = "",
        silence: Silence = DEFAULT_SILENCE,
        kept: str = "",
        clock: ManualClock | None = None,
        screen: Screen | None = None,
    ) -> None:
        self.clock = clock or ManualClock()
        self.screen = screen or Screen()
        self.reply = Reply("r", source=GrowingText(kept))
        seam = Seam(kept) if kept else None
        provider = OpenAIChat(preset("custom" if base_url else "mock"))
        settings = ProviderSettings(base_url=base_url, model="halt-mock")
        request = provider.request([Message("user", prompt)], settings)
        transport = transport or MockTransport(self.clock)
        question = Question("run", Connection(provider, transport, "Test"), request, "halt-mock")
        self.run = Run(self.reply, question, self.clock, self.screen, silence, seam)
        self.run.start()

    async def run_out(self) -> None:
        """Let sockets and frames work in turn until the run has ended."""
        while self.run.running:
            await asyncio.sleep(0.001)
            await self.clock.advance(16)
        await self.run.closed


def seconds(waits: Sequence[float | None]) -> list[int | None]:
    return [None if wait is None else round(wait / 1000) for wait in waits]


async def test_a_silent_stream_says_how_long_and_goes_on_waiting() -> None:
    """S26: never pretends to be done."""
    bench = Bench("Be silent: send no byte at all")
    await bench.clock.advance(29_900)
    assert bench.screen.waits == []
    await bench.clock.advance(2_200)
    assert seconds(bench.screen.waits) == [30, 31, 32]
    await bench.clock.advance(600_000)
    assert bench.run.status is Status.CONNECTING
    await bench.run.stop()
    assert bench.clock.pending == 0


async def test_a_word_after_a_silence_takes_the_hint_away() -> None:
    """S26"""
    with ProviderServer() as server:
        server.answer(Answer(text=["one ", "two "], step=True, role_event=False))
        bench = Bench("Hi", SocketTransport(), server.url)
        exchange = await asyncio.to_thread(server.wait_request)
        await bench.clock.advance(30_000)
        assert seconds(bench.screen.waits) == [30]
        exchange.release()
        await until(lambda: len(bench.screen.waits) == 2)
        assert bench.screen.waits[-1] is None
        await bench.clock.advance(29_000)
        assert len(bench.screen.waits) == 2
        await bench.run.stop()
    assert bench.clock.pending == 0


async def test_too_many_requests_waits_as_told_and_asks_again() -> None:
    with ProviderServer() as server:
        server.answer(Answer(status=429, headers={"Retry-After": "7"}), Answer(text="at last"))
        bench = Bench("Hi", SocketTransport(), server.url)
        await until(lambda: "429" in bench.reply.notice)
        assert "7 s" in bench.reply.notice
        await bench.clock.advance(6_900)
        assert len(server.exchanges) == 1
        assert "1 s" in bench.reply.notice
        assert bench.run.status is Status.CONNECTING
        await bench.clock.advance(200)
        await asyncio.to_thread(server.wait_request, 2)
        await bench.run_out()
    assert bench.reply.text == "at last"
    assert bench.reply.notice == ""
    assert bench.clock.pending == 0


async def test_a_stop_while_waiting_to_ask_again_asks_no_more() -> None:
    """S9, S16"""
    with ProviderServer() as server:
        server.answer(Answer(status=429, headers={"Retry-After": "7"}))
        bench = Bench("Hi", SocketTransport(), server.url)
        await until(lambda: "429" in bench.reply.notice)
        await bench.run.stop()
        await bench.clock.advance(60_000)
        assert len(server.exchanges) == 1
    assert bench.run.status is Status.STOPPED
    assert bench.reply.notice == ""
    assert bench.clock.pending == 0


async def test_a_retry_that_falls_due_while_a_stopped_connection_closes_is_not_made() -> None:
    """S9, S11, S16"""
    with ProviderServer() as server:
        server.answer(Answer(status=429, headers={"Retry-After": "7"}), Answer(text="too late"))
        bench = Bench("Hi", SocketTransport(), server.url, clock=ManualClock(closing_ms=20.0))
        await until(lambda: "429" in bench.reply.notice)
        await bench.clock.advance(6_990)
        stopped = bench.run.stop()
        changes = len(bench.screen.statuses)
        await bench.clock.advance(60_000)
        await stopped
        assert len(server.exchanges) == 1
    assert bench.run.status is Status.STOPPED
    assert bench.reply.notice == ""
    assert len(bench.screen.statuses) == changes
    assert bench.clock.pending == 0


class SlowToHear:
    """A transport, and its only exchange, that is still open when it was aborted, as the browser's is for a moment."""

    def __init__(self) -> None:
        self.opened = 0

    def exchange(self) -> SlowToHear:
        return self

    def abort(self) -> None:
        """Nobody hears of it."""

    async def open(self, request: Request) -> Response:
        self.opened += 1
        await asyncio.Event().wait()
        pytest.fail("nothing is answered")


async def test_a_silence_that_falls_due_while_a_stopped_connection_closes_is_not_said() -> None:
    """S11, S26"""
    bench = Bench("Hi", SlowToHear(), silence=Silence(1_000.0, 1_005.0), clock=ManualClock(closing_ms=20.0))
    await bench.clock.advance(990)
    stopped = bench.run.stop()
    await bench.clock.advance(20)
    await stopped
    assert bench.run.status is Status.STOPPED
    assert bench.screen.waits == []
    assert bench.clock.pending == 0


async def test_a_run_that_is_stopped_before_its_first_step_sends_nothing() -> None:
    """S10, S11"""
    transport = SlowToHear()
    bench = Bench("Hi", transport, clock=ManualClock(closing_ms=20.0))
    stopped = bench.run.stop()
    await bench.clock.advance(20)
    await stopped
    assert transport.opened == 0
    assert bench.run.status is Status.STOPPED
    assert bench.clock.pending == 0


async def test_too_many_requests_for_ever_fails_in_the_end() -> None:
    with ProviderServer() as server:
        server.answer(Answer(status=429, headers={"Retry-After": "1"}))
        bench = Bench("Hi", SocketTransport(), server.url)
        for attempt in range(1, 4):
            await until(lambda attempt=attempt: len(server.exchanges) == attempt and "Asking" in bench.reply.notice)
            await bench.clock.advance(1_000)
        await until(lambda: not bench.run.running)
        assert len(server.exchanges) == 4
    assert bench.run.status is Status.FAILED


async def test_a_wait_longer_than_two_minutes_is_left_to_the_person() -> None:
    with ProviderServer() as server:
        server.answer(Answer(status=429, headers={"Retry-After": "3600"}))
        bench = Bench("Hi", SocketTransport(), server.url)
        await until(lambda: not bench.run.running)
        assert len(server.exchanges) == 1
    assert bench.run.status is Status.FAILED


async def test_a_frame_shows_a_bounded_piece_however_much_has_arrived() -> None:
    """S6: a frame stays cheap, so a click is never held up."""
    with ProviderServer() as server:
        server.answer(Answer(text="x" * 30_000, events_per_chunk=10_000))
        bench = Bench("Hi", SocketTransport(), server.url)
        await until(lambda: bench.run._painter.waiting == 30_000)
        assert bench.screen.text == ""
        shown = []
        while bench.run.running:
            before = len(bench.screen.text)
            await bench.clock.advance(16)
            shown.append(len(bench.screen.text) - before)
            await asyncio.sleep(0)
    assert max(shown) == MOST_FRAME_CHARACTERS
    assert bench.reply.text == "x" * 30_000


async def test_no_more_is_read_ahead_of_the_screen_than_it_can_soon_show() -> None:
    """S6: the provider is made to wait, so that memory stays bounded however fast it is."""
    with ProviderServer() as server:
        server.answer(Answer(text="x" * 200_000, events_per_chunk=100))
        bench = Bench("Hi", SocketTransport(), server.url)
        await until(lambda: bench.run._painter.waiting > 64_000)  # no frame is shown before the clock goes on
        most = 0
        while bench.run.running:
            await asyncio.sleep(0.001)
            most = max(most, bench.run._painter.waiting)
            await bench.clock.advance(16)
        await bench.run.closed
    assert most < 65_000
    assert bench.reply.text == "x" * 200_000


async def test_a_run_breathes_within_one_chunk_however_many_events_it_has() -> None:
    """S6: between two breaths, in which a click gets through, lies little work."""

    class Worked(ManualClock):
        """A clock on which each look costs 1 ms; it notes how long the run works without a breath."""

        rested_ms, longest_ms, breaths = 0.0, 0.0, 0

        def now(self) -> float:
            self._now += 1
            return self._now

        async def breathe(self) -> None:
            if self.breaths:
                self.longest_ms = max(self.longest_ms, self._now - self.rested_ms)
            self.rested_ms = self._now
            self.breaths += 1
            await super().breathe()

    with ProviderServer() as server:
        server.answer(Answer(text="x" * 4_000, events_per_chunk=2_000))
        bench = Bench("Hi", SocketTransport(), server.url, clock=(clock := Worked()))
        await until(lambda: bench.run._painter.waiting == 4_000)
        await bench.run.stop()
    assert clock.breaths > 100
    assert clock.longest_ms < 16


async def test_a_frame_that_was_dear_is_followed_by_smaller_ones() -> None:
    """S6: what a slow machine can't show in 20 ms is shown in smaller pieces."""
    clock = ManualClock()

    class Slow(Screen):
        """A screen on which a character costs 0.1 ms."""

        pieces: list[int] = []  # noqa: RUF012 - one screen, one list

        def show(self, reply: Reply, text: str, thinking: str) -> bool:
            self.pieces.append(len(text))
            clock._now += len(text) / 10
            return super().show(reply, text, thinking)

    with ProviderServer() as server:
        server.answer(Answer(text="x" * 6_000, events_per_chunk=2_000))
        bench = Bench("Hi", SocketTransport(), server.url, clock=clock, screen=(screen := Slow()))
        await until(lambda: bench.run._painter.waiting == 6_000)
        await bench.run_out()
    assert screen.pieces[0] == 600
    assert max(screen.pieces[2:]) == 200
    assert bench.reply.text == "x" * 6_000


@pytest.mark.parametrize("prompt", ["Tell me", "Think first, then tell me", "Stall in the middle"])
async def test_the_mock_stops_on_the_same_path(prompt: str) -> None:
    """S6, S7, S10: offline too."""
    bench = Bench(prompt)
    await bench.clock.advance(5_000)
    assert bench.screen.text or bench.screen.thinking
    stopped = bench.run.stop()
    kept = bench.reply.text, bench.reply.thinking
    await stopped
    await bench.clock.advance(60_000)
    assert (bench.reply.text, bench.reply.thinking) == (bench.screen.text, bench.screen.thinking) == kept
    assert bench.clock.pending == 0


async def test_the_time_of_thinking_ends_with_a_stop() -> None:
    """S8: also where not a word of the answer had come."""
    bench = Bench("Think first, then tell me")
    await bench.clock.advance(1_000)
    assert bench.screen.thinking
    assert bench.screen.text == ""
    assert bench.reply.thinking_ms is None
    await bench.run.stop()
    assert bench.reply.thinking_ms is not None
    assert 0 < bench.reply.thinking_ms <= 1_000


async def test_a_silence_beyond_its_limit_interrupts_and_keeps_what_came() -> None:
    """S26"""
    with ProviderServer() as server:
        server.answer(Answer(text=["one ", "two "], stall_after=1, role_event=False))
        bench = Bench("Hi", SocketTransport(), server.url, Silence(hint_ms=1_000, limit_ms=2_500))
        exchange = await asyncio.to_thread(server.wait_request)
        await until(lambda: bench.run._painter.waiting)
        await bench.clock.advance(2_400)
        assert bench.run.status is Status.STREAMING
        await bench.clock.advance(100)
        assert bench.run.status is Status.INTERRUPTED
        assert bench.reply.text == "one "
        assert "Nothing came for 2.5 s" in bench.reply.notice
        await asyncio.to_thread(exchange.wait_left)
        await bench.run.closed
    assert seconds(bench.screen.waits) == [1, 2]
    assert bench.clock.pending == 0


@pytest.mark.parametrize("continuation", [" three", "two three", "one two three"])
async def test_a_continued_reply_has_no_doubled_word_at_its_seam(continuation: str) -> None:
    """S20: also where the provider repeats its last words."""
    with ProviderServer() as server:
        server.answer(Answer(text=continuation))
        bench = Bench("Hi", SocketTransport(), server.url, kept="one two")
        await bench.run_out()
    assert bench.reply.text == "one two three"
    assert bench.screen.text == " three"
