"""Cancelling is stopping: however a consumer leaves a stream, the browser's connection closes (S12)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from halt_chat.server import serving
from tests.servers import Answer, Exchange, ProviderServer, endless
from tools.places import DIST

from .program import page_with

LAB = Path(__file__).with_name("lab")
NEVER = float("inf")


@pytest.fixture(scope="module")
def lab(warm_context: BrowserContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The built site with another main program, under the same policy."""
    directory = shutil.copytree(DIST, tmp_path_factory.mktemp("lab") / "site")
    (directory / "index.html").write_text(page_with((LAB / "main.py").read_text("utf-8")), "utf-8")
    with serving(directory) as url:
        page = warm_context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(url)
        expect(page.locator("html")).to_have_attribute("data-ready", "true", timeout=60_000)
        yield page
        page.close()
        assert faults == []


def leave(lab: Page, provider: ProviderServer, way: str) -> Exchange:
    """Have a stream left in one way, at the earliest once the provider has the request."""
    lab.evaluate("([way, url]) => { window.left = leave(way, url) }", [way, provider.url])
    exchange = provider.wait_request()
    lab.evaluate("reached()")
    assert lab.evaluate("left") == "left"
    return exchange


@pytest.mark.parametrize(
    "way",
    [
        "cancel_the_task",
        "run_out_of_time",
        "close_the_generator",
        "leave_the_block",
        "raise_in_the_consumer",
        "fail_beside_it_in_a_group",
        "abort_from_outside",
    ],
)
def test_the_connection_closes(lab: Page, provider: ProviderServer, way: str) -> None:
    """S12"""
    provider.answer(Answer(text=endless(), tokens_per_second=50))
    exchange = leave(lab, provider, way)
    exchange.wait_left()
    assert not exchange.ended
    provider.wait_no_connections()


@pytest.mark.parametrize("way", ["cancel_the_task_before_the_head", "run_out_of_time"])
def test_the_connection_closes_before_the_head_of_the_answer(lab: Page, provider: ProviderServer, way: str) -> None:
    """S9, S12"""
    provider.answer(Answer(headers_after_ms=NEVER))
    leave(lab, provider, way).wait_left()
    provider.wait_no_connections()


def test_an_exchange_that_was_aborted_sends_nothing(lab: Page, provider: ProviderServer) -> None:
    """S10, S16"""
    assert lab.evaluate("([way, url]) => leave(way, url)", ["abort_before_it_is_opened", provider.url]) == "left"
    assert provider.exchanges == []
