"""What a provider's stream says, in one vocabulary for all wire formats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FinishReason(StrEnum):
    """Why the model ended its reply, by its provider's word."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "content_filter"
    TOOL_CALLS = "tool_calls"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class TextDelta:
    """Some more characters of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """Some more characters of the reasoning that precedes the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call: ``name`` and ``call_id`` come once, ``arguments`` in pieces of JSON text."""

    index: int
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens the provider counted, and what they cost in US dollars where it says so."""

    input_tokens: int
    output_tokens: int
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The provider's own end of the reply; a stream that ends without one was cut."""

    reason: FinishReason


Event = TextDelta | ThinkingDelta | ToolCallDelta | Usage | Finish
