"""Explicit cancels: sent in the background after a stop, tried again, and told in the reply's details (S13)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from halt.chat.conversation import Reply
from halt.chat.run import Run
from halt.providers.cancelling import Cancellation, CancelRefused, NotNamed
from halt.wire.clock import Clock
from halt.wire.transport import TransportError

# What is waited before each try, and how long each may take, in ms.
WAITS_MS = (0.0, 300.0, 1_000.0, 3_000.0)
LIMIT_MS = 5_000.0

ASKING = "Waiting for its answer…"
CONFIRMED = "Cancel confirmed."
NOTHING_LEFT = "It answered that there was nothing left to stop."
NO_ANSWER = "It did not answer, so it may go on generating."
REFUSED = "It refused (HTTP {status}), so it may go on generating."
NOT_ASKED = "It was not asked after all: that would have stopped another reply there."
NOT_NAMED = "It had not named this reply yet, so it could not be told to stop it: it may go on generating."


class Canceller:
    """Sends the cancels of runs that this side ended; each is a task of its own that ends by itself within 25 s.

    ``shared`` tells whether another run goes on at the server of a run: a cancel that stops everything there is then
    not sent (S15). ``noted`` shows what is new in a reply's details.
    """

    def __init__(self, clock: Clock, shared: Callable[[Run], bool], noted: Callable[[Reply], None]) -> None:
        self._clock = clock
        self._shared = shared
        self._noted = noted
        self._tasks: set[asyncio.Task[None]] = set()

    def cancel(self, run: Run) -> None:
        """Begin to tell the provider that ``run`` is over, where it has an address for that; this waits for nothing."""
        try:
            cancellation = run.cancellation()
        except NotNamed:
            self._note(run, NOT_NAMED)
            return
        if cancellation is None:
            return
        self._note(run, ASKING)
        task = asyncio.get_running_loop().create_task(self._cancel(run, cancellation), name=f"cancel of {run.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _cancel(self, run: Run, cancellation: Cancellation) -> None:
        note = NO_ANSWER
        for wait_ms in WAITS_MS:
            # Also before the first try: one press may stop several runs, and all of them are stopped by then.
            await self._clock.sleep(wait_ms)
            if cancellation.everything and self._shared(run):
                note = NOT_ASKED
                break
            try:
                if await self._try(run, cancellation):
                    note = CONFIRMED
                    break
                note = NOTHING_LEFT
            except CancelRefused as error:
                note = NOTHING_LEFT if error.status in cancellation.over else REFUSED.format(status=error.status)
                break
            except TransportError:
                note = NO_ANSWER
        self._note(run, note)

    async def _try(self, run: Run, cancellation: Cancellation) -> bool:
        connection = run.question.connection
        exchange = connection.transport.exchange()
        limit = asyncio.get_running_loop().create_task(self._end_late(exchange.abort))
        try:
            return await connection.provider.confirms_cancel(await exchange.open(cancellation.request))
        finally:
            exchange.abort()
            limit.cancel()
            await asyncio.wait({limit})

    async def _end_late(self, end: Callable[[], None]) -> None:
        await self._clock.sleep(LIMIT_MS)
        end()

    def _note(self, run: Run, note: str) -> None:
        if run.reply.run_id == run.id:  # a reply that goes on belongs to its newer run (S15)
            run.reply.cancel_note = note
            self._noted(run.reply)
