"""What all providers over HTTP share: the address, the key, the way through an answer, and what can go wrong there.

A dialect adds how a request is written (``request``) and how an event is read (``reader``).
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, ClassVar

from halt.providers.address import normalize_base_url
from halt.providers.base import NOTHING_FOUND, Message, ProviderSettings
from halt.providers.cancelling import Cancellation, cancellation, confirms
from halt.providers.connection import connection_cut, connection_error
from halt.providers.errors import BadKey, ConnectionCut, NotAnAnswer, ProviderError
from halt.providers.events import Event
from halt.providers.preset import GoingOn, Preset
from halt.providers.refusals import describe, refusal
from halt.providers.reply_reader import ReplyReader
from halt.wire.decoder import Decoder, StreamEnd
from halt.wire.probe import Circumstances
from halt.wire.sse import EventStreamDecoder
from halt.wire.transport import Cut, Request, Response, TransportError

REFUSAL_LIMIT = 64 * 1024
"""How many bytes of a refusal are read."""

BODY_LIMIT = 16 * 1024 * 1024
"""How many bytes of an answer are read that is not a stream; a list of models can be long."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FIELD_NAMES = (b":", b"data", b"event", b"id", b"retry")


class HttpProvider(ABC):
    """A provider over HTTP; ``preset`` tells how it differs, ``page_origin`` is for what its errors advise.

    It remembers the keys that it was asked with, only to keep them out of errors.
    """

    endings: ClassVar[tuple[str, ...]] = ()
    """What a pasted address may end in that is no part of the Base URL, longest first."""

    address_hint: ClassVar[str] = "it mostly ends in /v1"
    """How to tell a right Base URL, in an error's words."""

    not_a_stream: ClassVar[tuple[bytes, ...]] = (b"{", b"[", b"<")
    """What an answer begins with that is no stream of this dialect."""

    models_path: ClassVar[str] = "/models"

    def __init__(self, preset: Preset, page_origin: str = "") -> None:
        self._preset = preset
        self._page_origin = page_origin
        self._base_url = preset.base_url
        self._keys: frozenset[str] = frozenset()

    @abstractmethod
    def request(self, messages: Sequence[Message], settings: ProviderSettings, run_id: str = "") -> Request:
        """Build the request for a streamed reply; raises ``BadAddress`` or ``BadKey``. See ``Provider``."""

    @abstractmethod
    def reader(self) -> ReplyReader:
        """Make the reader of one reply."""

    def decoder(self) -> Decoder:
        """Make the decoder of one stream."""
        return EventStreamDecoder()

    def headers(self, settings: ProviderSettings) -> dict[str, str]:
        """Make the headers that carry the key, and whatever else each request needs; raises ``BadKey``."""
        key = self._key(settings)
        return {"Authorization": f"Bearer {key}"} if key else {}

    @property
    def prefills(self) -> bool:
        """Tell whether messages may end with an assistant turn, which the provider then goes on with (S20)."""
        return self._preset.going_on is not GoingOn.ASK

    def cancellation(self, settings: ProviderSettings, run_id: str, named: str = "") -> Cancellation | None:
        """Build what tells the provider to stop a run, where it takes that. See ``Provider``."""
        if self._preset.cancel is None:
            return None
        return cancellation(self._preset.cancel, self._base(settings), self.headers(settings), run_id, named)

    async def confirms_cancel(self, response: Response) -> bool:
        """See ``halt.providers.cancelling.confirms``."""
        return await confirms(response)

    def explain(self, error: TransportError, found: Circumstances = NOTHING_FOUND) -> ProviderError:
        """Turn a transport's failure into the sentence that helps with this provider. See ``Provider``."""
        return connection_error(error, self._preset, self._base_url, self._page_origin, keys=self._keys, found=found)

    def models_request(self, settings: ProviderSettings) -> Request:
        """Build the request for the list of models; raises ``BadAddress`` or ``BadKey``."""
        headers = {"Accept": "application/json"} | self.headers(settings)
        return Request("GET", f"{self._base(settings)}{self.models_path}", headers)

    async def events(self, response: Response) -> AsyncGenerator[Event, None]:
        """Yield what ``response`` says, as it arrives; see ``Provider.events``.

        Raises ``ConnectionCut`` where no end came. After the finish reason it reads on for the usage; a connection that
        breaks by then has nothing left to break.
        """
        await self._refuse(response)
        reader, decoder = self.reader(), self.decoder()
        start, events_seen = b"", False
        try:
            async with aclosing(response.chunks()) as chunks:
                start = chunk = await self._start(chunks)
                if start.startswith(self.not_a_stream):
                    for event in self._whole(response, await _rest(chunks, start, BODY_LIMIT), reader):
                        yield event
                    return
                while True:
                    for frame in decoder.feed(chunk):
                        events_seen = True
                        for event in reader.read(frame.data, frame.event):
                            yield event
                        if reader.ended:
                            for event in reader.done():
                                yield event
                            return
                    try:
                        chunk = await anext(chunks)
                    except StopAsyncIteration:
                        break
        except Cut as error:
            if not reader.finished:
                raise self.explain(error) from error
        for frame in decoder.last():
            events_seen = True
            for event in reader.read(frame.data, frame.event):
                yield event
        if not reader.finished:
            end = decoder.end()
            if start and not events_seen and not self.begins_a_stream(start):
                raise self._not_an_answer(response, start)
            if not (reader.ends_with_connection and events_seen) or end.event_unfinished:
                raise self._ended_early(response, end)
        for event in reader.done():
            yield event

    async def models(self, response: Response) -> list[str]:
        """Read the models' names, sorted; raises ``ProviderError``."""
        await self._refuse(response)
        body = await self._body(response, BODY_LIMIT)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self._not_an_answer(response, body) from error
        names = self.model_names(answer)
        if names is None:
            raise self._not_an_answer(response, body)
        return sorted(names, key=lambda name: (name.casefold(), name))

    def model_names(self, answer: object) -> set[str] | None:
        """Find the models' names in what lists them; ``None`` where it is no list of models.

        OpenAI and Anthropic list ``data[].id``; some list ``models[].name`` or send the bare list.
        """
        rows = answer.get("data") or answer.get("models") or [] if isinstance(answer, dict) else answer
        known = isinstance(answer, list) or (isinstance(answer, dict) and ("data" in answer or "models" in answer))
        return {name for row in rows if (name := _model_name(row))} if known and isinstance(rows, list) else None

    def begins_a_stream(self, start: bytes) -> bool:
        """Tell whether these first bytes can be those of a stream in which no event was complete."""
        return any(start.startswith(name) or name.startswith(start) for name in _FIELD_NAMES)

    def _post(self, url: str, body: Mapping[str, Any], settings: ProviderSettings) -> Request:
        # Half a surrogate pair, as a browser's text may hold, has no UTF-8 of its own.
        payload = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
        return Request("POST", url, headers | self.headers(settings), payload)

    def _model(self, settings: ProviderSettings) -> str:
        return settings.model.strip() or self._preset.default_model

    def _base(self, settings: ProviderSettings) -> str:
        self._base_url = normalize_base_url(settings.base_url.strip() or self._preset.base_url, self.endings)
        return self._base_url

    def _key(self, settings: ProviderSettings) -> str:
        key = settings.api_key.strip()
        if not key:
            return ""
        self._keys |= {key}
        if not key.isascii() or not key.isprintable() or " " in key:
            raise BadKey(
                "The API key holds blanks, line breaks or letters that no key has. Copy and paste it once more."
            )
        return key

    async def _start(self, chunks: AsyncIterator[bytes]) -> bytes:
        """Read until it shows what kind of body this is: the first bytes that are neither blank nor a byte order mark.

        The content type is no help: some send streams as text/plain, and errors as text/event-stream.
        """
        start = b""
        async for chunk in chunks:
            start = (start + chunk).lstrip().removeprefix(_BYTE_ORDER_MARK).lstrip()
            if len(start) > len(b"event:") or start.startswith(self.not_a_stream):
                break
        return start

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
        """Read an answer that is not a stream: one reply, or one error."""
        text = body.decode("utf-8", "replace")
        try:
            answer = json.loads(text)
        except json.JSONDecodeError as error:
            if body.startswith(b"{") and (error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated")):
                raise connection_cut(self._preset, self._details(response, text)) from error
            raise self._not_an_answer(response, body) from error
        except RecursionError as error:
            raise self._not_an_answer(response, body) from error
        events = reader.whole(answer)
        if events is None:
            raise self._not_an_answer(response, body)
        return [*events, *reader.done()]

    def _ended_early(self, response: Response, end: StreamEnd) -> ConnectionCut:
        where = "in the middle of a character" if end.character_cut else "before its end"
        return connection_cut(
            self._preset,
            self._details(response, f"The stream ended {where}, without a word that it was complete."),
            what="{who} closed the connection before the reply's end",
        )

    def _not_an_answer(self, response: Response, body: bytes) -> ProviderError:
        text = body.decode("utf-8", "replace")
        what = "a web page" if text.lstrip().startswith("<") else "something that is not a reply"
        who = "The server" if self._preset.id == "custom" else self._preset.name
        return NotAnAnswer(
            f"{who} answered with {what}. Check the Base URL in Settings: {self.address_hint}.",
            details=self._details(response, text),
        )

    def _details(self, response: Response, text: str) -> str:
        return describe(response.status, response.headers, text, self._preset, self._keys)


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
