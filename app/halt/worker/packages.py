"""Installs what a program declares, and makes ``requests`` and ``urllib`` work (they know no browser)."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
from collections.abc import Callable
from contextlib import suppress

import micropip
import pyodide_http

from halt.guest.program import ProgramError, declared, imports

_installed: set[str] = set()


async def install(code: str, progress: Callable[[str], None]) -> None:
    """Install what ``code`` declares and this worker does not have yet; raises ``ProgramError``.

    micropip takes what Pyodide has been built with from Pyodide's own place, and everything else from PyPI.
    """
    wanted = declared(code)
    missing = [one for one in wanted.dependencies if one not in _installed]
    for number, requirement in enumerate(missing, 1):
        count = f" ({number} of {len(missing)})" if len(missing) > 1 else ""
        progress(f"Installing {requirement}{count}…")
        try:
            await micropip.install(requirement, index_urls=list(wanted.index_urls) or None)
            _see_that_it_came(requirement)
        except Exception as error:  # micropip raises what its parsers and the network raise
            what = " ".join(str(error).split()).partition(". ")[0].rstrip(".")
            raise ProgramError(
                f"The package “{requirement}” could not be installed: {what[:200]}. Check its name and the network; "
                "it has to be pure Python, or built for Pyodide."
            ) from error
        _installed.add(requirement)
    importlib.invalidate_caches()
    pyodide_http.patch_all()


def _see_that_it_came(requirement: str) -> None:
    """Raise ``OSError`` where a package is missing: Pyodide only logs which of its own it could not load."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement.strip())
    if "://" in requirement or not name:
        return
    try:
        importlib.metadata.distribution(name[0])
    except importlib.metadata.PackageNotFoundError as error:
        raise OSError("it could not be downloaded") from error


def import_all(code: str) -> None:
    """Import what ``code`` will import, which can take seconds; what fails now will tell why when the code runs."""
    for name in imports(code):
        with suppress(Exception):
            importlib.import_module(name)
