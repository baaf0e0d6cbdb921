"""A cold start: exactly the files that the build counts, each once, and all asked for before Python is needed."""

from __future__ import annotations

from playwright.sync_api import Browser, Route

from tools.cold_start import boot_files
from tools.places import DIST

from .deployment import Deployment
from .halt_page import HaltPage

# The browser's own wish, with the lowest priority and not in every window.
OPTIONAL = {"manifest.webmanifest"}
WASM = "pyodide/pyodide.asm.wasm"


def test_a_cold_start_asks_for_what_the_build_counts_and_for_nothing_twice(
    browser: Browser, deployment: Deployment
) -> None:
    context = browser.new_context()
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    halt = HaltPage(context.new_page(), deployment.url)
    halt.open()
    asked = deployment.times_sent()
    assert set(asked) - OPTIONAL == {"", *boot_files(DIST)}
    assert max(asked.values()) == 1
    context.close()


def test_nothing_that_booting_needs_waits_for_python(browser: Browser, deployment: Deployment) -> None:
    """No chain of downloads: everything was asked for while Python itself is still on its way."""
    context = browser.new_context()
    context.add_init_script("delete Navigator.prototype.serviceWorker")
    halt = HaltPage(context.new_page(), deployment.url)
    held: list[Route] = []
    halt.page.route(f"**/{WASM}", lambda route: held.append(route))
    halt.page.goto(deployment.url, wait_until="commit")
    wanted = {"", *boot_files(DIST)} - {WASM}
    for _ in range(300):
        if wanted <= set(deployment.sent):
            break
        halt.page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert wanted - set(deployment.sent) == set()
    assert held
    for route in held:
        route.continue_()
    halt.wait_ready()
    context.close()
