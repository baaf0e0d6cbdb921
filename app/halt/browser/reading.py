"""Reading a stream of the browser's: what has come, some times a second. ``public/streams.mjs`` does the reading."""

from __future__ import annotations

import asyncio

import halt_streams
from pyodide.ffi import JsProxy, create_proxy

# Who reads is woken no more often than this, in ms.
PACE_MS = 30.0
# And after so many pieces no more often than this: a long reply is painted as often, and each time costs layout.
SHORT = 50
LONG_PACE_MS = 66.0


class ChunkReader:
    """Reads by a ``ReadableStreamDefaultReader``; ``close`` it in the end, whatever way that comes.

    ``signal`` is the ``AbortSignal`` of the fetch.
    """

    def __init__(self, reader: JsProxy, signal: JsProxy) -> None:
        self._waiter: asyncio.Future[None] | None = None
        self._wake_proxy = create_proxy(self._wake)
        self._stream = halt_streams.readPaced(reader, self._wake_proxy, signal)
        self._pieces = 0

    async def take(self) -> bytes | None:
        """Wait for more and take all that has come; ``None`` at the end. Raises what the stream raised."""
        # The loop's own create_future adds a task to each that only counts it.
        waiter = self._waiter = asyncio.Future(loop=asyncio.get_running_loop())
        self._pieces += 1
        self._stream.ask(PACE_MS if self._pieces < SHORT else LONG_PACE_MS)
        await waiter
        if (data := self._stream.take()) is not None:
            return bytes(data.to_bytes())
        if (error := self._stream.error()) is not None:
            raise error
        return None

    def close(self) -> None:
        """Let go: nothing is kept, and nothing is called any more."""
        self._stream.close()
        self._wake_proxy.destroy()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
