"""The start: the composer works from the first paint, and a start that fails says why and loses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from tools.places import DIST

from .conftest import SNAPSHOT
from .halt_page import HaltPage
from .program import replace_program

QUICK = "Something short, at 5000 tokens a second"


class Slow:
    """A visit during which Python's WebAssembly does not arrive before it is let go."""

    def __init__(self, halt: HaltPage) -> None:
        self.halt = halt
        self._held: list[Route] = []
        self._open = False
        halt.page.route("**/*.wasm", self._hold)
        halt.page.goto(halt.url, wait_until="commit")
        expect(halt.button).to_be_visible()

    def let_go(self) -> None:
        self._open = True
        for route in self._held:
            route.continue_()
        self.halt.wait_ready()

    def _hold(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._held.append(route)


@pytest.fixture
def slow(visitor: HaltPage) -> Iterator[Slow]:
    visit = Slow(visitor)
    yield visit
    assert visitor.faults == []


def expect_waiting(halt: HaltPage, waits: bool = True) -> None:
    """A Send that waits is a button "Send" that is pressed; it never poses as Stop."""
    expect(halt.button).to_have_accessible_name("Send")
    expect(halt.button).to_have_attribute("data-state", "send")
    if waits:
        expect(halt.button).to_have_attribute("aria-pressed", "true")
        expect(halt.page.locator("#hint")).to_contain_text("Sends when loaded")
        expect(halt.status).to_contain_text("Waiting for Python")
    else:
        expect(halt.button).not_to_have_attribute("aria-pressed", re.compile(".*"))
        expect(halt.page.locator("#hint")).not_to_contain_text("Sends when")


def test_the_composer_takes_text_before_python_is_there_and_keeps_it(slow: Slow) -> None:
    halt = slow.halt
    expect(halt.message).to_be_focused()
    halt.page.keyboard.type("Typed early")
    expect(halt.page.locator("#hint")).to_have_text(re.compile(r"Loading Python… \(\d+\.\d of \d+\.\d MB\)"))
    expect(halt.page.get_by_role("button", name="Settings")).to_be_disabled()
    expect(halt.page.locator("html")).to_have_attribute("data-ready", "false")
    slow.let_go()
    expect(halt.message).to_have_value("Typed early")
    expect(halt.message).to_be_focused()
    expect(halt.page.get_by_role("button", name="Settings")).to_be_enabled()
    expect(halt.page.locator("#hint")).to_have_text("Enter sends, Shift+Enter starts a new line.")
    expect(halt.prompts).to_have_count(0)


@pytest.mark.parametrize("how", ["button", "Enter", "Enter twice"])
def test_a_send_that_was_pressed_early_waits_and_goes_once(slow: Slow, how: str) -> None:
    halt = slow.halt
    halt.message.fill(QUICK)
    if how == "button":
        halt.button.click()
    else:
        for _ in how.split():
            halt.message.press("Enter")
    expect_waiting(halt)
    expect(halt.message).to_have_value(QUICK)
    slow.let_go()
    halt.expect_status("complete")
    expect_waiting(halt, False)
    expect(halt.message).to_have_value("")
    expect(halt.prompts).to_have_count(1)
    expect(halt.replies).to_have_count(1)
    expect(halt.prompts.get_by_test_id("body")).to_have_text(QUICK)


@pytest.mark.parametrize("how", ["button", "Enter", "idea"])
def test_a_send_before_the_page_has_its_modules_waits_and_goes_once(visitor: HaltPage, how: str) -> None:
    """The form is not submitted by the browser, which would load the page anew, nor is Enter a line more."""
    held: list[Route] = []
    visitor.page.route("**/boot.mjs", lambda route: held.append(route))
    slow = Slow(visitor)
    visitor.message.fill(QUICK)
    if how == "button":
        visitor.button.click()
    elif how == "Enter":
        visitor.message.press("Enter")
    else:
        visitor.page.get_by_role("button", name="What happens when I press Stop?").click()
    expect(visitor.button).to_have_attribute("aria-pressed", "true")
    held.pop().continue_()
    expect(visitor.status).to_contain_text("Waiting for Python")
    slow.let_go()
    expect(visitor.replies).to_have_count(1)
    expect(visitor.prompts).to_have_count(1)
    expect(visitor.message).to_have_value("")
    assert visitor.page.url == visitor.url
    assert held == []
    assert visitor.faults == []


def test_an_idea_that_was_pressed_early_waits_and_goes(slow: Slow) -> None:
    slow.halt.page.get_by_role("button", name="What happens when I press Stop?").click()
    expect_waiting(slow.halt)
    slow.let_go()
    expect(slow.halt.prompts).to_have_count(1)
    slow.halt.expect_button("stop")


@pytest.mark.parametrize("how", ["button", "Escape", "emptied"])
def test_an_early_send_can_be_taken_back(slow: Slow, how: str) -> None:
    halt = slow.halt
    halt.message.fill(QUICK)
    halt.button.click()
    expect_waiting(halt)
    if how == "button":
        halt.button.click()
    elif how == "Escape":
        halt.page.keyboard.press("Escape")
    else:
        halt.message.fill("")
    expect_waiting(halt, False)
    slow.let_go()
    expect(halt.message).to_have_value("" if how == "emptied" else QUICK)
    expect(halt.prompts).to_have_count(0)
    expect_waiting(halt, False)


def expect_failed(halt: HaltPage, reason: str, detail: str) -> None:
    """The page says why it did not start and what to do; what is typed stays, and the details can be copied."""
    page = halt.page
    notice = halt.notices
    expect(notice).to_have_count(1, timeout=30_000)
    expect(notice).to_contain_text("Halt could not start")
    expect(notice).to_contain_text(reason)
    halt.message.fill("Not lost")
    expect(page.locator("#hint")).to_contain_text("What you typed stays here")
    notice.get_by_text("Details", exact=True).click()
    expect(notice.locator("pre")).to_contain_text(detail)
    notice.get_by_role("button", name="Copy details").click()
    assert detail in page.evaluate("navigator.clipboard.readText()")
    halt.message.press("Enter")
    expect(halt.message).to_have_value("Not lost")
    expect_waiting(halt, False)
    expect(page.locator("html")).to_have_attribute("data-ready", "false")


FILES = {
    "pyodide.asm.wasm": "pyodide.asm.wasm could not be loaded: HTTP 404",
    "python_stdlib.zip": "python_stdlib.zip could not be loaded: HTTP 404",
    "halt-*.whl": "pyodide/halt-",
    "pyodide/runtime.mjs": "runtime.mjs",
    "start.mjs": "start.mjs",
    "pyscript/core.js": "core.js",
}


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(visitor: HaltPage, file: str) -> None:
    if file.endswith((".whl", ".zip")):
        visitor.page.route(SNAPSHOT, lambda route: route.abort())  # else it is not asked for
    visitor.page.route(f"**/{file}", lambda route: route.fulfill(status=404, body="Not found."))
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "one of its files did not arrive", FILES[file])


def test_a_start_outlives_one_failure_of_the_file_that_takes_longest(visitor: HaltPage) -> None:
    tries: list[Route] = []

    def answer(route: Route) -> None:
        tries.append(route)
        if len(tries) == 1:
            route.abort()
        else:
            route.continue_()

    visitor.page.route("**/pyodide.asm.wasm", answer)
    visitor.open()
    assert len(tries) == 2
    assert visitor.notices.all_inner_texts() == []


@pytest.mark.parametrize("how", ["its media type is another", "it is damaged"])
def test_a_file_that_did_not_arrive_as_it_should_is_named(visitor: HaltPage, how: str) -> None:
    whole = (DIST / "pyodide" / "pyodide.asm.wasm").read_bytes()
    media_type, body = ("text/plain", whole) if "media" in how else ("application/wasm", whole[: len(whole) // 2])
    visitor.page.route("**/pyodide.asm.wasm", lambda route: route.fulfill(body=body, content_type=media_type))
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "whole and with its media type", "pyodide.asm.wasm could not be loaded")


def test_a_lost_connection_is_said_and_the_text_outlives_the_reload(visitor: HaltPage) -> None:
    visitor.page.route("**/*.wasm", lambda route: route.abort())
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "Check the connection and reload", "pyodide.asm.wasm")
    visitor.page.unroute_all()
    visitor.page.get_by_role("button", name="Reload the page").click()
    visitor.wait_ready()
    expect(visitor.message).to_have_value("Not lost")
    expect(visitor.notices).to_have_count(0)
    assert visitor.page.evaluate("Object.keys(sessionStorage)") == ["halt.conversation"]


def test_a_damaged_package_is_not_run(visitor: HaltPage) -> None:
    visitor.page.route(SNAPSHOT, lambda route: route.abort())
    visitor.page.route("**/halt-*.whl", lambda route: route.fulfill(body=b"damaged"))
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "Halt could not start", "pyodide/halt-")


def test_a_browser_without_webassembly_is_told_so(visitor: HaltPage) -> None:
    visitor.page.add_init_script("delete globalThis.WebAssembly")
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "this browser has no WebAssembly", "no WebAssembly")


def test_an_exception_while_starting_is_shown(visitor: HaltPage) -> None:
    replace_program(visitor, "raise RuntimeError('on purpose')")
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "Reload the page", "on purpose")


def refuse(name: str) -> str:
    """Make a script after which reading window[name] is refused, as browsers do where site data is blocked."""
    return (
        f"Object.defineProperty(window, '{name}', "
        "{ configurable: true, get() { throw new DOMException('The operation is insecure.', 'SecurityError'); } });"
    )


def test_blocked_storage_stops_nothing(visitor: HaltPage) -> None:
    for name in ("localStorage", "sessionStorage", "caches"):
        visitor.page.add_init_script(refuse(name))
    visitor.open()
    visitor.ask(QUICK)
    visitor.expect_status("complete")
    assert visitor.faults == []


def test_blocked_databases_are_named(visitor: HaltPage) -> None:
    """PyScript opens one while it loads and does not start without."""
    visitor.page.add_init_script(refuse("indexedDB"))
    visitor.page.goto(visitor.url)
    expect_failed(visitor, "Allow site data for this address", "insecure")
