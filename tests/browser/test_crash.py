"""A browser that is killed while a reply is written: what it showed a quarter of a second before is there."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, BrowserType, expect
from playwright.sync_api import Error as PlaywrightError

from tests.servers import Answer, ProviderServer, endless

from .halt_page import HaltPage

# More are asked for by hand: HALT_CRASHES=50.
CRASHES = int(os.environ.get("HALT_CRASHES", "2"))
LOST_MS = 250
# A machine that has no time for the page writes later: so much at the worst, and not each time.
LATE_MS = 3_000


class Machine:
    """A person's browser with a profile of its own, which can be killed as a power cut would."""

    def __init__(self, browser_type: BrowserType, arguments: dict[str, Any], profile: Path, site: str) -> None:
        self._browser_type = browser_type
        self._arguments = arguments
        self.profile = profile
        self._site = site
        self._context: BrowserContext | None = None

    def start(self) -> HaltPage:
        self._context = self._browser_type.launch_persistent_context(
            self.profile, **self._arguments, permissions=["clipboard-read", "clipboard-write"]
        )
        halt = HaltPage(self._context.pages[0], self._site)
        halt.open()
        return halt

    def kill(self) -> None:
        """Kill all of the browser's processes in one go."""
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it ended by itself
                if str(self.profile).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        if self._context:
            with suppress(PlaywrightError):  # it was killed
                self._context.close()
            self._context = None


@pytest.fixture
def machine(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path, site: str
) -> Iterator[Machine]:
    machine = Machine(browser_type, browser_type_launch_args, tmp_path / "profile", site)
    yield machine
    machine.stop()
    shutil.rmtree(tmp_path / "profile", ignore_errors=True)


@pytest.mark.timeout(60 + 60 * CRASHES)
@pytest.mark.skipif(not Path("/proc").exists(), reason="processes are found in /proc")
def test_a_browser_that_is_killed_loses_a_quarter_of_a_second(machine: Machine, provider: ProviderServer) -> None:
    """S7, S18: at random moments of streaming and writing; what was kept before is as it was."""
    chance = random.Random(7)  # noqa: S311 - moments, no secrets
    whole: dict[str, str] = {}
    in_time = 0
    halt = machine.start()
    for number in range(CRASHES):
        title = f"Question {number}"
        halt.connect(provider)
        provider.answer(Answer(text=endless("word "), tokens_per_second=chance.choice([20, 200, 1000])))
        halt.page.get_by_role("button", name="New chat").first.click()
        halt.ask(title)
        exchange = provider.wait_request(number + 1)
        halt.wait_text("word")
        seen: list[tuple[float, str]] = []
        until = time.monotonic() + LATE_MS / 1000 + chance.uniform(0, 3)
        while time.monotonic() < until or not seen:
            text = halt.body.inner_text()
            seen.append((time.monotonic(), text))
        killed = time.monotonic()
        machine.kill()
        (machine.profile / "SingletonLock").unlink(missing_ok=True)
        due, certain = (
            next((text for at, text in reversed(seen) if (killed - at) * 1000 >= ms), "") for ms in (LOST_MS, LATE_MS)
        )

        halt = machine.start()
        listed = halt.page.get_by_role("list", name="Conversations")
        for name in [*whole, title]:
            listed.get_by_role("button", name=name, exact=True).click()
            expect(halt.prompts.get_by_test_id("body")).to_have_text(name)
            halt.expect_status("interrupted")
            kept = halt.stored_text()
            if name == title:
                assert exchange.sent_text.startswith(kept)
                assert kept.startswith(certain)
                in_time += kept.startswith(due)
                whole[title] = kept
            assert kept == whole[name]
        assert halt.page.get_by_role("button", name="Continue").is_visible()
        assert halt.faults == []
    assert in_time > CRASHES // 2
