"""Every dialect from the real page: a reply streams in, Stop ends it there, and the details tell what is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from halt.providers.preset import Dialect, Preset
from halt.providers.presets import PRESETS, preset, stop_note
from tests.servers import Answer, ProviderServer
from tests.servers import katan as stranger
from tests.servers.katan import KatanServer
from tests.unit.providers.contract.contracts import contract_of

from .halt_page import HaltPage

KEY = "sk-test-0123456789abcdef"
# Those whose dialect is not Chat Completions, which all other tests speak, but goes over the network.
ROWS = [row for row in PRESETS if row.dialect not in (preset("custom").dialect, Dialect.PYTHON)]


@pytest.fixture(scope="module")
def katan() -> Iterator[KatanServer]:
    with KatanServer(pace_ms=10) as server:
        yield server


@pytest.mark.parametrize("row", stranger.ROWS)
def test_a_server_nobody_here_wrote_streams_and_is_stopped(halt: HaltPage, katan: KatanServer, row: str) -> None:
    """S6, S7, S11: llm-katan in its format of that name."""
    katan.forget()
    halt.choose(row, {"Base URL": katan.base_url(row), "Model": "echo-1", "API key": stranger.KEY})
    halt.ask("Hé 日🙂 there")
    halt.expect_status("complete")
    assert halt.stored_text().endswith("User: Hé 日🙂 there")
    halt.ask("word " * 2_000)
    halt.wait_text("User: word word")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    kept = halt.stored_text()
    assert katan.wait_ended(2)["pieces"] < 2_000  # of 2,500, four characters each
    halt.reply.get_by_text("Stopped · ").click()
    expect(halt.reply).to_contain_text(stop_note(preset(row)))
    assert halt.stored_text() == kept
    halt.ask("And?")
    halt.expect_status("complete")
    assert "messages=5 " in halt.stored_text()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_stop_is_told_to_whom_it_concerns(halt: HaltPage, provider: ProviderServer, row: Preset) -> None:
    """S11, S13, S14: with the streams that its vendor documents."""
    contract = contract_of(row)
    provider.reply_paths = {contract.path.rpartition("/")[2]}
    provider.answer(Answer(raw=[contract.first_words, math.inf]))
    provider.cancel_answers = [Answer(body='{"status": "cancelled", "result": "success"}')]
    base_url = f"http://127.0.0.1:{provider.port}{urlsplit(row.base_url).path}"
    halt.choose(row.id, {"Base URL": base_url, "API key": KEY, "Model": "m"})
    halt.ask("Hi")
    halt.wait_text("Hello")
    halt.page.keyboard.press("Escape")
    halt.expect_status("stopped")
    assert halt.stored_text() == "Hello"
    provider.wait_request().wait_left()
    halt.reply.get_by_text("Stopped · ").click()
    expect(halt.reply).to_contain_text(stop_note(row))
    if row.cancel:
        expect(halt.reply).to_contain_text("Cancel confirmed.")
        assert [cancel.headers[contract.key[0].lower()] for cancel in provider.cancels] == [
            contract.key[1].format(key=KEY)
        ]
