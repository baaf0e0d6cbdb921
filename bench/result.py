"""What one pass found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What the main thread spent, in ms of the processor's time except where it says clock.

    quarters_ms: from the first chunk to the last character of each quarter, the last one until the reply stands.
    """

    total_ms: float
    longest_ms: float
    longest_clock_ms: float
    tasks: int
    quarters_ms: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One pass of one text through one renderer.

    outcome: what the page says: ``share``, less than 1 where the limit was reached before all was written; otherwise
    ``standsMs`` and ``difference`` (``None`` where the text is as expected); of a watched pass ``removed`` and
    ``survives``; of a renderer that raised, ``failed``. cost: ``None`` for a watched pass and a failed one.
    """

    renderer: str
    document: str
    kind: str
    run: int
    outcome: dict[str, Any] = field(default_factory=dict)
    cost: Cost | None = None
