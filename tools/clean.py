"""Removes what the other commands made."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools.bootstrap import inside, say
from tools.places import CACHE, DIST, ROOT, VENV, WHEEL

MADE = (
    DIST,
    WHEEL,
    CACHE,
    ROOT / "test-results",
    ROOT / ".pytest_cache",
    ROOT / ".mypy_cache",
    ROOT / ".ruff_cache",
    ROOT / ".hypothesis",
    VENV,
)


def clean() -> None:
    """Remove the site, downloads, caches and the virtual environment; the next command makes them again."""
    for place in (*MADE, *ROOT.glob("*/**/__pycache__")):
        if place == VENV and inside():
            say("Kept .venv, because this command runs in it.")
            continue
        remove(place)


def remove(place: Path) -> None:
    """Remove one folder, if it is there, and say so for those that people see."""
    if not place.exists():
        return
    shutil.rmtree(place)
    if place in MADE:
        say(f"Removed {place.name}")
