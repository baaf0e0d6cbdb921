"""The tasks of a run: begun by it, and cancelled together behind its abort."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from halt.wire.clock import Clock


class RunTasks:
    """Owns the tasks of one run, and the moment at which an early end cancels them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self._call_off: Callable[[], None] = lambda: None

    def begin(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Start one more task, which can be told by its ``name``."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.append(task)
        return task

    def cancel_after_abort(self) -> None:
        """Cancel them once the connection is closed: they take Python longer to unwind than all else (S11).

        What they might begin until then has to be closed at once, as a run's scope is.
        """
        self._call_off()
        self._call_off = self._clock.after_abort(self._cancel)

    def ended(self) -> None:
        """Take note that they have ended by themselves: there is nothing left to cancel."""
        self._call_off()

    def _cancel(self) -> None:
        for task in self._tasks:
            task.cancel()
