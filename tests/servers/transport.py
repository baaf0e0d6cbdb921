"""The transport for CPython: a small HTTP/1.1 client (RFC 9112) on asyncio's sockets, for unit tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from urllib.parse import urlsplit

from halt.wire.transport import Aborted, Cut, Request, Unreachable

READ_BYTES = 65_536


class SocketTransport:
    """``halt.wire.transport.Transport`` over plain TCP; one connection an exchange."""

    def __init__(self) -> None:
        """Begin with no exchange."""
        self.exchanges: list[SocketExchange] = []

    def exchange(self) -> SocketExchange:
        """Make an exchange; nothing is sent before ``open``."""
        self.exchanges.append(SocketExchange())
        return self.exchanges[-1]


class SocketExchange:
    """One request and its answer on a connection of its own."""

    def __init__(self) -> None:
        """Make an exchange that has not begun."""
        self._aborted = False
        self._opening: asyncio.Task[SocketResponse] | None = None
        self._writer: asyncio.StreamWriter | None = None

    @property
    def aborted(self) -> bool:
        """Whether ``abort`` was called."""
        return self._aborted

    def abort(self) -> None:
        """Close the connection now; whoever waits for it gets ``Aborted``."""
        self._aborted = True
        self.close()
        if self._opening is not None:
            self._opening.cancel()

    def close(self) -> None:
        """Close the connection at once, if there is one; a reader that waits sees it end."""
        if self._writer is not None:
            self._writer.transport.abort()

    async def open(self, request: Request) -> SocketResponse:
        """Send ``request`` and return once the head of the answer is there."""
        if self._aborted:
            raise Aborted("The exchange was aborted before it began.")
        self._opening = asyncio.ensure_future(self._open(request))
        try:
            response = await self._opening
        except asyncio.CancelledError:
            self._opening.cancel()
            self.close()
            task = asyncio.current_task()
            # abort() cancels only the task within; a cancelled caller goes on being cancelled.
            if self._aborted and not (task and task.cancelling()):
                raise Aborted("The exchange was aborted.") from None
            raise
        except (OSError, asyncio.IncompleteReadError) as error:
            self.close()
            if self._aborted:
                raise Aborted("The exchange was aborted.") from error
            raise Unreachable(f"No answer came from {urlsplit(request.url).netloc}: {error}") from error
        if self._aborted:
            raise Aborted("The exchange was aborted.")
        return response

    async def _open(self, request: Request) -> SocketResponse:
        url = urlsplit(request.url)
        reader, self._writer = await asyncio.open_connection(url.hostname, url.port or 80)
        if self._aborted:
            self.close()
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        headers = {**request.headers, "Host": url.netloc, "Connection": "close"}
        if request.body is not None:
            headers["Content-Length"] = str(len(request.body))
        lines = [f"{request.method} {target} HTTP/1.1", *map(": ".join, headers.items()), "", ""]
        self._writer.write("\r\n".join(lines).encode("latin-1") + (request.body or b""))
        await self._writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        fields = (line.partition(":") for line in head[1:] if line)
        received = {name.lower(): value.strip() for name, _, value in fields}
        return SocketResponse(self, reader, int(head[0].split(" ")[1]), received)


class SocketResponse:
    """An answer whose body is still on its way."""

    def __init__(
        self, exchange: SocketExchange, reader: asyncio.StreamReader, status: int, headers: Mapping[str, str]
    ) -> None:
        """Take over the connection behind the head of the answer."""
        self._exchange = exchange
        self._reader = reader
        self._status = status
        self._headers = headers
        self._chunked = headers.get("transfer-encoding", "").lower() == "chunked"
        length = headers.get("content-length")
        # Bytes left of the chunk or of the body; None where the body lasts as long as the connection.
        self._remaining = 0 if self._chunked else int(length) if length is not None else None

    @property
    def status(self) -> int:
        """The HTTP status code."""
        return self._status

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers, their names in lower case."""
        return self._headers

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it arrives; however that ends, the connection is closed."""
        try:
            while True:
                try:
                    piece = await self._read()
                except (OSError, asyncio.IncompleteReadError) as error:
                    if self._exchange.aborted:
                        raise Aborted("The exchange was aborted.") from error
                    raise Cut("The connection broke while the answer was arriving.") from error
                if self._exchange.aborted:
                    raise Aborted("The exchange was aborted.")
                if not piece:
                    return
                yield piece
        finally:
            self._exchange.close()

    async def _read(self) -> bytes:
        """Read some bytes of the body; none at its end."""
        if self._chunked and self._remaining == 0:
            line = b"\r\n"
            while line == b"\r\n":  # the one that ends the chunk before
                line = await self._reader.readuntil(b"\r\n")
            self._remaining = int(line.partition(b";")[0], 16)
        if self._remaining == 0:
            return b""
        piece = await self._reader.read(READ_BYTES if self._remaining is None else min(self._remaining, READ_BYTES))
        if self._remaining is not None:
            if not piece:
                raise asyncio.IncompleteReadError(b"", self._remaining)
            self._remaining -= len(piece)
        return piece
