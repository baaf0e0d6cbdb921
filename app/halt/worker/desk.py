"""The worker's desk: it hears what the page asks, has it done, and tells the page what was said and when it is over.

From the page come [kind, run's id, text]: "run" and "prepare" (JSON), "taken" (how many characters) and "cancel". To
the page go "ready", "said" (lines) and "ended". One worker does one thing at a time.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from typing import Any

import halt_worker
import js
from pyodide.ffi import create_proxy, to_js

from halt.guest.outbox import Outbox
from halt.guest.program import ProgramError, declared, describe
from halt.guest.runner import answer, models
from halt.worker.packages import import_all, install


class Desk:
    """Does one thing for the page at a time, in a task that a cancel ends."""

    def __init__(self) -> None:
        self._run_id = ""
        self._task: asyncio.Task[None] | None = None
        self._outbox: Outbox | None = None

    def hear(self, event: Any) -> None:
        """Take a message of the page."""
        kind, run_id, text = event.data
        if kind in ("run", "prepare"):
            halt_worker.begin()
            self._run_id = run_id
            self._outbox = Outbox(lambda lines: _post("said", run_id, lines))
            self._task = asyncio.get_running_loop().create_task(self._do(kind, json.loads(text), self._outbox))
            # Not at the end of the task itself: one that is cancelled before its first step has no end.
            self._task.add_done_callback(lambda _: self._ended(run_id))
        elif run_id == self._run_id and self._task and self._outbox:
            if kind == "taken":
                self._outbox.taken(int(text))
            elif kind == "cancel":
                halt_worker.abort()
                self._task.cancel()

    async def _do(self, kind: str, asked: dict[str, Any], outbox: Outbox) -> None:
        try:
            await self._install_and_answer(kind, asked, outbox)
        except asyncio.CancelledError:
            # Without a Stop the program has cancelled itself: then somebody is listening, and has to be told.
            outbox.say({"error": "Your Python ended with a CancelledError of its own.", "details": ""})
        except Exception as error:
            outbox.say({"error": describe(error)[0], "details": traceback.format_exc()})

    def _ended(self, run_id: str) -> None:
        halt_worker.abort()  # what the program has left open ends with it
        if self._outbox:
            self._outbox.flush()
        self._run_id, self._task, self._outbox = "", None, None
        _post("ended", run_id)

    async def _install_and_answer(self, kind: str, asked: dict[str, Any], outbox: Outbox) -> None:
        code = str(asked["code"])
        try:
            await install(code, lambda text: outbox.say({"progress": text}))
        except ProgramError as error:
            outbox.say({"error": str(error), "details": "".join(traceback.format_exception(error))})
            return
        if kind == "prepare" or declared(code).dependencies:
            outbox.say({"progress": "Importing the packages…"})
            await outbox.hold()
            import_all(code)
        if kind == "run" and asked["ask"] == "models":
            await models(code, outbox)
        elif kind == "run":
            await answer(code, asked["messages"], asked["settings"], outbox)


def serve() -> None:
    """Begin to listen, and say so."""
    desk = Desk()
    js.self.onmessage = create_proxy(desk.hear)
    _post("ready")


def _post(kind: str, run_id: str = "", text: str = "") -> None:
    js.postMessage(to_js([kind, run_id, text]))
