"""What can be found out about a server that gave no answer that may be read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Permission(StrEnum):
    """Whether the browser lets this page reach the local network; ``UNKNOWN`` where it has no such permission."""

    GRANTED = "granted"
    DENIED = "denied"
    PROMPT = "prompt"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a connection that failed, beside that it did.

    ``answers`` tells whether anything answers there at all, be it something that this page may not read; ``None``
    where that was not tried.
    """

    answers: bool | None = None
    permission: Permission = Permission.UNKNOWN


class Probe(Protocol):
    """Finds that out; what it sends carries no key and changes nothing."""

    async def look(self, url: str) -> Circumstances:
        """Look at ``url``, within a few seconds; raises nothing, and a cancelled task closes the connection."""
        ...
