"""Where things are: the project's own folders, and those that the builder makes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app"
PUBLIC = ROOT / "public"
LOCKS = ROOT / "locks"

# Made by the builder, ignored by git, removed by `clean`.
VENV = ROOT / ".venv"
CACHE = ROOT / ".build"
DIST = ROOT / "dist"
# The whole site as one file, beside its files.
STANDALONE = "halt.html"
WHEEL = ROOT / "wheel"
SITE_STAMP = CACHE / "dist-stamp"


def venv_python(venv: Path = VENV) -> Path:
    """Give the interpreter inside a virtual environment, on any system."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def files_below(*places: Path) -> list[Path]:
    """List all files in these files and folders, sorted, without Python's caches and hidden files."""
    found: set[Path] = set()
    for place in places:
        if place.is_file():
            found.add(place)
        for path in place.rglob("*"):
            inner = path.relative_to(place).parts
            if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in inner):
                found.add(path)
    return sorted(found)


def digest(files: Iterable[Path], *more: str) -> str:
    """Give one SHA-256, in hexadecimal, over names and contents of files and over further texts."""
    total = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        name = os.path.relpath(path, ROOT).replace(os.sep, "/")
        total.update(f"{name}\0{len(content)}\0".encode())
        total.update(content)
    for text in more:
        total.update(f"\0{text}".encode())
    return total.hexdigest()


def site_inputs() -> str:
    """Give one SHA-256 over everything that the site is made from."""
    return digest(files_below(APP, PUBLIC, LOCKS, ROOT / "tools", ROOT / "pyproject.toml", ROOT / "LICENSE"))


def stamped(stamp: Path, value: str) -> bool:
    """Tell whether a step was finished for exactly this input."""
    try:
        return stamp.read_text(encoding="utf-8") == value
    except (FileNotFoundError, NotADirectoryError):
        return False
