"""Chat Completions, OpenAI's dialect, which most providers and local servers speak.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns, text_and_images
from halt.providers.http_provider import HttpProvider
from halt.providers.openai_stream import ChatReader
from halt.providers.preset import GoingOn
from halt.wire.transport import Request


class OpenAIChat(HttpProvider):
    """A provider that speaks Chat Completions."""

    endings = ("/chat/completions",)

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """Build the request for a streamed reply; raises ``BadAddress`` or ``BadKey``.

        Only what was chosen is sent: strict servers refuse the fields that they don't know. The system prompt comes
        first, unless ``messages`` begin with one already.
        """
        system, turns = system_and_turns(messages, settings)
        told = [*([Message("system", system)] if system else []), *turns]
        body: dict[str, Any] = {
            "messages": [{"role": message.role, "content": text_and_images(message)} for message in told],
            "stream": True,
        }
        if self.prefills and messages and messages[-1].role == "assistant":
            self._prefill(body)
        if model := self._model(settings):
            body["model"] = model
        if self._preset.stream_usage:
            body["stream_options"] = {"include_usage": True}
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        if settings.max_tokens is not None:
            body[self._preset.max_tokens_field] = settings.max_tokens
        if run_id and self._preset.cancel and self._preset.cancel.key_field:
            body[self._preset.cancel.key_field] = run_id
        return self._post(f"{self._base(settings)}/chat/completions", body, settings)

    def reader(self) -> ChatReader:
        """See ``HttpProvider``."""
        return ChatReader(self._preset, self._keys)

    def _prefill(self, body: dict[str, Any]) -> None:
        if self._preset.going_on is GoingOn.PREFIX:
            body["messages"][-1]["prefix"] = True
        else:
            body |= {"continue_final_message": True, "add_generation_prompt": False}
