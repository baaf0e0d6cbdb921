"""The offline mock: a provider inside the page that speaks OpenAI's dialect as bytes.

It is a transport, so all that it sends takes the way of any other reply, and Stop ends it in the same manner.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Iterator, Mapping
from typing import Any

from halt.providers import mock_text
from halt.providers.mock_script import MODELS, Fault, Reply, plan
from halt.wire.clock import Clock
from halt.wire.transport import Aborted, Cut, Exchange, Request, Response

ANSWER_AFTER_MS = 100.0
"""How long the head of an answer takes, so that connecting can be seen, and stopped."""

SHORTEST_WAIT_MS = 4.0
"""Browsers don't wait any shorter; what comes due meanwhile goes out together."""

_HEAD = '{"id":"chatcmpl-mock","object":"chat.completion.chunk","created":0,"model":"halt-mock",'


class MockTransport:
    """Makes exchanges with the mock; ``clock`` sets their pace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def exchange(self) -> Exchange:
        """Make an exchange; nothing happens before ``open``."""
        return MockExchange(self._clock)


class MockExchange:
    """One request to the mock and its answer; ``abort()`` ends whatever it waits for at once (S10)."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._aborted = False
        self._waiting: asyncio.Future[None] | None = None

    def abort(self) -> None:
        """End the exchange now; see ``Exchange.abort``."""
        self._aborted = True
        if self._waiting is not None:
            self._waiting.cancel()

    async def open(self, request: Request) -> Response:
        """Take ``request`` and answer like a server; see ``Exchange.open``. Raises ``Aborted``."""
        await self.sleep(ANSWER_AFTER_MS)
        if request.url.endswith("/models"):
            rows = [{"id": name, "object": "model", "owned_by": "halt"} for name in MODELS]
            return _Answer(self, 200, {"object": "list", "data": rows})
        if not request.url.endswith("/chat/completions"):
            return _Answer(self, 404, _error("The mock knows /chat/completions and /models only.", "not_found"))
        try:
            body = json.loads(request.body or b"")
            turns = [(str(turn["role"]), _text(turn["content"])) for turn in body["messages"]]
        except (ValueError, KeyError, TypeError):
            return _Answer(self, 400, _error("The request's body is not a chat.", "invalid_request_error"))
        limit = body.get("max_tokens") or body.get("max_completion_tokens")
        prompt_tokens = sum(len(content) for _, content in turns) // 4
        reply = plan(turns, str(body.get("model", "")))
        return _Stream(self, self._clock, reply, prompt_tokens, limit if isinstance(limit, int) and limit > 0 else None)

    async def sleep(self, ms: float) -> None:
        """Wait ``ms`` milliseconds; raises ``Aborted`` as soon as the exchange is aborted."""
        await self._wait(self._clock.sleep(ms))

    async def never(self) -> None:
        """Wait until the exchange is aborted; raises ``Aborted``."""
        forever: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        await self._wait(forever)

    def check(self) -> None:
        """Raise ``Aborted`` where the exchange has been aborted."""
        if self._aborted:
            raise Aborted("the exchange with the mock was aborted")

    async def _wait(self, what: Awaitable[None]) -> None:
        waiting = asyncio.ensure_future(what)
        self._waiting = waiting
        if self._aborted:
            waiting.cancel()
        try:
            await asyncio.wait((waiting,))
        finally:
            self._waiting = None
            waiting.cancel()
        self.check()
        waiting.result()


class _Answer:
    """An answer of one piece of JSON."""

    def __init__(self, exchange: MockExchange, status: int, body: object) -> None:
        self.status = status
        self.headers: Mapping[str, str] = {"content-type": "application/json"}
        self._exchange = exchange
        self._body = json.dumps(body).encode()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body, in one piece."""
        self._exchange.check()
        yield self._body


class _Stream:
    """A reply as an event stream, at its pace."""

    def __init__(
        self, exchange: MockExchange, clock: Clock, reply: Reply, prompt_tokens: int, max_tokens: int | None
    ) -> None:
        self.status = 200
        self.headers: Mapping[str, str] = {"content-type": "text/event-stream"}
        self._exchange = exchange
        self._clock = clock
        self._reply = reply
        self._prompt_tokens = prompt_tokens
        self._max_tokens = max_tokens
        self._sent = 0
        self._spoken = 0

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield all tokens that are due at each wake, as one piece; see ``Response.chunks``."""
        script = self._reply.script
        if script.fault is Fault.SILENT:
            await self._exchange.never()
        self._exchange.check()
        yield _chunk({"role": "assistant", "content": ""})
        tokens = self._tokens()
        interval = 1000 / script.tokens_per_second
        begun = self._clock.now()
        ending = ""
        while not ending:
            # The first token is due after one interval; a late wake sends all that has come due meanwhile.
            await self._exchange.sleep(max(SHORTEST_WAIT_MS, begun + (self._sent + 1) * interval - self._clock.now()))
            due = int((self._clock.now() - begun) / interval + 1e-6) - self._sent
            piece, ending = self._take(tokens, due)
            if piece:
                yield piece
                self._exchange.check()
        if ending == Fault.STALL:
            await self._exchange.never()
        elif ending == Fault.CUT:
            yield _chunk({"content": "…"})[:-20]
            raise Cut("the mock broke the connection off, as the prompt asked")
        elif ending == Fault.ERROR:
            yield _event(json.dumps(_error("This error was asked for: the prompt or the model says so.", "mock")))
        else:
            yield _chunk({}, ending) + self._usage() + _event("[DONE]")

    def _tokens(self) -> Iterator[tuple[str, str]]:
        script = self._reply.script
        if script.thinking:
            for token in mock_text.tokens((mock_text.THINKING,)):
                yield "reasoning_content", token
        if script.fault is not Fault.EMPTY:
            for token in self._reply.tokens:
                yield "content", token

    def _take(self, tokens: Iterator[tuple[str, str]], count: int) -> tuple[bytes, str]:
        """Take ``count`` tokens; the second part of the result tells how the reply ends, where it does."""
        fault = self._reply.script.fault
        strikes = fault in (Fault.STALL, Fault.ERROR, Fault.CUT)
        piece = bytearray()
        for _ in range(count):
            name, token = next(tokens, ("", ""))
            if not name:
                return bytes(piece), fault if strikes else "stop"
            piece += _chunk({name: token})
            self._sent += 1
            self._spoken += name == "content"
            if self._sent == self._max_tokens:
                return bytes(piece), "length"
            if strikes and self._spoken == self._reply.fault_at:
                return bytes(piece), fault
        return bytes(piece), ""

    def _usage(self) -> bytes:
        counts = {
            "prompt_tokens": self._prompt_tokens,
            "completion_tokens": self._sent,
            "total_tokens": self._prompt_tokens + self._sent,
        }
        return _event(f'{_HEAD}"choices":[],"usage":{json.dumps(counts)}}}')


def _chunk(delta: Mapping[str, str], finish_reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return _event(f'{_HEAD}"choices":[{json.dumps(choice, ensure_ascii=False)}]}}')


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


def _text(content: object) -> str:
    """Give what is said in a message: images stand beside its text, as parts of a list."""
    if not isinstance(content, list):
        return str(content)
    return "\n\n".join(str(part["text"]) for part in content if part.get("type") == "text")


def _error(message: str, kind: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": None}}
