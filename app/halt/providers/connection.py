"""A connection that failed, as the error a person can act on.

A browser does not tell a page why a request failed: a server that is not running, one that does not let this page in
(CORS) and a dead network look alike. So the sentence names what is likeliest, with the exact line to set.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from halt.providers.address import is_local_host, origin_of
from halt.providers.errors import ConnectionCut, NoConnection, ProviderError, redact
from halt.providers.presets import Preset, cors_line
from halt.wire.transport import Aborted, Cut, TransportError


def connection_error(
    error: TransportError, preset: Preset, base_url: str, page_origin: str, *, keys: Iterable[str] = ()
) -> ProviderError:
    """Make the error for an exchange with ``base_url`` that ended in ``error``.

    ``page_origin`` is this page's origin, which the server has to let in. ``keys`` are what must not show.
    """
    details = redact(f"{preset.name} · {base_url} · from {page_origin or 'an unknown page'}\n{error}", keys)
    if isinstance(error, Aborted):
        return ConnectionCut("The connection was closed on this side. What had arrived is kept.", details=details)
    if isinstance(error, Cut):
        return connection_cut(preset, details)
    return _no_connection(preset, base_url, page_origin, details)


def connection_cut(
    preset: Preset, details: str = "", *, what: str = "The connection to {who} broke off"
) -> ConnectionCut:
    """Make the error for a reply that broke off; ``what`` happened, ``{who}`` in it being the provider."""
    happened = what.replace("{who}", "the server" if preset.id == "custom" else preset.name)
    return ConnectionCut(f"{happened}. What had arrived is kept; Retry asks again.", details=details)


def _no_connection(preset: Preset, base_url: str, page_origin: str, details: str) -> NoConnection:
    url = urlsplit(base_url)
    here = is_local_host(url.hostname or "")
    command = cors_line(preset, page_origin)
    who = "the server" if preset.id == "custom" else preset.name
    where = origin_of(base_url)
    if page_origin.startswith("https:") and url.scheme == "http" and not here:
        return NoConnection(
            f"This page came by https, so the browser does not let it call {where}, which is plain http. "
            "Give that server https, or open Halt from this machine: python build.py serve.",
            details=details,
        )
    if preset.id == "llamacpp":
        todo = f"Start it: {command} (it lets every page in, unless its --cors-origins says otherwise)."
    elif command:
        todo = f"See that it runs, and start it so that it lets this page in: {command}"
    elif preset.id == "custom":
        allow = (
            f"Access-Control-Allow-Origin: {page_origin}" if page_origin.startswith("http") else "CORS for this page"
        )
        todo = f"Check the Base URL, see that the server runs, and that it lets this page in ({allow})."
    else:
        todo = "Check the network, the Base URL, and whether an extension or a firewall blocks it; then retry."
    if here and not _is_local_page(page_origin):
        todo += " If the browser asks whether this page may reach your local network, allow it."
    return NoConnection(f"No connection to {who} at {where}. {todo}", details=details, command=command)


def _is_local_page(page_origin: str) -> bool:
    return is_local_host(urlsplit(page_origin).hostname or "")
