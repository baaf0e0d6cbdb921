"""Finds a Chromium for the browser tests, or installs one."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.bootstrap import say
from tools.errors import BuildError, SetupError
from tools.programs import run
from tools.progress import step

VARIABLE = "HALT_CHROMIUM"
INSTALL_SECONDS = 600
"""How long one way of installing may take, in seconds."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Where installers put it without adding it to the path.
PLACES = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("C:/Program Files/Google/Chrome/Application/chrome.exe"),
    Path("C:/Program Files (x86)/Google/Chrome/Application/chrome.exe"),
)

NONE_FOUND = (
    f"No Chromium was found and none could be installed: install Chromium or Chrome, or set {VARIABLE} to its path, "
    "then run the same command again."
)


def chromium() -> Path:
    """Give a Chromium's path: HALT_CHROMIUM, Playwright's own, the system's; else install one.

    Raises SetupError, with one sentence, where none can be had.
    """
    found = find()
    if found is None:
        install()
        found = find()
    if found is None:
        raise SetupError(NONE_FOUND)
    return found


def find() -> Path | None:
    """Look for a Chromium on this machine. Raises SetupError where HALT_CHROMIUM names no file."""
    named = os.environ.get(VARIABLE)
    if named:
        path = Path(named)
        if not path.is_file():
            raise SetupError(f"{VARIABLE} names {named}, and there is no such file. Correct it or unset it.")
        return path
    with sync_playwright() as playwright:
        own = Path(playwright.chromium.executable_path)
    if own.is_file():
        return own
    for name in NAMES:
        on_path = shutil.which(name)
        if on_path:
            return Path(on_path)
    return next((place for place in PLACES if place.is_file()), None)


def install() -> None:
    """Try Playwright's Chromium, then Debian's where this runs as root; leaves it to the caller to look again."""
    ways = [("Installing Playwright's Chromium", [[sys.executable, "-m", "playwright", "install", "chromium"]])]
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        packages = [[apt, "update"], [apt, "install", "--yes", "--no-install-recommends", "chromium"]]
        ways.append(("Installing Debian's Chromium", packages))
    for doing, commands in ways:
        try:
            with step(doing):
                for command in commands:
                    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
                    run(command, doing, env=environment, timeout=INSTALL_SECONDS)
        except BuildError as error:
            # One way failed: say so, and try the next; the caller reports when none is left.
            say(str(error))
        else:
            return
