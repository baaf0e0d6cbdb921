"""What Python needs when its memory was not made by this visit but copied from the build's (``tools/snapshot``)."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import js
from pyodide.ffi import JsException


def wake(library: str) -> None:
    """Make a copy this visit's own; ``library`` is the address of the standard library's file."""
    random.seed()
    sys.meta_path.insert(0, _LibraryComesLate(library))


class _LibraryComesLate:
    """Fetches the standard library when a module is first imported that memory has not.

    The page imports none, so that almost no visit needs these 2.5 MB. An import can't wait for a promise: this one
    request holds the page up (XMLHttpRequest, section 3.5.6), and does so once.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        # Pyodide has named this file in the path; what is in it stands in Python's memory already.
        self._place = Path(next(entry for entry in sys.path if entry.endswith(".zip")))
        # A traceback shows the lines of its modules, and does without where their file is not there (linecache). The
        # empty one that Pyodide made raises an EOFError instead, in the midst of telling what went wrong.
        self._place.unlink()

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> None:
        """Find nothing, but see to it that those find something who are asked next (``MetaPathFinder``).

        Raises ImportError where the file can't be had; the next import tries again.
        """
        if name.partition(".")[0] not in sys.stdlib_module_names:
            return
        self._place.write_bytes(self._fetch(name))
        sys.meta_path.remove(self)

    def _fetch(self, name: str) -> bytes:
        request: Any = js.XMLHttpRequest.new()
        try:
            request.open("GET", self._address, False)
            # A request that holds the page up gives text only: of this kind, whose characters end with the bytes.
            request.overrideMimeType("text/plain; charset=x-user-defined")
            request.send()
        except JsException as error:
            raise ImportError(f"{name} needs {self._address}, which could not be loaded: {error}", name=name) from error
        if request.status != 200:
            raise ImportError(f"{name} needs {self._address}, which gave HTTP {request.status}", name=name)
        # Python has this codec built in; a mark of two bytes comes first. Others would be imported from that very file.
        return bytes(request.responseText.encode("utf-16")[2::2])
