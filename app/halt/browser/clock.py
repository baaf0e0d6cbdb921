"""The browser's time: ``performance.now``, timers that are cleared, and frames."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import js
from pyodide.ffi import create_proxy

# A hidden page draws no frames; then a timer stands in for them.
HIDDEN_FRAME_MS = 250
FRAME_MS = 16.0
# Chromium closes what was aborted behind the frame that follows a click: some 5 ms later, on a slow machine 15.
CLOSING_MS = 20.0


class BrowserClock:
    """Implements ``halt.wire.clock.Clock`` for a page; ``report`` takes what a frame's callback raises."""

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        # Python's own clock is read ten times as fast, and it is asked with each event of a reply.
        self._zero_ms = float(js.performance.now()) - time.monotonic() * 1000
        self._callbacks: dict[int, tuple[Callable[[], None], float]] = {}
        self._next_key = 0
        self._tick_proxy = create_proxy(self._tick)
        self._frame: int | None = None
        self._timer: int | None = None
        self._timer_ms = 0.0

    def now(self) -> float:
        """See ``Clock``; the time base is that of ``event.timeStamp``."""
        return time.monotonic() * 1000 + self._zero_ms

    async def sleep(self, ms: float) -> None:
        """See ``Clock``. Pyodide's own ``asyncio.sleep`` leaves its timer behind when cancelled; this does not."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        wake = create_proxy(lambda: woken.done() or woken.set_result(None))
        timer = js.setTimeout(wake, max(ms, 0))
        try:
            await woken
        finally:
            js.clearTimeout(timer)
            wake.destroy()

    async def breathe(self) -> None:
        """See ``Clock``: the loop comes back by a message, a task of its own, behind input that waits."""
        await asyncio.sleep(0)

    def next_frame(self, callback: Callable[[], None], after_ms: float = 0.0) -> Callable[[], None]:
        """See ``Clock``: all callbacks share one request and one proxy.

        What waits for some time is called by a timer, and the browser draws its next frame by itself. Were it called
        within a frame, a scroll in it would be told to the page with a second one, which costs as much as the first.
        """
        self._next_key += 1
        key = self._next_key
        self._callbacks[key] = callback, self.now() + after_ms
        self._ask()

        def call_off() -> None:
            self._callbacks.pop(key, None)
            if not self._callbacks:
                self._forget_request()

        return call_off

    def after_abort(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See ``Clock``."""
        return self.next_frame(callback, CLOSING_MS)

    def _ask(self) -> None:
        """Ask for the next frame, if a callback is due, or for the moment at which the first one will be."""
        if self._frame is not None:
            return
        due_ms = min(due_ms for _, due_ms in self._callbacks.values())
        if self._timer is not None and self._timer_ms <= due_ms:
            return
        self._forget_request()
        wait_ms = due_ms - self.now()
        if wait_ms <= 0:
            self._frame = js.requestAnimationFrame(self._tick_proxy)
            wait_ms = HIDDEN_FRAME_MS
        self._timer = js.setTimeout(self._tick_proxy, wait_ms)
        self._timer_ms = due_ms

    def _tick(self, *_time: float) -> None:
        self._forget_request()
        now_ms = self.now() + FRAME_MS / 2
        due = {key: callback for key, (callback, due_ms) in self._callbacks.items() if due_ms <= now_ms}
        self._callbacks = {key: one for key, one in self._callbacks.items() if key not in due}
        for callback in due.values():
            try:
                callback()
            except Exception as error:
                self._report(error)
        if self._callbacks:
            self._ask()

    def _forget_request(self) -> None:
        if self._frame is not None:
            js.cancelAnimationFrame(self._frame)
            self._frame = None
        if self._timer is not None:
            js.clearTimeout(self._timer)
            self._timer = None


@cache
def _scheduling() -> Any:
    """Give what tells of input that waits, or ``None``.

    It is looked up once, as each name of a JavaScript object costs as much as its call; and not with the import, which
    was in another place than the page (see ``tools/snapshot/make.mjs``).
    """
    scheduling = getattr(js.navigator, "scheduling", None)
    return scheduling if hasattr(scheduling, "isInputPending") else None


def input_waits() -> bool:
    """Tell whether a click or a key waits behind what runs now; engines that can't tell say no."""
    scheduling = _scheduling()
    return bool(scheduling.isInputPending()) if scheduling else False
