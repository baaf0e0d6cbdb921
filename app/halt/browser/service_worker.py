"""The service worker from the page's side: it is registered, asked for a newer build, and told to take over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from halt.browser.dom import Listeners
from halt.browser.promise import Rejected, outcome

SCRIPT = "service_worker.js"


class ServiceWorker:
    """Keeps the page's files for when the network is off; a browser or an address that allows none does without.

    ``offered`` is called when a newer build has been fetched whole and waits, and ``replaced`` when another one than
    the page's looks after it. From the start on that is listened for; what is downloaded waits for ``begin``.
    """

    def __init__(self, listeners: Listeners, offered: Callable[[], None], replaced: Callable[[], None]) -> None:
        self._listeners = listeners
        self._offered = offered
        self._replaced = replaced
        self._registration: Any = None
        self._container = _container()
        self._has_worker = bool(self._container and self._container.controller)
        if self._container:
            listeners.listen(self._container, "controllerchange", lambda _: self._changed())
            listeners.listen(self._container, "message", lambda event: self._hear(event.data))
            if self._has_worker:  # another window may have changed over while Python started here
                self._introduce(self._container.controller)

    async def begin(self) -> None:
        """Register it, and have it look after this page if that came before its worker.

        Private windows, settings, a page without TLS and one opened from disk have none (Service Workers, section 3.4).
        """
        if not self._container:
            return
        try:
            # Nothing of the worker comes from the browser's cache, or a new build would be found late.
            options = to_js({"updateViaCache": "none"}, dict_converter=js.Object.fromEntries)
            registration = await outcome(self._container.register(SCRIPT, options))
        except (JsException, Rejected) as error:
            js.console.debug(f"Halt does without a service worker: {error}")
            return
        self._registration = registration
        self._listeners.listen(registration, "updatefound", lambda _: self._watch(registration.installing))
        if registration.waiting:
            self._offer()
        elif registration.installing:
            self._watch(registration.installing)
        if not self._has_worker:
            self._introduce((await outcome(self._container.ready)).active)

    async def look(self) -> None:
        """Ask the server whether there is a newer build; a network that is off is no news."""
        if self._registration:
            try:
                await outcome(self._registration.update())
            except Rejected as error:
                js.console.debug(f"No newer Halt was found: {error}")

    def take_over(self) -> None:
        """Let the build that waits take over, in every window at once."""
        if self._registration and self._registration.waiting:
            self._registration.waiting.postMessage(to_js(["take over", ""]))

    def _watch(self, worker: Any) -> None:
        def changed(_: Any) -> None:
            if worker.state == "installed":
                self._offer()

        self._listeners.listen(worker, "statechange", changed)

    def _offer(self) -> None:
        if self._has_worker:  # else it is the first one, and nobody has anything older
            self._offered()

    def _changed(self) -> None:
        had, self._has_worker = self._has_worker, True
        if had:
            self._replaced()

    def _introduce(self, worker: Any) -> None:
        worker.postMessage(to_js(["look after", str(js.document.documentElement.dataset.build)]))

    def _hear(self, message: Any) -> None:
        if message == "another build" and self._has_worker:
            self._replaced()


def _container() -> Any:
    """Give what registers workers; ``None`` where the browser has none, refuses it, or the page came from no server."""
    try:
        container = getattr(js.navigator, "serviceWorker", None)
    except JsException as error:
        js.console.debug(f"Halt does without a service worker: {error}")
        return None
    return container if container and str(js.location.protocol).startswith("http") else None
