"""One worker with a Python of its own (``public/python_worker.mjs``): what it is told, and what it tells.

starting ─▶ idle ◀─▶ preparing, running        gone: terminated, or broken by itself, from anywhere
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

import js
from pyodide.ffi import create_proxy, to_js

from halt.browser.boundary import Boundary

PREPARING = "prepare"


class Hearer(Protocol):
    """Who waits for what a run says."""

    def said(self, lines: str) -> None:
        """Take some lines."""
        ...

    def over(self) -> None:
        """Learn, once, that nothing more comes: the run has ended, or the worker is gone."""
        ...


class OneWorker:
    """Does one thing at a time; ``lost`` is told when it breaks by itself, and ``failure`` then says why."""

    def __init__(self, boundary: Boundary, lost: Callable[[OneWorker], None]) -> None:
        self.ready = False
        self.alive = True
        self.failure = ""
        self._lost = lost
        self._busy_with = ""  # the id of a run, or PREPARING
        self._hearer: Hearer | None = None
        self._next: tuple[str, str] | None = None  # the run's id and text, while it waits for its turn
        self._to_prepare = ""
        self._progress = ""  # how far preparing is, for a run that comes meanwhile
        options = to_js({"type": "module"}, dict_converter=js.Object.fromEntries)
        self._js = js.Worker.new("./python_worker.mjs", options)
        self._proxies = (create_proxy(boundary.guard(self._hear)), create_proxy(boundary.guard(self._broke)))
        self._js.onmessage, self._js.onerror = self._proxies

    def prepare(self, code: str) -> None:
        """Install and import what ``code`` needs, as soon as there is nothing else to do."""
        self._to_prepare = json.dumps({"code": code})
        self._go_on()

    def run(self, run_id: str, asked: str, hearer: Hearer) -> None:
        """Do what is ``asked``, as soon as it can."""
        self._next = run_id, asked
        self._hearer = hearer
        if self._busy_with == PREPARING and self._progress:
            hearer.said(self._progress)
        if self.alive:
            self._go_on()
        else:
            self._over()

    def cancel(self, run_id: str) -> bool:
        """Tell a run to end, or what is prepared before it; False where that has happened with this."""
        waits = bool(self._next) and self._next[0] == run_id
        if waits:
            self._next = None
        if self._busy_with == run_id or (waits and self._busy_with == PREPARING):
            self._tell("cancel", self._busy_with)
            return True
        if waits:
            self._over()
        return False

    def taken(self, run_id: str, characters: int) -> None:
        """Tell a run that so many characters of it were taken, so that it may go on saying more."""
        if self._busy_with == run_id:
            self._tell("taken", run_id, str(characters))

    def terminate(self) -> None:
        """End the worker now, whatever it does."""
        if not self.alive:
            return
        self.alive = False
        self._js.terminate()
        self._js.onmessage = self._js.onerror = None
        for proxy in self._proxies:
            proxy.destroy()
        self._next, self._busy_with = None, ""
        self._over()

    def _hear(self, event: Any) -> None:
        kind, run_id, text = event.data
        if kind == "ready":
            self.ready = True
            self._go_on()
        elif kind == "failed":
            self._fail(text)
        elif run_id != self._busy_with:
            return  # late is dead (S15)
        elif kind == "said":
            self._said(text)
        elif kind == "ended":
            self._busy_with = self._progress = ""
            if not self._next:
                self._over()
            self._go_on()

    def _said(self, lines: str) -> None:
        if self._busy_with == PREPARING:
            self.taken(PREPARING, len(lines))
            # Whoever waits for the end of that is told how far it is; what went wrong will go wrong again, and be told.
            lines = "".join(line for line in lines.splitlines(keepends=True) if line.startswith('{"progress"'))
            self._progress = lines or self._progress
        if self._hearer and lines:
            self._hearer.said(lines)

    def _go_on(self) -> None:
        if not self.ready or not self.alive or self._busy_with:
            return
        if self._next:
            self._busy_with, asked = self._next
            self._next, self._to_prepare = None, ""
            self._tell("run", self._busy_with, asked)
        elif self._to_prepare:
            self._busy_with, asked, self._to_prepare = PREPARING, self._to_prepare, ""
            self._tell("prepare", PREPARING, asked)

    def _broke(self, event: Any) -> None:
        event.preventDefault()
        self._fail(str(getattr(event, "message", None) or "its script could not be loaded"))

    def _fail(self, reason: str) -> None:
        self.failure = reason
        self._lost(self)
        self.terminate()

    def _over(self) -> None:
        hearer, self._hearer = self._hearer, None
        if hearer:
            hearer.over()

    def _tell(self, kind: str, run_id: str, text: str = "") -> None:
        self._js.postMessage(to_js([kind, run_id, text]))
