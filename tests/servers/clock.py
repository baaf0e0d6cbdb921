"""Clocks for CPython: asyncio's, and one that a test turns by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

FRAME_MS = 16.0
MOST_ROUNDS = 10_000


class AsyncioClock:
    """``halt.wire.clock.Clock`` on the running loop: real time, and a frame every 16 ms."""

    def now(self) -> float:
        """Tell the loop's time in ms."""
        return asyncio.get_running_loop().time() * 1000

    async def sleep(self, ms: float) -> None:
        """Wait for ``ms`` milliseconds."""
        await asyncio.sleep(ms / 1000)

    async def breathe(self) -> None:
        """Let the loop run once: it handles what waits."""
        await asyncio.sleep(0)

    def next_frame(self, callback: Callable[[], None], after_ms: float = 0.0) -> Callable[[], None]:
        """Call ``callback`` in 16 ms, or after ``after_ms``; the result calls that off."""
        return asyncio.get_running_loop().call_later(max(FRAME_MS, after_ms) / 1000, callback).cancel

    def after_abort(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` now: sockets are closed at once."""
        callback()
        return lambda: None


class ManualClock:
    """``halt.wire.clock.Clock`` that stands still until ``advance``: no test waits, and every order is certain.

    Time passes for sleeps and frames alone. What waits for a real socket goes on in real time: await that by itself.
    """

    def __init__(self, closing_ms: float = 0.0) -> None:
        """Begin at 0 ms; what is aborted takes ``closing_ms`` to close, as in a browser."""
        self._now = 0.0
        self._closing_ms = closing_ms
        self._order = itertools.count()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []

    @property
    def pending(self) -> int:
        """How many sleeps and frames are waited for: 0 where nothing leaks."""
        return len(self._timers)

    def now(self) -> float:
        """Tell the time in ms since the clock was made."""
        return self._now

    async def sleep(self, ms: float) -> None:
        """Wait until the clock was advanced by ``ms`` milliseconds."""
        wake = asyncio.Event()
        call_off = self._at(self._now + max(ms, 0), wake.set)
        try:
            await wake.wait()
        finally:
            call_off()

    async def breathe(self) -> None:
        """Let the loop run once: it handles what waits."""
        await asyncio.sleep(0)

    def next_frame(self, callback: Callable[[], None], after_ms: float = 0.0) -> Callable[[], None]:
        """Call ``callback`` at the next multiple of 16 ms, after ``after_ms``; the result calls that off."""
        return self._at(((self._now + after_ms) // FRAME_MS + 1) * FRAME_MS, callback)

    def after_abort(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` once it is closed, now where that takes no time; the result calls that off."""
        if self._closing_ms:
            return self._at(self._now + self._closing_ms, callback)
        callback()
        return lambda: None

    async def advance(self, ms: float) -> None:
        """Let ``ms`` milliseconds pass: what falls due happens in its order, each at its own moment."""
        end = self._now + ms
        await self.settle()
        while self._timers and self._timers[0][0] <= end:
            moment, _, callback = heapq.heappop(self._timers)
            self._now = max(self._now, moment)
            callback()
            await self.settle()
        self._now = end

    async def settle(self) -> None:
        """Let tasks run until none of them can go on without time or a socket."""
        # No public way tells whether a loop has anything left to run; this one is asyncio's own since its beginning.
        ready = vars(asyncio.get_running_loop())["_ready"]
        for _ in range(MOST_ROUNDS):
            await asyncio.sleep(0)
            if not ready:
                return
        raise RuntimeError("Tasks keep one another busy without ever waiting for time.")

    def _at(self, moment: float, callback: Callable[[], None]) -> Callable[[], None]:
        entry = (moment, next(self._order), callback)
        heapq.heappush(self._timers, entry)

        def call_off() -> None:
            if entry in self._timers:
                self._timers.remove(entry)
                heapq.heapify(self._timers)

        return call_off
