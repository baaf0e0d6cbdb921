"""Dify: an app that somebody built there, asked through its API.

https://docs.dify.ai/api-reference/chat/send-chat-message and …/stop-generate. The key names the app, and the app
has the model and its settings: none of these is sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from halt.providers.base import Message, ProviderSettings, system_and_turns
from halt.providers.errors import BadRequest
from halt.providers.events import Event, FinishReason, Named, TextDelta, Usage
from halt.providers.http_provider import HttpProvider
from halt.providers.reply_reader import Json, ReplyReader, count, part_of, text_of
from halt.wire.transport import Request

USER = "halt"
"""Who asks, by Dify's ``user``: a cancel must come from the same one."""

_NAMES = {"user": "User", "assistant": "Assistant", "system": "Instructions"}


class Dify(HttpProvider):
    """A provider that speaks Dify's dialect.

    Dify would keep the conversation itself. Halt tells it all of it each time instead, as the text of one query: only
    so does an app know what was stopped, edited or branched here.
    """

    endings = ("/chat-messages",)
    models_path = "/info"

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """See ``HttpProvider``; raises ``BadRequest`` for images, which Dify takes only by an upload of its own."""
        system, turns = system_and_turns(messages, settings)
        if any(turn.images for turn in turns):
            raise BadRequest("Halt can't send images to Dify. Take them out, or choose another provider.")
        body: dict[str, Any] = {
            "inputs": {},
            "query": _transcript(system, turns),
            "response_mode": "streaming",
            "user": USER,
            "auto_generate_name": False,
        }
        return self._post(f"{self._base(settings)}/chat-messages", body, settings)

    def reader(self) -> ReplyReader:
        """See ``HttpProvider``."""
        return DifyReader(self._preset, self._keys)

    def model_names(self, answer: object) -> set[str] | None:
        """See ``HttpProvider``: the app's own name stands for the one model that it is."""
        name = text_of(answer, "name")
        return {name} if name else None


class DifyReader(ReplyReader):
    """Reads one reply in Dify's dialect; every event names the task that a cancel stops."""

    api = "Dify's API"

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._named = self._replaced = False

    def chunk(self, chunk: Json, event: str) -> Iterator[Event]:
        """See ``ReplyReader``; what tells of nodes, files and speech is passed over."""
        if not self._named and (task := text_of(chunk, "task_id")):
            self._named = True
            yield Named(task)
        answer = text_of(chunk, "answer")
        match text_of(chunk, "event") or event:
            case "message" | "agent_message" if answer:
                yield TextDelta(answer)
            case "message_replace":
                # Its moderation takes back what it had sent and puts this in its place; what was seen stays (S7).
                self._replaced = True
                if answer:
                    yield TextDelta(f"\n\n{answer}")
            case "message_end":
                self._count(part_of(part_of(chunk, "metadata"), "usage"))
                self.ended = True
                yield from self._finish(FinishReason.FILTER if self._replaced else FinishReason.STOP)
            case "workflow_finished" if text_of(part_of(chunk, "data"), "error"):
                raise self._error(part_of(chunk, "data"))
            case "error":
                raise self._error(chunk)

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """See ``ReplyReader``."""
        return self._reply(answer) if "answer" in answer else None

    def _reply(self, answer: Json) -> Iterator[Event]:
        yield TextDelta(text_of(answer, "answer"))
        self._count(part_of(part_of(answer, "metadata"), "usage"))
        yield from self._finish(FinishReason.STOP)

    def _count(self, usage: Json) -> None:
        if usage:
            cost = _dollars(usage)
            self._usage = Usage(count(usage, "prompt_tokens"), count(usage, "completion_tokens"), cost)


def _dollars(usage: Json) -> float | None:
    """Read the price, which comes as text, such as "0.0012890"."""
    try:
        price = float(text_of(usage, "total_price"))
    except ValueError:
        return None
    return price if text_of(usage, "currency") == "USD" and 0 <= price < 1e9 else None


def _transcript(system: str, turns: Sequence[Message]) -> str:
    """Write all that was said as one text; a first question stays as it is."""
    if len(turns) == 1 and not system:
        return turns[0].content
    told = [*([Message("system", system)] if system else []), *turns]
    return "\n\n".join(f"{_NAMES[message.role]}: {message.content}" for message in told)
