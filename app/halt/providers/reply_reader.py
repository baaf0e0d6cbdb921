"""What all readers of replies share: JSON in, events out, an end that comes once, and errors a person can act on."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from halt.providers.errors import DETAILS_LIMIT, ErrorInStream, MalformedEvent, message_of, quote, redact
from halt.providers.events import Event, Finish, FinishReason, Named, Usage
from halt.providers.preset import Preset

# A count beyond this is none.
MOST_COUNTED = 1e15

Json = dict[str, Any]


class ReplyReader(ABC):
    """Reads one reply, event by event, and remembers whether it has ended and what it used.

    ``finished`` tells that a finish reason came: a connection that breaks from then on takes nothing away. ``ended``
    tells that nothing more will come. ``keys`` are taken out of whatever an error says.
    """

    api: ClassVar[str] = "an OpenAI-compatible API"
    """What the Base URL has to lead to, in an error's words."""

    shapes: ClassVar[tuple[type, ...]] = (dict,)
    """What an event's data may be, once read as JSON."""

    ends_with_connection: ClassVar[bool] = False
    """Whether the connection's own end, between two events, is the reply's end where no finish reason came."""

    def __init__(self, preset: Preset, keys: frozenset[str] = frozenset()) -> None:
        self._who = "The server" if preset.id == "custom" else preset.name
        self._keys = keys
        self._usage: Usage | None = None
        self._begun = False
        self.finished = False
        self.ended = False

    def read(self, data: str, event: str = "message") -> Iterator[Event]:
        """Yield what one event's ``data`` says; ``event`` is its type.

        Raises ``MalformedEvent`` where it is not JSON of a shape that this dialect has and ``ErrorInStream`` where it
        reports an error.
        """
        if not data.strip():
            return
        try:
            chunk = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self._malformed(data) from error
        if not isinstance(chunk, self.shapes):
            raise self._malformed(data)
        yield from self._noted(self.chunk(chunk, event))

    def whole(self, answer: object) -> Iterator[Event] | None:
        """Give what an answer says that is JSON and not a stream; ``None`` where it is no reply of this dialect.

        The iterator raises ``ErrorInStream`` where the answer reports an error.
        """
        if isinstance(answer, list) and len(answer) == 1:
            answer = answer[0]
        if not isinstance(answer, dict):
            return None
        if answer.get("error"):
            return self._failing(answer)
        events = self.complete(answer)
        return None if events is None else self._noted(events)

    @abstractmethod
    def chunk(self, chunk: Any, event: str) -> Iterator[Event]:
        """Yield what one event of the stream says; raises ``ErrorInStream`` where it reports an error."""

    def complete(self, answer: Json) -> Iterator[Event] | None:
        """Give the events of a whole reply that came in one piece; ``None`` where ``answer`` is none."""
        return None

    def done(self) -> Iterator[Event]:
        """Yield what is known once the provider is done: an end, where it named no reason for it, and the usage."""
        yield from self._finish(FinishReason.OTHER)
        if self._usage is not None:
            yield self._usage

    def _finish(self, reason: FinishReason) -> Iterator[Event]:
        if not self.finished:
            self.finished = True
            yield Finish(reason)

    def _noted(self, events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            self._begun = self._begun or not isinstance(event, Finish | Named | Usage)
            yield event

    def _failing(self, answer: Json) -> Iterator[Event]:
        raise self._error(answer)
        yield  # so that this is an iterator like the others

    def _malformed(self, data: str) -> MalformedEvent:
        return MalformedEvent(
            f"{self._who} sent something in the stream that can't be read. What had arrived is kept; retry, and if it "
            f"comes again, check that the Base URL leads to {self.api}.",
            details=redact(f"malformed event: {data}", self._keys)[:DETAILS_LIMIT],
        )

    def _error(self, chunk: Json) -> ErrorInStream:
        said = quote(message_of(chunk), self._keys)
        ends = said.endswith((".", "!", "?"))
        when = "in the middle of its reply" if self._begun else "instead of a reply"
        todo = "What had arrived is kept; go on with Continue, or Retry." if self._begun else "Retry in a moment."
        return ErrorInStream(
            f"{self._who} reported an error {when}{f': “{said}”' if said else ''}{'' if ends else '.'} {todo}",
            details=redact(json.dumps(chunk, ensure_ascii=False), self._keys)[:DETAILS_LIMIT],
        )


def text_of(values: object, name: str) -> str:
    """Read a text out of an object that may not be one; "" where there is none."""
    value = values.get(name) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def part_of(values: object, name: str) -> Json:
    """Read an object out of another; an empty one where there is none."""
    value = values.get(name) if isinstance(values, dict) else None
    return value if isinstance(value, dict) else {}


def rows_of(values: object, name: str) -> list[Json]:
    """Read a list of objects out of another; what is no object in it is left out."""
    value = values.get(name) if isinstance(values, dict) else None
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def number_of(values: object, name: str) -> int:
    """Read a position out of an object; 0 where there is none."""
    value = values.get(name) if isinstance(values, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def as_json_text(arguments: object) -> str:
    """Give a tool call's arguments as JSON text: some send them so, some as an object."""
    return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)


def count(counts: Json, *names: str) -> int:
    """Sum up the counts of these names; what is none counts as 0."""
    return sum(int(amount(counts, name) or 0) for name in names)


def amount(counts: Json, name: str) -> float | None:
    """Read a number that can be one: some send objects, and JSON in Python knows NaN and Infinity."""
    value = counts.get(name)
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST_COUNTED
    return value if known else None
