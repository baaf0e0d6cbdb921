"""What any decoder of a stream offers: bytes cut anywhere in, whole frames out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class StreamEnd(NamedTuple):
    """How a stream ended: whether its last character or its last event had not arrived whole."""

    character_cut: bool
    event_unfinished: bool


class Frame(Protocol):
    """One event of a stream, as its decoder hands it over."""

    @property
    def data(self) -> str:
        """What it carries."""
        ...

    @property
    def event(self) -> str:
        """Its type; "message" where the stream names none."""
        ...


class Decoder(Protocol):
    """Turns the bytes of one stream into frames, in whatever pieces they come."""

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        """Yield the frames that ``chunk`` completes."""
        ...

    def last(self) -> Iterator[Frame]:
        """Yield the frame that only the end of the stream completes, if there is one."""
        ...

    def end(self) -> StreamEnd:
        """Tell how the stream ended."""
        ...
