"""The transport of the page: ``fetch``, read chunk by chunk, closed by an ``AbortController``.

Cancelling the Python task that waits for ``reader.read()`` does not close the connection; only ``abort()`` does. So
every way out of here leads through it (S12).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

import halt_streams
import js
from pyodide.ffi import JsException, JsProxy, to_js

from halt.browser.reading import ChunkReader
from halt.wire.transport import Aborted, Cut, Request, TransportError, Unreachable


class FetchTransport:
    """Implements ``halt.wire.transport.Transport`` with the browser's fetch."""

    def exchange(self) -> FetchExchange:
        """See ``Transport``: the controller exists from here on, before anything is sent (S10)."""
        return FetchExchange()


class FetchExchange:
    """One fetch and its reader."""

    def __init__(self) -> None:
        self._controller = js.AbortController.new()
        self._reader: JsProxy | None = None

    def abort(self) -> None:
        """See ``Exchange``: abort the fetch, then cancel the reader, both in the caller's own task."""
        self._controller.abort()
        reader, self._reader = self._reader, None
        if reader is not None:
            # The promise of an aborted stream is rejected; Boolean is a function at hand that ignores that.
            reader.cancel().catch(js.Boolean)

    async def open(self, request: Request) -> FetchResponse:
        """See ``Exchange``. No cookies, no cache and no referrer go along."""
        options = {
            "method": request.method,
            "headers": dict(request.headers),
            "signal": self._controller.signal,
            "credentials": "omit",
            "cache": "no-store",
            "referrerPolicy": "no-referrer",
        }
        if request.body is not None:
            options["body"] = request.body
        try:
            response = await halt_streams.fetchFor(request.url, to_js(options, dict_converter=js.Object.fromEntries))
        except JsException as error:
            raise self.meaning_of(error, Unreachable) from error
        except BaseException:  # a cancelled task above all: the fetch does not end with it (S12)
            self.abort()
            raise
        return FetchResponse(self, response)

    def read(self, response: JsProxy) -> ChunkReader | None:
        """Begin to read a response's body; ``None`` where there is no body."""
        if not response.body:
            return None
        self._reader = response.body.getReader()
        return ChunkReader(self._reader, self._controller.signal)

    def meaning_of(self, error: JsException, otherwise: type[TransportError]) -> TransportError:
        """Tell our own abort from a failure: the browser gives both the same shape."""
        kind = Aborted if self._controller.signal.aborted else otherwise
        return kind(f"{error.name}: {error.message}")


class FetchResponse:
    """The head of an answer and its stream."""

    def __init__(self, exchange: FetchExchange, response: JsProxy) -> None:
        self._exchange = exchange
        self._response = response
        self.status: int = response.status
        self.headers: Mapping[str, str] = js.Object.fromEntries(response.headers).to_py()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """See ``Response``. ``getReader`` rather than ``async for``, which WebKit's streams lack."""
        chunks = self._exchange.read(self._response)
        if chunks is None:
            self._exchange.abort()
            return
        try:
            while (chunk := await chunks.take()) is not None:
                yield chunk
        except JsException as error:
            raise self._exchange.meaning_of(error, Cut) from error
        finally:
            chunks.close()
            self._exchange.abort()
