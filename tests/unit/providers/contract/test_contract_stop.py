"""Stop with every provider, over real sockets: the connection, the cancel, the bill, and what the next turn is told."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from halt.chat.cancel import ASKING, CONFIRMED, NOT_NAMED
from halt.chat.connection import Connection
from halt.chat.conversation import Reply
from halt.chat.run import Run
from halt.chat.silence import Silence
from halt.chat.status import Status
from halt.chat.usage import tokens
from halt.chat.workspace import Workspace
from halt.providers.base import ProviderSettings
from halt.providers.dialects import provider_for
from halt.providers.preset import Preset
from halt.providers.presets import PRESETS, stop_note
from tests.servers import Answer, AsyncioClock, ProviderServer, SocketTransport
from tests.unit.chat.screen import Screen, nothing_left, until

from .contracts import ROWS, contract_of
from .sample import KEY

NAMED_BY_THE_PROVIDER = [row for row in PRESETS if row.cancel and row.cancel.wants_name]


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as server:
        server.cancel_answers = [Answer(body='{"id": "resp_1", "status": "cancelled", "result": "success"}')]
        yield server


def workspace_of(row: Preset, server: ProviderServer) -> Workspace:
    """Make a workspace that talks to the test's server as though it were the row's provider."""
    server.reply_paths = {contract_of(row).path.rpartition("/")[2]}

    def connect(settings: ProviderSettings) -> Connection:
        return Connection(provider_for(row), SocketTransport(), row.name, stop_note(row), row.billing)

    base_url = f"http://127.0.0.1:{server.port}{urlsplit(row.base_url or 'https://x.example/v1').path}"
    settings = ProviderSettings(row.id, base_url, KEY, "m")
    return Workspace(settings, connect, AsyncioClock(), Screen(), Silence(60_000, 120_000))


async def stopped_at_hello(workspace: Workspace) -> Run:
    run = workspace.send("Hi")
    await until(lambda: run.reply.text == "Hello" or not run.running)
    assert run.running, run.reply.notice
    await run.stop()
    return run


async def no_longer_asking(reply: Reply) -> str:
    await until(lambda: reply.cancel_note != ASKING)
    return reply.cancel_note


@ROWS
async def test_stop_closes_cancels_counts_and_is_told(row: Preset, server: ProviderServer) -> None:
    """S7, S11, S13, S14, S19, S22"""
    contract = contract_of(row)
    server.answer(Answer(raw=[contract.first_words, math.inf]))
    async with nothing_left(server):
        workspace = workspace_of(row, server)
        run = await stopped_at_hello(workspace)
        reply = run.reply
        exchange = server.exchanges[0]
        await asyncio.to_thread(exchange.wait_left)
        assert (reply.status, reply.text) == (Status.STOPPED, "Hello")
        assert reply.stop_note == stop_note(row)

        asked = urlsplit(workspace.settings.base_url).path
        uuid = str(UUID(run.id))
        assert exchange.path == asked + (contract.run_path or contract.path).replace("{run}", uuid)
        assert exchange.headers[contract.key[0].lower()] == contract.key[1].format(key=KEY)
        if row.id in contract.cancels:
            path, body = contract.cancels[row.id]
            assert await no_longer_asking(reply) == CONFIRMED
            [cancel] = server.cancels
            assert cancel.path == path.replace("{run}", uuid)
            assert cancel.headers[contract.key[0].lower()] == contract.key[1].format(key=KEY)
            if body:
                assert cancel.json == body
        else:
            assert not reply.cancel_note
            assert not server.cancels

        assert reply.spent is not None
        counted = contract.counted
        assert reply.spent.input_tokens == (tokens(len("Hi")) if counted is None else counted)

        server.answer(Answer(raw=[contract.streams["text"].body]))
        again = workspace.send("And?")
        await again.closed
        assert again.reply.status is Status.COMPLETE
        told = contract.turns(server.exchanges[1].json)
        assert told == [("user", "Hi"), ("assistant", "Hello"), ("user", "And?")]


@ROWS
async def test_stop_before_the_first_word(row: Preset, server: ProviderServer) -> None:
    """S9, S13, S14: also where the cancel needs a name that has not come."""
    server.answer(Answer(headers_after_ms=math.inf))
    async with nothing_left(server):
        workspace = workspace_of(row, server)
        run = workspace.send("Hi")
        exchange = await asyncio.to_thread(server.wait_request)
        await run.stop()
        await asyncio.to_thread(exchange.wait_left)
        assert (run.reply.status, run.reply.text) == (Status.STOPPED, "")
        await no_longer_asking(run.reply)
        if row in NAMED_BY_THE_PROVIDER:
            assert run.reply.cancel_note == NOT_NAMED
        assert bool(server.cancels) == (row.cancel is not None and row not in NAMED_BY_THE_PROVIDER)


@pytest.mark.parametrize("row", NAMED_BY_THE_PROVIDER, ids=lambda row: row.id)
async def test_a_run_that_is_over_already_is_no_refusal(row: Preset, server: ProviderServer) -> None:
    """S14: the sentence does not say that it may go on."""
    statuses = row.cancel.over if row.cancel else ()
    for status in statuses:
        server.cancel_answers = [Answer(status=status, body=json.dumps({"error": {"message": "It is over."}}))]
        server.answer(Answer(raw=[contract_of(row).first_words, math.inf]))
        async with nothing_left(server):
            run = await stopped_at_hello(workspace_of(row, server))
            assert await no_longer_asking(run.reply) == "It answered that there was nothing left to stop."


@pytest.mark.parametrize("row", NAMED_BY_THE_PROVIDER, ids=lambda row: row.id)
def test_a_name_leads_to_no_other_address(row: Preset) -> None:
    settings = ProviderSettings(row.id, "https://x.example/v1", KEY, "m")
    cancellation = provider_for(row).cancellation(settings, "0" * 32, "../../elsewhere?x=")
    assert cancellation is not None
    assert "/..%2F..%2Felsewhere%3Fx%3D/" in cancellation.request.url
