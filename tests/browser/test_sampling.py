"""A Chromium that samples what is allocated, as it does with some people: it follows each stack to its end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserType, expect

from .conftest import SNAPSHOT, WITHOUT_WORKER
from .halt_page import HaltPage
from .python_code import ECHO, START_MS, use

# In each tab, and after every 100 kB instead of some MB, so that what happens once in a hundred visits happens in each.
SAMPLING = (
    "HeapProfilerReporting:stable-probability/1.0/nonstable-probability/1.0/renderer-prob-pct/100"
    "/sampling-rate/100000/renderer-sampling-rate-bytes/100000"
)


@pytest.fixture
def sampled(browser_type: BrowserType, browser_type_launch_args: dict[str, Any], site: str) -> Iterator[HaltPage]:
    arguments = browser_type_launch_args | {
        "args": [*browser_type_launch_args["args"], f"--enable-features={SAMPLING}"],
        "ignore_default_args": ["--disable-field-trial-config"],
    }
    browser = browser_type.launch(**arguments)
    context = browser.new_context()
    context.add_init_script(WITHOUT_WORKER)
    yield HaltPage(context.new_page(), site)
    browser.close()


def test_nothing_crashes_where_stacks_are_sampled(sampled: HaltPage) -> None:
    """S26: Python's steps have no stack of their own; not in a plain start, after a snapshot or in a worker."""
    # Empty, not refused: of a file that did not arrive the browser would say something, and when is its own affair.
    sampled.page.route(SNAPSHOT, lambda route: route.fulfill(body=b""))
    sampled.open()
    expect(sampled.page.locator("html")).not_to_have_attribute("data-snapshot", "used")
    assert sampled.faults == []
    sampled.page.unroute(SNAPSHOT)
    sampled.reload()
    expect(sampled.page.locator("html")).to_have_attribute("data-snapshot", "used")
    sampled.ask("Write 5,000,000 characters at 5000 tokens a second")
    sampled.wait_text()
    sampled.page.keyboard.press("Escape")
    sampled.expect_status("stopped")
    use(sampled, ECHO)
    sampled.ask("Hello")
    expect(sampled.body).to_contain_text("You said: Hello", timeout=START_MS)
    assert sampled.faults == []
