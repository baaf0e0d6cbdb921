"""Streams the same texts through all renderers, in one page and in turn, and measures what that costs."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.documents import Document, chunks, documents
from bench.options import QUICK, Options
from bench.result import Result
from bench.site import make_site
from bench.table import report
from bench.trace import CATEGORIES, read_cost
from bench.turns import in_turn
from halt_chat.server import serving
from tools.bootstrap import say
from tools.chromium import chromium
from tools.progress import step

BOOT_MS = 60_000


def render(options: Options) -> None:
    """Measure and print; raises a BuildError where the page or the browser fails."""
    texts = documents()
    with opened() as (browser, page):
        bench = Bench(browser, page, options)
        for name in options.renderers:
            bench.warm_up(name, texts["short"])
        results = [
            bench.measure(renderer, texts[document], kind, run)
            for run in range(options.runs)
            for document in options.documents
            for renderer in in_turn(options.renderers, run)
            for kind in options.passes
        ]
        version = browser.version
    if options.json:
        found = {"chromium": version, "rate": asdict(options.rate), "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report(results, options, {name: len(text.text) for name, text in texts.items()}))


@contextmanager
def opened() -> Iterator[tuple[Browser, Page]]:
    """Open the page of the bench, with Halt booted in it."""
    path = chromium()  # looking for one runs a Playwright of its own
    with tempfile.TemporaryDirectory(prefix="halt-bench-") as made:
        site = Path(made) / "site"
        make_site(site)
        with serving(site) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, chromium_sandbox=False)
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.on("console", repeat)
            page.on("pageerror", lambda error: say(f"The page failed: {error}"))
            page.goto(url)
            expect(page.locator("html")).to_have_attribute("data-ready", "true", timeout=BOOT_MS)
            yield browser, page
            browser.close()


def repeat(message: ConsoleMessage) -> None:
    """Print what the page complains about: a renderer that is not allowed to work is not measured fairly."""
    if message.type in ("error", "warning"):
        say(f"The page says: {message.text}")


class Bench:
    """One page, and the passes that are made in it one after the other."""

    def __init__(self, browser: Browser, page: Page, options: Options) -> None:
        self._browser = browser
        self._page = page
        self._options = options
        self._devtools = page.context.new_cdp_session(page)

    def warm_up(self, renderer: str, short: Document) -> None:
        """Let a renderer write a short text, so that no pass pays for compiling it."""
        self._run(renderer, short, "at-once")

    def measure(self, renderer: str, document: Document, kind: str, run: int) -> Result:
        """Make one pass; a watched one is not measured. What a renderer raises is its result."""
        self._devtools.send("HeapProfiler.collectGarbage")  # nobody pays for what another left
        with step(f"{document.name}, {renderer}, {kind}"):
            if kind == "watched":
                return Result(renderer, document.name, kind, run, self._run(renderer, document, kind))
            self._browser.start_tracing(page=self._page, categories=CATEGORIES)
            try:
                outcome = self._run(renderer, document, kind)
            finally:
                trace = self._browser.stop_tracing()
        cost = None if "failed" in outcome else read_cost(trace)
        return Result(renderer, document.name, kind, run, outcome, cost)

    def _run(self, renderer: str, document: Document, kind: str) -> dict[str, Any]:
        rate = QUICK if kind == "watched" else self._options.rate
        order = {
            "renderer": renderer,
            "chunks": chunks(document, rate.count(document)),
            "gapMs": 0 if kind == "at-once" else rate.gap_ms,
            "limitMs": (self._options.limit_s or rate.limit_s) * 1000,
            "watched": kind == "watched",
            "expected": one_shot(document.text),
        }
        try:
            outcome: dict[str, Any] = self._page.evaluate("order => bench.run(order)", order)
        except PlaywrightError as error:
            say(f"{renderer} failed in the page with the text {document.name}: {error}")
            return {"share": 0, "failed": str(error)}
        return outcome


def one_shot(text: str) -> str:
    """Render a whole text at once, by CommonMark with tables and strikethrough: what every renderer should show."""
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)
    return re.sub(r' style="[^"]*"', "", html)  # the page's policy forbids what aligns a table's cells
