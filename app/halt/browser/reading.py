"""Reading a stream of the browser's: what has come, at most once a frame. ``public/streams.mjs`` does the reading."""

from __future__ import annotations

import asyncio

import halt_streams
from pyodide.ffi import JsProxy, create_proxy

# Who reads is woken no more often than this, in ms: the screen shows a long reply less often still.
PACE_MS = 30
# So much is read ahead, in bytes; then the provider is made to wait.
AHEAD = 64 * 1024


class ChunkReader:
    """Reads by a ``ReadableStreamDefaultReader``; ``close`` it in the end, whatever way that comes."""

    def __init__(self, reader: JsProxy) -> None:
        self._waiter: asyncio.Future[None] | None = None
        self._wake_proxy = create_proxy(self._wake)
        self._ahead = halt_streams.readAhead(reader, PACE_MS, AHEAD, self._wake_proxy)

    async def take(self) -> bytes | None:
        """Wait for more and take all that has come; ``None`` at the end. Raises what the stream raised."""
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self._ahead.ask()
        await waiter
        if (data := self._ahead.take()) is not None:
            return bytes(data.to_bytes())
        if (error := self._ahead.error()) is not None:
            raise error
        return None

    def close(self) -> None:
        """Let go: nothing is kept, and nothing is called any more."""
        self._ahead.close()
        self._wake_proxy.destroy()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
