"""Anthropic's Messages.

https://platform.claude.com/docs/en/api/messages and …/build-with-claude/streaming; the types of its Python SDK
(``anthropic.types``, 2.12) for every field that is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns
from halt.providers.events import Event, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, as_json_text, count, number_of, part_of, rows_of, text_of
from halt.wire.transport import Request

VERSION = "2023-06-01"

MAX_TOKENS = 32_000
"""How many tokens a reply may have where Settings says nothing: a request must, and all models from 4 on take this."""

_REASONS = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "tool_use": FinishReason.TOOL_CALLS,
    "refusal": FinishReason.REFUSAL,
    "model_context_window_exceeded": FinishReason.CONTEXT,
}


class Anthropic(HttpProvider):
    """A provider that speaks Messages.

    Its newer models refuse a request that ends with an assistant turn, so a reply goes on by asking (S20).
    """

    endings = ("/messages",)

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``. The system prompt has a field of its own, and ``max_tokens`` must be there."""
        system, turns = system_and_turns(messages, settings)
        body: dict[str, Any] = {
            "model": self._model(settings),
            "max_tokens": settings.max_tokens or MAX_TOKENS,
            "messages": [{"role": turn.role, "content": _content(turn)} for turn in turns],
            "stream": True,
        }
        if system:
            body["system"] = system
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        return self._post(f"{self._base(settings)}/messages", body, settings)

    def headers(self, settings: ProviderSettings) -> dict[str, str]:
        """See ``HttpProvider``. The last one is what lets a page in: without it a browser gets no answer (CORS)."""
        key = self._key(settings)
        return ({"x-api-key": key} if key else {}) | {
            "anthropic-version": VERSION,
            "anthropic-dangerous-direct-browser-access": "true",
        }

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return AnthropicReader(self._preset, self._keys)


class AnthropicReader(ReplyReader):
    """Reads one reply in Messages: blocks of content, each begun, continued and ended by events of its own."""

    api = "Anthropic's Messages API"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._counts: Json = {}

    def chunk(self, chunk: Json, event: str) -> Iterator[Event]:
        """See ``ReplyReader``; events that nobody knows yet are passed over, as its documentation asks for."""
        match text_of(chunk, "type") or event:
            case "message_start":
                self._count(part_of(chunk, "message"))
                if self._usage:
                    yield Usage(self._usage.input_tokens, None)
            case "content_block_start":
                yield from _block(part_of(chunk, "content_block"), number_of(chunk, "index"))
            case "content_block_delta":
                yield from _delta(part_of(chunk, "delta"), number_of(chunk, "index"))
            case "message_delta":
                self._count(chunk)
                yield from self._stopped(part_of(chunk, "delta"))
            case "message_stop":
                self.ended = True
            case "error":
                raise self._error(chunk)

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """See ``ReplyReader``."""
        return self._message(answer) if answer.get("type") == "message" else None

    def _message(self, message: Json) -> Iterator[Event]:
        for index, block in enumerate(rows_of(message, "content")):
            yield from _block(block, index)
        self._count(message)
        yield from self._stopped(message)

    def _stopped(self, said: Json) -> Iterator[Event]:
        if reason := text_of(said, "stop_reason"):
            yield from self._finish(_REASONS.get(reason, FinishReason.OTHER))

    def _count(self, chunk: Json) -> None:
        """Count what was used so far: each count is a total, and what was read from the cache is counted apart."""
        usage = part_of(chunk, "usage")
        if not usage:
            return
        self._counts |= {name: value for name, value in usage.items() if value is not None}
        read = count(self._counts, "input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        self._usage = Usage(read, count(self._counts, "output_tokens"))


def _block(block: Json, index: int) -> Iterator[Event]:
    """Yield what a block begins with; in a whole message, that is all of it."""
    match text_of(block, "type"):
        case "text" if text := text_of(block, "text"):
            yield TextDelta(text)
        case "thinking" if thinking := text_of(block, "thinking"):
            yield ThinkingDelta(thinking)
        case "tool_use":
            arguments = block.get("input")
            # A stream begins with an empty object and sends the arguments' text later.
            yield ToolCallDelta(
                index, text_of(block, "id"), text_of(block, "name"), as_json_text(arguments) if arguments else ""
            )


def _delta(delta: Json, index: int) -> Iterator[Event]:
    match text_of(delta, "type"):
        case "text_delta" if text := text_of(delta, "text"):
            yield TextDelta(text)
        case "thinking_delta" if thinking := text_of(delta, "thinking"):
            yield ThinkingDelta(thinking)
        case "input_json_delta" if piece := text_of(delta, "partial_json"):
            yield ToolCallDelta(index, "", "", piece)


def _content(message: Message) -> str | list[Json]:
    if not message.images:
        return message.content
    images = [
        {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": image.base64}}
        for image in message.images
    ]
    return [*images, *([{"type": "text", "text": message.content}] if message.content else [])]
