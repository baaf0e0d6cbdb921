"""Base URLs as people write them, made into ones that can be called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from halt.providers.errors import BadAddress

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_EXAMPLE = "Write it like https://api.example.com/v1 or http://localhost:11434/v1."


def normalize_base_url(text: str, endings: Sequence[str] = ("/chat/completions",)) -> str:
    """Make a Base URL out of what a person typed or pasted.

    Blanks and closing slashes go, and so does a pasted path that is one of ``endings``, each once and in their order; a
    missing scheme becomes ``https://``, for this very machine ``http://``. Raises ``BadAddress`` for other schemes, for
    credentials, for queries and fragments (a key could hide there, and would be sent to wherever the address leads) and
    for what is no address at all.
    """
    address = text.strip()
    if not address:
        raise BadAddress(f"There is no Base URL. {_EXAMPLE}")
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise BadAddress(f"The Base URL holds characters that no address has. {_EXAMPLE}")
    if not _SCHEME.match(address):
        local = is_local_host(_split(f"http://{address}").hostname or "")
        address = f"{'http' if local else 'https'}://{address}"
    parts = _split(address)
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadAddress(f"The Base URL begins with {parts.scheme}://, but only https:// and http:// can be called.")
    if "@" in parts.netloc:
        raise BadAddress("The Base URL holds a user name or password. Take it out and put the key into “API key”.")
    if "?" in address or "#" in address:
        raise BadAddress("The Base URL must end before any “?” or “#”. A key belongs into “API key”.")
    if not parts.hostname:
        raise BadAddress(f"The Base URL names no server. {_EXAMPLE}")
    path = parts.path.rstrip("/")
    for ending in endings:
        path = path.removesuffix(ending).rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def origin_of(url: str) -> str:
    """Tell the origin of ``url`` as a browser writes it: scheme, host, and the port where it is not the scheme's own.

    Raises ``BadAddress`` where ``url`` has none.
    """
    parts = _split(url)
    if not parts.scheme or not parts.hostname:
        raise BadAddress(f"That is no address. {_EXAMPLE}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port
    own = port is None or port == _DEFAULT_PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}" if own else f"{parts.scheme}://{host}:{port}"


def is_local_host(host: str) -> bool:
    """Tell whether ``host`` means this very machine, which browsers trust even without https."""
    return host in {"localhost", "::1", "0.0.0.0"} or host.endswith(".localhost") or host.startswith("127.")  # noqa: S104 - compared, not bound


def is_private_host(host: str) -> bool:
    """Tell whether ``host`` means this machine or another one on the local network, as far as its name shows."""
    if is_local_host(host) or host.endswith(".local") or (host and "." not in host and ":" not in host):
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise BadAddress(f"The Base URL can't be read as an address. {_EXAMPLE}") from error
    return parts
