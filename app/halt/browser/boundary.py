"""The error boundary: an exception in a handler or a task reaches the person instead of vanishing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Boundary:
    """Runs handlers and tasks; what they raise is given to ``report`` and the page lives on."""

    def __init__(self, report: Callable[[BaseException], None]) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()

    def guard(self, handler: Callable[..., Any]) -> Callable[..., None]:
        """Wrap a handler so that its exception is reported; an async one becomes a task owned by the boundary."""

        def guarded(*arguments: Any) -> None:
            try:
                result = handler(*arguments)
                if asyncio.iscoroutine(result):
                    self.spawn(result)
            except Exception as error:
                self._report(error)

        return guarded

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task, keep it alive until it ends, and report what it raises."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def watch_loop(self) -> None:
        """Report also what no one awaited: exceptions that the event loop itself finds."""

        def handle(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            error = context.get("exception") or RuntimeError(context.get("message", "unknown error in the event loop"))
            if not isinstance(error, asyncio.CancelledError):
                self._report(error)

        asyncio.get_running_loop().set_exception_handler(handle)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._report(error)
