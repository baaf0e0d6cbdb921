"""What the test provider shall say, and how: a description, turned into the chunks that leave its socket."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Text = str | Sequence[str] | Callable[[], Iterable[str]]
"""A text, cut into tokens of about four characters; the tokens themselves; or what makes them, endless if need be."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One answer of the test provider; tokens are those of ``text``, pauses are in ms, and ``inf`` is for ever."""

    text: Text = "Hello from the test provider."
    thinking: Text = ""

    tokens_per_second: float | None = None  # None: as fast as the socket takes them
    headers_after_ms: float = 0
    first_chunk_after_ms: float = 0
    step: bool = False  # every chunk waits for Exchange.release()

    events_per_chunk: int = 1
    bytes_per_chunk: int | None = None  # cut further, inside of UTF-8 sequences too

    pause_after: int | None = None  # tokens, then a pause
    pause_ms: float = 0
    stall_after: int | None = None  # tokens, then silence until the client leaves
    cut_after: int | None = None  # tokens, then the connection closes without an end
    cut_in_character: bool = False  # with cut_after: a last chunk that ends inside a UTF-8 sequence
    reset: bool = False  # a cut is a TCP reset
    malformed_at: int | None = None  # tokens, then an event that is not JSON
    error_at: int | None = None  # tokens, then an error event, then the end

    role_event: bool = True
    finish_reason: str | None = "stop"
    usage: bool = True
    done: bool = True  # data: [DONE]

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | bytes | None = None  # a whole body with a length, instead of a stream
    not_a_stream: bool = False  # one JSON completion
    raw: Sequence[bytes | float] | None = None  # the stream's chunks, byte for byte, and pauses in ms between them

    def whole_body(self, model: str) -> bytes | None:
        """Tell the body where the answer is no stream."""
        if self.not_a_stream:
            message = {"role": "assistant", "content": "".join(tokens(self.text))}
            choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
            return json.dumps({"object": "chat.completion", "model": model, "choices": [choice]}).encode()
        if self.body is not None:
            return self.body.encode() if isinstance(self.body, str) else self.body
        if self.status != 200:
            return json.dumps({"error": {"message": f"The test provider says {self.status}.", "type": "test"}}).encode()
        return None


@dataclass(frozen=True, slots=True)
class Chunk:
    """What leaves the socket at once; ``text`` are the tokens whose events it completes."""

    data: bytes = b""
    text: Sequence[str] = ()
    pause_ms: float = 0
    then: Literal["go on", "stall", "cut"] = "go on"


def endless(word: str = "word ") -> Callable[[], Iterable[str]]:
    """Make a text that never ends."""
    return lambda: itertools.repeat(word)


def tokens(text: Text) -> Iterable[str]:
    """Cut a text into tokens; together they are the text."""
    if isinstance(text, str):
        return re.findall(r"\s*\S{1,4}|\s+", text)
    return text if isinstance(text, Sequence) else text()


def chunks(answer: Answer, model: str) -> Iterator[Chunk]:
    """Yield the chunks of a streamed answer, made as they are asked for."""
    if answer.raw is not None:
        for piece in answer.raw:
            yield Chunk(piece) if isinstance(piece, bytes) else Chunk(pause_ms=piece)
        return
    waiting: list[tuple[bytes, str]] = []
    for event in _events(answer, model):
        if isinstance(event, Chunk):
            yield from _split(waiting, answer.bytes_per_chunk)
            waiting = []
            yield event
            if event.then == "cut":
                return
        else:
            waiting.append(event)
            if len(waiting) >= answer.events_per_chunk:
                yield from _split(waiting, answer.bytes_per_chunk)
                waiting = []
    yield from _split(waiting, answer.bytes_per_chunk)


def _events(answer: Answer, model: str) -> Iterator[tuple[bytes, str] | Chunk]:
    """Yield each event's bytes with the token it carries; a ``Chunk`` where something else shall happen."""
    if answer.role_event:
        yield _event(model, '{"role":"assistant","content":""}'), ""
    for token in tokens(answer.thinking):
        yield _event(model, f'{{"reasoning_content":{_json(token)}}}'), ""
    count = -1
    for count, token in enumerate(tokens(answer.text)):
        yield from _incident(answer, count)
        if count == answer.error_at:
            return
        yield _event(model, f'{{"content":{_json(token)}}}'), token
    yield from _incident(answer, count + 1)
    if count + 1 == answer.error_at:
        return
    if answer.finish_reason is not None:
        yield _event(model, "{}", _json(answer.finish_reason)), ""
    if answer.usage:
        usage = {"prompt_tokens": 7, "completion_tokens": count + 1, "total_tokens": count + 8}
        yield _data(json.dumps({"choices": [], "usage": usage})), ""
    if answer.done:
        yield _data("[DONE]"), ""


def _incident(answer: Answer, count: int) -> Iterator[tuple[bytes, str] | Chunk]:
    if count == answer.pause_after:
        yield Chunk(pause_ms=answer.pause_ms)
    if count == answer.stall_after:
        yield Chunk(then="stall")
    if count == answer.cut_after:
        half = _event("m", '{"content":"🙂"}').partition("🙂".encode()[2:])[0]
        yield Chunk(data=half if answer.cut_in_character else b"", then="cut")
    if count == answer.malformed_at:
        yield _data('{"choices": [{"delta": '), ""
    if count == answer.error_at:
        yield _data('{"error": {"message": "The test provider broke down.", "code": 502}}'), ""


def _split(events: list[tuple[bytes, str]], size: int | None) -> Iterator[Chunk]:
    """Join events to a chunk, or cut them every ``size`` bytes; a token counts with the last byte of its event."""
    data = b"".join(event for event, _ in events)
    if size is None:
        if data:
            yield Chunk(data, [token for _, token in events if token])
        return
    ends = list(itertools.accumulate(len(event) for event, _ in events))
    for start in range(0, len(data), size):
        done = [token for (_, token), end in zip(events, ends, strict=True) if token and start < end <= start + size]
        yield Chunk(data[start : start + size], done)


def _event(model: str, delta: str, finish_reason: str = "null") -> bytes:
    # By hand: a flood of a hundred thousand events a second must not wait for a JSON encoder.
    return _data(
        f'{{"id":"test","object":"chat.completion.chunk","created":0,"model":{_json(model)},'
        f'"choices":[{{"index":0,"delta":{delta},"finish_reason":{finish_reason}}}]}}'
    )


def _data(text: str) -> bytes:
    return f"data: {text}\n\n".encode()


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
