"""What Halt is for, in the engine at hand: boot, stream, Stop, reload, the snapshot, the network off."""

from __future__ import annotations

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

import pytest

from halt_chat.server import serving
from tests.servers import Answer, Exchange, ProviderServer, endless
from tools.places import DIST

from .engine_page import FRAMES, OUTLAST_GUARD, READY_S, EnginePage

pytestmark = pytest.mark.timeout(600)
WORDS = endless("word ")
WORKER_READY = """const done = arguments[0];
navigator.serviceWorker.getRegistration().then(async (one) => {
  if (!one) return done("none");
  await navigator.serviceWorker.ready;
  done("ready");
});"""
MIXED = "**Bold** and $x^2$, then\n\n```python\nprint(1)\n```\n\nThe end."
# The 250 ms of a draft that a page may lose as it goes (S18): WebKit does, where the others still write them.
WRITTEN = "setTimeout(arguments[0], 500)"
OWN_PYTHON = """async def reply(messages, settings):
    yield "Before the loop."
    while True:
        pass
"""


def test_boot(page: EnginePage) -> None:
    page.ask("Something short, at 500 tokens a second")
    page.wait_status("complete")
    assert page.text()
    assert page.notices() == []


def test_a_missing_file_is_named(page: EnginePage, tmp_path: Path) -> None:
    """In the details, though an engine may leave out of an error's stack what the error said."""
    without = shutil.ignore_patterns("pyodide.asm.wasm")
    with serving(shutil.copytree(DIST, tmp_path / "site", ignore=without)) as url:
        page.driver.get(url)
        page.wait(page.notices, "the notice")
        assert "one of its files did not arrive" in page.notices()[0]
        details = page.script("return document.querySelector('#notices [data-part=details-text]').textContent")
        assert "pyodide.asm.wasm could not be loaded: HTTP 404" in details


def test_snapshot(page: EnginePage) -> None:
    """The page begins with the one that came with it, which another engine has made."""
    assert page.state("snapshot") == "used"
    page.new_chat()
    page.ask("Something short, at 500 tokens a second")
    page.wait_status("complete")


def test_streaming(page: EnginePage, provider: ProviderServer) -> None:
    """Each piece is on the page before the next one is sent; cut inside of characters, too."""
    page.connect(provider)
    provider.answer(Answer(text=["Grüße, ", "日本語 ", "🙂 ", "done"], step=True))
    page.ask("Go")
    exchange = provider.wait_request()
    exchange.release(1)  # the event that only names the role
    for shown in ("Grüße,", "日本語", "🙂"):
        exchange.release()
        page.wait_text(shown)
    exchange.release_all()
    page.wait_status("complete")
    provider.answer(Answer(text="Grüße, 日本語 🙂 " * 50, bytes_per_chunk=7))
    page.ask("Again")
    page.wait(lambda: len(provider.exchanges) == 2, "a second request")
    page.wait_status("complete")
    assert page.text().split() == ["Grüße,", "日本語", "🙂"] * 50


def test_what_comes_late(page: EnginePage, provider: ProviderServer) -> None:
    """Formulas and coloured code are loaded with the first of their kind."""
    page.connect(provider)
    provider.answer(Answer(text=MIXED))
    page.ask("Go")
    page.wait_status("complete")
    page.wait(lambda: page.driver.find_elements("css selector", ".katex"), "the formula")
    page.wait(lambda: page.script("return document.querySelector('pre code span[class]') !== null"), "the colours")
    assert page.notices() == []


@pytest.mark.parametrize("how", ["click", "Escape"])
@pytest.mark.parametrize("rate", [20, None], ids=["20-tokens-a-second", "unlimited"])
def test_stop_freezes_closes_and_keeps(
    page: EnginePage, provider: ProviderServer, rate: float | None, how: str
) -> None:
    """S3, S6, S7, S10, S11: with the kept text read after a reload."""
    page.connect(provider)
    provider.answer(Answer(text=WORDS, tokens_per_second=rate, events_per_chunk=1 if rate else 50))
    page.ask("Go")
    exchange = provider.wait_request()
    page.wait_text("word " * (3 if rate else 500))
    page.later(OUTLAST_GUARD)
    if how == "click":
        page.press("#send-stop")
    else:
        page.escape()
    kept = assert_stopped(page, exchange)
    page.open()
    page.wait_status("stopped")
    page.wait(lambda: page.text().split() == kept.split(), "what was kept")  # a long one is drawn piece by piece


def assert_stopped(page: EnginePage, exchange: Exchange) -> str:
    """Hold the three promises of the last press; tell what was kept."""
    page.wait_status("stopped")
    left_at = exchange.wait_left()
    page.later(FRAMES)
    press = page.script("return recorder.presses.at(-1)")
    growth = page.script("return recorder.growth")
    assert [one for one in growth if one["at"] > press["reached"]] == [], "text was added after the press (S6)"
    shown = page.text()
    assert shown
    assert len(shown) <= press["characters"], "the reply is longer than it was at the press (S6)"
    assert page.button() == "send"
    assert left_at - press["wall"] / 1000 < 0.5, "the provider did not see the disconnect (S11)"
    assert exchange.chunks_after_leaving <= 1, "chunks left the socket behind the client's back (S11)"
    assert exchange.sent_text.startswith(shown.strip()), "the kept text is not a prefix of what was sent (S7)"
    return shown


def test_stop_before_the_first_word(page: EnginePage, provider: ProviderServer) -> None:
    """S10, S11: a request that nobody has answered yet is given up just as well."""
    page.connect(provider)
    provider.answer(Answer(headers_after_ms=float("inf")))
    page.ask("Go")
    exchange = provider.wait_request()
    page.escape()
    page.wait_status("stopped")
    exchange.wait_left()


def test_reload(page: EnginePage, provider: ProviderServer) -> None:
    """S18: a reply that was being written is there after a reload, as interrupted, and so is the draft."""
    page.connect(provider)
    provider.answer(Answer(text=["one ", "two ", "three "], stall_after=3))
    page.ask("Go")
    page.wait_text("one two three")
    page.find("#message").send_keys("a draft")
    if os.environ["HALT_ENGINE"] == "webkit":
        page.later(WRITTEN)
    page.open()
    page.wait_status("interrupted")
    assert page.text().split()[:2] == ["one", "two"]
    assert page.find("#message").get_property("value") == "a draft"
    page.find("#message").clear()
    provider.wait_no_connections()


def test_own_python_is_stopped(page: EnginePage) -> None:
    """S17: a worker that heeds nothing is ended."""
    page.choose("python", {"python-code": OWN_PYTHON})
    page.ask("Go")
    page.wait(lambda: "Before the loop." in page.text(), "the program's first words", READY_S)
    page.escape()
    page.wait_status("stopped")
    page.ask("And again")
    page.wait(lambda: page.script("return document.querySelectorAll('[data-role=user]').length") == 2, "a second run")
    page.wait(lambda: "Before the loop." in page.text(), "the program's first words, again", READY_S)
    page.escape()
    page.wait_status("stopped")


def test_offline(page: EnginePage, host: ExitStack) -> None:
    """With the server gone the page starts, and what was said is there. It comes last: the server stays away."""
    if not (DIST / "service_worker.js").exists():
        pytest.skip("the site has no service worker")
    page.choose("mock", {})
    page.ask("Something short, at 500 tokens a second")
    page.wait_status("complete")
    said = page.text()
    page.wait(lambda: page.later(WORKER_READY) == "ready", "a service worker", READY_S)
    host.close()
    page.open()
    page.wait_status("complete")
    assert page.text() == said
    page.ask("Write something very long, at 200 tokens a second")
    page.wait(lambda: page.button() == "stop", "a reply")
    page.escape()
    page.wait_status("stopped")
