"""The browser, the built site and the provider that the tests share."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.servers import ProviderServer
from tools.places import DIST
from tools.serve import make_server

from .halt_page import HaltPage

RECORDER = Path(__file__).with_name("recorder.js")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium that ``build.py test`` found; in a container it runs as root, which its own sandbox refuses."""
    arguments = dict(browser_type_launch_args)
    if path := os.environ.get("HALT_CHROMIUM"):
        arguments["executable_path"] = path
    arguments["chromium_sandbox"] = False
    arguments["args"] = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    return arguments


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Serve the built site as ``build.py serve`` does, and give its address."""
    with make_server(DIST) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.url
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    """A provider on a socket of its own."""
    with ProviderServer() as server:
        yield server


@pytest.fixture(scope="session")
def warm_context(browser: Browser) -> Iterator[BrowserContext]:
    """One visitor whose cache is warm; each test opens a page of its own in it."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.add_init_script(path=RECORDER)
    yield context
    context.close()


@pytest.fixture
def halt(warm_context: BrowserContext, site: str) -> Iterator[HaltPage]:
    """A page that is up. Afterwards it must have raised nothing, and broken no rule of the page's policy."""
    page = warm_context.new_page()
    halt = HaltPage(page, site)
    halt.open()
    yield halt
    page.evaluate("localStorage.clear()")
    page.close()
    assert halt.faults == halt.expected_faults


@pytest.fixture
def connected(halt: HaltPage, provider: ProviderServer) -> HaltPage:
    """A page whose settings name the test provider."""
    halt.connect(provider)
    return halt
