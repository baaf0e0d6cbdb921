"""Reading a stream some times a second: the module itself, in a real browser, on streams that the test holds."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .halt_page import HaltPage

# A reader that is asked for no more than once in a quarter of an hour, with "one" taken already.
BEGIN = """
const { readPaced } = await import("./streams.mjs");
let source;
let reads = 0;
const reader = new ReadableStream({ start: (controller) => (source = controller) }).getReader();
const counted = { read: () => (reads += 1, reader.read()) };
let woken;
const wakes = () => new Promise((done) => (woken = done));
const text = () => new TextDecoder().decode(stream.take());
const send = (words) => source.enqueue(new TextEncoder().encode(words));
const abort = new AbortController();
const stream = readPaced(counted, () => woken(), abort.signal);
let awake = wakes();
stream.ask(0);
send("one");
await awake;
const found = [text()];
awake = wakes();
stream.ask(900_000);
"""


@pytest.fixture
def blank(visitor: HaltPage) -> Page:
    visitor.open_blank()
    return visitor.page


def run(page: Page, program: str) -> list[str]:
    found: list[str] = page.evaluate(f"(async () => {{ {BEGIN} {program} stream.close(); return found; }})()")
    return found


def test_the_end_ends_a_rest(blank: Page) -> None:
    """S26: the last words wait for nothing that can't come any more."""
    assert run(
        blank,
        """
        send(" two");
        send(" three");
        source.close();
        await awake;
        found.push(text(), String(stream.take()), String(stream.error()));
        """,
    ) == ["one", " two three", "undefined", "undefined"]


def test_a_broken_stream_ends_a_rest(blank: Page) -> None:
    assert run(
        blank,
        """
        source.error(new Error("cut"));
        await awake;
        found.push(String(stream.take()), stream.error().message);
        """,
    ) == ["one", "undefined", "cut"]


def test_what_comes_does_not_end_a_rest(blank: Page) -> None:
    """It is read now and then, but handed over in its time."""
    assert run(
        blank,
        """
        let early = false;
        awake.then(() => (early = true));
        while (reads < 6) {
          send(".");
          await new Promise((done) => setTimeout(done));
        }
        found.push(early ? "woken" : "at rest");
        """,
    ) == ["one", "at rest"]


def test_nothing_is_read_any_more_once_it_is_closed(blank: Page) -> None:
    """S12"""
    assert run(
        blank,
        """
        stream.close();
        const before = reads;
        send(" two");
        await new Promise((done) => setTimeout(done, 60));
        found.push(String(reads - before));
        """,
    ) == ["one", "0"]
