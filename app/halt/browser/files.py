"""Files out of the page and into it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta, timezone
from typing import Any

import js
import pyodide_js
from pyodide.ffi import create_once_callable, to_js

from halt.browser.promise import outcome

# The browser reads the blob when it comes to it, some time after the click.
REVOKE_MS = 60_000


def save_file(name: str, pieces: Sequence[str], kind: str) -> None:
    """Let the browser save a text, given in pieces, as a file; ``kind`` is its media type."""
    options = to_js({"type": f"{kind};charset=utf-8"}, dict_converter=js.Object.fromEntries)
    url = js.URL.createObjectURL(js.Blob.new(to_js(list(pieces)), options))
    link = js.document.createElement("a")
    link.href, link.download = url, name
    link.click()
    js.setTimeout(create_once_callable(lambda: js.URL.revokeObjectURL(url)), REVOKE_MS)


async def read_bytes(file: Any) -> bytes:
    """Read a file that the person has chosen, or a part of one; raises ``Rejected``, as for a folder."""
    return bytes((await outcome(file.arrayBuffer())).to_bytes())


async def load_package(name: str) -> None:
    """Load a Python package that lies beside the page and is not loaded with it; a second time does nothing.

    Where the page began with a snapshot, the files of our own package are missing as well.
    """
    options = to_js({"messageCallback": js.Boolean}, dict_converter=js.Object.fromEntries)
    await pyodide_js.loadPackage(to_js(["halt", name]), options)


def local_zone() -> timezone:
    """Tell the time zone of the person, as it is today."""
    return timezone(timedelta(minutes=-js.Date.new().getTimezoneOffset()))
