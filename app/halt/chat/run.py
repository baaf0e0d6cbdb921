"""A run: one generation, from the press of Send until it ends; the only way a reply grows, and its stop is final."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from halt.chat.connection import Question
from halt.chat.conversation import Reply
from halt.chat.endings import EMPTY_REPLY, FINISH_NOTICES, GAVE_UP, OUR_FAULT
from halt.chat.painter import Painter
from halt.chat.retry import ATTEMPTS, wait_before_retry
from halt.chat.run_tasks import RunTasks
from halt.chat.scope import Scope
from halt.chat.seam import Seam
from halt.chat.silence import DEFAULT_SILENCE, Silence, SilenceWatch
from halt.chat.status import Status, StopReason
from halt.chat.surface import Surface
from halt.chat.tool_calls import ToolCalls
from halt.chat.usage import Meter
from halt.providers.base import Provider
from halt.providers.cancelling import Cancellation
from halt.providers.errors import ProviderError, RateLimited
from halt.providers.events import Event, Finish, Named, Progress, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.wire.clock import Clock
from halt.wire.transport import Aborted, Exchange, TransportError

# Half a frame of work, then the page may handle a click: a flood of chunks must not hold it up (S6).
WORK_MS = 8.0
# More than this is not read ahead of the screen; the provider is made to wait instead.
PENDING_CHARACTERS = 64_000


class Run:
    """Writes one reply: asks the provider, shows what comes, and ends exactly once.

    ``silence`` says how long nothing may come (S26). ``seam`` is where a continued reply joins what was kept (S20).
    ``cancel`` is called after the abort where this side ended what the provider was asked for (S13), and
    ``ended`` is called once, when nothing of the run is open any more.
    """

    def __init__(
        self,
        reply: Reply,
        question: Question,
        clock: Clock,
        surface: Surface,
        silence: Silence = DEFAULT_SILENCE,
        seam: Seam | None = None,
        cancel: Callable[[Run], None] = lambda _run: None,
        ended: Callable[[Run], None] = lambda _run: None,
    ) -> None:
        self.id = question.run_id
        self.reply = reply
        self.question = question
        self.status = Status.CONNECTING
        self.stop_reason: StopReason | None = None
        self._clock = clock
        self._surface = surface
        self._seam = seam
        self._cancel = cancel
        self._ended = ended
        self._scope = Scope()
        self._painter = Painter(reply, surface, clock, self._break)
        self._silence = SilenceWatch(silence, clock, lambda ms: surface.waiting(reply, ms), self._give_up)
        self._meter = Meter(question.terms, reply.spent, reply.characters)
        self._tools = ToolCalls()
        self._named = ""
        self._thinking_since_ms: float | None = None
        self._tasks = RunTasks(clock)
        self._task: asyncio.Task[None] | None = None
        self._closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def running(self) -> bool:
        """Tell whether the run can still be stopped."""
        return self.status.running

    def cancellation(self) -> Cancellation | None:
        """Make what takes back what the provider was asked for, by the name that it gave the run (S13).

        ``None`` where it has no address for that; raises ``NotNamed``, and ``ProviderError`` like the request itself.
        """
        return self._provider.cancellation(self.question.settings, self.id, self._named)

    def start(self) -> None:
        """Begin: everything that can be aborted exists when this returns, and nothing was awaited (S10)."""
        self.reply.status = Status.CONNECTING
        self.reply.run_id = self.id
        self.reply.cancel_note = self.reply.notice = self.reply.details = ""
        self.reply.finish = None
        self._scope.own(self._painter.close)
        self._scope.own(self._silence.end)
        exchange = self._exchange()
        self._task = self._tasks.begin(self._main(exchange), f"run {self.id}")
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
                self._end_early(Status.STOPPED)
            finally:
                self._tasks.cancel_after_abort()
        return self.closed

    @property
    def closed(self) -> Awaitable[None]:
        """Awaits the moment from which nothing of the run is open any more; who waits may be cancelled freely."""
        return asyncio.shield(self._closed)

    @property
    def _provider(self) -> Provider:
        return self.question.connection.provider

    # The run's own task

    async def _main(self, exchange: Exchange) -> None:
        watcher = self._tasks.begin(self._silence.watch(), f"silence of {self.id}")
        try:
            try:
                if self.running:  # else it was stopped before its first step
                    await self._answer(exchange)
                await self._show_everything()
                if self.running:  # a deaf transport goes on after the end
                    self._complete()
            except ProviderError as error:
                await self._show_everything()
                if self.running:
                    status = Status.INTERRUPTED if error.interrupted else Status.FAILED
                    self._end(status, error.sentence, error.details)
        except asyncio.CancelledError:
            self._cancelled()
            raise
        except Exception as error:
            if self.running:
                self._break(error)
            elif not isinstance(error, Aborted):
                raise
        finally:
            watcher.cancel()
            await asyncio.wait({watcher})

    async def _answer(self, exchange: Exchange) -> None:
        if self.question.later:
            self.question = await self.question.later()
            if not self.running:
                return
        for attempt in range(ATTEMPTS):
            try:
                await self._attempt(exchange)
                break
            except ProviderError as error:
                if self.status is not Status.CONNECTING or error.interrupted:
                    raise
                self._meter.asked = False
                wait_ms = wait_before_retry(attempt, error) if isinstance(error, RateLimited) else None
                if wait_ms is None:
                    raise
            await self._wait_to_retry(wait_ms)
            if not self.running:
                return
            exchange = self._exchange()

    def _exchange(self) -> Exchange:
        exchange = self.question.connection.transport.exchange()
        self._scope.own(exchange.abort)
        return exchange

    async def _attempt(self, exchange: Exchange) -> None:
        try:
            self._meter.asked = True
            response = await exchange.open(self.question.request)
            async with aclosing(self._provider.events(response)) as events:
                now_ms = self._clock.now()
                rest_at_ms = now_ms + WORK_MS
                async for event in events:
                    if self._clock.now() - now_ms > WORK_MS:  # it was waited for, so the page had its turn
                        rest_at_ms = self._clock.now() + WORK_MS
                    if not self.running:
                        return  # what else has come is not even parsed
                    self._accept(event)
                    if self._painter.waiting > PENDING_CHARACTERS:
                        await self._painter.next_frame()
                    now_ms = self._clock.now()
                    if now_ms >= rest_at_ms:
                        await self._clock.breathe()
                        now_ms = self._clock.now()
                        rest_at_ms = now_ms + WORK_MS
        except TransportError as error:
            raise self._provider.explain(error) from error
        finally:
            exchange.abort()

    async def _wait_to_retry(self, wait_ms: float) -> None:
        until = self._clock.now() + wait_ms
        while self.running and (left_ms := until - self._clock.now()) > 0:
            self._silence.heard()
            self.reply.notice = f"Too many requests (429). Asking again in {round(left_ms / 1000) or 1} s."
            self._surface.changed(self.reply)
            await self._clock.sleep(min(left_ms, 1000.0))
        if self.running:
            self.reply.notice = ""
            self._surface.changed(self.reply)

    # What the provider says

    def _accept(self, event: Event) -> None:
        if not self.running:
            return  # late is dead (S15)
        self._silence.heard()
        match event:
            case TextDelta(text):
                self._streams()
                self._thought()
                self._painter.add(text=self._seam.feed(text) if self._seam else text)
            case ThinkingDelta(text):
                self._streams()
                if self._thinking_since_ms is None:
                    self._thinking_since_ms = self._clock.now()
                self._painter.add(thinking=text)
            case ToolCallDelta():
                self._streams()
                self._tools.add(event)
            case Named(name):
                self._named = name
            case Progress(text):
                self._progresses(text)
            case Usage():
                self._meter.counted(event)
            case Finish(reason):
                self.reply.finish = reason

    def _progresses(self, text: str) -> None:
        if self.status is Status.CONNECTING:
            self.reply.notice = text
            self._surface.changed(self.reply)

    def _streams(self) -> None:
        if self.status is Status.CONNECTING:
            self.reply.notice = ""
            self._become(Status.STREAMING)
            self._surface.changed(self.reply)

    def _thought(self) -> None:
        if self._thinking_since_ms is not None and self.reply.thinking_ms is None:
            self.reply.thinking_ms = self._clock.now() - self._thinking_since_ms

    async def _show_everything(self) -> None:
        if self._seam:
            self._painter.add(text=self._seam.end())
        await self._painter.finish()

    # The end

    def _complete(self) -> None:
        notice = FINISH_NOTICES.get(self.reply.finish, "") if self.reply.finish else ""
        if self._tools:
            notice = self._tools.notice
        elif not self.reply.source and not notice:
            notice = EMPTY_REPLY
        self._end(Status.COMPLETE, notice, self._tools.details)

    def _give_up(self, limit_ms: float) -> None:
        self._end_early(Status.INTERRUPTED, GAVE_UP.format(seconds=limit_ms / 1000))
        self._tasks.cancel_after_abort()

    def _break(self, error: Exception) -> None:
        self._end_early(Status.FAILED, OUR_FAULT, "".join(traceback.format_exception(error)))
        if self._task is not asyncio.current_task():
            self._tasks.cancel_after_abort()

    def _cancelled(self) -> None:
        """Take a task that was cancelled from outside, at whatever moment, for a stop (S12)."""
        if self.running:
            self.stop_reason = StopReason.CANCELLED
            self._end_early(Status.STOPPED)

    def _become(self, status: Status) -> None:
        if not self.status.may_become(status):
            raise RuntimeError(f"a run that is {self.status} can't become {status}")
        self.status = self.reply.status = status

    def _end_early(self, status: Status, notice: str = "", details: str = "") -> None:
        """End what the provider has not ended; where it takes a cancel, it is told so, after the abort (S13)."""
        try:
            self._end(status, notice, details)
        finally:
            if self._meter.asked:
                self._cancel(self)

    def _end(self, status: Status, notice: str = "", details: str = "") -> None:
        self._become(status)
        try:
            self._scope.close()
        finally:
            self._thought()
            self.reply.spent = self._meter.total(self.reply.characters)
            self.reply.notice, self.reply.details = notice, details
            self._surface.changed(self.reply)

    def _task_done(self, task: asyncio.Task[None]) -> None:
        self._cancelled()  # before its first step a task can't see that itself
        self._tasks.ended()
        self._closed.set_result(None)
        self._ended(self)
        if not task.cancelled():
            task.result()
