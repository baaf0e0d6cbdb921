"""The transport for CPython keeps what ``halt.wire.transport`` promises, against a real server."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from halt.wire.transport import Aborted, Cut, Request, Transport, Unreachable
from tests.servers import Answer, ProviderServer, SocketTransport, endless


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as running:
        yield running
        running.wait_no_connections()


def request(server: ProviderServer) -> Request:
    return Request("POST", f"{server.url}/chat/completions", {"Content-Type": "application/json"}, b'{"model": "m"}')


async def body_of(server: ProviderServer) -> bytes:
    transport: Transport = SocketTransport()
    response = await transport.exchange().open(request(server))
    return b"".join([piece async for piece in response.chunks()])


async def test_reads_a_stream_to_its_end(server: ProviderServer) -> None:
    server.answer(Answer(text="Hello", bytes_per_chunk=3))
    assert (await body_of(server)).endswith(b"data: [DONE]\n\n")


async def test_reads_a_body_with_a_length(server: ProviderServer) -> None:
    server.answer(Answer(body="x" * 200_000))
    assert await body_of(server) == b"x" * 200_000


async def test_tells_status_and_headers(server: ProviderServer) -> None:
    server.answer(Answer(status=429, headers={"Retry-After": "2"}))
    response = await SocketTransport().exchange().open(request(server))
    assert (response.status, response.headers["retry-after"]) == (429, "2")
    async with aclosing(response.chunks()) as chunks:
        await anext(chunks)


@pytest.mark.parametrize("reset", [False, True])
async def test_a_cut_is_a_cut(server: ProviderServer, reset: bool) -> None:
    # By steps: a reset may overtake what was sent before, and then no answer would have begun at all.
    server.answer(Answer(cut_after=1, reset=reset, step=True))
    response = await SocketTransport().exchange().open(request(server))
    async with aclosing(response.chunks()) as chunks:
        server.exchanges[0].release()
        assert b"assistant" in await anext(chunks)
        server.release_all()
        with pytest.raises(Cut):
            while True:
                await anext(chunks)


async def test_nobody_there() -> None:
    with ProviderServer() as gone:
        pass
    with pytest.raises(Unreachable):
        await body_of(gone)


async def test_abort_wakes_the_reader_and_closes_the_connection(server: ProviderServer) -> None:
    """S10, S11: from a stalled stream."""
    server.answer(Answer(stall_after=0, role_event=False))
    exchange = SocketTransport().exchange()
    response = await exchange.open(request(server))
    async with aclosing(response.chunks()) as chunks:
        reading = asyncio.ensure_future(anext(chunks))
        await asyncio.sleep(0)
        exchange.abort()
        exchange.abort()
        with pytest.raises(Aborted):
            await reading
    await asyncio.to_thread(server.wait_request().wait_left)


async def test_nothing_is_read_after_abort(server: ProviderServer) -> None:
    """S6: however much had arrived already."""
    server.answer(Answer(text=endless(), events_per_chunk=100))
    exchange = SocketTransport().exchange()
    response = await exchange.open(request(server))
    async with aclosing(response.chunks()) as chunks:
        await anext(chunks)
        await asyncio.to_thread(server.wait_request().wait_chunks, 3)
        exchange.abort()
        with pytest.raises(Aborted):
            await anext(chunks)


async def test_abort_before_the_headers(server: ProviderServer) -> None:
    """S9."""
    server.answer(Answer(headers_after_ms=math.inf))
    exchange = SocketTransport().exchange()
    opening = asyncio.ensure_future(exchange.open(request(server)))
    await asyncio.to_thread(server.wait_request)
    exchange.abort()
    with pytest.raises(Aborted):
        await opening
    await asyncio.to_thread(server.wait_request().wait_left)


async def test_abort_before_it_began(server: ProviderServer) -> None:
    exchange = SocketTransport().exchange()
    exchange.abort()
    with pytest.raises(Aborted):
        await exchange.open(request(server))
    assert server.exchanges == []


async def test_abort_in_the_same_turn_as_open(server: ProviderServer) -> None:
    exchange = SocketTransport().exchange()
    opening = asyncio.ensure_future(exchange.open(request(server)))
    await asyncio.sleep(0)
    exchange.abort()
    with pytest.raises(Aborted):
        await opening


@pytest.mark.parametrize(
    "answer", [Answer(headers_after_ms=math.inf), Answer(stall_after=0)], ids=["opening", "reading"]
)
async def test_a_cancelled_task_closes_the_connection(server: ProviderServer, answer: Answer) -> None:
    """S12."""
    server.answer(answer)
    task = asyncio.ensure_future(body_of(server))
    await asyncio.to_thread(server.wait_request)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.to_thread(server.wait_request().wait_left)


async def test_closing_the_generator_closes_the_connection(server: ProviderServer) -> None:
    """S12."""
    server.answer(Answer(text=endless()))
    response = await SocketTransport().exchange().open(request(server))
    async with aclosing(response.chunks()) as chunks:
        await anext(chunks)
    await asyncio.to_thread(server.wait_request().wait_left)
