"""What a provider's stream says, in one vocabulary for all wire formats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FinishReason(StrEnum):
    """Why the model ended its reply, by its provider's word."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "content_filter"
    REFUSAL = "refusal"
    CONTEXT = "context"
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
class Named:
    """The provider's own name for the run, by which an explicit cancel finds it (S13)."""

    name: str


@dataclass(frozen=True, slots=True)
class Usage:
    """How many tokens the provider counted so far, and what they cost in US dollars where it says so.

    ``output_tokens`` are ``None`` as long as only the prompt was counted. The last one that comes is what counts.
    """

    input_tokens: int
    output_tokens: int | None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The provider's own end of the reply; a stream that ends without one was cut."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done before the reply can begin, as a sentence."""

    text: str


Event = TextDelta | ThinkingDelta | ToolCallDelta | Named | Usage | Finish | Progress
