"""The transport to a person's own Python: each run has a worker of its own, and ends whatever that does (S17)."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncGenerator, Mapping

from halt.browser.boundary import Boundary
from halt.browser.one_worker import OneWorker
from halt.wire.clock import Clock
from halt.wire.transport import Aborted, Cut, Request, Unreachable

GRACE_MS = 1000.0
"""How long a program that was cancelled may take to end (S17)."""

# So many workers are kept for the next message; each holds a Python of its own, some 60 MB.
MOST_IDLE = 1

UNUSED_MS = 10_000.0

STARTING = (json.dumps({"progress": "Starting Python…"}) + "\n").encode()


class PythonWorkers:
    """Makes exchanges with a person's own Python, and has a worker ready for the next one."""

    def __init__(self, clock: Clock, boundary: Boundary) -> None:
        self.clock = clock
        self.boundary = boundary
        self._idle: list[OneWorker] = []
        self._code: str | None = None  # what the next run will most likely be; None where another provider is chosen

    def exchange(self) -> PythonExchange:
        """See ``Transport``."""
        return PythonExchange(self)

    def expect(self, code: str | None) -> None:
        """Have a worker ready for ``code``, its packages installed; with ``None`` keep none that does nothing."""
        if code is not None and code == self._code and self._idle:
            return
        self._code = code
        if code is None:
            while self._idle:
                self._idle.pop().terminate()
        else:
            self._refill()
            self._idle[-1].prepare(code)

    def take(self) -> OneWorker:
        """Give a worker that does nothing, or a new one."""
        return self._idle.pop() if self._idle else self._start()

    def give_back(self, worker: OneWorker) -> None:
        """Take a worker back that has ended its run, or that is not alive any more; then a new one starts at once."""
        if not worker.alive:
            if self._code is not None and not self._idle:
                self._refill()
                self._idle[-1].prepare(self._code)
        elif len(self._idle) >= MOST_IDLE:
            worker.terminate()
        else:
            self._idle.append(worker)
            if self._code is None:
                self.boundary.spawn(self._let_go_of(worker))

    async def _let_go_of(self, worker: OneWorker) -> None:
        """End a worker whose provider is not in force: it was tried in the settings, in more than one step."""
        await self.clock.sleep(UNUSED_MS)
        if self._code is None and worker in self._idle:
            self._idle.remove(worker)
            worker.terminate()

    def _refill(self) -> None:
        if not self._idle:
            self._idle.append(self._start())

    def _start(self) -> OneWorker:
        return OneWorker(self.boundary, self._lost)

    def _lost(self, worker: OneWorker) -> None:
        """Forget a worker that broke while it did nothing; the next run starts another, and learns why if it fails."""
        if worker in self._idle:
            self._idle.remove(worker)


class PythonExchange:
    """One run of a person's program in a worker of its own."""

    def __init__(self, workers: PythonWorkers) -> None:
        self._workers = workers
        self._id = uuid.uuid4().hex
        self._worker: OneWorker | None = None
        self._aborted = False
        self._lines: list[str] = []
        self._news = asyncio.Event()
        self._over = asyncio.Event()

    def abort(self) -> None:
        """See ``Exchange``: the program is cancelled now, and after ``GRACE_MS`` its worker is no more (S17)."""
        if self._aborted or self._over.is_set():
            return
        self._aborted = True
        self._news.set()
        if self._worker is None:
            self._over.set()
        elif self._worker.cancel(self._id):
            self._workers.boundary.spawn(self._enforce(self._worker))

    async def open(self, request: Request) -> PythonResponse:
        """See ``Exchange``: nothing is waited for here, as the worker tells by lines how far it is."""
        if self._aborted:
            raise Aborted("the run was stopped before a worker was asked")
        self._worker = self._workers.take()
        ready = self._worker.ready
        self._worker.run(self._id, (request.body or b"").decode(), self)
        return PythonResponse(self, ready=ready)

    async def read(self) -> str:
        """Wait for the next lines; "" at the end. Raises what ``Response.chunks`` raises."""
        worker = self._worker
        if worker is None:
            raise Aborted("the run has no worker")
        await self._news.wait()
        if self._aborted:
            raise Aborted("the program was cancelled")
        text = "".join(self._lines)
        self._lines.clear()
        if not self._over.is_set():
            self._news.clear()
            worker.taken(self._id, len(text))
        elif not text and worker.failure:
            raise (Cut if worker.ready else Unreachable)(worker.failure)
        return text

    async def ended(self) -> None:
        """Wait until the program has ended, or its worker was: a second after ``abort()`` at most."""
        await self._over.wait()

    # What the worker tells

    def said(self, lines: str) -> None:
        """See ``Hearer``; after ``abort()`` nobody listens any more (S15)."""
        if not self._aborted:
            self._lines.append(lines)
            self._news.set()

    def over(self) -> None:
        """See ``Hearer``."""
        self._over.set()
        self._news.set()
        if self._worker:
            self._workers.give_back(self._worker)

    async def _enforce(self, worker: OneWorker) -> None:
        grace = asyncio.ensure_future(self._workers.clock.sleep(GRACE_MS))
        over = asyncio.ensure_future(self._over.wait())
        try:
            await asyncio.wait((grace, over), return_when=asyncio.FIRST_COMPLETED)
        finally:
            grace.cancel()
            over.cancel()
            if not self._over.is_set():
                worker.terminate()


class PythonResponse:
    """What a program says, as it comes; there is no HTTP here, so it always begins well."""

    def __init__(self, exchange: PythonExchange, *, ready: bool) -> None:
        self.status = 200
        self.headers: Mapping[str, str] = {"content-type": "application/x-ndjson"}
        self._exchange = exchange
        self._ready = ready

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """See ``Response``; leaving it waits until the program has ended."""
        try:
            if not self._ready:
                yield STARTING
            while text := await self._exchange.read():
                yield text.encode()
        finally:
            self._exchange.abort()
            await self._exchange.ended()
