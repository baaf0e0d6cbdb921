"""Google's Gemini API.

https://ai.google.dev/api/generate-content and the types of its Python SDK (``google.genai.types``, 3.4). The key goes
into a header and never into the address, where logs and histories would keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

from halt.providers.base import Message, ProviderSettings, system_and_turns
from halt.providers.events import Event, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, as_json_text, count, part_of, rows_of, text_of
from halt.wire.transport import Request

_REASONS = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "CONTINUATION": FinishReason.LENGTH,
    **dict.fromkeys(
        (
            *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION", "MODEL_ARMOR"),
            *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "PUP_LIMITED_DISABLED"),
        ),
        FinishReason.FILTER,
    ),
}

# Others refuse a request that asks for their thoughts: https://ai.google.dev/gemini-api/docs/thinking.
_THINKS = re.compile(r"gemini-(2\.5|[3-9])(?!.*(image|tts|audio|live))")


class Gemini(HttpProvider):
    """A provider that speaks Gemini's dialect."""

    address_hint = "it mostly ends in /v1beta"

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``. Thoughts are asked for where the model is known to have them."""
        system, turns = system_and_turns(messages, settings)
        model = self._model(settings).removeprefix("models/")
        config: Json = {}
        if settings.temperature is not None:
            config["temperature"] = settings.temperature
        if settings.max_tokens is not None:
            config["maxOutputTokens"] = settings.max_tokens
        if _THINKS.match(model):
            config["thinkingConfig"] = {"includeThoughts": True}
        body: dict[str, Any] = {
            "contents": [
                {"role": "model" if turn.role == "assistant" else "user", "parts": _parts(turn)} for turn in turns
            ]
        }
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        if config:
            body["generationConfig"] = config
        path = f"/models/{quote(model, safe='')}:streamGenerateContent?alt=sse"
        return self._post(f"{self._base(settings)}{path}", body, settings)

    def headers(self, settings: ProviderSettings) -> dict[str, str]:
        """See ``HttpProvider``."""
        key = self._key(settings)
        return {"x-goog-api-key": key} if key else {}

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return GeminiReader(self._preset, self._keys)

    def model_names(self, answer: object) -> set[str] | None:
        """See ``HttpProvider``: of what is listed, the models that write, without the "models/" of their names."""
        if not isinstance(answer, dict) or not isinstance(answer.get("models"), list):
            return None
        return {
            name.removeprefix("models/")
            for row in rows_of(answer, "models")
            if (name := text_of(row, "name"))
            and "generateContent" in (row.get("supportedGenerationMethods") or ["generateContent"])
        }


class GeminiReader(ReplyReader):
    """Reads one reply in Gemini's dialect: each event is a reply of its own, with some more parts.

    The stream has no end but the connection's own, behind the event that has the finish reason.
    """

    api = "the Gemini API"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._calls = 0

    def chunk(self, chunk: Json, event: str = "message") -> Iterator[Event]:
        """See ``ReplyReader``."""
        if chunk.get("error"):
            raise self._error(chunk)
        for candidate in rows_of(chunk, "candidates")[:1]:
            for part in rows_of(part_of(candidate, "content"), "parts"):
                yield from self._part(part)
            if reason := text_of(candidate, "finishReason"):
                yield from self._finish(_REASONS.get(reason, FinishReason.OTHER))
        if text_of(part_of(chunk, "promptFeedback"), "blockReason"):
            yield from self._finish(FinishReason.FILTER)
        usage = part_of(chunk, "usageMetadata")
        if usage:
            read = count(usage, "promptTokenCount", "toolUsePromptTokenCount")
            counted = Usage(read, count(usage, "candidatesTokenCount", "thoughtsTokenCount"))
            if counted != self._usage and not self.finished:
                yield counted  # totals so far: they count where the reply is stopped
            self._usage = counted

    def whole(self, answer: object) -> Iterator[Event] | None:
        """See ``ReplyReader``: what passes on no ``alt=sse`` sends the events as one list."""
        if isinstance(answer, list) and answer and all(isinstance(one, dict) for one in answer):
            if any("candidates" in one or one.get("error") for one in answer):
                return self._noted(event for one in answer for event in self.chunk(one))
            return None
        return super().whole(answer)

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """See ``ReplyReader``."""
        return self.chunk(answer) if "candidates" in answer or "promptFeedback" in answer else None

    def _part(self, part: Json) -> Iterator[Event]:
        if text := text_of(part, "text"):
            yield ThinkingDelta(text) if part.get("thought") is True else TextDelta(text)
        if call := part_of(part, "functionCall"):
            arguments = as_json_text(call.get("args") or {})
            yield ToolCallDelta(self._calls, text_of(call, "id"), text_of(call, "name"), arguments)
            self._calls += 1


def _parts(message: Message) -> list[Json]:
    images = [{"inlineData": {"mimeType": image.media_type, "data": image.base64}} for image in message.images]
    return [*images, *([{"text": message.content}] if message.content else [])]
