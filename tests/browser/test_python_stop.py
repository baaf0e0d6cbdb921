"""Stop and a person's own Python: whatever it does, it ends (S17). LangChain is stopped as well."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.servers import Answer, ProviderServer, endless
from tools.testing import guest_wheels

from .halt_page import HaltPage
from .python_code import START_MS, example, offer_langchain, stop, use, wait_begun, with_index

SECOND = 1000
# Wait until the page has drawn some frames.
DRAWS_ON = """new Promise(done => {
    const before = frames_drawn;
    const look = () => frames_drawn - before > 10 ? done() : setTimeout(look, 10);
    look();
})"""


def ended_after(halt: HaltPage, press_ms: float) -> float:
    """Wait until the page has ended a worker; give how many ms after the press that was."""
    halt.page.evaluate(
        "new Promise(done => { const look = () => ended.length ? done() : setTimeout(look, 10); look(); })"
    )
    moments: list[float] = halt.page.evaluate("ended")
    assert len(moments) == 1
    return moments[0] - press_ms


def test_a_stop_runs_its_finally_and_aborts_its_fetch(
    python: HaltPage, provider: ProviderServer, printed: list[str]
) -> None:
    """S11, S17: the server sees it, and the worker lives on, as the program has ended within its second."""
    provider.answer(Answer(text=endless("word "), tokens_per_second=100))
    code = example("chat_completions").replace(
        "    response.raise_for_status()\n", "    response.raise_for_status()\n    yield 'Begun. '\n"
    )
    code += (
        "\n\nplain = reply\n\n\nasync def reply(messages, settings):\n    try:\n"
        "        async for part in plain(messages, settings):\n            yield part\n"
        "    finally:\n        print('finally')\n"
    )
    use(python, code, url=provider.url, key="sk-own", model="test-model")
    python.ask("Go")
    wait_begun(python, "Begun. word word")
    exchange = provider.wait_request()
    stop(python)
    exchange.wait_left()
    shown = python.body.inner_text()
    assert exchange.headers["authorization"] == "Bearer sk-own"
    assert exchange.json["messages"] == [{"role": "user", "content": "Go"}]
    provider.answer(Answer(text="Another one."))
    python.ask("Again")
    wait_begun(python, "Another one.")
    python.expect_status("complete")
    wait_printed(python, printed, "finally", 2)
    assert python.page.evaluate("ended") == []
    assert python.replies.first.get_by_test_id("body").inner_text() == shown


def test_a_flood_is_stopped_like_any_other(python: HaltPage) -> None:
    """S6: it says all that it can, the page draws on, and a press is the end of it; a plain generator hears it, too."""
    use(
        python,
        "def reply(messages, settings):\n    yield messages[-1]['content']\n    while True:\n        yield ' word'\n",
    )
    python.ask("Go")
    wait_begun(python, "Go word word")
    python.page.evaluate(DRAWS_ON)
    stop(python)
    assert python.growth_after(python.presses()[-1].reached) == []
    shown = python.body.inner_text()
    python.page.evaluate("new Promise(done => setTimeout(done, 1100))")
    assert python.page.evaluate("ended") == [], "it ended in time, so its worker is warm"
    assert python.body.inner_text() == shown


DEAF = {
    "a loop": "        while True:\n            pass\n",
    "a swallowed CancelledError": (
        "        while True:\n            try:\n                await asyncio.sleep(3600)\n"
        "            except asyncio.CancelledError:\n                pass\n"
    ),
}


@pytest.mark.parametrize("how", DEAF)
def test_what_ignores_its_cancel_is_ended_after_a_second(python: HaltPage, how: str) -> None:
    """S6, S17: the screen has stopped long before, the page never stalls, and the next message finds a worker."""
    code = (
        "import asyncio\n\nasync def reply(messages, settings):\n"
        "    yield 'You said: ' + messages[-1]['content']\n"
        "    await asyncio.sleep(0.1)\n"
        f"    if messages[-1]['content'] == 'block':\n{DEAF[how]}"
    )
    use(python, code)
    python.ask("block")
    wait_begun(python, "You said: block")
    python.page.evaluate(DRAWS_ON)  # while the program blocks
    pressed_ms = stop(python)
    assert SECOND - 5 <= ended_after(python, pressed_ms) < 5 * SECOND
    assert python.growth_after(pressed_ms) == []
    python.ask("go on")
    wait_begun(python, "You said: go on")
    python.expect_status("complete")


def test_a_blocking_request_is_ended_after_a_second(python: HaltPage, provider: ProviderServer) -> None:
    """S11, S17: requests waits in the worker for a server that never answers; ended with it, the server sees it."""
    index = offer_langchain(provider, guest_wheels())
    provider.files["/stalls"] = Answer(stall_after=0)
    code = with_index('# /// script\n# dependencies = ["requests"]\n# ///\n', index) + (
        "import requests\n\n\ndef reply(messages, settings):\n"
        "    yield 'You said: ' + messages[-1]['content']\n"
        "    if messages[-1]['content'] == 'block':\n"
        f"        requests.get('{provider.url.removesuffix('/v1')}/stalls')\n"
    )
    use(python, code)
    python.ask("block")
    wait_begun(python, "You said: block")
    request = next(iter(wait_for_path(python, provider, "/stalls")))
    pressed_ms = stop(python)
    assert SECOND - 5 <= ended_after(python, pressed_ms) < 5 * SECOND
    request.wait_left()
    python.ask("go on")
    wait_begun(python, "You said: go on")
    python.expect_status("complete")


def wait_for_path(halt: HaltPage, provider: ProviderServer, path: str) -> list[Any]:
    """Wait until the provider was asked for a path."""
    while not (found := [one for one in provider.other_requests if one.path == path and one.method == "GET"]):
        halt.page.evaluate("new Promise(done => setTimeout(done, 20))")
    return found


def test_langchain_streams_and_a_stop_reaches_it(
    python: HaltPage, provider: ProviderServer, printed: list[str]
) -> None:
    """S11, S12, S17: astream() in the browser; Stop closes the connection, and on_llm_error is given the partial.

    LangChain's own packages are the real ones; of what is compiled, orjson and zstandard are stand-ins here.
    """
    index = offer_langchain(provider, guest_wheels())
    use(python, with_index(example("langchain_fake"), index))
    python.ask("one two three")
    expect(python.body).to_have_text("one two three", timeout=START_MS + START_MS // 2)
    python.expect_status("complete")

    python.ask("so many words " * 100)
    wait_begun(python, "so many words so many")
    stop(python)
    wait_printed(python, printed, "Stopped after “so many words so many")

    provider.answer(Answer(text=endless("word "), tokens_per_second=50))
    use(python, with_index(example("langchain_openai"), index), url=provider.url, key="sk-own", model="test-model")
    python.ask("Go")
    wait_begun(python, "word word word")
    stop(python)
    provider.wait_request().wait_left()
    wait_printed(python, printed, "Stopped after “word word word")
    assert python.page.evaluate("ended") == [], "it ended in time, so its worker is warm"

    provider.answer(Answer(text="A whole reply.", thinking=""))
    python.ask("And a whole one")
    wait_begun(python, "A whole reply.")
    python.expect_status("complete")


def wait_printed(halt: HaltPage, printed: list[str], begin: str, count: int = 1) -> None:
    """Wait until the program has printed so many lines that begin so."""
    for _ in range(500):
        if sum(line.startswith(begin) for line in printed) >= count:
            return
        halt.page.evaluate("new Promise(done => setTimeout(done, 20))")
    raise AssertionError(f"It printed {printed}")
