"""The page's policy: strict as served, kept in a whole session, and never in the way of where the page is hosted."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import expect

from halt_chat.server import make_server
from tests.servers import Answer, ProviderServer, endless
from tools.places import DIST

from .halt_page import HaltPage

VIOLATIONS = (
    "window.violations = [];"
    "document.addEventListener('securitypolicyviolation', event =>"
    " violations.push(`${event.effectiveDirective} ${event.blockedURI}`));"
)
BLOCKED = """what => new Promise(done => {
    const look = () => violations.some(one => one.startsWith(what)) && done(true);
    document.addEventListener("securitypolicyviolation", () => setTimeout(look));
    look();
    setTimeout(done, 5000, false);
})"""
HOSTILE = """# Pictures, links, HTML

![a tracker](https://tracker.invalid/pixel.png?who=you) and [a link](https://elsewhere.invalid/ "Halt").

<img src="https://tracker.invalid/raw.png" onerror="window.ran = 1"><script>window.ran = 2</script>
<style>body { display: none }</style><iframe src="https://frame.invalid/"></iframe>
<form action="https://form.invalid/"><input name="q"></form><link rel="stylesheet" href="https://style.invalid/">

[click](javascript:window.ran=3) <a href="javascript:window.ran=4">raw</a> ![x](javascript:window.ran=5)

```html
<script>window.ran = 6</script>
```

The end.
"""


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def directives(policy: str) -> dict[str, set[str]]:
    return {name: set(values) for name, *values in (one.split() for one in policy.split(";"))}


def test_the_page_is_served_with_the_strict_policy(halt: HaltPage) -> None:
    said = halt.page.locator("meta[http-equiv='Content-Security-Policy']").get_attribute("content") or ""
    with urlopen(halt.url) as answer:  # noqa: S310 - our own server
        html = answer.read().decode()
        header = answer.headers["Content-Security-Policy"]
    for policy in (directives(said), directives(header)):
        assert policy["default-src"] == {"'none'"}
        assert policy["script-src"] == {"'self'", "'wasm-unsafe-eval'"}
        assert policy["style-src"] == {"'self'"}
        assert policy["img-src"] == {"'self'", "data:", "blob:"}
        for name in ("object-src", "base-uri", "form-action"):
            assert policy[name] == {"'none'"}
    assert directives(header)["frame-ancestors"] == {"'none'"}
    assert html.index("Content-Security-Policy") < html.index("<link"), "the policy comes before what it governs"
    # What is no JavaScript is data to the browser, which no policy is asked about.
    data = r'[^>]* type="(?:py|application/json)"'
    assert re.findall(rf"<script(?!{data}|[^>]* src=)|<style|\sstyle=|\son\w+=", html) == []
    assert re.findall(r"""(?:src|href)=["'](?:/|(?!data:image/)\w+:)""", html) == [], "an address is not relative"


def test_a_whole_session_breaks_no_rule_and_asks_nobody_else(visitor: HaltPage, provider: ProviderServer) -> None:
    page = visitor.page
    page.add_init_script(VIOLATIONS)
    visitor.open()
    visitor.ask("Something short from the mock, at 5000 tokens a second")
    visitor.expect_status("complete")
    visitor.connect(provider)
    words = Answer(text=endless("word "), tokens_per_second=1_000)
    provider.answer(Answer(text=HOSTILE, thinking="Hm."), words, Answer(text="More."))
    visitor.ask("Show me everything")
    visitor.expect_status("complete")
    visitor.wait_text("The end.")
    assert visitor.stored_text() == HOSTILE
    visitor.ask("And again")
    visitor.wait_text("word word")
    page.keyboard.press("Escape")
    visitor.expect_status("stopped")
    visitor.press_in_reply("Continue")
    visitor.expect_status("complete")
    visitor.press_in_reply("Delete")
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="New chat", exact=True).first.click()
    page.get_by_role("list", name="Conversations").get_by_role("button", name="Something short").first.click()
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot()

    assert page.evaluate("violations") == []
    assert visitor.faults == []
    assert page.evaluate("window.ran") is None
    assert {origin(url) for url in visitor.requests} == {origin(visitor.url), origin(provider.url)}
    hostile = visitor.log.locator("script, style, iframe, form, input, link, img, [onerror], a[href^='javascript']")
    expect(hostile).to_have_count(0)
    link = visitor.log.get_by_role("link", name="a link")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(link).to_have_attribute("title", "elsewhere.invalid")


def script(how: str) -> str:
    return f"const s = document.createElement('script'); {how}; at.append(s);"


def html(text: str) -> str:
    return f"at.innerHTML = {json.dumps(text)};"


INTRUDERS = {
    "script-src-elem inline": script("s.textContent = 'window.ran = 1'"),
    "script-src-attr inline": html('<img src="data:," onerror="window.ran = 1">'),
    "script-src-elem https://script.invalid/a.js": script("s.src = 'https://script.invalid/a.js'"),
    "style-src-attr inline": html('<p style="color: red">red</p>'),
    "style-src-elem inline": html("<style>body { display: none }</style>"),
    "img-src https://image.invalid/a.png": html('<img src="https://image.invalid/a.png">'),
    "frame-src https://frame.invalid": html('<iframe src="https://frame.invalid/"></iframe>'),
    "form-action https://form.invalid": html('<form action="https://form.invalid/"></form>')
    + "at.firstChild.submit();",
}


def test_what_is_forbidden_is_really_blocked(visitor: HaltPage) -> None:
    """Whatever found its way into the page, past the renderer: the policy is the second wall."""
    page = visitor.page
    page.add_init_script(VIOLATIONS)
    answered: list[str] = []
    page.on("response", lambda response: answered.append(response.url))
    visitor.open()
    for expected, intrusion in INTRUDERS.items():
        page.evaluate("() => { const at = document.createElement('div'); document.body.append(at); " + intrusion + " }")
        told = page.evaluate(BLOCKED, expected)
        assert told, f"{expected} was not blocked"
    assert page.evaluate("window.ran") is None
    assert {origin(url) for url in answered if url.startswith("http")} == {origin(visitor.url)}


@pytest.mark.parametrize("host", ["under a folder", "without our headers"])
def test_any_static_host_will_do(visitor: HaltPage, host: str) -> None:
    """GitHub Pages and its like: below /repository/, and without a header of ours."""
    prefix = "/some/repo/" if host == "under a folder" else "/"
    server = make_server(DIST, prefix=prefix) if prefix != "/" else plain_host()
    with serving(server):
        page = visitor.page
        page.add_init_script(VIOLATIONS)
        visitor.url = f"http://127.0.0.1:{server.server_port}{prefix}"
        visitor.open()
        visitor.ask("Something short, at 5000 tokens a second")
        visitor.expect_status("complete")
        assert page.evaluate("violations") == []
        assert visitor.faults == []
        assert all(url.startswith(visitor.url) for url in visitor.requests)
        page.evaluate("() => { const at = document.body; " + INTRUDERS["script-src-elem inline"] + " }")
        assert page.evaluate("window.ran") is None
        page.goto("about:blank")


def plain_host() -> ThreadingHTTPServer:
    """Make the server that Python brings along; it sends no policy."""

    class Quiet(SimpleHTTPRequestHandler):
        extensions_map: ClassVar = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(DIST)))
    server.daemon_threads = True
    return server
