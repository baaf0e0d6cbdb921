"""The snapshot: later visits begin with Python as it is after its imports, and nothing is worse for it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Route, expect

from tests.servers import Answer, ProviderServer

from .conftest import WITHOUT_WORKER
from .halt_page import HaltPage

# A first visit and the making of a snapshot behind it, on a machine that has other things to do.
MADE_MS = 90_000
SECRET_TEXT, SECRET_KEY = "A sentence that no other visit may see.", "sk-of-one-person-alone"

MIXED = "**Bold** and $x^2$, then\n\n```python\nprint(1)\n```\n\n"

# The page's caches of this kind; what is put aside survives all that tests do to the kept one.
CACHE = """
  const name = `halt-snapshot ${location.pathname} ${document.documentElement.dataset.build}`;
  const url = './snapshot';
"""
PUT_ASIDE = f"""(async () => {{ {CACHE}
  await (await caches.open('aside')).put(url, await caches.match(url, {{ cacheName: name }}));
}})()"""
SIZE = f"(async () => {{ {CACHE} return (await (await caches.match(url, {{ cacheName: name }})).blob()).size; }})()"
BRING_BACK = f"""(async () => {{ {CACHE}
  await (await caches.open(name)).put(url, await caches.match(url, {{ cacheName: 'aside' }}));
}})()"""
CHANGE = f"""async (change) => {{ {CACHE}
  const cache = await caches.open(name);
  const kept = await cache.match(url);
  const layout = JSON.parse(kept.headers.get("X-Layout"));
  let bytes = new Uint8Array(await kept.arrayBuffer());
  const hex = (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (change === "a byte is another") bytes[bytes.length >> 1] ^= 1;
  if (change === "its second half is gone") bytes = bytes.slice(0, bytes.length >> 1);
  if (change === "nothing is in it") bytes = new Uint8Array();
  if (change === "it is of another Pyodide") bytes[20] ^= 1; // its build, by which Pyodide knows it
  if (change === "it is of another Pyodide") layout.digest = hex(await crypto.subtle.digest("SHA-256", bytes));
  const headers = {{ "X-Layout": change === "its layout is damaged" ? "no layout" : JSON.stringify(layout) }};
  await cache.put(url, new Response(bytes, {{ headers }}));
}}"""
FIND = f"""async (texts) => {{ {CACHE}
  const bytes = new Uint8Array(await (await caches.match(url, {{ cacheName: name }})).arrayBuffer());
  const one = new TextDecoder("latin1").decode(bytes);
  const two = new TextDecoder("utf-16le").decode(bytes);
  const odd = new TextDecoder("utf-16le").decode(bytes.subarray(1));
  return texts.filter((text) => one.includes(text) || two.includes(text) || odd.includes(text));
}}"""

# The hash takes its time, as on a machine with other work.
NOTE_ORDER = """
window.order = [];
const { digest } = SubtleCrypto.prototype;
SubtleCrypto.prototype.digest = async function (...what) {
  await new Promise((done) => setTimeout(done, 3_000));
  order.push("hashed");
  return digest.apply(this, what);
};
const { instantiate } = WebAssembly;
WebAssembly.instantiate = (...what) => {
  const [module] = what;
  // Pyodide has small modules, too; Python is the one with thousands of exports.
  if (module instanceof WebAssembly.Module && WebAssembly.Module.exports(module).length > 100) order.push("begun");
  return instantiate(...what);
};
"""


def snapshot(halt: HaltPage, state: str) -> None:
    expect(halt.page.locator("html")).to_have_attribute("data-snapshot", state, timeout=MADE_MS)


def expect_plain(halt: HaltPage) -> None:
    """The page came up as on a first visit, and said nothing of a snapshot."""
    halt.wait_ready()
    expect(halt.page.locator("html")).not_to_have_attribute("data-snapshot", "used")
    expect(halt.notices).to_have_count(0)


def reload(halt: HaltPage) -> None:
    halt.page.reload()
    halt.wait_ready()


@pytest.fixture(scope="module")
def seasoned(browser: Browser, site: str) -> Iterator[BrowserContext]:
    """A visitor whose first visit left a snapshot."""
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.add_init_script(WITHOUT_WORKER)
    first = HaltPage(context.new_page(), site)
    first.open()
    snapshot(first, "kept")
    first.page.evaluate(PUT_ASIDE)
    first.page.close()
    yield context
    context.close()


@pytest.fixture
def halt(seasoned: BrowserContext, site: str) -> Iterator[HaltPage]:
    """A later visit; the next test finds the snapshot as it was."""
    halt = HaltPage(seasoned.new_page(), site)
    halt.open()
    yield halt
    halt.page.evaluate(BRING_BACK)
    halt.page.evaluate("localStorage.clear()")
    halt.page.close()
    assert halt.faults == []


@pytest.mark.timeout(240)
def test_a_later_visit_begins_from_the_snapshot_and_can_do_everything(halt: HaltPage, provider: ProviderServer) -> None:
    """S6: streaming, Stop and what is loaded late are as they are without."""
    snapshot(halt, "used")
    halt.connect(provider)
    provider.answer(Answer(text=[MIXED, "words", " that", " go"], stall_after=4))
    halt.ask("Go on")
    exchange = provider.wait_request()
    halt.wait_text("words that go")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    exchange.wait_left()
    kept = halt.stored_text()
    expect(halt.body.locator(".katex")).to_have_count(1)
    expect(halt.body.locator("pre span").first).to_be_attached()
    reload(halt)
    snapshot(halt, "used")
    assert halt.stored_text() == kept == f"{MIXED}words that go"


def test_what_is_imported_late_is_found(halt: HaltPage) -> None:
    """jinja2, and the templates of our own package, whose files no snapshot holds."""
    snapshot(halt, "used")
    halt.ask("Something short, at 5000 tokens a second")
    halt.expect_status("complete")
    halt.page.get_by_role("button", name="Export and import").click()
    with halt.page.expect_download() as download:
        halt.page.get_by_role("button", name="HTML page", exact=True).click()
    assert "Something short" in download.value.path().read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "change",
    ["a byte is another", "its second half is gone", "nothing is in it", "its layout is damaged"],
)
def test_a_damaged_snapshot_is_not_used_and_made_again(halt: HaltPage, change: str) -> None:
    halt.page.evaluate(CHANGE, change)
    halt.page.reload()
    expect_plain(halt)
    if change == "a byte is another":
        snapshot(halt, "kept")
        reload(halt)
        snapshot(halt, "used")


def test_python_never_begins_with_memory_that_was_not_checked(halt: HaltPage) -> None:
    """S26: what damage makes of it may be an endless loop, which nobody could end."""
    halt.page.evaluate(CHANGE, "its second half is gone")
    halt.page.add_init_script(NOTE_ORDER)
    halt.page.reload(wait_until="commit")
    expect_plain(halt)
    assert halt.page.evaluate("order") == ["hashed", "begun"]


def test_a_snapshot_that_python_refuses_is_never_tried_again(halt: HaltPage) -> None:
    """Each visit would else lose the time of a vain try, and of making another that is refused."""
    halt.page.evaluate(CHANGE, "it is of another Pyodide")
    halt.page.reload()
    expect_plain(halt)
    assert halt.page.evaluate(SIZE) == 0  # the note that it failed
    reload(halt)
    expect_plain(halt)


def test_a_snapshot_of_another_build_is_not_used_and_goes(seasoned: BrowserContext, site: str) -> None:
    halt = HaltPage(seasoned.new_page(), site)

    def newer(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=re.sub('data-build="[^"]*"', 'data-build="newer"', answer.text()))

    halt.page.route(site, newer)
    halt.open()
    expect_plain(halt)
    snapshot(halt, "kept")
    names = halt.page.evaluate("caches.keys()")
    assert [name.split()[-1] for name in names if name.startswith("halt-snapshot")] == ["newer"]
    halt.page.unroute_all()
    reload(halt)
    halt.page.evaluate(BRING_BACK)
    halt.page.close()
    assert halt.faults == []


@pytest.mark.parametrize(
    "blocked",
    [
        "delete globalThis.caches",
        "CacheStorage.prototype.match = CacheStorage.prototype.open = async () => { throw new DOMException('no') }",
        "Cache.prototype.put = async () => { throw new DOMException('full', 'QuotaExceededError') }",
        "globalThis.Worker = class { constructor() { throw new DOMException('no', 'SecurityError') } }",
        "StorageManager.prototype.estimate = async () => ({ quota: 1e6, usage: 0 })",
    ],
)
def test_where_none_can_be_kept_every_visit_boots_as_the_first(browser: Browser, site: str, blocked: str) -> None:
    context = browser.new_context()
    context.add_init_script(WITHOUT_WORKER)
    context.add_init_script(blocked)
    halt = HaltPage(context.new_page(), site)
    halt.open()
    expect_plain(halt)
    expect(halt.page.locator("html")).to_have_attribute("data-snapshot", re.compile("failed|unwanted"), timeout=MADE_MS)
    reload(halt)
    expect_plain(halt)
    context.close()
    assert halt.faults == []


def test_a_snapshot_holds_nothing_of_a_persons(browser: Browser, site: str, provider: ProviderServer) -> None:
    context = browser.new_context()
    context.add_init_script(WITHOUT_WORKER)
    halt = HaltPage(context.new_page(), site)
    halt.open()
    halt.connect(provider, key=SECRET_KEY)
    provider.answer(Answer(text=SECRET_TEXT))
    halt.ask(SECRET_TEXT)
    halt.expect_status("complete")
    snapshot(halt, "kept")
    # What every snapshot has shows that the search finds what is there.
    assert halt.page.evaluate(FIND, [SECRET_TEXT, SECRET_KEY, "MarkdownIt"]) == ["MarkdownIt"]
    context.close()


def test_two_visits_draw_different_numbers(halt: HaltPage) -> None:
    program = """
import js, random
js.document.documentElement.dataset.drawn = repr(random.random())
js.document.documentElement.dataset.ready = "true"
"""
    halt.page.route("**/main.py", lambda route: route.fulfill(body=program, content_type="text/x-python"))
    drawn = set()
    for _ in range(2):
        reload(halt)
        snapshot(halt, "used")
        drawn.add(halt.page.locator("html").get_attribute("data-drawn"))
    assert len(drawn) == 2
    halt.page.unroute_all()
