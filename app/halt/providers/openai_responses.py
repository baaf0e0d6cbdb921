"""OpenAI's Responses.

https://developers.openai.com/api/reference/resources/responses and …/docs/guides/background; the types of its Python
SDK (``openai.types.responses``, 3.54) for every event that is read here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns
from halt.providers.events import Event, FinishReason, Named, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, count, number_of, part_of, rows_of, text_of
from halt.wire.transport import Request

_INCOMPLETE = {"max_output_tokens": FinishReason.LENGTH, "content_filter": FinishReason.FILTER}


class OpenAIResponses(HttpProvider):
    """A provider that speaks Responses.

    A row with an explicit cancel asks for a run in the background, which is what can be cancelled: it goes on without
    its connection, and OpenAI keeps what it answers. Any other is asked to keep nothing.
    """

    endings = ("/responses",)

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``. What has no ``run_id`` nobody would cancel: it never goes to the background."""
        system, turns = system_and_turns(messages, settings)
        background = bool(run_id and self._preset.cancel)
        body: dict[str, Any] = {
            "model": self._model(settings),
            "input": [{"role": turn.role, "content": _content(turn)} for turn in turns],
            "stream": True,
            "store": background,
        }
        if background:
            body["background"] = True
        if system:
            body["instructions"] = system
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        if settings.max_tokens is not None:
            body["max_output_tokens"] = settings.max_tokens
        return self._post(f"{self._base(settings)}/responses", body, settings)

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return ResponsesReader(self._preset, self._keys)


class ResponsesReader(ReplyReader):
    """Reads one reply in Responses; what it is called comes with its first event."""

    api = "OpenAI's Responses API"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._named = self._refused = self._asked_for_tool = False

    def chunk(self, chunk: Json, event: str) -> Iterator[Event]:
        """See ``ReplyReader``; events that are not known are passed over."""
        kind = text_of(chunk, "type") or event
        response = part_of(chunk, "response")
        if not self._named and (name := text_of(response, "id")):
            self._named = True
            yield Named(name)
        piece = text_of(chunk, "delta")
        match kind:
            case "response.output_text.delta" if piece:
                yield TextDelta(piece)
            case "response.refusal.delta" if piece:
                self._refused = True
                yield TextDelta(piece)
            case "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" if piece:
                yield ThinkingDelta(piece)
            case "response.reasoning_summary_part.added" if number_of(chunk, "summary_index"):
                yield ThinkingDelta("\n\n")
            case "response.output_item.added":
                yield from self._tool(part_of(chunk, "item"), number_of(chunk, "output_index"), whole=False)
            case "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" if piece:
                yield ToolCallDelta(number_of(chunk, "output_index"), "", "", piece)
            case "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled":
                self.ended = True
                yield from self._over(response)
            case "error":
                raise self._error(chunk)

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """See ``ReplyReader``."""
        return self._response(answer) if answer.get("object") == "response" else None

    def _response(self, response: Json) -> Iterator[Event]:
        for index, item in enumerate(rows_of(response, "output")):
            for part in rows_of(item, "summary"):
                yield ThinkingDelta(text_of(part, "text"))
            for part in rows_of(item, "content"):
                self._refused = self._refused or part.get("type") == "refusal"
                if text := text_of(part, "text") or text_of(part, "refusal"):
                    yield TextDelta(text)
            yield from self._tool(item, index, whole=True)
        yield from self._over(response)

    def _tool(self, item: Json, index: int, *, whole: bool) -> Iterator[Event]:
        """Yield a call that a client shall run; those of its own tools are OpenAI's affair."""
        if text_of(item, "type") in ("function_call", "custom_tool_call"):
            self._asked_for_tool = True
            arguments = (text_of(item, "arguments") or text_of(item, "input")) if whole else ""
            yield ToolCallDelta(index, text_of(item, "call_id"), text_of(item, "name"), arguments)

    def _over(self, response: Json) -> Iterator[Event]:
        usage = part_of(response, "usage")
        if usage:
            self._usage = Usage(count(usage, "input_tokens"), count(usage, "output_tokens"))
        status = text_of(response, "status")
        if status == "failed" or response.get("error"):
            raise self._error(part_of(response, "error"))
        if status == "cancelled":
            raise self._error({"message": "The response was cancelled."})
        if status == "incomplete":
            why = text_of(part_of(response, "incomplete_details"), "reason")
            yield from self._finish(_INCOMPLETE.get(why, FinishReason.OTHER))
        elif self._refused:
            yield from self._finish(FinishReason.REFUSAL)
        else:
            yield from self._finish(FinishReason.TOOL_CALLS if self._asked_for_tool else FinishReason.STOP)


def _content(message: Message) -> str | list[Json]:
    if not message.images:
        return message.content
    images = [{"type": "input_image", "image_url": image.data_url, "detail": "auto"} for image in message.images]
    return [*images, *([{"type": "input_text", "text": message.content}] if message.content else [])]
