"""A person's own Python as a provider: written in the settings, run in a worker of its own, with packages."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.servers import Answer, ProviderServer

from .halt_page import HaltPage
from .python_code import ECHO, START_MS, example, offer, stop, use, wait_begun, wheel, with_index
from .settings_dialog import Settings

NEVER = float("inf")


def expect_workers(halt: HaltPage, count: int) -> None:
    """Wait until so many workers are there; one that was ended is told of a little later."""
    for _ in range(500):
        if len(halt.page.workers) == count:
            return
        halt.page.evaluate("new Promise(done => setTimeout(done, 20))")
    raise AssertionError(f"There are {len(halt.page.workers)} workers, not {count}.")


def test_no_worker_is_there_before_python_is_chosen(python: HaltPage) -> None:
    """The first test of this file: the page has just come up with the mock."""
    expect_workers(python, 0)
    python.ask("Something short, at 5000 tokens a second")
    python.expect_status("complete")
    assert python.page.workers == []


def test_a_program_is_checked_and_tried_in_the_settings(python: HaltPage) -> None:
    dialog = Settings(python).open()
    dialog.choose("python")
    code = python.page.get_by_label("Your Python", exact=True)
    expect(code).to_have_value(re.compile("async def reply"))
    code.fill("def reply(messages, settings)\n    yield 1")
    code.blur()
    expect(code).to_have_accessible_description(re.compile("Line 1 is not Python: expected ':'"))
    code.fill("def answer(): ...")
    dialog.press("Save")
    expect(code).to_have_accessible_description(re.compile("no function “reply”"))
    expect(dialog.dialog).to_be_visible()
    python.page.get_by_label("Example").select_option("chat_completions")
    dialog.press("Use this example")
    expect(code).to_have_value(example("chat_completions"))
    code.press("Control+z")
    expect(code).to_have_value("def answer(): ...")
    code.fill("def f():")
    code.press("End")
    code.press("Enter")
    code.type("x")
    expect(code).to_have_value("def f():\n    x")
    code.fill(f"models = ['one', 'two']\n{ECHO}")
    dialog.fill(model="one")
    dialog.press("Test connection")
    expect(dialog.findings.locator(".fine").get_by_text("2 models")).to_be_visible(timeout=START_MS)
    dialog.expect_finding("fine", "The model streams")
    assert len(python.page.workers) == 1
    dialog.save()
    python.ask("Hello")
    wait_begun(python, "You said: Hello")
    python.expect_status("complete")
    assert len(python.page.workers) == 1, "the worker that was tried is the one that answers"


def test_packages_are_installed_with_progress_and_a_failure_is_told(python: HaltPage, provider: ProviderServer) -> None:
    index = offer(provider, wheel("greeting", "1.0", "def greet():\n    return 'Hello from a package'\n"))
    path = "/wheels/greeting-1.0-py3-none-any.whl"
    there, provider.files[path] = provider.files[path], Answer(headers_after_ms=NEVER)
    head = with_index('# /// script\n# dependencies = ["greeting"]\n# ///\n', index)
    code = head + "from greeting import greet\n\ndef reply(messages, settings):\n    yield greet()\n"
    use(python, code)
    python.ask("Stop me while it is installed")
    expect(python.reply.get_by_text("Installing greeting…")).to_be_visible(timeout=START_MS)
    stop(python)
    expect(python.reply.get_by_text("Installing greeting…")).to_be_hidden()

    provider.files[path] = there
    python.ask("And now")
    wait_begun(python, "Hello from a package")
    python.expect_status("complete")

    python.expect_faults("status of 404")
    use(python, code.replace('"greeting"', '"greeting", "nowhere-to-be-found"'))
    python.ask("And with one that is not there")
    expect(python.reply).to_have_attribute("data-status", "failed", timeout=START_MS)
    expect(python.reply).to_contain_text("The package “nowhere-to-be-found” could not be installed")

    python.expect_faults("net::ERR_FAILED", "numpy", "Failed to fetch")
    asked: list[str] = []

    def no_network(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    python.page.context.route("https://cdn.jsdelivr.net/**", no_network)
    use(python, '# /// script\n# dependencies = ["numpy"]\n# ///\ndef reply(messages, settings):\n    yield "no"\n')
    python.ask("And one of Pyodide's own, without a network")
    expect(python.reply).to_have_attribute("data-status", "failed", timeout=START_MS)
    expect(python.reply).to_contain_text("The package “numpy” could not be installed")
    python.page.context.unroute("https://cdn.jsdelivr.net/**")
    assert re.match(r"https://cdn\.jsdelivr\.net/pyodide/v[\d.]+/full/numpy-[\w.-]+\.whl$", asked[0])


def test_an_exception_is_told_by_the_person_s_own_lines(python: HaltPage) -> None:
    use(python, "import json\n\n\ndef reply(messages, settings):\n    yield 'So far. '\n    yield json.loads('{')\n")
    python.ask("Fail")
    expect(python.reply).to_have_attribute("data-status", "failed", timeout=START_MS)
    expect(python.reply).to_contain_text("Your Python raised JSONDecodeError in line 6")
    expect(python.body).to_have_text("So far.")


def test_what_the_page_keeps_is_not_within_its_reach(python: HaltPage) -> None:
    """A fence only; what is behind it is said in docs/python-provider.md."""
    code = (
        "import js\n\n\ndef reply(messages, settings):\n"
        "    for name in ('indexedDB', 'localStorage', 'caches', 'document', 'Worker', 'BroadcastChannel'):\n"
        "        if hasattr(js, name):\n            yield name + ' '\n"
        "    yield 'Nothing more. ' + str(hasattr(js.navigator, 'storage'))\n"
    )
    use(python, code)
    python.ask("Look around")
    expect(python.body).to_have_text("Nothing more. False", timeout=START_MS)
    python.expect_status("complete")


def test_a_python_that_cannot_start_is_told(python: HaltPage) -> None:
    """S26: never stuck, where a file of the runtime is not to be had any more."""
    python.choose("mock", {"Model": "halt-mock"})
    expect_workers(python, 0)  # with another provider none is kept
    python.page.context.route("**/pyodide.asm.wasm", lambda route: route.abort())
    python.expect_faults("net::ERR_FAILED", "wasm", "Failed to fetch")
    use(python, ECHO)
    python.ask("Hello")
    expect(python.reply).to_have_attribute("data-status", "failed", timeout=START_MS)
    expect(python.reply).to_contain_text("Python could not be started")
    python.page.context.unroute("**/pyodide.asm.wasm")
    python.press_in_reply("Retry")
    wait_begun(python, "You said: Hello")
    python.expect_status("complete")
