"""Ollama's own dialect: a line of JSON for each piece of a reply.

https://docs.ollama.com/api/chat and the types of its Python client (``ollama._types``, 0.6.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns
from halt.providers.events import Event, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, as_json_text, count, part_of, rows_of, text_of
from halt.wire.ndjson import NdjsonDecoder
from halt.wire.transport import Request

_REASONS = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}


class Ollama(HttpProvider):
    """A provider that speaks Ollama's dialect; a Base URL for its OpenAI-compatible API (``…/v1``) will do as well."""

    endings = ("/chat/completions", "/v1", "/api/chat", "/api")
    address_hint = "it is mostly http://localhost:11434"
    not_a_stream = (b"[", b"<")
    models_path = "/api/tags"

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``. Only what was chosen is sent; what thinks does so unasked."""
        system, turns = system_and_turns(messages, settings)
        told = [*([Message("system", system)] if system else []), *turns]
        options: Json = {}
        if settings.temperature is not None:
            options["temperature"] = settings.temperature
        if settings.max_tokens is not None:
            options["num_predict"] = settings.max_tokens
        body: dict[str, Any] = {
            "model": self._model(settings),
            "messages": [_message(message) for message in told],
            "stream": True,
        }
        if options:
            body["options"] = options
        return self._post(f"{self._base(settings)}/api/chat", body, settings)

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return OllamaReader(self._preset, self._keys)

    def decoder(self) -> NdjsonDecoder:
        """See ``HttpProvider``."""
        return NdjsonDecoder()

    def begins_a_stream(self, start: bytes) -> bool:
        """See ``HttpProvider``."""
        return start.startswith(b"{")


class OllamaReader(ReplyReader):
    """Reads one reply in Ollama's dialect; its last line has ``done`` and the counts."""

    api = "Ollama"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._calls = 0

    def chunk(self, chunk: Json, event: str) -> Iterator[Event]:
        """See ``ReplyReader``; raises ``MalformedEvent`` for a line that belongs to no reply."""
        if chunk.get("error"):
            raise self._error(chunk)
        if "message" not in chunk and "done" not in chunk:
            raise self._malformed(as_json_text(chunk))
        message = part_of(chunk, "message")
        if thinking := text_of(message, "thinking"):
            yield ThinkingDelta(thinking)
        if content := text_of(message, "content"):
            yield TextDelta(content)
        for call in rows_of(message, "tool_calls"):
            function = part_of(call, "function")
            arguments = as_json_text(function.get("arguments") or {})
            yield ToolCallDelta(self._calls, text_of(call, "id"), text_of(function, "name"), arguments)
            self._calls += 1
        if chunk.get("done"):
            self.ended = True
            yield from self._finish(_REASONS.get(text_of(chunk, "done_reason") or "stop", FinishReason.OTHER))
            if "eval_count" in chunk:
                self._usage = Usage(count(chunk, "prompt_eval_count"), count(chunk, "eval_count"))


def _message(message: Message) -> Json:
    told: Json = {"role": message.role, "content": message.content}
    return told | {"images": [image.base64 for image in message.images]} if message.images else told
