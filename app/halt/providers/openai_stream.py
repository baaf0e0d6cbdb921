"""What OpenAI's dialect says: one JSON chunk or completion in, events out.

https://platform.openai.com/docs/api-reference/chat-streaming, with what others add to it: reasoning (DeepSeek,
OpenRouter, Groq, llama.cpp …), usage elsewhere (Groq, llama.cpp), its cost (OpenRouter), content in parts (Mistral),
errors as chunks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from halt.providers.events import Event, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Preset
from halt.providers.reply_reader import Json, ReplyReader, amount, as_json_text, count, part_of

_REASONS = {
    "stop": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTER,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
}


class ChatReader(ReplyReader):
    """Reads one reply in Chat Completions."""

    def __init__(self, preset: Preset, keys: frozenset[str] = frozenset()) -> None:
        super().__init__(preset, keys)
        self._timings: Usage | None = None
        self._refused = False

    def read(self, data: str, event: str = "message") -> Iterator[Event]:
        """See ``ReplyReader``; ``[DONE]`` is the one event that is not JSON."""
        if data.startswith("[DONE]"):
            self.ended = True
            return
        yield from super().read(data, event)

    def chunk(self, chunk: Json, event: str = "message") -> Iterator[Event]:
        """Yield what one chunk says, or one whole completion, which has ``message`` in the place of ``delta``."""
        if event == "error" or chunk.get("error"):
            raise self._error(chunk)
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if isinstance(choice, dict):
            delta = choice.get("delta") or choice.get("message")
            if isinstance(delta, dict):
                self._refused = self._refused or bool(delta.get("refusal"))
                yield from _deltas(delta)
            reason = choice.get("finish_reason")
            if reason == "error":
                raise self._error(choice if choice.get("error") else chunk)
            if isinstance(reason, str) and reason:
                known = _REASONS.get(reason, FinishReason.OTHER)
                if self._refused and known is FinishReason.STOP:  # a refusal ends like any reply
                    known = FinishReason.REFUSAL
                yield from self._finish(known)
        self._count(chunk)

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """See ``ReplyReader``."""
        return self.chunk(answer) if "choices" in answer else None

    def done(self) -> Iterator[Event]:
        """See ``ReplyReader``."""
        self._usage = self._usage or self._timings
        yield from super().done()

    def _count(self, chunk: Json) -> None:
        usage = chunk.get("usage") or part_of(chunk, "x_groq").get("usage")
        if isinstance(usage, dict):
            # OpenRouter's cost is in credits of one US dollar: https://openrouter.ai/docs/use-cases/usage-accounting
            self._usage = Usage(count(usage, "prompt_tokens"), count(usage, "completion_tokens"), amount(usage, "cost"))
        timings = chunk.get("timings")
        if isinstance(timings, dict):
            # llama.cpp: prompt_n leaves out what it still had in its cache.
            self._timings = Usage(count(timings, "prompt_n", "cache_n"), count(timings, "predicted_n"))


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
    function = part_of(call, "function")
    index = call.get("index")
    return ToolCallDelta(
        index if isinstance(index, int) else position,
        str(call.get("id") or ""),
        str(function.get("name") or ""),
        as_json_text(function.get("arguments") or ""),
    )
