"""A transport that does what a test says, step by step: bytes in any cuts, errors, silence, and words after the end."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from halt.wire.transport import Aborted, Request, TransportError


class ScriptedTransport:
    """Makes exchanges and keeps them; ``deaf`` ones neither mind an abort nor a cancelled task, and talk on."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.deaf = deaf
        self.exchanges: list[ScriptedExchange] = []

    def exchange(self) -> ScriptedExchange:
        self.exchanges.append(ScriptedExchange(self.deaf))
        return self.exchanges[-1]


class ScriptedExchange:
    """One request; the test says what arrives, also when nobody wants it any more."""

    def __init__(self, deaf: bool) -> None:
        self.deaf = deaf
        self.opened = self.aborted = self.ended = False
        self.answered = self.over = False  # the test has sent the head, the end
        self.delivered = b""
        self._on_the_way = b""
        self._arrivals: deque[tuple[int, Mapping[str, str]] | bytes | TransportError | None] = deque()
        self._news = asyncio.Event()

    # What a run does

    def abort(self) -> None:
        self.aborted = True
        self._news.set()

    async def open(self, request: Request) -> ScriptedResponse:
        if not self.aborted:
            self.opened = True
        head = await self._next()
        assert isinstance(head, tuple)
        return ScriptedResponse(self, *head)

    async def read(self) -> bytes:
        """Give the next bytes; none at the end."""
        arrival = await self._next()
        assert arrival is None or isinstance(arrival, bytes)
        return arrival or b""

    def close(self) -> None:
        self.ended = True

    async def _next(self) -> tuple[int, Mapping[str, str]] | bytes | None:
        while not self._arrivals or (self.aborted and not self.deaf):
            if self.aborted and (not self.deaf or not self.opened):
                raise Aborted("The exchange was aborted.")
            self._news.clear()
            try:
                await self._news.wait()
            except asyncio.CancelledError:
                if not self.deaf:  # a deaf one is at fault on purpose: it swallows what must be raised again
                    self.aborted = True
                    raise
        arrival = self._arrivals.popleft()
        if isinstance(arrival, TransportError):
            self.ended = True
            raise arrival
        return arrival

    # What the test says

    def head(self, status: int = 200, headers: Mapping[str, str] | None = None) -> None:
        """Begin the answer."""
        self.answered = True
        self._arrive((status, headers or {"content-type": "text/event-stream"}))

    def send(self, data: bytes, cuts: Sequence[int] = (), late: int = 0) -> None:
        """Send ``data`` in pieces cut at ``cuts``; its last ``late`` bytes come only with what is sent next."""
        data = self._on_the_way + data
        self._on_the_way = data[len(data) - late :] if late else b""
        data = data[: len(data) - late] if late else data
        self.delivered += data
        places = sorted({0, *(cut % (len(data) or 1) for cut in cuts), len(data)})
        for start, end in pairwise(places):
            self._arrive(data[start:end])

    def end(self, error: TransportError | None = None) -> None:
        """End the answer, as it should be or by ``error``."""
        if not error:
            self.send(b"")
        self.over = True
        self._arrive(error)

    def _arrive(self, arrival: tuple[int, Mapping[str, str]] | bytes | TransportError | None) -> None:
        self._arrivals.append(arrival)
        self._news.set()

    def said(self) -> tuple[str, str]:
        """Tell which text and thinking have arrived in whole events, before an error or the end."""
        text = thinking = ""
        for event in self.delivered.split(b"\n\n")[:-1]:
            data = event.removeprefix(b"data: ")
            try:
                choices = json.loads(data).get("choices")
            except ValueError:
                break  # [DONE], or what can't be read
            if not choices:
                break
            delta = choices[0]["delta"]
            text += delta.get("content", "")
            thinking += delta.get("reasoning_content", "")
        return text, thinking


class ScriptedResponse:
    """The head of an answer; its bytes come as the test says."""

    def __init__(self, exchange: ScriptedExchange, status: int, headers: Mapping[str, str]) -> None:
        self._exchange = exchange
        self.status = status
        self.headers = headers

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        try:
            while chunk := await self._exchange.read():
                yield chunk
        finally:
            self._exchange.close()


def event(delta: Mapping[str, Any], finish_reason: str | None = None) -> bytes:
    """Write one event as Chat Completions has it."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return b"data: %b\n\n" % json.dumps({"choices": [choice]}, ensure_ascii=False).encode()


DONE = b"data: [DONE]\n\n"
ERROR = b'data: {"error": {"message": "It broke."}}\n\n'
MALFORMED = b'data: {"choices": [\n\n'
