"""What OpenAI's dialect says: one JSON chunk or completion in, events out.

https://platform.openai.com/docs/api-reference/chat-streaming, with what others add to it: reasoning (DeepSeek,
OpenRouter, Groq, llama.cpp …), usage elsewhere (Groq, llama.cpp), its cost (OpenRouter), content in parts (Mistral),
errors as chunks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from halt.providers.errors import DETAILS_LIMIT, ErrorInStream, MalformedEvent, message_of, quote, redact
from halt.providers.events import Event, Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.presets import Preset

_REASONS = {
    "stop": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}

# A count beyond this is none.
MOST_COUNTED = 1e15

Json = dict[str, Any]


class ReplyReader:
    """Reads one reply, chunk by chunk, and remembers whether it has ended and what it used.

    ``keys`` are taken out of whatever an error says.
    """

    def __init__(self, preset: Preset, keys: frozenset[str] = frozenset()) -> None:
        self._who = "The server" if preset.id == "custom" else preset.name
        self._keys = keys
        self._usage: Usage | None = None
        self._timings: Usage | None = None
        self._begun = False
        self.finished = False

    def read(self, data: str, event: str = "message") -> Iterator[Event]:
        """Yield what one event's ``data`` says.

        Raises ``MalformedEvent`` where it is not a JSON object and ``ErrorInStream`` where it reports an error.
        """
        if not data.strip():
            return
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._malformed(data) from error
        if not isinstance(chunk, dict):
            raise self._malformed(data)
        if event == "error":
            raise self._error(chunk)
        yield from self.chunk(chunk)

    def chunk(self, chunk: Json) -> Iterator[Event]:
        """Yield what one chunk says, or one whole completion, which has ``message`` in the place of ``delta``.

        Raises ``ErrorInStream`` where it reports an error.
        """
        if chunk.get("error"):
            raise self._error(chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            delta = choice.get("delta") or choice.get("message")
            if isinstance(delta, dict):
                for event in _deltas(delta):
                    self._begun = True
                    yield event
            reason = choice.get("finish_reason")
            if reason == "error":
                raise self._error(choice if choice.get("error") else chunk)
            if isinstance(reason, str) and reason and not self.finished:
                self.finished = True
                yield Finish(_REASONS.get(reason, FinishReason.OTHER))
        self._count(chunk)

    def done(self) -> Iterator[Event]:
        """Yield what is known once the provider is done: an end, where it named no reason for it, and the usage."""
        if not self.finished:
            self.finished = True
            yield Finish(FinishReason.OTHER)
        usage = self._usage or self._timings
        if usage is not None:
            yield usage

    def _count(self, chunk: Json) -> None:
        groq = chunk.get("x_groq")
        usage = chunk.get("usage") or (groq.get("usage") if isinstance(groq, dict) else None)
        if isinstance(usage, dict):
            # OpenRouter's cost is in credits of one US dollar: https://openrouter.ai/docs/use-cases/usage-accounting
            self._usage = Usage(
                _count(usage, "prompt_tokens"), _count(usage, "completion_tokens"), _amount(usage, "cost")
            )
        timings = chunk.get("timings")
        if isinstance(timings, dict):
            # llama.cpp: prompt_n leaves out what it still had in its cache.
            prompt = _count(timings, "prompt_n") + _count(timings, "cache_n")
            self._timings = Usage(prompt, _count(timings, "predicted_n"))

    def _malformed(self, data: str) -> MalformedEvent:
        return MalformedEvent(
            f"{self._who} sent something in the stream that can't be read. What had arrived is kept; retry, and if it "
            "comes again, check that the Base URL leads to an OpenAI-compatible API.",
            details=redact(f"malformed event: {data}", self._keys)[:DETAILS_LIMIT],
        )

    def _error(self, chunk: Json) -> ErrorInStream:
        said = quote(message_of(chunk), self._keys)
        ends = said.endswith((".", "!", "?"))
        when = "in the middle of its reply" if self._begun else "instead of a reply"
        todo = "What had arrived is kept; go on with Continue, or Retry." if self._begun else "Retry in a moment."
        return ErrorInStream(
            f"{self._who} reported an error {when}{f': “{said}”' if said else ''}{'' if ends else '.'} {todo}",
            details=redact(json.dumps(chunk, ensure_ascii=False), self._keys)[:DETAILS_LIMIT],
        )


def _deltas(delta: Json) -> Iterator[Event]:
    # Some send both names with the same text.
    thinking = delta.get("reasoning_content") or delta.get("reasoning")
    if isinstance(thinking, str) and thinking:
        yield ThinkingDelta(thinking)
    content = delta.get("content")
    if isinstance(content, str):
        if content:
            yield TextDelta(content)
    elif isinstance(content, list):
        yield from _parts(content)
    refusal = delta.get("refusal")
    if isinstance(refusal, str) and refusal:
        yield TextDelta(refusal)
    calls = delta.get("tool_calls")
    if isinstance(calls, list):
        for position, call in enumerate(calls):
            if isinstance(call, dict):
                yield _tool_call(call, position)


def _parts(parts: list[Any]) -> Iterator[Event]:
    """Yield Mistral's content in parts: https://docs.mistral.ai/capabilities/reasoning/."""
    for part in parts:
        if not isinstance(part, dict):
            continue
        text, thinking = part.get("text"), part.get("thinking")
        if isinstance(text, str) and text:
            yield TextDelta(text)
        if isinstance(thinking, list):
            thought = "".join(piece["text"] for piece in thinking if isinstance(piece, dict) and _has_text(piece))
            if thought:
                yield ThinkingDelta(thought)


def _has_text(piece: Json) -> bool:
    return isinstance(piece.get("text"), str)


def _tool_call(call: Json, position: int) -> ToolCallDelta:
    function = call.get("function")
    function = function if isinstance(function, dict) else {}
    index = call.get("index")
    arguments = function.get("arguments") or ""
    return ToolCallDelta(
        index if isinstance(index, int) else position,
        str(call.get("id") or ""),
        str(function.get("name") or ""),
        # Some send the arguments as an object instead of as JSON text.
        arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False),
    )


def _count(counts: Json, name: str) -> int:
    return int(_amount(counts, name) or 0)


def _amount(counts: Json, name: str) -> float | None:
    """Read a number that can be one: some send objects, and JSON in Python knows NaN and Infinity."""
    value = counts.get(name)
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_COUNTED
    return value if known else None
