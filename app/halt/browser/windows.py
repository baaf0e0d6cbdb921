"""The other windows of this page: a BroadcastChannel to tell them, and Web Locks to know that they live."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, create_once_callable, create_proxy

from halt.browser.boundary import Boundary
from halt.browser.promise import Rejected, outcome

NAME = "halt"


class BrowserChannel:
    """Implements ``halt.store.window_parts.Channel``; what others of this origin say is text until it is read."""

    def __init__(self, boundary: Boundary) -> None:
        self._boundary = boundary
        self._channel = js.BroadcastChannel.new(NAME) if hasattr(js, "BroadcastChannel") else None

    def post(self, message: list[Any]) -> None:
        """See ``Channel``."""
        if self._channel:
            self._channel.postMessage(json.dumps(message))

    def listen(self, hear: Callable[[object], None]) -> None:
        """Give each message to ``hear``, for as long as the page lives."""

        def told(event: Any) -> None:
            try:
                message = json.loads(event.data)
            except (ValueError, TypeError):  # of another project on the same origin
                return
            hear(message)

        if self._channel:
            self._channel.addEventListener("message", create_proxy(self._boundary.guard(told)))


class BrowserLocks:
    """Implements ``halt.store.window_parts.Locks`` with the Web Locks API; a page without TLS has none."""

    def __init__(self) -> None:
        self.available = hasattr(js.navigator, "locks")

    def hold(self, name: str, held: Callable[[], None]) -> Callable[[], None]:
        """See ``Locks``. The lock lasts as long as the promise that its callback returns."""
        if not self.available:
            held()
            return lambda: None
        frees: list[Any] = []
        until_freed = js.Promise.new(create_once_callable(lambda resolve, _reject: frees.append(resolve)))

        def taken(_lock: Any) -> Any:
            held()
            return until_freed

        # Where it is refused (a page that may keep nothing), other windows are not told of the run.
        js.navigator.locks.request(name, create_once_callable(taken)).catch(js.Boolean)
        return lambda: frees[0]()

    async def wait(self, name: str) -> None:
        """See ``Locks``."""
        if self.available:
            await outcome(js.navigator.locks.request(name, js.Boolean))

    async def held(self) -> list[str]:
        """See ``Locks``."""
        if not self.available:
            return []
        try:
            state = await outcome(js.navigator.locks.query())
        except (JsException, Rejected):  # where a page may keep nothing, it may hold nothing
            return []
        return [str(lock.name) for lock in state.held]
