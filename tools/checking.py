"""Lints and checks types."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tools.bootstrap import say
from tools.places import APP, ROOT

# The rooms that also run outside of a browser; the others import modules that only exist inside.
PURE_ROOMS = ("chat", "guest", "markdown", "providers", "store", "wire")


def check() -> int:
    """Run ruff's linter and formatter and mypy over the project; give 0, or 1 where one of them found something."""
    rooms = [APP / "halt" / room for room in PURE_ROOMS]
    typed = ["halt_chat", "tools", "bench", *(str(room.relative_to(ROOT)) for room in rooms if list(room.glob("*.py")))]
    commands: tuple[Sequence[str], ...] = (
        ("ruff", "check"),
        ("ruff", "format", "--check", "--quiet"),
        ("mypy", *typed),
    )
    failed = [command for command in commands if _run(command)]
    if failed:
        say(f"The check failed: {', '.join(' '.join(command[:2]) for command in failed)}")
    return 1 if failed else 0


def _run(command: Sequence[str]) -> int:
    return subprocess.call([sys.executable, "-m", *command], cwd=ROOT)  # noqa: S603
