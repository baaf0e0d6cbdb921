"""Explicit cancel: how a provider is told to stop where it has an address for that (S13).

The connection is closed all the same, and before.
"""

from __future__ import annotations

import json
from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urljoin

from halt.wire.transport import Request, Response

# Enough for the few words that such an address answers with.
ANSWER_LIMIT = 4 * 1024


@dataclass(frozen=True, slots=True)
class CancelAddress:
    """Where a provider takes a cancel: ``path`` below its base URL ("../" leads above it).

    ``key_field`` names the field that ties a cancel to one run: the run's request carries it too. Where it is empty,
    a cancel stops whatever the server is generating.
    """

    path: str
    key_field: str = ""


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancel that is ready to be sent; ``everything`` tells that it stops all that runs at that server."""

    request: Request
    everything: bool


class CancelRefused(Exception):
    """The provider answers, and does not take a cancel; asking again won't help. ``status`` is its HTTP status."""

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


def cancellation(address: CancelAddress, base_url: str, authorization: dict[str, str], run_id: str) -> Cancellation:
    """Make the cancel of the run ``run_id`` for a server at ``base_url``."""
    url = urljoin(f"{base_url}/", address.path)
    if not address.key_field:
        return Cancellation(Request("POST", url, authorization), everything=True)
    body = json.dumps({address.key_field: run_id}).encode()
    return Cancellation(
        Request("POST", url, {"Content-Type": "application/json"} | authorization, body), everything=False
    )


async def confirms(response: Response) -> bool:
    """Tell whether a cancel's answer says that something was stopped; False is worth another try.

    A server that answers 200 and says ``"success": false`` (KoboldCpp does) has found nothing of ours running. Raises
    ``CancelRefused`` for the client errors that stay (no such address, no right to it) and ``TransportError``.
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
    return not isinstance(answer, dict) or str(answer.get("success", True)).lower() != "false"
