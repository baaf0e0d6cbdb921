"""LangGraph's server: a graph that somebody built, run on a thread of its own for each reply.

https://docs.langchain.com/langsmith/server-api-ref, the ``openapi.json`` in its package (langgraph-api, 0.16.7)
and its Python SDK (``langgraph_sdk``, 0.4.14).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns, text_and_images
from halt.providers.cancelling import uuid_of
from halt.providers.errors import message_of
from halt.providers.events import Event, FinishReason, Named, TextDelta, ThinkingDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, count, part_of, rows_of, text_of
from halt.wire.transport import Request

_REASONS = {
    "stop": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTER,
    "refusal": FinishReason.REFUSAL,
}


class LangGraph(HttpProvider):
    """A provider that speaks LangGraph's dialect; the model is the name of the graph, or of an assistant of it.

    A run is asked to end with its connection, and is cancelled besides. That takes a thread, which gets the run's own
    id as its name; what belongs to no run (a title, a test) leaves none behind.
    """

    address_hint = "it is mostly http://localhost:2024"
    models_path = "/assistants/search"

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``. Temperature and length are the graph's own affair: they are not sent."""
        system, turns = system_and_turns(messages, settings)
        told = [*([Message("system", system)] if system else []), *turns]
        body: dict[str, Any] = {
            "assistant_id": self._model(settings),
            "input": {"messages": [{"role": message.role, "content": text_and_images(message)} for message in told]},
            "stream_mode": ["messages-tuple"],
            "on_disconnect": "cancel",
        }
        thread = uuid_of(run_id)
        if thread:
            body["if_not_exists"] = "create"
        path = f"/threads/{thread}/runs/stream" if thread else "/runs/stream"
        return self._post(f"{self._base(settings)}{path}", body, settings)

    def headers(self, settings: ProviderSettings) -> dict[str, str]:
        """See ``HttpProvider``."""
        key = self._key(settings)
        return {"x-api-key": key} if key else {}

    def models_request(self, settings: ProviderSettings) -> Request:
        """See ``HttpProvider``: assistants are found by a search."""
        return self._post(f"{self._base(settings)}{self.models_path}", {"limit": 100}, settings)

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return LangGraphReader(self._preset, self._keys)

    def model_names(self, answer: object) -> set[str] | None:
        """See ``HttpProvider``."""
        if not isinstance(answer, list):
            return None
        return {name for row in answer if (name := text_of(row, "graph_id"))}


class LangGraphReader(ReplyReader):
    """Reads one run in LangGraph's dialect: the words of each message that a model of the graph writes.

    A graph may ask several models, and more may follow a message's end: only the connection's own end is the run's.
    Its tool calls it runs itself, so they are no calls of this reply.
    """

    api = "a LangGraph server"
    shapes = (dict, list, type(None))
    ends_with_connection = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._reason = FinishReason.OTHER
        self._writing = ""
        self._any_text = False

    def chunk(self, chunk: Any, event: str) -> Iterator[Event]:
        """See ``ReplyReader``."""
        kind, _, _ = event.partition("|")
        if kind == "metadata" and (run := text_of(chunk, "run_id")):
            yield Named(run)
        elif kind == "messages" and isinstance(chunk, list) and chunk and isinstance(chunk[0], dict):
            yield from self._message(chunk[0])
        elif isinstance(chunk, dict) and (kind == "error" or chunk.get("error")):
            said = ": ".join(filter(None, (message_of(chunk.get("error")), text_of(chunk, "message"))))
            raise self._error({"message": said})
        elif kind == "end":
            self.ended = True

    def done(self) -> Iterator[Event]:
        """See ``ReplyReader``."""
        yield from self._finish(self._reason)
        yield from super().done()

    def _message(self, message: Json) -> Iterator[Event]:
        kind, name = text_of(message, "type"), text_of(message, "id")
        # "ai" is a whole message, which has come already where its chunks did.
        if kind not in ("AIMessageChunk", "ai") or (kind == "ai" and name == self._writing):
            return
        for delta in _deltas(message.get("content")):
            if isinstance(delta, TextDelta):
                if self._any_text and name != self._writing:
                    yield TextDelta("\n\n")
                self._any_text, self._writing = True, name
            yield delta
        said = part_of(message, "response_metadata")
        if reason := text_of(said, "finish_reason") or text_of(said, "stop_reason"):
            self._reason = _REASONS.get(reason, FinishReason.OTHER)
        usage = part_of(message, "usage_metadata")
        if usage:
            before = self._usage or Usage(0, 0)
            read, written = count(usage, "input_tokens"), count(usage, "output_tokens")
            self._usage = Usage(before.input_tokens + read, (before.output_tokens or 0) + written)


def _deltas(content: object) -> Iterator[Event]:
    """Yield what a message's content says: text, or LangChain's content blocks."""
    if isinstance(content, str) and content:
        yield TextDelta(content)
    for block in rows_of({"content": content}, "content"):
        if thinking := text_of(block, "thinking") or text_of(block, "reasoning"):
            yield ThinkingDelta(thinking)
        elif text := text_of(block, "text"):
            yield TextDelta(text)
