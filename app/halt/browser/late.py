"""Modules that are found at once and loaded when something first asks them for anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType


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
