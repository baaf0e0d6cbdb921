"""Opens the pages in turn, each visit timed by the page's own clock from its navigation on."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from bench.boot.options import Options
from bench.boot.pages import hosted, make_stock
from bench.boot.report import report
from bench.visits import BEFORE, STAY_MS
from tools.chromium import chromium
from tools.places import DIST, STANDALONE
from tools.progress import step
from tools.site import build_site
from tools.standalone.maker import write_standalone

READY_MS = 120_000
# The moments of a start, in ms since the navigation; the composer's is when its text field is there. The page says
# itself when it is ready: who looks from outside, again and again, slows it down.
WATCH = f"""
window.moments = {{}};
const note = (name) => {{ moments[name] ??= performance.now(); }};
document.addEventListener("halt:boot", (event) => note(event.detail.step));
window.whenReady = new Promise((resolve, reject) => {{
  document.addEventListener("halt:ready", () => resolve(note("ready")));
  setTimeout(() => reject(new Error("The page was not ready in time.")), {READY_MS});
}});
new MutationObserver((_changes, observer) => {{
  if (!document.getElementById("message")) return;
  note("composer");
  observer.disconnect();
}}).observe(document, {{ childList: true, subtree: true }});
"""
Visit = dict[str, float]


@dataclass
class Subject:
    """One page in a browser profile of its own; ``visits`` holds the moments of each visit in ms."""

    name: str
    playwright: Playwright
    browser: Path
    folder: Path
    url: str
    options: Options
    visits: list[Visit] = field(default_factory=list)

    def cold(self) -> None:
        """Visit with a profile in which nothing was ever opened."""
        with self._profile(self.folder / "cold") as context:
            self.visits.append(self._visit(context))
        shutil.rmtree(self.folder / "cold")

    @contextmanager
    def returning(self) -> Iterator[BrowserContext]:
        """Give a profile in which the page was opened before, and what it leaves for the next visit is there."""
        with self._profile(self.folder / "warm") as context:
            for _ in range(BEFORE):
                page = self._open(context)
                page.wait_for_timeout(STAY_MS)  # a visit has a length; what the page does meanwhile is not awaited
                page.close()
            yield context

    def warm(self, context: BrowserContext) -> None:
        """Visit once more."""
        self.visits.append(self._visit(context))

    def _visit(self, context: BrowserContext) -> Visit:
        page = self._open(context)
        moments: Visit = page.evaluate("moments")
        page.close()
        return moments

    def _open(self, context: BrowserContext) -> Page:
        page = context.new_page()
        if self.options.mbit:
            line = {
                "offline": False,
                "latency": self.options.latency_ms,
                "downloadThroughput": self.options.mbit * 125_000,
                "uploadThroughput": self.options.mbit * 125_000,
            }
            context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
        page.goto(self.url, wait_until="commit")
        page.evaluate("whenReady")
        return page

    @contextmanager
    def _profile(self, folder: Path) -> Iterator[BrowserContext]:
        context = self.playwright.chromium.launch_persistent_context(
            folder,
            executable_path=self.browser,
            chromium_sandbox=False,
            args=["--disable-background-networking", "--disable-component-update", "--no-first-run"],
        )
        try:
            context.add_init_script(WATCH)
            yield context
        finally:
            context.close()


def boot(options: Options) -> None:
    """Measure and print; raises a BuildError where a page can't be made."""
    build_site()
    browser = chromium()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="halt-bench-")))
        make_stock(folder / "stock")
        write_standalone(DIST, folder / STANDALONE)
        urls = {
            "stock": stack.enter_context(hosted(folder / "stock", folder / "hosted stock")),
            "Halt": stack.enter_context(hosted(DIST, folder / "hosted")),
            "Halt standalone": (folder / STANDALONE).as_uri(),
        }
        playwright = stack.enter_context(sync_playwright())

        def subject(name: str, page: str) -> Subject:
            own = folder / "profiles" / name
            own.mkdir(parents=True)
            return Subject(name, playwright, browser, own, urls[page], options)

        cold = [subject("stock cold", "stock"), subject("Halt cold", "Halt")]
        warm = [
            subject("stock warm", "stock"),
            subject("Halt warm", "Halt"),
            subject("Halt standalone", "Halt standalone"),
        ]
        with step("First visits, so that later ones find what those leave"):
            contexts = [stack.enter_context(one.returning()) for one in warm]
        for run in range(options.runs):
            with step(f"Run {run + 1} of {options.runs}"):
                for one in cold:
                    one.cold()
                for one, context in zip(warm, contexts, strict=True):
                    one.warm(context)
    subjects = [cold[0], warm[0], cold[1], *warm[1:]]
    found = {one.name: one.visits for one in subjects}
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(report(found, options))
