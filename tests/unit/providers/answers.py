"""Answers as providers send them, and ways to read them: an input for the tests, in whatever pieces they like."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing

from halt.providers.base import Provider
from halt.providers.errors import ProviderError
from halt.providers.events import Event
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.transport import TransportError


class Answer:
    """A response of these pieces, which ends with ``error`` where there is one and knows whether it was closed."""

    def __init__(
        self,
        pieces: Iterable[bytes],
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        error: TransportError | None = None,
    ) -> None:
        self.status = status
        self.headers: Mapping[str, str] = headers or {}
        self.closed = False
        self.read = 0
        self._pieces = pieces
        self._error = error

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the pieces."""
        try:
            for piece in self._pieces:
                self.read += 1
                yield piece
            if self._error:
                raise self._error
        finally:
            self.closed = True


def stream(*chunks: object, done: bool = True) -> bytes:
    """Write chunks as OpenAI does: a string as it is, anything else as JSON behind ``data:``."""
    lines = [
        chunk if isinstance(chunk, str) else f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n" for chunk in chunks
    ]
    return ("".join(lines) + ("data: [DONE]\n\n" if done else "")).encode()


def delta(content: object = None, finish: str | None = None, **fields: object) -> dict[str, object]:
    """Write one chunk with a piece of content."""
    piece = {"content": content, **fields}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": "m",
        "choices": [{"index": 0, "delta": piece, "logprobs": None, "finish_reason": finish}],
    }


async def read(answer: Answer, provider: Provider | None = None) -> tuple[list[Event], ProviderError | None]:
    """Read all events, and the error that ended them, if any."""
    events: list[Event] = []
    try:
        async with aclosing((provider or OpenAIChat(preset("openai"))).events(answer)) as reading:
            async for event in reading:
                events.append(event)
    except ProviderError as error:
        return events, error
    return events, None


def cuts(body: bytes) -> Iterable[Sequence[bytes]]:
    """Cut ``body`` at each byte: whole, in two at every place, and into single bytes."""
    yield [body]
    yield [bytes([byte]) for byte in body]
    for place in range(1, len(body)):
        yield [body[:place], body[place:]]
