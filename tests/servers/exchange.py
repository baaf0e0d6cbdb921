"""The test provider's record of one request: what came, what was sent, and when the client left."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

PATIENCE_S = 20.0
"""How long a test waits for what must come: long enough for a slow machine, since nothing is proved by it."""


class Exchange:
    """One request and its answer; read and waited for by a test's thread, written by the server's.

    Moments are seconds since the epoch, as ``time.time()`` and the browser's clock tell them.
    """

    def __init__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> None:
        """Begin the record, in the server's loop."""
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.received_at = time.time()
        self.left_at: float | None = None
        self.ended = False
        self._sent: list[str] = []
        self._chunk_times: list[float] = []
        self._changed = threading.Condition()
        self._loop = asyncio.get_running_loop()
        self._permits = asyncio.Semaphore(0)
        self._all_released = False

    @property
    def json(self) -> Any:
        """The request's body, read as JSON."""
        return json.loads(self.body)

    @property
    def sent_text(self) -> str:
        """The reply's text whose bytes were handed to the socket; no client can have seen more."""
        with self._changed:
            return "".join(self._sent)

    @property
    def characters_sent(self) -> int:
        """The length of ``sent_text``."""
        return len(self.sent_text)

    @property
    def chunks_sent(self) -> int:
        """How many chunks were handed to the socket."""
        return len(self._chunk_times)

    @property
    def chunk_times(self) -> list[float]:
        """When each chunk was handed to the socket, in seconds since the epoch."""
        with self._changed:
            return list(self._chunk_times)

    @property
    def chunks_after_leaving(self) -> int:
        """How many chunks were handed to the socket after the client was seen to leave."""
        return 0 if self.left_at is None else self.chunks_after(self.left_at)

    def chunks_after(self, moment: float) -> int:
        """Count the chunks that were handed to the socket after ``moment``."""
        with self._changed:
            return sum(sent_at > moment for sent_at in self._chunk_times)

    def release(self, count: int = 1) -> None:
        """Let ``count`` more chunks go, where the answer goes by steps."""

        def permit() -> None:
            for _ in range(count):
                self._permits.release()

        self._loop.call_soon_threadsafe(permit)

    def release_all(self) -> None:
        """Let all chunks go."""
        self._all_released = True
        self.release()

    def wait_left(self, timeout: float = PATIENCE_S) -> float:
        """Wait until the client left and tell when; raises ``TimeoutError`` after ``timeout`` seconds."""
        self._wait(lambda: self.left_at is not None, timeout, "the client did not leave")
        assert self.left_at is not None
        return self.left_at

    def wait_ended(self, timeout: float = PATIENCE_S) -> None:
        """Wait until the answer was sent to its end; raises ``TimeoutError`` after ``timeout`` seconds."""
        self._wait(lambda: self.ended, timeout, "the answer did not end")

    def wait_chunks(self, count: int, timeout: float = PATIENCE_S) -> None:
        """Wait until ``count`` chunks were sent; raises ``TimeoutError`` after ``timeout`` seconds."""
        self._wait(lambda: self.chunks_sent >= count, timeout, f"there were not {count} chunks")

    async def permission(self) -> None:
        """Wait for a step; for the server."""
        if not self._all_released:
            await self._permits.acquire()

    def note_chunk(self, text: Sequence[str]) -> None:
        """Note a chunk that was handed to the socket; for the server."""
        with self._changed:
            self._chunk_times.append(time.time())
            self._sent += text
            self._changed.notify_all()

    def note_left(self) -> None:
        """Note that the client left; for the server."""
        with self._changed:
            self.left_at = time.time()
            self._changed.notify_all()

    def note_ended(self) -> None:
        """Note that the answer was sent whole; for the server."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def _wait(self, predicate: Callable[[], bool], timeout: float, complaint: str) -> None:
        with self._changed:
            if not self._changed.wait_for(predicate, timeout):
                raise TimeoutError(f"Within {timeout} s {complaint}: {self}")

    def __repr__(self) -> str:
        return (
            f"<Exchange {self.method} {self.path}: {self.chunks_sent} chunks sent, "
            f"{'ended' if self.ended else 'left' if self.left_at is not None else 'open'}>"
        )
