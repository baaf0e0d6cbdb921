"""Explicit cancel: how a provider is told to stop where it has an address for that (S13).

The connection is closed all the same, and before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin
from uuid import UUID

from halt.wire.transport import Request, Response

# Enough for the few words that such an address answers with; the objects that OpenAI sends begin with the same.
ANSWER_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class CancelAddress:
    """Where a provider takes a cancel: ``path`` below its base URL ("../" leads above it).

    ``key_field`` names the field that ties a cancel to one run: the run's request carries it too. In ``path`` and in
    the values of ``body``, ``{named}`` stands for the name that the provider gave the run, and ``{run}`` for the UUID
    that we gave it. Where there is none of these, a cancel stops whatever the server is generating. ``over`` are the
    HTTP statuses that mean that the run is over already.
    """

    path: str
    key_field: str = ""
    body: Mapping[str, str] = field(default_factory=dict)
    over: tuple[int, ...] = ()

    @property
    def wants_name(self) -> bool:
        """Tell whether it takes the provider's own name for the run."""
        return "{named}" in self.path


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancel that is ready to be sent; ``everything`` tells that it stops all that runs at that server.

    ``over`` are the HTTP statuses that mean that the run is over already.
    """

    request: Request
    everything: bool
    over: tuple[int, ...] = ()


class NotNamed(Exception):
    """The provider has not named the run yet, so that it can't be told which one to stop."""


class CancelRefused(Exception):
    """The provider answers, and does not take a cancel; asking again won't help. ``status`` is its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


def cancellation(
    address: CancelAddress, base_url: str, headers: Mapping[str, str], run_id: str, named: str = ""
) -> Cancellation:
    """Make the cancel of the run ``run_id`` for a server at ``base_url``, which has ``named`` it.

    ``headers`` carry the key. Raises ``NotNamed`` where the name is needed and has not come.
    """
    if address.wants_name and not named:
        raise NotNamed
    # A name comes from outside: it must not lead to another address.
    path = address.path.replace("{named}", quote(named, safe="")).replace("{run}", uuid_of(run_id))
    url = urljoin(f"{base_url}/", path)
    told = {address.key_field: run_id} if address.key_field else dict(address.body)
    everything = not (address.key_field or "{" in address.path)
    if not told:
        return Cancellation(Request("POST", url, headers), everything, address.over)
    request = Request("POST", url, {"Content-Type": "application/json", **headers}, json.dumps(told).encode())
    return Cancellation(request, everything, address.over)


def uuid_of(run_id: str) -> str:
    """Write a run's id as a UUID with its hyphens (RFC 9562), as some servers want it; "" where it is none."""
    try:
        return str(UUID(run_id))
    except ValueError:
        return ""


async def confirms(response: Response) -> bool:
    """Tell whether a cancel's answer says that something was stopped; False is worth another try.

    A server that answers 200 and says ``"success": false`` (KoboldCpp does) has found nothing of ours running; one that
    gives a run as completed was too late to stop it. Raises ``CancelRefused`` for the client errors that stay (no such
    address, no right to it) and ``TransportError``.
    """
    text = b""
    async with aclosing(response.chunks()) as chunks:
        async for chunk in chunks:
            text += chunk
            if len(text) > ANSWER_LIMIT:
                break
    if 400 <= response.status < 500 and response.status not in (408, 429):
        raise CancelRefused(response.status)
    if not 200 <= response.status < 300:
        return False
    try:
        answer = json.loads(text)
    except ValueError:
        return True
    if not isinstance(answer, dict):
        return True
    return str(answer.get("success", True)).lower() != "false" and answer.get("status") not in ("completed", "failed")
