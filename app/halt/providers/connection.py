"""A connection that failed, as the error a person can act on.

A browser does not tell a page why a request failed: a server that is not running, one that does not let this page in
(CORS) and a dead network look alike. So the sentence names what is likeliest, with the exact line to set. Where a probe
has looked, it says which of them it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from halt.providers.address import is_local_host, is_private_host, origin_of
from halt.providers.base import NOTHING_FOUND
from halt.providers.errors import ConnectionCut, NoConnection, ProviderError, redact
from halt.providers.preset import Preset
from halt.providers.presets import cors_line
from halt.wire.probe import Circumstances, Permission
from halt.wire.transport import Aborted, Cut, TransportError


def connection_error(
    error: TransportError,
    preset: Preset,
    base_url: str,
    page_origin: str,
    *,
    keys: Iterable[str] = (),
    found: Circumstances = NOTHING_FOUND,
) -> ProviderError:
    """Make the error for an exchange with ``base_url`` that ended in ``error``.

    ``page_origin`` is this page's origin, which the server has to let in. ``keys`` are what must not show, and
    ``found`` is what a probe knows.
    """
    details = redact(f"{preset.name} · {base_url} · from {page_origin or 'an unknown page'}\n{error}", keys)
    if isinstance(error, Aborted):
        return ConnectionCut("The connection was closed on this side. What had arrived is kept.", details=details)
    if isinstance(error, Cut):
        return connection_cut(preset, details)
    return _no_connection(preset, base_url, page_origin, details, found)


def connection_cut(
    preset: Preset, details: str = "", *, what: str = "The connection to {who} broke off"
) -> ConnectionCut:
    """Make the error for a reply that broke off; ``what`` happened, ``{who}`` in it being the provider."""
    happened = what.replace("{who}", "the server" if preset.id == "custom" else preset.name)
    return ConnectionCut(f"{happened}. What had arrived is kept; Retry asks again.", details=details)


def _no_connection(preset: Preset, base_url: str, page_origin: str, details: str, found: Circumstances) -> NoConnection:
    url = urlsplit(base_url)
    host = url.hostname or ""
    command = cors_line(preset, page_origin)
    who = "the server" if preset.id == "custom" else preset.name
    where = origin_of(base_url)
    if page_origin.startswith("https:") and url.scheme == "http" and not is_local_host(host):
        return NoConnection(
            f"This page came by https, so the browser does not let it call {where}, which is plain http. "
            "Give that server https, or open Halt from this machine: python build.py serve.",
            details=details,
        )
    asks = is_private_host(host) and not is_local_host(urlsplit(page_origin).hostname or "")
    if asks and found.permission is Permission.DENIED:
        return NoConnection(
            f"The browser does not let this page reach your local network, where {where} is. Click the sign left of "
            "the page's address, allow the local network there, reload the page and test again.",
            details=details,
        )
    if found.answers is not None:
        todo = _let_in(preset, page_origin, command) if found.answers else _start(preset, command)
        said = (
            f"{who[0].upper()}{who[1:]} answers at {where}, but does not let this page in (CORS)."
            if found.answers
            else f"Nothing answers at {where}."
        )
        return NoConnection(f"{said} {todo}", details=details, command=command)
    if preset.id == "llamacpp":
        todo = f"Start it: {command} (it lets every page in, unless its --cors-origins says otherwise)."
    elif command:
        todo = f"See that it runs, and start it so that it lets this page in: {command}"
    elif preset.id == "custom":
        todo = f"Check the Base URL, see that the server runs, and that it lets this page in ({_header(page_origin)})."
    else:
        todo = "Check the network, the Base URL, and whether an extension or a firewall blocks it; then retry."
    if asks:
        todo += " If the browser asks whether this page may reach your local network, allow it."
    return NoConnection(f"No connection to {who} at {where}. {todo}", details=details, command=command)


def _let_in(preset: Preset, page_origin: str, command: str) -> str:
    """Say what to do about a server that answers, but not to this page."""
    if command:
        return f"Start it so: {command}"
    if preset.id == "custom":
        return f"It has to send {_header(page_origin)}. A slip in the path of the Base URL can look the same."
    return "Check the path of the Base URL, and whether the provider takes calls from web pages."


def _start(preset: Preset, command: str) -> str:
    """Say what to do where nothing answers."""
    if command:
        return f"Check the port in the Base URL, and start it: {command}"
    if preset.id == "custom":
        return "Check the Base URL for a slip, and see that the server runs."
    return "Check the Base URL, the network, and whether an extension or a firewall blocks it."


def _header(page_origin: str) -> str:
    if page_origin.startswith("http"):
        return f"Access-Control-Allow-Origin: {page_origin}"
    return "CORS headers for this page"
