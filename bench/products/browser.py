"""Browsers for the bench: one a trial, ended where its page hangs, and visitors in them who were never there before."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from playwright.sync_api import Browser, Page, Playwright, ViewportSize
from playwright.sync_api import Error as PlaywrightError

PROBE = Path(__file__).with_name("probe.js")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # What a page takes from elsewhere is counted and not waited for: all products come from this machine.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
WAIT_MS = 60_000
"""How long Playwright waits for anything that has no limit of its own."""


@contextmanager
def launched(playwright: Playwright, path: Path, limit_s: float) -> Iterator[Browser]:
    """Run a Chromium for one trial; it is ended after ``limit_s`` seconds, as a page that hangs answers no driver.

    Its first context is a new profile on disk.
    """
    with tempfile.TemporaryDirectory(prefix="halt-bench-", ignore_cleanup_errors=True) as profile:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=path, chromium_sandbox=False, args=list(ARGUMENTS), viewport=VIEWPORT
        )
        browser = cast("Browser", context.browser)  # it is none only on Android and in Electron
        try:
            with _ended_after(limit_s, browser):
                yield browser
        finally:
            with suppress(PlaywrightError):  # it may have been ended
                browser.close()


@contextmanager
def _ended_after(limit_s: float, browser: Browser) -> Iterator[None]:
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    own = next(int(one["id"]) for one in processes if one["type"] == "browser")
    watchdog = threading.Timer(limit_s, os.kill, (own, signal.SIGTERM))
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


@contextmanager
def visiting(browser: Browser, script: str, *, on_disk: bool = False) -> Iterator[Callable[[], Page]]:
    """Be a new visitor, with an empty cache and nothing kept, as long as the block lasts; gives what opens a page.

    on_disk: with the browser's own profile, as people have one, once a browser; private ones keep no compiled code.
    """
    context = browser.contexts[0] if on_disk else browser.new_context(viewport=VIEWPORT)
    context.set_default_timeout(WAIT_MS)
    context.add_init_script(path=PROBE)
    if script:
        context.add_init_script(script)
    try:
        yield context.new_page
    finally:
        if not on_disk:  # that profile ends with its browser
            with suppress(PlaywrightError):  # which may have been ended
                context.close()
