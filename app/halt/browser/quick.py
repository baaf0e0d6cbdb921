"""Lets PyScript start the page without what costs time and serves nobody here."""

from __future__ import annotations

import sys
from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from inspect import CO_COROUTINE
from types import ModuleType
from typing import Any


class _Finder:
    """Finds one module as Python does, and gives it a loader that waits."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != self.name:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            spec.loader = LazyLoader(spec.loader)
        return spec


def import_late(name: str) -> None:
    """Have the module ``name`` loaded at its first use, and not when it is imported.

    PyScript imports its own library before any page's code, whether that uses it or not; a page that doesn't is up
    sooner. https://docs.python.org/3/library/importlib.html#importlib.util.LazyLoader
    """
    sys.meta_path.insert(0, _Finder(name))


async def run(source: str) -> None:
    """Run a script among the names of ``__main__``, with ``await`` wherever it stands.

    Pyodide's own way gives the script's last value back, for which it walks through the source twice in Python: a tenth
    of a second for the scripts of a start, which have none. What the script raises is raised.
    https://docs.python.org/3/library/ast.html#ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    """
    code = compile(source, "<exec>", "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result: Any = eval(code, vars(sys.modules["__main__"]))  # noqa: S307 - the page's own scripts
    if code.co_flags & CO_COROUTINE:
        await result
