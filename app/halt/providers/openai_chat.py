"""Chat Completions, OpenAI's dialect, which most providers and local servers speak.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from halt.providers.address import normalize_base_url
from halt.providers.base import Message, ProviderSettings
from halt.providers.cancelling import Cancellation, cancellation, confirms
from halt.providers.connection import connection_cut, connection_error
from halt.providers.errors import BadKey, ConnectionCut, NotAnAnswer, ProviderError
from halt.providers.events import Event
from halt.providers.openai_stream import ReplyReader
from halt.providers.presets import GoingOn, Preset
from halt.providers.refusals import describe, refusal
from halt.wire.sse import EventStreamDecoder, StreamEnd
from halt.wire.transport import Cut, Request, Response, TransportError

REFUSAL_LIMIT = 64 * 1024
"""How many bytes of a refusal are read."""

BODY_LIMIT = 16 * 1024 * 1024
"""How many bytes of an answer are read that is not a stream; a list of models can be long."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NOT_A_STREAM = (b"{", b"[", b"<")
_FIELD_NAMES = (b":", b"data", b"event", b"id", b"retry")


class OpenAIChat:
    """A provider that speaks Chat Completions; ``preset`` tells how, ``page_origin`` is for what its errors advise.

    It remembers the keys that it was asked with, only to keep them out of errors.
    """

    def __init__(self, preset: Preset, page_origin: str = "") -> None:
        self._preset = preset
        self._page_origin = page_origin
        self._base_url = preset.base_url
        self._keys: frozenset[str] = frozenset()

    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """Build the request for a streamed reply; raises ``BadAddress`` or ``BadKey``.

        Only what was chosen is sent: strict servers refuse the fields that they don't know. The system prompt comes
        first, unless ``messages`` begin with one already.
        """
        first = messages[0].role if messages else ""
        told = settings.system_prompt.strip() and first != "system"
        system = [Message("system", settings.system_prompt.strip())] if told else []
        body: dict[str, Any] = {
            "messages": [{"role": message.role, "content": _content(message)} for message in (*system, *messages)],
            "stream": True,
        }
        if self.prefills and messages and messages[-1].role == "assistant":
            self._prefill(body)
        model = settings.model.strip() or self._preset.default_model
        if model:
            body["model"] = model
        if self._preset.stream_usage:
            body["stream_options"] = {"include_usage": True}
        if settings.temperature is not None:
            body["temperature"] = settings.temperature
        if settings.max_tokens is not None:
            body[self._preset.max_tokens_field] = settings.max_tokens
        if run_id and self._preset.cancel and self._preset.cancel.key_field:
            body[self._preset.cancel.key_field] = run_id
        # Half a surrogate pair, as a browser's text may hold, has no UTF-8 of its own.
        payload = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        return Request(
            "POST", f"{self._base(settings)}/chat/completions", headers | self._authorization(settings), payload
        )

    @property
    def prefills(self) -> bool:
        """Tell whether messages may end with an assistant turn, which the provider then goes on with (S20)."""
        return self._preset.going_on is not GoingOn.ASK

    def cancellation(self, settings: ProviderSettings, run_id: str) -> Cancellation | None:
        """Build what tells the provider to stop a run, where it takes that; raises ``BadAddress`` or ``BadKey``."""
        if self._preset.cancel is None:
            return None
        return cancellation(self._preset.cancel, self._base(settings), self._authorization(settings), run_id)

    async def confirms_cancel(self, response: Response) -> bool:
        """See ``halt.providers.cancelling.confirms``."""
        return await confirms(response)

    def explain(self, error: TransportError) -> ProviderError:
        """Turn a transport's failure into the sentence that helps with this provider."""
        return connection_error(error, self._preset, self._base_url, self._page_origin, keys=self._keys)

    def models_request(self, settings: ProviderSettings) -> Request:
        """Build the request for the list of models; raises ``BadAddress`` or ``BadKey``."""
        headers = {"Accept": "application/json"} | self._authorization(settings)
        return Request("GET", f"{self._base(settings)}/models", headers)

    async def events(self, response: Response) -> AsyncGenerator[Event, None]:
        """Yield what ``response`` says, as it arrives; see ``Provider.events``.

        Raises ``ConnectionCut`` where neither a finish reason nor ``[DONE]`` came. After the finish reason it reads on
        for the usage; a connection that breaks by then has nothing left to break.
        """
        await self._refuse(response)
        reader = ReplyReader(self._preset, self._keys)
        decoder = EventStreamDecoder()
        start, events_seen = b"", False
        try:
            async with aclosing(response.chunks()) as chunks:
                start = chunk = await _start(chunks)
                if start.startswith(_NOT_A_STREAM):
                    for event in self._whole(response, await _rest(chunks, start, BODY_LIMIT), reader):
                        yield event
                    return
                while True:
                    for sent in decoder.feed(chunk):
                        events_seen = True
                        if sent.data.startswith("[DONE]"):
                            for event in reader.done():
                                yield event
                            return
                        for event in reader.read(sent.data, sent.event):
                            yield event
                    try:
                        chunk = await anext(chunks)
                    except StopAsyncIteration:
                        break
        except Cut as error:
            if not reader.finished:
                raise self.explain(error) from error
        if not reader.finished:
            if start and not events_seen and not _begins_a_stream(start):
                raise self._not_an_answer(response, start)
            raise self._ended_early(response, decoder.end())
        for event in reader.done():
            yield event

    async def models(self, response: Response) -> list[str]:
        """Read the models' names, sorted; raises ``ProviderError``.

        OpenAI lists ``data[].id``; some list ``models[].name`` (Ollama) or send the bare list.
        """
        await self._refuse(response)
        body = await self._body(response, BODY_LIMIT)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._not_an_answer(response, body) from error
        rows = answer.get("data") or answer.get("models") or [] if isinstance(answer, dict) else answer
        known = isinstance(answer, list) or (isinstance(answer, dict) and ("data" in answer or "models" in answer))
        if not known or not isinstance(rows, list):
            raise self._not_an_answer(response, body)
        names = {name for row in rows if (name := _model_name(row))}
        return sorted(names, key=lambda name: (name.casefold(), name))

    def _prefill(self, body: dict[str, Any]) -> None:
        if self._preset.going_on is GoingOn.PREFIX:
            body["messages"][-1]["prefix"] = True
        else:
            body |= {"continue_final_message": True, "add_generation_prompt": False}

    def _base(self, settings: ProviderSettings) -> str:
        self._base_url = normalize_base_url(settings.base_url.strip() or self._preset.base_url)
        return self._base_url

    def _authorization(self, settings: ProviderSettings) -> dict[str, str]:
        key = settings.api_key.strip()
        if not key:
            return {}
        self._keys |= {key}
        if not key.isascii() or not key.isprintable() or " " in key:
            raise BadKey(
                "The API key holds blanks, line breaks or letters that no key has. Copy and paste it once more."
            )
        return {"Authorization": f"Bearer {key}"}

    async def _refuse(self, response: Response) -> None:
        if 200 <= response.status < 300:
            return
        body = await self._body(response, REFUSAL_LIMIT)
        raise refusal(response.status, response.headers, body, self._preset, keys=self._keys)

    async def _body(self, response: Response, limit: int) -> bytes:
        try:
            async with aclosing(response.chunks()) as chunks:
                return await _rest(chunks, b"", limit)
        except Cut as error:
            raise self.explain(error) from error

    def _whole(self, response: Response, body: bytes, reader: ReplyReader) -> list[Event]:
        """Read an answer that is not a stream: one completion, or one error."""
        text = body.decode("utf-8", "replace")
        try:
            answer = json.loads(text)
        except json.JSONDecodeError as error:
            if body.startswith(b"{") and (error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")):
                raise connection_cut(self._preset, self._details(response, text)) from error
            raise self._not_an_answer(response, body) from error
        except RecursionError as error:
            raise self._not_an_answer(response, body) from error
        if isinstance(answer, list) and len(answer) == 1:
            answer = answer[0]
        if not isinstance(answer, dict) or not (answer.get("error") or "choices" in answer):
            raise self._not_an_answer(response, body)
        return [*reader.chunk(answer), *reader.done()]

    def _ended_early(self, response: Response, end: StreamEnd) -> ConnectionCut:
        where = "in the middle of a character" if end.character_cut else "before its end"
        return connection_cut(
            self._preset,
            self._details(response, f"The stream ended {where}, without finish_reason or [DONE]."),
            what="{who} closed the connection before the reply's end",
        )

    def _not_an_answer(self, response: Response, body: bytes) -> ProviderError:
        text = body.decode("utf-8", "replace")
        what = "a web page" if text.lstrip().startswith("<") else "something that is not a reply"
        who = "The server" if self._preset.id == "custom" else self._preset.name
        return NotAnAnswer(
            f"{who} answered with {what}. Check the Base URL in Settings: it mostly ends in /v1.",
            details=self._details(response, text),
        )

    def _details(self, response: Response, text: str) -> str:
        return describe(response.status, response.headers, text, self._preset, self._keys)


def _content(message: Message) -> str | list[dict[str, Any]]:
    """Give a message's text, or its parts where images go with it (the guide "Images and vision")."""
    if not message.images:
        return message.content
    images = [{"type": "image_url", "image_url": {"url": image.data_url}} for image in message.images]
    return [*images, *([{"type": "text", "text": message.content}] if message.content else [])]


async def _start(chunks: AsyncIterator[bytes]) -> bytes:
    """Read until it shows what kind of body this is: the first bytes that are neither blank nor a byte order mark.

    The content type is no help: some send streams as text/plain, and errors as text/event-stream.
    """
    start = b""
    async for chunk in chunks:
        start = (start + chunk).lstrip().removeprefix(_BYTE_ORDER_MARK).lstrip()
        if len(start) > len(b"event:") or start.startswith(_NOT_A_STREAM):
            break
    return start


def _begins_a_stream(start: bytes) -> bool:
    return any(start.startswith(name) or name.startswith(start) for name in _FIELD_NAMES)


async def _rest(chunks: AsyncIterator[bytes], head: bytes, limit: int) -> bytes:
    """Read what is left of a body, up to ``limit`` bytes in all."""
    parts, size = [head], len(head)
    async for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size >= limit:
            break
    return b"".join(parts)[:limit]


def _model_name(row: object) -> str:
    if isinstance(row, dict):
        row = row.get("id") or row.get("name") or row.get("model")
    return row if isinstance(row, str) else ""
