"""Trying a connection, against a provider on a real socket: every finding, and nothing left open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, suppress
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from halt.chat.check import NOT_STREAMED, NOTHING_THERE, TEST_TOKENS, check, list_models
from halt.chat.connection import Connection
from halt.providers.base import ProviderSettings
from halt.providers.errors import Refused
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.wire.probe import Circumstances
from tests.servers import Answer, AsyncioClock, ProviderServer, SocketTransport

from .screen import nothing_left

NEVER = float("inf")
LISTED = (True, "The provider answers and lets this page in: 2 models.")


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        yield server


class Bench:
    """A server, and what trying it finds."""

    def __init__(self, server: ProviderServer) -> None:
        self.server = server
        self.connection = Connection(OpenAIChat(preset("custom")), SocketTransport(), "Test")

    def settings(self, model: str) -> ProviderSettings:
        return ProviderSettings(
            preset="custom", base_url=self.server.url, api_key="sk-0123456789", model=model, max_tokens=4_000
        )

    async def findings(self, model: str = "test-small") -> list[tuple[bool, str]]:
        async with aclosing(check(self.connection, self.settings(model), AsyncioClock())) as findings:
            return [(finding.works, finding.sentence) async for finding in findings]


@pytest.fixture
async def bench(server: ProviderServer) -> AsyncIterator[Bench]:
    async with nothing_left(server):
        yield Bench(server)


async def test_all_is_well_and_the_test_costs_a_few_tokens_only(bench: Bench) -> None:
    """S12: it leaves at the first word."""
    bench.server.answer(Answer(text=["one ", "two "], step=True, role_event=False))
    trying = asyncio.create_task(bench.findings())
    exchange = await asyncio.to_thread(bench.server.wait_request)
    exchange.release()
    found = await trying
    assert found[0] == LISTED
    assert found[1][0] is True
    assert found[1][1].startswith("The model streams: its first word came after ")
    await asyncio.to_thread(exchange.wait_left)
    assert exchange.json["max_tokens"] == TEST_TOKENS


async def test_a_model_that_thinks_first_streams_too(bench: Bench) -> None:
    bench.server.answer(Answer(thinking="Hm. ", text="", stall_after=0))
    assert (await bench.findings())[1][1].startswith("The model streams")


async def test_a_model_that_only_thinks_within_the_test_answers(bench: Bench) -> None:
    bench.server.answer(Answer(text="", finish_reason="length"))
    assert (await bench.findings())[1] == (True, "The model answers; it spent the few tokens of this test on thinking.")


async def test_a_model_without_a_word(bench: Bench) -> None:
    bench.server.answer(Answer(text=""))
    assert (await bench.findings())[1] == (False, "The model ended its reply without a word.")


async def test_no_stream(bench: Bench) -> None:
    bench.server.answer(Answer(not_a_stream=True))
    assert await bench.findings() == [LISTED, (False, NOT_STREAMED)]


async def test_a_model_that_is_not_in_the_list_is_tried_all_the_same(bench: Bench) -> None:
    bench.server.answer(Answer(status=404))
    listed, missing, tried = await bench.findings("gone")
    assert listed == LISTED
    assert missing == (False, "The model “gone” is not in its list. Pick one with “List models”.")
    assert not tried[0]
    assert "(404)" in tried[1]


async def test_no_model_is_chosen(bench: Bench) -> None:
    assert await bench.findings("") == [
        LISTED,
        (False, "No model is chosen. Pick one with “List models”, or type its name."),
    ]
    assert bench.server.exchanges == []


async def test_a_wrong_key_is_told_once(bench: Bench) -> None:
    bench.server.models_answer = Answer(status=401)
    bench.server.answer(Answer(status=401))
    ((works, sentence),) = await bench.findings()
    assert not works
    assert "refused the API key (401)" in sentence


async def test_a_key_that_may_chat_but_not_list(bench: Bench) -> None:
    bench.server.models_answer = Answer(status=403)
    refused, streams = await bench.findings()
    assert not refused[0]
    assert "(403)" in refused[1]
    assert streams[1].startswith("The model streams")


async def test_a_server_without_a_list_of_models(bench: Bench) -> None:
    bench.server.models_answer = Answer(status=404)
    first, streams = await bench.findings()
    assert first == (True, "The provider answers. It has no list of models at this address.")
    assert streams[0]


@pytest.mark.parametrize("broken", [Answer(text="one", malformed_at=0), Answer(text="one", cut_after=0)])
async def test_a_stream_that_breaks_is_a_finding(bench: Bench, broken: Answer) -> None:
    bench.server.answer(broken)
    listed, broke = await bench.findings()
    assert listed == LISTED
    assert not broke[0]


async def test_the_list_is_refused_with_an_error(bench: Bench) -> None:
    bench.server.models_answer = Answer(status=401)
    with pytest.raises(Refused):
        await list_models(bench.connection, bench.settings(""))


@pytest.mark.parametrize("stage", ["models", "reply"])
async def test_cancelling_closes_the_connection(bench: Bench, stage: str) -> None:
    """S12"""
    if stage == "models":
        bench.server.models_answer = Answer(headers_after_ms=NEVER)
    else:
        bench.server.answer(Answer(first_chunk_after_ms=NEVER))
    trying = asyncio.create_task(bench.findings())
    exchanges = bench.server.other_requests if stage == "models" else bench.server.exchanges
    while not exchanges:  # noqa: ASYNC110 - what changes lies in the server's thread
        await asyncio.sleep(0.001)
    trying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await trying
    await asyncio.to_thread(exchanges[0].wait_left)


class SocketProbe:
    """Looks by opening a connection."""

    async def look(self, url: str) -> Circumstances:
        address = urlsplit(url)
        with suppress(OSError):
            _, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.close()
            await writer.wait_closed()
            return Circumstances(answers=True)
        return Circumstances(answers=False)


async def test_where_nothing_listens_a_probe_makes_sure(bench: Bench) -> None:
    with ProviderServer() as gone:
        pass
    bench.connection = replace(bench.connection, probe=SocketProbe())
    settings = replace(bench.settings("m"), base_url=gone.url)
    async with aclosing(check(bench.connection, settings, AsyncioClock())) as findings:
        [finding] = [finding async for finding in findings]
    assert finding.sentence.startswith(f"Nothing answers at http://127.0.0.1:{gone.port}. Check the Base URL")


async def test_a_server_that_answers_and_lets_nobody_in(bench: Bench) -> None:
    bench.connection = replace(bench.connection, probe=SocketProbe())
    async with asyncio.timeout(10):
        silent = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        async with silent:
            port = silent.sockets[0].getsockname()[1]
            settings = replace(bench.settings("m"), base_url=f"http://127.0.0.1:{port}/v1")
            async with aclosing(check(bench.connection, settings, AsyncioClock())) as findings:
                [finding] = [finding async for finding in findings]
    assert finding.sentence.startswith(f"The server answers at http://127.0.0.1:{port}, but does not let this page in")


async def test_a_wrong_path_is_told_from_a_wrong_model(bench: Bench) -> None:
    bench.server.models_answer = Answer(status=404)
    bench.server.answer(Answer(status=404))
    assert (await bench.findings())[-1] == (False, NOTHING_THERE)
    bench.server.models_answer = None
    assert "knows no such model or path (404)" in (await bench.findings("gone"))[-1][1]
