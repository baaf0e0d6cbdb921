"""Server-sent events: bytes cut anywhere become whole events, by the rules of the WHATWG.

https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from halt.wire.decoder import StreamEnd

# str.splitlines() also splits at form feeds, U+2028 and others, which are ordinary characters in an event stream.
_LINE_END = re.compile(r"\r\n?|\n")


class ServerSentEvent(NamedTuple):
    """One event of a stream.

    ``event`` is its type ("message" where the stream names none), ``data`` its lines joined by LF. ``id`` and ``retry``
    (ms) are the last ones that the stream has set so far, as the specification keeps them.
    """

    event: str
    data: str
    id: str = ""
    retry: int | None = None


class EventStreamDecoder:
    """Turns the bytes of one stream into events, in whatever pieces they come.

    Malformed UTF-8 becomes U+FFFD, as the specification's decoder has it. Each byte is copied a fixed number of times,
    however the stream is cut.
    """

    def __init__(self) -> None:
        # "utf-8-sig" takes one byte order mark off the very beginning and no later one.
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._line: list[str] = []
        self._after_carriage_return = False
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self._retry: int | None = None

    def feed(self, chunk: bytes) -> Iterator[ServerSentEvent]:
        """Yield the events that ``chunk`` completes, one at a time as they are asked for.

        Exhaust the iterator before the next ``feed``: one that is dropped takes the rest of its chunk with it.
        """
        for line in self._lines(self._utf8.decode(chunk)):
            if line.startswith("data:"):
                self._data.append(line[6:] if line.startswith(" ", 5) else line[5:])
            elif line:
                self._field(line)
            elif self._data:
                data = self._data[0] if len(self._data) == 1 else "\n".join(self._data)
                event = ServerSentEvent(self._event or "message", data, self._id, self._retry)
                self._data.clear()
                self._event = ""
                yield event
            else:
                self._event = ""

    def last(self) -> Iterator[ServerSentEvent]:
        """Yield nothing: by the specification the end of a stream completes no event."""
        return iter(())

    def end(self) -> StreamEnd:
        """Tell how the stream ended; an event without its blank line is never dispatched."""
        undecoded = self._utf8.getstate()[0]
        return StreamEnd(bool(undecoded), bool(undecoded or self._line or self._data))

    def _lines(self, text: str) -> list[str]:
        if self._after_carriage_return and text:
            self._after_carriage_return = False
            text = text.removeprefix("\n")
        if not text:
            return []
        if "\r" in text:
            self._after_carriage_return = text.endswith("\r")
            lines = _LINE_END.split(text)
        else:
            lines = text.split("\n")
        rest = lines.pop()
        if lines and self._line:
            self._line.append(lines[0])
            lines[0] = "".join(self._line)
            self._line.clear()
        if rest:
            self._line.append(rest)
        return lines

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) < 16:
            # Python refuses to convert numbers of thousands of digits; no one means a wait beyond 16 digits of ms.
            self._retry = int(value)
