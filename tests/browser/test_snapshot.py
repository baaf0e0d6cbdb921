"""The snapshot: each visit begins with Python as it is after its imports, and nothing is worse for it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.servers import Answer, ProviderServer
from tools.places import DIST

from .conftest import SNAPSHOT
from .halt_page import HaltPage
from .program import PROGRAM, replace_program

LIBRARY = "python_stdlib.zip"
# Modules that no snapshot has.
COLORS = """
import colorsys, sched, js
js.document.documentElement.dataset.drawn = repr(colorsys.rgb_to_hsv(1, 0.5, 0.5)[:1] + (0.5, 1.0))
js.document.documentElement.dataset.ready = "true"
"""

# Faults of ours whose tracebacks pass through the standard library, which is not there to be read.
FAULT_OF_THE_LOOP = "import asyncio, json\nasyncio.get_running_loop().call_soon(json.loads, '{')\n"
FAULT_OF_A_RUN = "import json, halt.chat.run\nhalt.chat.run.Run._accept = lambda self, delta: json.loads('{')\n"

MIXED = "**Bold** and $x^2$, then\n\n```python\nprint(1)\n```\n\n"

# The worker's word takes its time, as on a slow line.
NOTE_ORDER = """
window.order = [];
window.Worker = class extends Worker {
  set onmessage(listener) {
    super.onmessage = async (event) => {
      await new Promise((done) => setTimeout(done, 3_000));
      order.push("bytes" in event.data ? "taken" : "refused");
      listener(event);
    };
  }
};
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (...what) => {
  const [module] = what;
  // Pyodide has small modules, too; Python is the one with thousands of exports.
  if (module instanceof WebAssembly.Module && WebAssembly.Module.exports(module).length > 100) order.push("begun");
  return instantiate(...what);
};
"""

NO_ROOM = """
const { grow } = WebAssembly.Memory.prototype;
let asked = 0;
WebAssembly.Memory.prototype.grow = function (...pages) {
  if (asked++ === 0) throw new RangeError("There is no room.");
  return grow.apply(this, pages);
};
"""


def packed() -> bytes:
    """Read the file that was built."""
    (file,) = DIST.glob("snapshot-*.bin")
    return file.read_bytes()


def repacked(change: Callable[[bytearray], object]) -> bytes:
    """Change what is in the file, and pack it again as it should be."""
    content = bytearray(gzip.decompress(packed()))
    change(content)
    return gzip.compress(bytes(content), 1)


def another_byte() -> bytes:
    """Change one byte of the file in its middle."""
    content = bytearray(packed())
    content[len(content) // 2] ^= 1
    return bytes(content)


def another_pyodide() -> bytes:
    """Change the build by which Pyodide knows its snapshots: 16 bytes into the first stretch."""

    def change(content: bytearray) -> None:
        content[4 * int.from_bytes(content[:4], "little") + 20] ^= 1

    return repacked(change)


def larger() -> bytes:
    """Have the memory be larger than what WebAssembly begins with: by its second number, the length of the whole."""

    def change(content: bytearray) -> None:
        content[4:8] = (int.from_bytes(content[4:8], "little") + (16 << 20)).to_bytes(4, "little")

    return repacked(change)


DAMAGED: dict[str, Callable[[], bytes]] = {
    "a byte is another": another_byte,
    "its second half is gone": lambda: packed()[: len(packed()) // 2],
    "only its sum is gone": lambda: packed()[:-8],
    "its sum is another": lambda: packed()[:-8] + bytes(4) + packed()[-4:],
    "nothing is in it": lambda: b"",
    "it is no such file": lambda: b"<!doctype html><title>Not found</title>",
    "too little was packed": lambda: repacked(lambda content: content.pop()),
    "too much was packed": lambda: repacked(lambda content: content.append(0)),
    "it is of another Pyodide": another_pyodide,
}


def answer(page: Page, body: bytes) -> None:
    page.route(SNAPSHOT, lambda route: route.fulfill(body=body, content_type="application/octet-stream"))


def expect_snapshot(halt: HaltPage) -> None:
    expect(halt.page.locator("html")).to_have_attribute("data-snapshot", "used")


def expect_plain(halt: HaltPage) -> None:
    """The page came up without the snapshot, can answer, and said nothing of it."""
    halt.wait_ready()
    expect(halt.page.locator("html")).not_to_have_attribute("data-snapshot", "used")
    halt.ask("Something short, at 5000 tokens a second")
    halt.expect_status("complete")
    assert halt.notices.all_inner_texts() == []


def test_a_first_visit_begins_from_the_snapshot_and_can_do_everything(
    visitor: HaltPage, provider: ProviderServer
) -> None:
    """S6: streaming, Stop and what is loaded late are as they are without."""
    visitor.open()
    expect_snapshot(visitor)
    visitor.connect(provider)
    provider.answer(Answer(text=[MIXED, "words", " that", " go"], stall_after=4))
    visitor.ask("Go on")
    exchange = provider.wait_request()
    visitor.wait_text("words that go")
    visitor.page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    exchange.wait_left()
    kept = visitor.stored_text()
    expect(visitor.body.locator(".katex")).to_have_count(1)
    expect(visitor.body.locator("pre span").first).to_be_attached()
    visitor.reload()
    expect_snapshot(visitor)
    assert visitor.stored_text() == kept == f"{MIXED}words that go"
    assert visitor.faults == []


def test_a_start_from_the_snapshot_asks_for_no_packages(fresh: HaltPage) -> None:
    expect_snapshot(fresh)
    assert [url for url in fresh.requests if url.endswith(".whl")] == []


def test_nothing_that_memory_holds_is_asked_for_again(visitor: HaltPage, provider: ProviderServer) -> None:
    """The standard library: no module of it is imported by a page that answers, stops, keeps and takes files."""
    visitor.open()
    visitor.connect(provider)
    provider.answer(Answer(text=[MIXED, "words", " that", " go"], stall_after=4))
    texts = {"utf8.txt": "é".encode(), "mark.txt": "é".encode("utf-8-sig"), "utf16.txt": "é".encode("utf-16")}
    visitor.page.locator("#attach-file").set_input_files(
        [{"name": name, "mimeType": "text/plain", "buffer": content} for name, content in texts.items()]
    )
    visitor.ask("Go on")
    visitor.wait_text("words that go")
    visitor.page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    visitor.reload()
    expect_snapshot(visitor)
    assert visitor.stored_text() == f"{MIXED}words that go"
    assert [url for url in visitor.requests if LIBRARY in url] == []


def test_a_module_that_memory_lacks_is_fetched_once(fresh: HaltPage) -> None:
    expect_snapshot(fresh)
    replace_program(fresh, COLORS)
    fresh.open()
    expect_snapshot(fresh)
    expect(fresh.page.locator("html")).to_have_attribute("data-drawn", "(0.0, 0.5, 1.0)")
    assert len([url for url in fresh.requests if LIBRARY in url]) == 1
    assert fresh.faults == []


def test_a_module_that_can_t_be_fetched_is_named_and_found_later(fresh: HaltPage) -> None:
    fresh.page.route(f"**/{LIBRARY}", lambda route: route.abort(), times=1)
    fresh.expect_faults("net::ERR_FAILED", "Failed to fetch")
    replace_program(fresh, f"try:\n    import colorsys\nexcept ImportError as error:\n    print(error)\n{COLORS}")
    said: list[str] = []
    fresh.page.on("console", lambda message: said.append(message.text))
    fresh.open()
    expect(fresh.page.locator("html")).to_have_attribute("data-drawn", "(0.0, 0.5, 1.0)")
    assert any("colorsys needs" in text and LIBRARY in text for text in said)


def test_a_fault_is_told_though_the_library_s_lines_are_not_there(fresh: HaltPage) -> None:
    replace_program(fresh, f"{PROGRAM}\n{FAULT_OF_THE_LOOP}")
    fresh.expect_faults("JSONDecodeError")
    fresh.open()
    expect_snapshot(fresh)
    expect(fresh.notices).to_contain_text("Something in Halt went wrong")
    expect(fresh.notices.locator("pre")).to_contain_text("json/decoder.py")
    assert [url for url in fresh.requests if LIBRARY in url] == []


def test_a_run_ends_though_the_library_s_lines_are_not_there(fresh: HaltPage) -> None:
    """S26: the details of a fault are no reason to go on for ever."""
    replace_program(fresh, f"{PROGRAM}\n{FAULT_OF_A_RUN}")
    fresh.open()
    expect_snapshot(fresh)
    fresh.ask("Hi")
    fresh.expect_status("failed")
    fresh.expect_button("send")
    fresh.reply.get_by_text("Details", exact=True).click()
    expect(fresh.reply.locator("pre")).to_contain_text("json/decoder.py")
    assert [url for url in fresh.requests if LIBRARY in url] == []


def test_what_is_imported_late_is_found(fresh: HaltPage) -> None:
    """jinja2, and the templates of our own package, whose files no snapshot holds."""
    expect_snapshot(fresh)
    fresh.ask("Something short, at 5000 tokens a second")
    fresh.expect_status("complete")
    fresh.page.get_by_role("button", name="Export and import").click()
    with fresh.page.expect_download() as download:
        fresh.page.get_by_role("button", name="HTML page", exact=True).click()
    assert "Something short" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_snapshot_that_is_damaged_or_of_another_build_is_not_used(visitor: HaltPage, damage: str) -> None:
    answer(visitor.page, DAMAGED[damage]())
    visitor.page.goto(visitor.url, wait_until="commit")
    expect_plain(visitor)
    assert visitor.faults == []


def test_a_snapshot_that_is_missing_is_not_missed(visitor: HaltPage) -> None:
    """Not even where that is known before Pyodide asks for it."""
    held: list[Route] = []
    visitor.expect_faults("status of 404")
    visitor.page.route("**/pyodide.asm.mjs", lambda route: held.append(route))
    visitor.page.route(SNAPSHOT, lambda route: route.fulfill(status=404))
    with visitor.page.expect_response(lambda response: response.status == 404):
        visitor.page.goto(visitor.url, wait_until="commit")
    visitor.page.evaluate("new Promise((done) => setTimeout(done))")  # what fails unseen is told by now
    for route in held:
        route.continue_()
    expect_plain(visitor)
    assert visitor.faults == []


def test_a_browser_that_does_not_unpack_boots_without(visitor: HaltPage) -> None:
    visitor.page.add_init_script("delete globalThis.DecompressionStream")
    visitor.page.goto(visitor.url, wait_until="commit")
    expect_plain(visitor)
    assert visitor.faults == []


@pytest.mark.parametrize("program", ["", "no JavaScript {"])
def test_where_its_worker_does_not_begin_the_page_boots_without(visitor: HaltPage, program: str) -> None:
    status = 200 if program else 404
    visitor.page.route("**/snapshot_worker.js", lambda route: route.fulfill(status=status, body=program))
    visitor.page.goto(visitor.url, wait_until="commit")
    expect_plain(visitor)


def test_one_with_more_memory_than_python_begins_with_finds_its_room(visitor: HaltPage) -> None:
    answer(visitor.page, larger())
    visitor.open()
    expect_snapshot(visitor)
    visitor.ask("Something short, at 5000 tokens a second")
    visitor.expect_status("complete")


def test_where_there_is_no_room_for_it_the_page_boots_without(visitor: HaltPage) -> None:
    answer(visitor.page, larger())
    visitor.page.add_init_script(NO_ROOM)
    visitor.expect_faults("wasm instantiation", "There is no room")  # Pyodide's own words
    visitor.page.goto(visitor.url, wait_until="commit")
    expect_plain(visitor)
    assert visitor.faults == []


def test_a_browser_without_the_function_of_python_s_calls_begins_from_it_too(visitor: HaltPage) -> None:
    """As on an iPhone, where Pyodide does without; Python's memory says which of the two it is."""
    visitor.page.add_init_script("Object.defineProperty(navigator, 'userAgent', { get: () => 'iPhone' })")
    visitor.open()
    expect_snapshot(visitor)
    visitor.ask("Something short, at 5000 tokens a second")
    visitor.expect_status("complete")
    assert visitor.faults == []


def test_python_never_begins_with_memory_that_was_not_checked(visitor: HaltPage) -> None:
    """S26: what damage makes of it may be an endless loop, which nobody could end."""
    answer(visitor.page, DAMAGED["its sum is another"]())
    visitor.page.add_init_script(NOTE_ORDER)
    visitor.page.goto(visitor.url, wait_until="commit")
    expect_plain(visitor)
    assert visitor.page.evaluate("order") == ["refused", "begun"]


def test_a_snapshot_holds_nothing_of_the_machine_that_made_it() -> None:
    content = gzip.decompress(packed())
    # What every snapshot has shows that the search finds what is there.
    assert b"MarkdownIt" in content
    assert str(Path.home()).encode() not in content or Path.home() == Path("/")
    assert str(DIST.parent).encode() not in content


def test_two_visits_draw_different_numbers(warm_context: BrowserContext, site: str) -> None:
    program = """
import js, random
js.document.documentElement.dataset.drawn = repr(random.random())
js.document.documentElement.dataset.ready = "true"
"""

    drawn = set()
    for _ in range(2):
        halt = HaltPage(warm_context.new_page(), site)
        replace_program(halt, program)
        halt.open()
        expect_snapshot(halt)
        drawn.add(halt.page.locator("html").get_attribute("data-drawn"))
        halt.page.close()
    assert len(drawn) == 2
