"""Runs the checks and all tests, or those that were asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.checking import check
from tools.chromium import VARIABLE, chromium
from tools.engines import OPTION, test_engines
from tools.places import CACHE, LOCKS, ROOT
from tools.wheels import BROWSER_PLATFORM, fetch_wheels

# Unit tests first: they are quick, and the browser's fixtures keep an event loop running from then on.
FOLDERS = ("tests/unit", "tests/browser")

# Each process has a browser of its own.
MOST_PROCESSES = 4


def test(arguments: Sequence[str]) -> int:
    """Run pytest and give 0 where all is well; without arguments the whole suite and the checks.

    The browser's path reaches the tests as HALT_CHROMIUM. `--engines` runs the smaller suite in other engines instead.
    """
    if OPTION in arguments:
        return test_engines([argument for argument in arguments if argument != OPTION])
    checked = 0 if arguments else check()
    folders = [folder for folder in FOLDERS if (ROOT / folder).is_dir()]
    environment = dict(os.environ)
    if needs_browser(arguments):
        environment[VARIABLE] = str(chromium())
        guest_wheels()
    # A file's tests share a browser page, so files are what the processes share out.
    whole = [
        "--numprocesses",
        str(min(os.cpu_count() or 1, MOST_PROCESSES)),
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
        *folders,
    ]
    command = [sys.executable, "-m", "pytest", *(arguments or whole)]
    tested = subprocess.call(command, cwd=ROOT, env=environment)  # noqa: S603
    return checked or tested


def guest_wheels() -> Path:
    """Fetch what tests offer to a person's own Python (LangChain), unless that was done; give the folder."""
    return fetch_wheels(
        CACHE / "guest-wheels",
        LOCKS / "guest.txt",
        *BROWSER_PLATFORM,
        what="LangChain, for the tests of people's own Python",
    )


def needs_browser(arguments: Sequence[str]) -> bool:
    """Tell whether these arguments for pytest may select a browser test: only unit tests named means no."""
    places = [argument for argument in arguments if "tests/" in argument.replace(os.sep, "/")]
    return not places or any("tests/unit" not in place.replace(os.sep, "/") for place in places)
