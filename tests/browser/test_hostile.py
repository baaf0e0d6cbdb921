"""The hostile corpus, streamed through the page under its real policy: nothing runs, nothing is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Dialog, Frame, Page

from tests.servers import Answer, ProviderServer
from tests.unit.markdown.test_renderer import ALLOWED

from .halt_page import HaltPage
from .hostile import documents
from .test_policy import origin

REPLIES = 4
# Fast, and yet slow enough that what is half written is shown as well.
TOKENS_PER_SECOND = 2000

# Looks at every node that comes into the log, however shortly it stays.
WATCH = """allowed => {
    window.strangers = [];
    window.seen = 0;
    const actions = ["load-image", "copy-table", "copy-code", "footnote", "footnote-back"];
    // What KaTeX makes of a formula: glyphs in boxes, drawn strokes, and MathML for those who hear it.
    const drawn = ["span", "svg", "path", "line", "math", "semantics", "annotation"];
    const ours = ["class", "style", "aria-hidden", "encoding", "xmlns"];
    const judgeDrawn = (element) => {
        const strange = (why) => strangers.push(`${why} in math: ${element.outerHTML.slice(0, 300)}`);
        const mathml = element.namespaceURI === "http://www.w3.org/1998/Math/MathML";
        const known = drawn.includes(element.localName) || (mathml && element.localName.startsWith("m"));
        if (!known) return strange("element");
        for (const { name } of element.attributes)
            if (/^on|href|src|^id$|^name$/.test(name)) strange(`attribute ${name}`);
        if (!mathml && element.localName === "span")
            for (const { name } of element.attributes) if (!ours.includes(name)) strange(`attribute ${name}`);
    };
    const judge = (element) => {
        seen += 1;
        if (element.parentElement?.closest(".math")) return judgeDrawn(element);
        const names = allowed[element.localName];
        const strange = (why) => strangers.push(`${why}: ${element.outerHTML.slice(0, 300)}`);
        if (!names || element.namespaceURI !== "http://www.w3.org/1999/xhtml") return strange("element");
        for (const { name, value } of element.attributes) {
            if (!names.includes(name) && name !== "data-pending") strange(`attribute ${name}`);
            if (name === "data-action" && !actions.includes(value)) strange("action");
            if (name === "data-src" && !/^https?:[/][/]/.test(value)) strange("source");
        }
        const link = element.localName === "a";
        if (link && !/^(https?:[/][/]|mailto:)/.test(element.getAttribute("href"))) strange("link");
        if (link && element.target !== "_blank") strange("target");
        if (element.localName === "button" && element.type !== "button") strange("button");
    };
    window.judging = new MutationObserver(records => {
        for (const record of records) {
            const body = record.target.closest?.("[data-testid=body]");
            if (!body) continue;
            if (record.type === "attributes") judge(record.target);
            for (const node of record.addedNodes) {
                if (node.nodeType === Node.ELEMENT_NODE) [node, ...node.querySelectorAll("*")].forEach(judge);
                else if (node.nodeType !== Node.TEXT_NODE) strangers.push(`node of type ${node.nodeType}`);
            }
        }
    });
    window.violations = [];
    window.note = event => violations.push(`${event.effectiveDirective} ${event.blockedURI}`);
    document.addEventListener("securitypolicyviolation", note);
    judging.observe(document.getElementById("log"), { subtree: true, childList: true, attributes: true });
}"""
END = """() => {
    judging.disconnect();
    document.removeEventListener("securitypolicyviolation", note);
    return { strangers: strangers.slice(0, 9), violations, ran: window.ran ?? null, seen };
}"""


@pytest.fixture
def happened(connected: HaltPage) -> Iterator[list[str]]:
    """What a page of a chat never does by itself: dialogs, new windows, changes of address."""
    page = connected.page
    page.evaluate(WATCH, {tag: sorted(names) for tag, names in ALLOWED.items()})
    happened: list[str] = []

    def dialog(opened: Dialog) -> None:
        happened.append(f"said {opened.message}")
        opened.dismiss()

    def went(frame: Frame) -> None:
        happened.append(f"went to {frame.url}")

    def opened(other: Page) -> None:
        happened.append(f"opened {other.url}")

    page.on("dialog", dialog)
    page.on("framenavigated", went)
    page.context.on("page", opened)
    yield happened
    page.remove_listener("dialog", dialog)
    page.remove_listener("framenavigated", went)
    page.context.remove_listener("page", opened)


def test_the_hostile_corpus_runs_nothing_and_asks_for_nothing(
    connected: HaltPage, provider: ProviderServer, happened: list[str]
) -> None:
    page = connected.page
    before = len(connected.requests)
    texts = documents(REPLIES)
    provider.answer(*(Answer(text=text, tokens_per_second=TOKENS_PER_SECOND) for text in texts))
    for text in texts:
        connected.ask("Go")
        connected.expect_status("complete")
        assert connected.stored_text() == text.replace("\r\n", "\n")
    page.mouse.move(600, 300)
    page.mouse.move(620, 420)
    found = page.evaluate(END)
    assert found["seen"] > 1000, "the watch saw nothing"
    assert found["ran"] is None
    assert found["strangers"] == []
    assert found["violations"] == []
    assert happened == []
    assert {origin(url) for url in connected.requests[before:]} <= {origin(connected.url), origin(provider.url)}
    ours = ":is([id], [name], [style], img, svg):not(.math *)"
    assert connected.log.locator(f"{ours}, script, style, iframe, form, input").count() == 0


def test_the_watch_sees_what_should_not_be_there(
    connected: HaltPage, provider: ProviderServer, happened: list[str]
) -> None:
    """So that the test above can fail."""
    provider.answer(Answer(text="Hello"))
    connected.ask("Go")
    connected.expect_status("complete")
    with connected.page.context.expect_page() as other:
        connected.body.evaluate(
            "body => { body.insertAdjacentHTML('beforeend', '<p id=x><a href=/x>x</a><b>y</b></p><!-- c -->');"
            " body.querySelector('p').setAttribute('name', ''); open('about:blank'); alert(1);"
            " window.ran = 1; location.hash = 'x' }"
        )
    other.value.close()
    found = connected.page.evaluate(END)
    connected.page.evaluate("delete window.ran, location.hash = ''")
    for what in ("attribute id", "link", "target", "element: <b>", "node of type 8", "attribute name"):
        assert any(one.startswith(what) for one in found["strangers"]), what
    assert found["ran"] == 1
    for what in ("opened about:blank", "said 1", "went to "):
        assert any(one.startswith(what) for one in happened), what
