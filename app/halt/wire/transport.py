"""What carries a request to a provider: one exchange at a time, which can be aborted at any moment.

TransportError
├── Unreachable    no answer at all: no network, refused, or forbidden to this page (CORS)
├── Cut            the answer had begun and broke off
└── Aborted        we ended it ourselves
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class TransportError(Exception):
    """An exchange that did not end as it should."""


class Unreachable(TransportError):
    """No answer came; a browser does not say whether the network, the server or CORS was to blame."""


class Cut(TransportError):
    """The connection broke while the answer was arriving."""


class Aborted(TransportError):
    """The exchange was aborted on this side."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; headers and body may hold secrets, so they stay out of ``repr``."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


class Response(Protocol):
    """The head of an answer, and the way to its bytes."""

    @property
    def status(self) -> int:
        """The HTTP status code."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers that may be read, their names in lower case."""
        ...

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body as it arrives, in whatever pieces the network cut it.

        However the iteration ends (the end, an error, ``aclose()``, a cancelled task), the connection is closed.
        Raises ``Cut`` where the connection breaks and ``Aborted`` after ``Exchange.abort()``.
        """
        ...


class Exchange(Protocol):
    """One request and its answer, abortable from the moment it is made (S10)."""

    def abort(self) -> None:
        """Close the connection now, inside the caller's own task; harmless before, after and twice."""
        ...

    async def open(self, request: Request) -> Response:
        """Send ``request`` and return once the head of the answer is there.

        Raises ``Unreachable``, or ``Aborted`` where ``abort()`` came first. A cancelled task closes the connection.
        """
        ...


class Transport(Protocol):
    """Where exchanges come from: the browser's fetch, a socket, or the offline mock."""

    def exchange(self) -> Exchange:
        """Make an exchange; nothing is sent before ``open``."""
        ...
