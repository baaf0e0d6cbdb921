"""Newline-delimited JSON: bytes cut anywhere become whole lines.

https://github.com/ndjson/ndjson-spec: one JSON text a line, UTF-8; lines end with LF, and a CR before it is no
part of them.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import NamedTuple

from halt.wire.decoder import StreamEnd


class JsonLine(NamedTuple):
    """One line of a stream, without its end; ``event`` is always "message", as lines have no types."""

    data: str
    event: str = "message"


class NdjsonDecoder:
    """Turns the bytes of one stream into lines, in whatever pieces they come; blank lines are left out.

    Malformed UTF-8 becomes U+FFFD. Each byte is copied a fixed number of times, however the stream is cut.
    """

    def __init__(self) -> None:
        # "utf-8-sig" takes one byte order mark off the very beginning and no later one.
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors="replace")
        self._line: list[str] = []

    def feed(self, chunk: bytes) -> Iterator[JsonLine]:
        """Yield the lines that ``chunk`` completes."""
        # Not splitlines(): U+2028 and others are ordinary characters in JSON.
        *ended, rest = self._utf8.decode(chunk).split("\n")
        for piece in ended:
            self._line.append(piece)
            line = "".join(self._line).strip()
            self._line.clear()
            if line:
                yield JsonLine(line)
        if rest:
            self._line.append(rest)

    def last(self) -> Iterator[JsonLine]:
        """Yield the last line where it is whole JSON and only its line's end is missing."""
        line = "".join(self._line).strip()
        if line and not self._utf8.getstate()[0] and _is_json(line):
            self._line.clear()
            yield JsonLine(line)

    def end(self) -> StreamEnd:
        """Tell how the stream ended."""
        undecoded = self._utf8.getstate()[0]
        return StreamEnd(bool(undecoded), bool(undecoded or "".join(self._line).strip()))


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True
