"""One visitor in one browser: opens a product's page, asks, stops, looks. Nothing here knows which product it is."""

from __future__ import annotations

import itertools
import time
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import CDPSession, Page, Request, WebSocket
from playwright.sync_api import Error as PlaywrightError

from bench.products.product import Face
from bench.products.provider import ProviderProcess, Seen
from tools.errors import ProgramError

READY_S = 60
AGAIN_S = 0.1
"""After so long a question that had no effect is sent again."""
POLL_S = 0.05
PRESSES = 5
LATE_S = 15.0
"""How long Stop is looked for: a page that is flooded answers late, and what the driver waits does not count."""
HEAP = ("usedSize", "embedderHeapUsedSize", "backingStorageSize")
"""V8's own objects, those of the page that they hold (nodes), and buffers; WebAssembly's memory comes beside them."""
AFTER_MS = 500
"""How long a page may take to tidy up after a reply."""

Point = tuple[float, float]

_marks = itertools.count(1)


class NoControl(ProgramError):
    """A product's page has not what a person would press."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press of Stop: when it was made and when it reached the page (ms), and the characters that stood there."""

    made: float
    reached: float
    characters: int


@dataclass(frozen=True, slots=True)
class Looked:
    """What the probe has seen: ``changed`` is when the reply's text last changed (ms), ``origin`` the clock's zero."""

    press: Press | None
    changed: float
    characters: int
    origin: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a page has loaded, by Chromium's count: bytes over the wire with headers, requests, those to other hosts."""

    bytes: int
    requests: int
    elsewhere: int


def new_mark() -> str:
    """Give a word that no other question ends with."""
    return f"mark-{next(_marks)}"


class Visit:
    """One page of one product."""

    def __init__(self, page: Page, url: str, face: Face, provider: ProviderProcess) -> None:
        self.page = page
        self.url = url
        self.face = face
        self.provider = provider
        self.devtools: CDPSession = page.context.new_cdp_session(page)
        self._requests: list[Request] = []
        self._finished: set[Request] = set()
        self._frames: list[int] = []

    def open(self) -> float:
        """Begin to load the page; give the moment, in seconds since the epoch."""
        self.page.goto(self.url, wait_until="commit")
        return float(self.page.evaluate("performance.timeOrigin")) / 1000

    def count_traffic(self) -> None:
        """Note what is loaded from here on, by the page and by its workers; what the provider is asked for is not."""

        def sent(request: Request) -> None:
            if request.url.startswith("http") and not request.url.startswith(self.provider.url):
                self._requests.append(request)

        def connected(socket: WebSocket) -> None:
            socket.on("framereceived", lambda payload: self._frames.append(len(payload)))

        def finished(request: Request) -> None:
            self._finished.add(request)

        self.page.on("request", sent)
        self.page.on("requestfinished", finished)
        self.page.on("websocket", connected)

    def traffic(self) -> Traffic:
        """Tell what was loaded until now."""
        self.page.evaluate("0")  # Playwright tells of what happened meanwhile only when it is asked something
        requests = list(self._requests)
        elsewhere = sum(not request.url.startswith("http://127.0.0.1:") for request in requests)
        sizes = [request.sizes() for request in requests if request in self._finished]
        loaded = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
        return Traffic(loaded + sum(self._frames), len(requests), elsewhere)

    def ask(self, kind: str, timeout: float = READY_S) -> tuple[str, Seen]:
        """Send a question as soon as the page takes it; give its mark and its request.

        Raises ProgramError where no request reached the provider in ``timeout`` seconds.
        """
        mark = new_mark()
        question = f"{kind} {mark}"
        end = time.monotonic() + timeout
        field = self.page.locator(self.face.message).last
        while time.monotonic() < end:
            try:
                field.fill(question, timeout=1000 * (end - time.monotonic()))
                field.press("Enter")
            except PlaywrightError:
                continue  # the page is still changing under the driver's hands, or the time is up
            wait = end - time.monotonic() if self.face.takes_early_send else AGAIN_S
            request = self.provider.wait_request(mark, wait)
            while request is None and time.monotonic() < end and not self._holds(question):
                request = self.provider.wait_request(mark, AGAIN_S)
            if request is not None:
                return mark, request
        raise ProgramError(f"A question did not reach the provider in {timeout:g} s.")

    def warm_up(self) -> None:
        """Have one short question answered, so that nothing is measured that happens only once."""
        self.ask("short")
        if not self.shows("Fine.", READY_S):
            raise ProgramError("The page did not show the answer to its first question.")
        self.page.wait_for_timeout(AFTER_MS)

    def begin(self, *, sampling: bool = True) -> None:
        """Have the probe look at the next reply."""
        skip = 1 if self.face.reply_of_both else 0
        self.page.evaluate("([reply, skip, sampling]) => benchProbe.begin(reply, skip, sampling)", [
            self.face.reply, skip, sampling,
        ])  # fmt: skip

    def look(self) -> Looked:
        """Ask the probe what it has seen."""
        found = self.page.evaluate("benchProbe.state()")
        press = Press(**found["press"]) if found["press"] else None
        return Looked(press, found["changed"], found["characters"], found["origin"])

    def wait_text(self, characters: int = 1, timeout: float = READY_S) -> Looked:
        """Wait until the reply shows so many characters; raises ProgramError where it never does."""
        end = time.monotonic() + timeout
        while (found := self.look()).characters < characters:
            if time.monotonic() > end:
                raise ProgramError(f"The page showed no reply in {timeout:g} s.")
            time.sleep(POLL_S)
        return found

    def aim(self, timeout: float = LATE_S) -> Point:
        """Find Stop, and tell the probe that its press is awaited; give where it is.

        Raises NoControl where there is none in ``timeout`` seconds.
        """
        button = self.page.locator(self.face.stop).last
        try:
            button.wait_for(state="visible", timeout=timeout * 1000)
            button.evaluate("stop => { benchProbe.await(stop) }")
            box = button.bounding_box()
        except PlaywrightError as error:
            raise NoControl(f"There was no Stop in {timeout:g} s.") from error
        if box is None:
            raise NoControl("Stop was there and went.")
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def press(self, point: Point) -> Press:
        """Press Stop with the mouse where it is, as a person does; a press that missed is made again.

        Raises NoControl where all of them missed.
        """
        for _ in range(PRESSES):
            self.page.mouse.click(*point)
            if press := self.look().press:
                return press
            point = self.aim()
        raise NoControl("Stop could not be pressed: it was never where it had just been.")

    def settle(self, quiet_s: float, limit_s: float, poll_s: float = POLL_S) -> Looked:
        """Wait until the reply's text has not changed for ``quiet_s`` seconds, or for ``limit_s`` in all.

        To look costs the page a little; where that counts, ``poll_s`` is longer.
        """
        began = time.monotonic()
        last, since = self.look(), time.monotonic()
        while time.monotonic() - since < quiet_s and time.monotonic() - began < limit_s:
            time.sleep(poll_s)
            found = self.look()
            if found.changed != last.changed:
                last, since = found, time.monotonic()
        return self.look()

    def wait_end(self, text: str, limit_s: float, poll_s: float) -> bool:
        """Wait until the reply ends with a text; tell whether it did in ``limit_s`` seconds."""
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            if self.page.evaluate("text => benchProbe.endsWith(text)", text):
                return True
            time.sleep(poll_s)
        return False

    def shows(self, text: str, timeout: float) -> bool:
        """Tell whether the page comes to show a text, anywhere."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            try:
                if self.page.evaluate("text => window.benchProbe?.has(text)", text):
                    return True
            except PlaywrightError:
                pass  # the page is being loaded
            time.sleep(POLL_S)
        return False

    def reopen(self, timeout: float) -> None:
        """Press what shows a conversation that was kept, where a page has such a thing and it comes in time."""
        if self.face.reopen:
            with suppress(PlaywrightError):  # nothing was kept
                self.page.locator(self.face.reopen).first.click(timeout=timeout * 1000)

    def thread_ms(self) -> float:
        """Tell the processor time of the page's main thread, in ms; counted from ``Performance.enable`` on."""
        metrics = self.devtools.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "ThreadTime")) * 1000

    def heap_bytes(self) -> float:
        """Tell the memory of the page's scripts after a garbage collection."""
        self.devtools.send("HeapProfiler.collectGarbage")
        heap = self.devtools.send("Runtime.getHeapUsage")
        return float(sum(heap.get(name, 0) for name in HEAP) + self.page.evaluate("benchProbe.wasmBytes()"))

    def _holds(self, question: str) -> bool:
        """Tell whether the field still holds the question, so that it was not sent."""
        try:
            text: str = self.page.locator(self.face.message).last.evaluate("field => field.value ?? field.textContent")
        except PlaywrightError:
            return False
        return text.strip() == question
