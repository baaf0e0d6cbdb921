"""No trace: after a hundred or a thousand starts and stops everything is where it was (S25)."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, CDPSession

from halt_chat.server import serving
from tests.servers import Answer, ProviderServer, endless
from tools.places import DIST

from .halt_page import HaltPage
from .program import PROGRAM, page_with

LAB = Path(__file__).with_name("lab")
NEVER = float("inf")
WARM_UP = 20
UNDOS = 3
PATIENCE_S = 10

# One leak a cycle would be at least 100; this is for what is made once, however many cycles there were: a rule of the
# Markdown parser that a slow warm-up had not met (some 50 objects), one kept reply (some 50 nodes), compiled code.
SPARE = {
    "event listeners": 2,
    "DOM nodes": 95,
    "JavaScript's heap, bytes": 300_000,
    "timers and frames": 0,
    "Python tasks": 0,
    "Python objects": 90,
    "references to JavaScript": 5,
    "proxies of Python": 5,
}

ANSWERS = [
    Answer(text=endless(), tokens_per_second=200),
    Answer(thinking=endless("hmm "), tokens_per_second=200),
    Answer(text=endless("**bold** and `code`\n\n"), tokens_per_second=2_000),
    Answer(text=endless("```python\nx = 1  # one\ny = 2\n```\n\n"), tokens_per_second=2_000),
    Answer(headers_after_ms=NEVER),
    Answer(first_chunk_after_ms=NEVER),
    Answer(text="It ends by itself."),
    Answer(text="It breaks off in the middle.", cut_after=3),
    Answer(status=429, headers={"Retry-After": "5"}),
]


class Counted(HaltPage):
    """Halt as it is, and a census of what lives in its page."""

    devtools: CDPSession

    def census(self) -> dict[str, float]:
        """Count what lives once all garbage is collected."""
        self.page.evaluate("recorder.presses.length = recorder.growth.length = 0")
        self.devtools.send("HeapProfiler.collectGarbage")
        counted: dict[str, float] = json.loads(self.page.evaluate("census()"))
        # What Python has just let go is JavaScript's garbage now.
        self.devtools.send("HeapProfiler.collectGarbage")
        metrics = {one["name"]: one["value"] for one in self.devtools.send("Performance.getMetrics")["metrics"]}
        return counted | {
            "event listeners": metrics["JSEventListeners"],
            "DOM nodes": metrics["Nodes"],
            "JavaScript's heap, bytes": metrics["JSHeapUsedSize"],
            "timers and frames": self.page.evaluate("openTimers()"),
        }

    def leaks(self, before: dict[str, float]) -> dict[str, float]:
        """List what is more than ``before``, with how much; collecting garbage may take a few turns."""
        until = time.monotonic() + PATIENCE_S
        while True:
            now = self.census()
            more = {name: now[name] - count for name, count in before.items() if now[name] > count + SPARE[name]}
            if not more or time.monotonic() > until:
                return more

    def cycle(self, times: int, seed: int) -> None:
        """Ask and stop ``times`` times, each at a moment of its own."""
        choice = random.Random(seed)  # noqa: S311 - the same moments in each run
        for start in range(0, times, 50):
            plan = [
                {"ms": 320, "byClick": True}  # beyond the time in which a press is taken for a slip (S4)
                if number % 25 == 24
                else {"ms": choice.choice([0, 0, choice.uniform(0, 30), choice.uniform(0, 150)]), "byClick": False}
                for number in range(start, min(start + 50, times))
            ]
            self.page.evaluate("plan => cycles(plan)", plan)
        # The notices keep the last three replies, for Undo; these are alike before and after.
        self.page.evaluate("plan => cycles(plan)", [{"ms": 0, "byClick": False}] * UNDOS)


@pytest.fixture(scope="module")
def counted(warm_context: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """The built site as it is, but for a census behind its main program."""
    directory = shutil.copytree(DIST, tmp_path_factory.mktemp("census") / "site")
    page = page_with(f"{PROGRAM}\n{(LAB / 'census.py').read_text('utf-8')}")
    (directory / "index.html").write_text(page, "utf-8")
    with serving(directory) as url:
        halt = Counted(warm_context.new_page(), url)
        halt.page.add_init_script(path=LAB / "cycles.js")
        halt.devtools = warm_context.new_cdp_session(halt.page)
        halt.devtools.send("Performance.enable")
        halt.open()
        yield halt
        halt.page.close()


@pytest.mark.parametrize("cycles", [100, pytest.param(1_000, marks=[pytest.mark.thousand, pytest.mark.timeout(1_200)])])
@pytest.mark.parametrize("who", ["mock", "custom"])
def test_starting_and_stopping_leaves_no_trace(
    counted: Counted, provider: ProviderServer, who: str, cycles: int
) -> None:
    """S25"""
    counted.begin_anew()
    counted.expect_faults("Failed to load resource")  # cut, and 429
    if who == "custom":
        counted.connect(provider)
        answers = random.Random(cycles).choices(ANSWERS, k=WARM_UP + 2 * cycles + 3 * UNDOS)  # noqa: S311 - the same answers in each run
        provider.answer(*answers)
    counted.cycle(WARM_UP, seed=1)
    leaks: dict[str, float] = {}
    for seed in (2, 3):  # what is made once is made in the first of them at the latest, and a leak is one in both
        provider.wait_no_connections()
        before = counted.census()
        counted.cycle(cycles, seed=seed)
        provider.wait_no_connections()
        if not (leaks := counted.leaks(before)):
            break
    assert leaks == {}
    assert counted.faults == []
