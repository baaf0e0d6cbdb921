"""What a dialect's samples consist of: requests, streams and answers as its vendor documents them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from halt.providers.base import Image, Message, ProviderSettings
from halt.providers.errors import ProviderError
from halt.providers.events import Event
from halt.providers.preset import Dialect, Preset

Json = dict[str, Any]

KEY = "sk-test-0123456789abcdef"
RUN = "0123456789abcdef0123456789abcdef"
PNG = Image("image/png", b"\x89PNG")
PNG_BASE64 = "iVBORw=="
PNG_URL = f"data:image/png;base64,{PNG_BASE64}"

HELLO = (Message("user", "Hello"),)
QUESTION = (
    Message("system", "Be brief."),
    Message("user", "What is it?", (PNG,)),
    Message("assistant", "A cat"),
    Message("user", "Sure?"),
)
QUESTION_IN_WORDS = tuple(Message(message.role, message.content) for message in QUESTION)

STREAMS = ("text", "thinking", "tool call", "usage", "length", "filter", "refusal", "error in the middle")
"""What every dialect has a stream for, or a reason why its vendor has none."""


def settings(row: Preset, **chosen: Any) -> ProviderSettings:
    """Make settings for a row that has no address of its own, too."""
    return ProviderSettings(row.id, row.base_url or "https://llm.example.com/v1", KEY, "m", **chosen)


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream, the events that it is, and what the error that ends it says, if one does."""

    body: bytes
    events: Sequence[Event]
    says: str = ""


@dataclass(frozen=True, slots=True)
class Models:
    """How the list of models is asked for, an answer, and the names in it."""

    path: str
    answer: object
    names: Sequence[str]
    method: str = "GET"


@dataclass(frozen=True, slots=True)
class Contract:
    """One dialect's samples.

    ``path`` is below the Base URL, for the model "m" and a request that belongs to no run; ``run_path`` is that of a
    run where it differs, ``{run}`` in it being the run's UUID. ``key`` is the one header that carries the key, and its
    value with ``{key}`` in it. ``question`` and ``hello`` are the bodies for ``QUESTION``, with a temperature of 0.5
    and at most 100 tokens, and for ``HELLO`` with nothing chosen. ``turns`` reads who said what out of a body.
    ``first_words`` is the beginning of a stream up to the word "Hello"; ``counted`` are the tokens read that it counts
    by then. ``lacks`` says why a stream of ``STREAMS`` is missing. ``refusals`` are bodies of its HTTP errors, by their
    status, each with "No such luck." in it. ``cancels`` are the paths and bodies of explicit cancels, by row.
    """

    dialect: Dialect
    path: str
    key: tuple[str, str]
    question: Callable[[Preset], Json]
    hello: Callable[[Preset], Json]
    turns: Callable[[Json], list[tuple[str, str]]]
    streams: Mapping[str, Stream]
    first_words: bytes
    models: Models
    refusals: Mapping[int, tuple[object, type[ProviderError]]]
    whole: Stream | None = None
    counted: int | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)
    images: bool = True
    run_path: str = ""
    cancels: Mapping[str, tuple[str, Json | None]] = field(default_factory=dict)


def sse(*events: object, end: str = "") -> bytes:
    """Write events: a pair is a type and its data, anything else data alone; a string stays as it is."""
    written = []
    for event in events:
        if isinstance(event, str):
            written.append(event)
        elif isinstance(event, tuple):
            written.append(f"event: {event[0]}\ndata: {json.dumps(event[1], ensure_ascii=False)}\n\n")
        else:
            written.append(f"data: {json.dumps(event, ensure_ascii=False)}\n\n")
    return ("".join(written) + end).encode()


def ndjson(*lines: object) -> bytes:
    """Write lines of JSON."""
    return "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines).encode()


def roles(messages: list[Json]) -> list[tuple[str, str]]:
    """Read who said what out of messages as OpenAI has them, and most others."""
    return [(message["role"], _text(message["content"])) for message in messages]


def _text(content: Any) -> str:
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)
