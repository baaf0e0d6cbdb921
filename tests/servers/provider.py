"""A provider on a real socket, in any dialect: any speed, any cut, any mischief, and a record of who left when.

Its own words are OpenAI's Chat Completions; another dialect is told it byte by byte (``Answer.raw``, ``reply_paths``).
HTTP/1.1 is written by hand (RFC 9112), so that every byte and every place where bytes are cut is the test's own choice.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from .answer import Answer, chunks
from .exchange import PATIENCE_S, Exchange

CORS = {
    "Access-Control-Allow-Origin": "*",
    # By the Fetch standard the asterisk covers every header but this one.
    "Access-Control-Allow-Headers": "*, Authorization",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Private-Network": "true",
    "Access-Control-Expose-Headers": "*",
}

# Where KoboldCpp, text-generation-webui, OpenAI, LangGraph and Dify take a cancel.
CANCEL_PATHS = ("/api/extra/abort", "/v1/internal/stop-generation", "/cancel", "/stop")


class ProviderServer:
    """The test provider; it runs in a thread of its own while its context lasts.

    Answers are given in the order in which they were put in; the last one stays for all further requests.
    """

    def __init__(self, *answers: Answer, cors: bool = True) -> None:
        """Make a server; without ``cors`` no page of another origin may read its answers."""
        self.cors = cors
        self.models = ["test-large", "test-small"]
        self.models_answer: Answer | None = None
        self.reply_paths = {"/v1/chat/completions"}  # what ends in one of them is a request for a reply
        self.files: dict[str, Answer] = {}  # by path, for whoever asks with GET
        self.cancel_answers: list[Answer] = []
        self.choose: Callable[[Exchange], Answer] | None = None  # tells a reply from its request, instead of the order
        self.exchanges: list[Exchange] = []
        self.other_requests: list[Exchange] = []
        self._answers = deque(answers or (Answer(),))
        self._changed = threading.Condition()
        self._connections: dict[asyncio.Task[None], Exchange | None] = {}
        self._errors: list[Any] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test provider", daemon=True)

    def __enter__(self) -> Self:
        """Start listening on a free port of 127.0.0.1."""
        self._loop.set_exception_handler(lambda _, context: self._errors.append(context))
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection and end the thread; raises where the server itself went wrong."""
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._errors and error is None:
            raise RuntimeError(f"The test provider failed: {self._errors}")

    @property
    def url(self) -> str:
        """The base URL to give to a client."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def cancels(self) -> list[Exchange]:
        """The explicit cancels that came (S13); ``cancel_answers`` has the answers, the last one stays."""
        with self._changed:
            return [one for one in self.other_requests if _is_cancel(one)]

    @property
    def open_connections(self) -> int:
        """How many connections that carried a request are open (S25)."""
        with self._changed:
            return sum(exchange is not None for exchange in self._connections.values())

    def answer(self, *answers: Answer) -> None:
        """Say what to answer next, instead of whatever was left to answer."""
        with self._changed:
            self._answers = deque(answers)

    def release_all(self) -> None:
        """Let every answer that goes by steps go on."""
        for exchange in self.exchanges:
            exchange.release_all()

    def wait_request(self, count: int = 1, timeout: float = PATIENCE_S) -> Exchange:
        """Wait for the ``count``-th request for a reply; raises ``TimeoutError`` after ``timeout`` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.exchanges) >= count, timeout):
                raise TimeoutError(f"Within {timeout} s there were only {len(self.exchanges)} requests, not {count}.")
            return self.exchanges[count - 1]

    def wait_other_request(self, timeout: float = PATIENCE_S) -> Exchange:
        """Wait for the first request that is not for a reply; raises ``TimeoutError`` after ``timeout`` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.other_requests, timeout):
                raise TimeoutError(f"Within {timeout} s there was no other request.")
            return self.other_requests[0]

    def wait_no_connections(self, timeout: float = PATIENCE_S) -> None:
        """Wait until no connection that carried a request is open; raises ``TimeoutError``."""
        with self._changed:
            if not self._changed.wait_for(lambda: not any(self._connections.values()), timeout):
                raise TimeoutError(f"After {timeout} s there are still {self.open_connections} connections open.")

    def _call(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=10)

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()
        await asyncio.sleep(0)  # what was closed by a callback goes with the next turn of the loop

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: those that asyncio makes complain when they are cancelled.
        task = self._loop.create_task(self._connected(reader, writer))
        # A task that is cancelled before its first step has closed nothing.
        task.add_done_callback(lambda _: writer.close())
        self._connections[task] = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        # Nothing waits in our own buffer: what was written was handed to the system.
        writer.transport.set_write_buffer_limits(high=0)
        try:
            # A client may leave at any moment, also in the middle of its request: that is no error of ours.
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                exchange = await _read_request(reader)
                answer = self._note_request(task, exchange)
                await self._until_left(exchange, reader, self._respond(exchange, answer, writer))
        except Exception as error:  # a mistake of this server's own fails the test, at the end of the context
            self._errors.append(error)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            with self._changed:
                del self._connections[task]
                self._changed.notify_all()

    def _note_request(self, task: asyncio.Task[None], exchange: Exchange) -> Answer:
        with self._changed:
            self._connections[task] = exchange
            if exchange.method == "POST" and exchange.path.endswith(tuple(self.reply_paths)):
                self.exchanges.append(exchange)
                answer = self._next_answer(exchange)
            else:
                self.other_requests.append(exchange)
                answer = self._answer_other(exchange)
            self._changed.notify_all()
        return answer

    def _next_answer(self, exchange: Exchange) -> Answer:
        if self.choose is not None:
            return self.choose(exchange)
        return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]

    def _answer_other(self, exchange: Exchange) -> Answer:
        if exchange.method == "OPTIONS":
            return Answer(status=204 if self.cors else 405, body="")
        if exchange.method == "GET" and exchange.path == "/v1/models":
            rows = [{"id": name, "object": "model"} for name in self.models]
            return self.models_answer or Answer(body=json.dumps({"object": "list", "data": rows}))
        if exchange.method == "GET" and exchange.path in self.files:
            return self.files[exchange.path]
        if _is_cancel(exchange) and self.cancel_answers:
            return self.cancel_answers.pop(0) if len(self.cancel_answers) > 1 else self.cancel_answers[0]
        return Answer(status=404)

    async def _until_left(self, exchange: Exchange, reader: asyncio.StreamReader, respond: Any) -> None:
        """Respond; once the client leaves, whatever the answer is doing or waiting for ends."""
        response = asyncio.ensure_future(respond)
        watch = asyncio.ensure_future(_end_of(reader))
        try:
            await asyncio.wait({response, watch}, return_when=asyncio.FIRST_COMPLETED)
            if response.done():
                try:
                    response.result()
                except ConnectionError:
                    exchange.note_left()
            else:
                exchange.note_left()
        finally:
            for task in (response, watch):
                task.cancel()
            await asyncio.gather(response, watch, return_exceptions=True)

    async def _respond(self, exchange: Exchange, answer: Answer, writer: asyncio.StreamWriter) -> None:
        model = exchange.json.get("model", "") if exchange.body else ""
        body = answer.whole_body(model)
        await _pause(answer.headers_after_ms)
        writer.write(self._head(answer, body))
        await writer.drain()
        if body is not None:
            writer.write(body)
            await writer.drain()
            exchange.note_ended()
            return
        await _pause(answer.first_chunk_after_ms)
        loop = asyncio.get_running_loop()
        due = loop.time()
        for chunk in chunks(answer, model):
            if answer.step:
                await exchange.permission()
            if answer.tokens_per_second and chunk.text:
                due += len(chunk.text) / answer.tokens_per_second
                await _pause((due - loop.time()) * 1000)
            await _pause(chunk.pause_ms)
            if chunk.data:
                writer.write(b"%x\r\n%b\r\n" % (len(chunk.data), chunk.data))
                exchange.note_chunk(chunk.text)
                await writer.drain()
            if chunk.then == "stall":
                await _pause(math.inf)
            if chunk.then == "cut":
                if answer.reset:
                    connection = writer.get_extra_info("socket")
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    writer.transport.abort()
                return
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        exchange.note_ended()

    def _head(self, answer: Answer, body: bytes | None) -> bytes:
        headers = {"Content-Type": "application/json", "Cache-Control": "no-store", "Connection": "close"}
        if body is None:
            headers |= {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"}
        elif answer.status != 204:
            headers["Content-Length"] = str(len(body))
        headers |= (CORS if self.cors else {}) | dict(answer.headers)
        lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}", *map(": ".join, headers.items())]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")


def _is_cancel(exchange: Exchange) -> bool:
    return exchange.method == "POST" and exchange.path.partition("?")[0].endswith(CANCEL_PATHS)


async def _read_request(reader: asyncio.StreamReader) -> Exchange:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
    method, target, _ = head[0].split(" ")
    fields = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in fields}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Exchange(method, target, headers, body)


async def _end_of(reader: asyncio.StreamReader) -> None:
    """Wait until the other side closes or resets the connection; further bytes are of no interest."""
    with contextlib.suppress(ConnectionError):
        while await reader.read(4096):
            pass


async def _pause(ms: float) -> None:
    # Zero lets the watching task run as well: a flood must not hide that the client left.
    if math.isinf(ms):
        await asyncio.Event().wait()
    await asyncio.sleep(max(ms, 0) / 1000)
