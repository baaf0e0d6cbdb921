"""The browser, the built site and the provider that the tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, expect
from playwright.sync_api import Error as PlaywrightError

from halt_chat.server import serving
from tests.servers import PATIENCE_S, ProviderServer
from tools.places import DIST

from .deployment import Deployment
from .halt_page import HaltPage

RECORDER = Path(__file__).with_name("recorder.js")
# Notes when the page ends a worker, and how often it draws: from inside, as only there it can be seen.
WORKER_WATCH = """
window.ended = [];
const terminate = Worker.prototype.terminate;
Worker.prototype.terminate = function () { ended.push(performance.now()); return terminate.call(this); };
window.frames_drawn = 0;
(function tick() { window.frames_drawn += 1; requestAnimationFrame(tick); })();
"""
# The file that a page begins with, as a route.
SNAPSHOT = "**/snapshot-*.bin"
expect.set_options(timeout=PATIENCE_S * 1000)
# Tests see each request, and hold some back: those that a service worker answers, they would not see.
WITHOUT_WORKER = "delete Navigator.prototype.serviceWorker"


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
    """The address of the built site."""
    with serving(DIST) as url:
        yield url


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """A host of its own for the built site, which can be switched off and given a newer build."""
    made = Deployment()
    yield made
    made.switch_off()


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    """A provider on a socket of its own."""
    with ProviderServer() as server:
        yield server


@pytest.fixture(scope="session")
def warm_context(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """One visitor for all tests, each of which opens a page of its own."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.add_init_script(WITHOUT_WORKER)
    context.add_init_script(path=RECORDER)
    yield context
    context.close()


@pytest.fixture
def fresh(warm_context: BrowserContext, site: str) -> Iterator[HaltPage]:
    """A page that has just come up, for tests of what a visit begins with."""
    halt = HaltPage(warm_context.new_page(), site)
    halt.open()
    yield halt
    halt.page.evaluate("localStorage.clear()")
    halt.page.close()
    assert halt.faults == []


@pytest.fixture(scope="session")
def long_visit(warm_context: BrowserContext, site: str) -> Iterator[list[HaltPage]]:
    """The one page that most tests share, as a person's long visit; it is opened again only after it went wrong."""
    pages: list[HaltPage] = []
    yield pages
    for halt in pages:
        halt.page.close()


@pytest.fixture
def halt(long_visit: list[HaltPage], warm_context: BrowserContext, site: str) -> Iterator[HaltPage]:
    """A page that is up, shows an empty conversation and talks to the mock.

    Afterwards it must have raised nothing, and broken no rule of the page's policy.
    """
    try:
        for halt in long_visit:
            halt.begin_anew()
    except (AssertionError, PlaywrightError):
        long_visit.pop().page.close()
    if not long_visit:
        # Kept once it is up, and without what the last test has left in the browser.
        opened = HaltPage(warm_context.new_page(), site)
        opened.open()
        opened.begin_anew()
        long_visit.append(opened)
    yield long_visit[0]
    assert long_visit[0].faults == []


@pytest.fixture
def connected(halt: HaltPage, provider: ProviderServer) -> Iterator[HaltPage]:
    """A page whose settings name the test provider; what still runs is stopped before that provider goes."""
    halt.connect(provider)
    yield halt
    halt.stop_everything()
    provider.wait_no_connections()


@pytest.fixture
def visitor(browser: Browser, site: str) -> Iterator[HaltPage]:
    """A visitor who comes for the first time; the page is not opened yet."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, permissions=["clipboard-read", "clipboard-write"]
    )
    context.add_init_script(WITHOUT_WORKER)
    yield HaltPage(context.new_page(), site)
    context.close()


@pytest.fixture(scope="module")
def python_visit(browser: Browser, site: str) -> Iterator[HaltPage]:
    """One visit for all tests here, so that a worker that is warm serves several of them."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script(WITHOUT_WORKER)
    context.add_init_script(path=RECORDER)
    context.add_init_script(WORKER_WATCH)
    halt = HaltPage(context.new_page(), site)
    halt.open()
    yield halt
    context.close()


@pytest.fixture
def python(python_visit: HaltPage, provider: ProviderServer) -> Iterator[HaltPage]:
    python_visit.page.get_by_role("button", name="New chat").first.click()
    python_visit.page.evaluate("recorder.presses.length = recorder.growth.length = ended.length = 0")
    python_visit.forget_faults()
    yield python_visit
    if python_visit.page.get_by_role("dialog").is_visible():
        python_visit.page.get_by_role("button", name="Cancel").click()
    python_visit.stop_everything()
    assert python_visit.faults == []


@pytest.fixture
def printed(python: HaltPage) -> Iterator[list[str]]:
    """What the person's program prints."""
    lines: list[str] = []

    def note(message: ConsoleMessage) -> None:
        lines.append(message.text)

    python.page.on("console", note)
    yield lines
    python.page.remove_listener("console", note)
