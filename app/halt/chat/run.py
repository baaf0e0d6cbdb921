"""A run: one generation, from the press of Send until it ends; the only way a reply grows, and its stop is final.

Two clocks meet here. The provider's events arrive when they like and wait in ``Pending``; once a frame some of them
are shown, and only then do they belong to the reply. So what is kept is what was seen (S7), and a stop drops the
rest (S6).
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable
from contextlib import aclosing

from halt.chat.conversation import Reply
from halt.chat.pending import Pending
from halt.chat.scope import Scope
from halt.chat.status import Status, StopReason
from halt.chat.surface import Surface
from halt.providers.base import Provider
from halt.providers.errors import ProviderError, RateLimited
from halt.providers.events import Event, Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.wire.clock import Clock
from halt.wire.transport import Aborted, Exchange, Request, Transport, TransportError

# Half a frame of work, then the page may handle a click: a flood of chunks must not hold it up (S6).
WORK_MS = 8.0
# How much a frame shows is learnt from what the last one cost, within these bounds.
LEAST_FRAME_CHARACTERS = 200
MOST_FRAME_CHARACTERS = 4_000
FIRST_FRAME_CHARACTERS = 600
# More than this is not read ahead of the screen; the provider is made to wait instead.
PENDING_CHARACTERS = 64_000
# A long reply is painted some 30 times a second: nobody reads faster, and each paint costs layout.
LONG_REPLY_CHARACTERS = 8_000
LONG_REPLY_PAINT_MS = 30.0

# What is waited between attempts where the provider sends 429 and no Retry-After, in ms; as many attempts follow.
RETRY_WAITS_MS = (2_000.0, 5_000.0, 15_000.0)
LONGEST_RETRY_WAIT_MS = 120_000.0
SILENCE_MS = 30_000.0

EMPTY_REPLY = "The provider ended the reply without a word. Retry, or choose another model in Settings."
FINISH_NOTICES = {
    FinishReason.LENGTH: "The reply reached its length limit. Continue goes on; Settings has the limit.",
    FinishReason.FILTER: "The provider's content filter ended this reply. Edit the prompt and ask again.",
}


class Run:
    """Writes one reply: asks the provider, shows what comes, and ends exactly once.

    ``silence_ms`` is how long nothing may come before the person is told (S26).
    """

    def __init__(
        self,
        run_id: str,
        reply: Reply,
        request: Request,
        provider: Provider,
        transport: Transport,
        clock: Clock,
        surface: Surface,
        silence_ms: float = SILENCE_MS,
    ) -> None:
        self.id = run_id
        self.reply = reply
        self.status = Status.CONNECTING
        self.stop_reason: StopReason | None = None
        self._request = request
        self._provider = provider
        self._transport = transport
        self._clock = clock
        self._surface = surface
        self._silence_ms = silence_ms
        self._scope = Scope()
        self._pending = Pending()
        self._tools: dict[int, str] = {}
        self._task: asyncio.Task[None] | None = None
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._shown = asyncio.Event()
        self._frame_asked = False
        self._last_paint_ms = 0.0
        self._frame_characters = FIRST_FRAME_CHARACTERS
        self._heard_ms = 0.0
        self._said_waiting = False
        self._thinking_since_ms: float | None = None

    @property
    def running(self) -> bool:
        """Tell whether the run can still be stopped."""
        return self.status.running

    def start(self) -> None:
        """Begin: everything that can be aborted exists when this returns, and nothing was awaited (S10)."""
        self.reply.status = Status.CONNECTING
        self.reply.notice = self.reply.details = ""
        self.reply.finish = None
        self._heard_ms = self._clock.now()
        exchange = self._exchange()
        self._task = asyncio.get_running_loop().create_task(self._main(exchange), name=f"run {self.id}")
        self._task.add_done_callback(self._task_done)
        self._surface.changed(self.reply)

    def stop(self, reason: StopReason = StopReason.PERSON) -> Awaitable[None]:
        """End the run now, inside the caller's own task: mark, abort, cancel the reader, in this order (S10).

        What is returned may be awaited: it is done when everything of the run is closed (S24). A second stop, or the
        stop of an ended run, changes nothing.
        """
        if self.running:
            self.stop_reason = reason
            try:
                self._end(Status.STOPPED)
            finally:
                if self._task:
                    self._task.cancel()
        return self.closed

    @property
    def closed(self) -> Awaitable[None]:
        """Awaits the moment from which nothing of the run is open any more; who waits may be cancelled freely."""
        return asyncio.shield(self._closed)

    # The run's own task

    async def _main(self, exchange: Exchange) -> None:
        watcher = asyncio.get_running_loop().create_task(self._watch_silence(), name=f"silence of {self.id}")
        self._scope.own(lambda: _cancel(watcher))
        try:
            await self._answer(exchange)
            await self._everything_shown()
            self._complete()
        except asyncio.CancelledError:
            if self.running:  # cancelled from outside: that is a stop too (S12)
                self.stop_reason = StopReason.CANCELLED
                self._end(Status.STOPPED)
            raise
        except ProviderError as error:
            await self._everything_shown()
            if self.running:
                status = Status.INTERRUPTED if error.interrupted else Status.FAILED
                self._end(status, error.sentence, error.details)
        except Exception as error:
            if self.running:
                self._break(error)
            elif not isinstance(error, Aborted):
                raise
        finally:
            watcher.cancel()
            await asyncio.wait({watcher})

    async def _answer(self, exchange: Exchange) -> None:
        for attempt in range(len(RETRY_WAITS_MS) + 1):
            try:
                await self._attempt(exchange)
                break
            except RateLimited as error:
                last = attempt == len(RETRY_WAITS_MS)
                wait_ms = error.retry_after_ms
                if wait_ms is None and not last:
                    wait_ms = RETRY_WAITS_MS[attempt]
                if last or wait_ms is None or wait_ms > LONGEST_RETRY_WAIT_MS or self.status is Status.STREAMING:
                    raise
            await self._wait_to_retry(wait_ms)
            exchange = self._exchange()

    def _exchange(self) -> Exchange:
        exchange = self._transport.exchange()
        self._scope.own(exchange.abort)
        return exchange

    async def _attempt(self, exchange: Exchange) -> None:
        try:
            response = await exchange.open(self._request)
            async with aclosing(self._provider.events(response)) as events:
                rest_at = self._clock.now() + WORK_MS
                async for event in events:
                    self._accept(event)
                    if self._pending.characters > PENDING_CHARACTERS:
                        await self._next_showing()
                    if self._clock.now() >= rest_at:
                        await self._clock.breathe()
                        rest_at = self._clock.now() + WORK_MS
        except TransportError as error:
            raise self._provider.explain(error) from error
        finally:
            exchange.abort()

    async def _wait_to_retry(self, wait_ms: float) -> None:
        until = self._clock.now() + wait_ms
        while (left_ms := until - self._clock.now()) > 0:
            self._heard()
            self.reply.notice = f"Too many requests (429). Asking again in {round(left_ms / 1000) or 1} s."
            self._surface.changed(self.reply)
            await self._clock.sleep(min(left_ms, 1000.0))
        self.reply.notice = ""
        self._surface.changed(self.reply)

    # What the provider says

    def _accept(self, event: Event) -> None:
        if not self.running:
            return  # late is dead (S15)
        self._heard()
        match event:
            case TextDelta(text):
                self._streams()
                self._thought()
                self._pending.text.append(text)
            case ThinkingDelta(text):
                self._streams()
                if self._thinking_since_ms is None:
                    self._thinking_since_ms = self._clock.now()
                self._pending.thinking.append(text)
            case ToolCallDelta(index=index, name=name):
                self._streams()
                self._tools[index] = self._tools.get(index, "") + name
            case Usage():
                self.reply.usage = event
            case Finish(reason):
                self.reply.finish = reason
        if self._pending:
            self._ask_for_frame()

    def _streams(self) -> None:
        if self.status is Status.CONNECTING:
            self._become(Status.STREAMING)
            self._surface.changed(self.reply)

    def _thought(self) -> None:
        if self._thinking_since_ms is not None and self.reply.thinking_ms is None:
            self.reply.thinking_ms = self._clock.now() - self._thinking_since_ms

    # What the screen shows

    def _ask_for_frame(self) -> None:
        if not self._frame_asked:
            self._frame_asked = True
            self._frame_came = self._scope.own(self._clock.next_frame(self._paint))

    def _paint(self) -> None:
        self._frame_came()
        self._frame_asked = False
        if not self.running:
            return
        now = self._clock.now()
        early = self.reply.source.length > LONG_REPLY_CHARACTERS and now - self._last_paint_ms < LONG_REPLY_PAINT_MS
        try:
            if not early:
                self._show()
        except Exception as error:
            self._break(error)
            return
        if self._pending:
            self._ask_for_frame()

    def _show(self) -> None:
        text, thinking = self._pending.first(self._frame_characters)
        began_ms = self._clock.now()
        if not self._surface.show(self.reply, text, thinking):
            return
        self._last_paint_ms = self._clock.now()
        self._learn_pace(len(text) + len(thinking), self._last_paint_ms - began_ms)
        self._pending.drop(text, thinking)
        self.reply.source.append(text)
        self.reply.reasoning.append(thinking)
        self._shown.set()

    def _learn_pace(self, characters: int, cost_ms: float) -> None:
        """Show more with the next frame where this one was cheap, and less where it took more than its share."""
        if cost_ms > WORK_MS:
            self._frame_characters = max(LEAST_FRAME_CHARACTERS, self._frame_characters // 2)
        elif characters == self._frame_characters and cost_ms < WORK_MS / 2:
            self._frame_characters = min(MOST_FRAME_CHARACTERS, self._frame_characters * 2)

    async def _next_showing(self) -> None:
        self._shown.clear()
        await self._shown.wait()

    async def _everything_shown(self) -> None:
        while self._pending and self.running:
            await self._next_showing()

    # The silence

    def _heard(self) -> None:
        self._heard_ms = self._clock.now()
        if self._said_waiting:
            self._said_waiting = False
            self._surface.waiting(self.reply, None)

    async def _watch_silence(self) -> None:
        while True:
            silent_ms = self._clock.now() - self._heard_ms
            if silent_ms < self._silence_ms:
                await self._clock.sleep(self._silence_ms - silent_ms)
            else:
                self._said_waiting = True
                self._surface.waiting(self.reply, silent_ms)
                await self._clock.sleep(1000.0 - silent_ms % 1000.0)

    # The end

    def _complete(self) -> None:
        notice = FINISH_NOTICES.get(self.reply.finish, "") if self.reply.finish else ""
        if self._tools:
            names = ", ".join(name or "unnamed" for name in self._tools.values())
            notice = f"The model asked for a tool ({names}). Halt shows tool calls and runs none."
        elif not self.reply.source and not notice:
            notice = EMPTY_REPLY
        self._end(Status.COMPLETE, notice)

    def _break(self, error: Exception) -> None:
        details = "".join(traceback.format_exception(error))
        self._end(
            Status.FAILED, "Something in Halt itself went wrong. What had arrived is kept; Retry asks again.", details
        )
        if self._task and self._task is not asyncio.current_task():
            self._task.cancel()

    def _become(self, status: Status) -> None:
        if not self.status.may_become(status):
            raise RuntimeError(f"a run that is {self.status} can't become {status}")
        self.status = self.reply.status = status

    def _end(self, status: Status, notice: str = "", details: str = "") -> None:
        self._become(status)
        self._pending.clear()
        try:
            self._scope.close()
        finally:
            self._thought()
            self.reply.notice, self.reply.details = notice, details
            self._surface.changed(self.reply)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._closed.set_result(None)
        if not task.cancelled():
            task.result()


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
