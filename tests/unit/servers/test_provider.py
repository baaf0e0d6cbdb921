"""The test provider does what it is told, byte for byte, and sees at once when a client leaves."""

from __future__ import annotations

import json
import math
import socket
import struct
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from tests.servers import Answer, ProviderServer, endless


@pytest.fixture
def server() -> Iterator[ProviderServer]:
    with ProviderServer() as running:
        yield running
        running.wait_no_connections()


def ask(server: ProviderServer) -> socket.socket:
    """Send a request and leave its answer to be read."""
    body = json.dumps({"model": "test-large", "messages": [], "stream": True}).encode()
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=5)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body)
    return connection


def read_all(connection: socket.socket) -> bytes:
    received = b""
    with connection:
        while piece := connection.recv(65_536):
            received += piece
    return received


def chunks_of(answer: bytes) -> list[bytes]:
    """Take chunked coding apart; the last chunk is empty where the answer ended as it should."""
    rest = answer.partition(b"\r\n\r\n")[2]
    chunks = []
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        chunks.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return chunks


def contents(data: bytes) -> str:
    events = [line.removeprefix("data: ") for line in data.decode().split("\n\n") if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event).get("choices", [])]
    return "".join(choice["delta"].get("content", "") for choice in choices)


def test_streams_a_text_and_records_it(server: ProviderServer) -> None:
    server.answer(Answer(text="Grüße 🙂, and\nmore."))
    answer = read_all(ask(server))
    exchange = server.wait_request()
    exchange.wait_ended()
    chunks = chunks_of(answer)
    assert contents(b"".join(chunks)) == exchange.sent_text == "Grüße 🙂, and\nmore."
    assert chunks[-2:] == [b"data: [DONE]\n\n", b""]
    assert exchange.chunks_sent == len(chunks) - 1
    assert exchange.json["model"] == "test-large"
    assert exchange.left_at is None


@pytest.mark.parametrize("size", [1, 2, 3])
def test_cuts_inside_characters(server: ProviderServer, size: int) -> None:
    server.answer(Answer(text="ü🙂", bytes_per_chunk=size))
    chunks = chunks_of(read_all(ask(server)))
    assert all(len(chunk) <= size for chunk in chunks)
    assert contents(b"".join(chunks)) == server.wait_request().sent_text == "ü🙂"
    with pytest.raises(UnicodeDecodeError):
        [chunk.decode() for chunk in chunks]


def test_joins_many_events_to_a_chunk(server: ProviderServer) -> None:
    server.answer(Answer(text=["a"] * 100, events_per_chunk=50))
    assert len(chunks_of(read_all(ask(server)))) == 4


def test_answers_come_in_order_and_the_last_one_stays(server: ProviderServer) -> None:
    server.answer(Answer(text="one"), Answer(text="two"))
    assert [contents(b"".join(chunks_of(read_all(ask(server))))) for _ in range(3)] == ["one", "two", "two"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(headers_after_ms=math.inf),
        Answer(first_chunk_after_ms=math.inf),
        Answer(stall_after=1),
        Answer(step=True),
        Answer(text=endless(), tokens_per_second=1),
        Answer(text=endless()),
    ],
    ids=["before the headers", "before the first chunk", "stalled", "between steps", "slow", "flooding"],
)
@pytest.mark.parametrize("reset", [False, True])
def test_sees_that_the_client_left(server: ProviderServer, answer: Answer, reset: bool) -> None:
    server.answer(answer)
    connection = ask(server)
    exchange = server.wait_request()
    if reset:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    exchange.wait_left()
    assert exchange.chunks_after_leaving <= 1
    assert not exchange.ended


def test_goes_by_steps(server: ProviderServer) -> None:
    server.answer(Answer(text=["a", "b", "c"], role_event=False, step=True))
    connection = ask(server)
    exchange = server.wait_request()
    assert exchange.chunks_sent == 0
    exchange.release(2)
    exchange.wait_chunks(2)
    assert exchange.sent_text == "ab"
    server.release_all()
    assert contents(b"".join(chunks_of(read_all(connection)))) == "abc"


def test_keeps_the_pace(server: ProviderServer) -> None:
    server.answer(Answer(text=["a"] * 11, tokens_per_second=100, role_event=False))
    began = time.monotonic()
    read_all(ask(server))
    assert time.monotonic() - began >= 0.1


def test_cuts_in_the_middle(server: ProviderServer) -> None:
    server.answer(Answer(text=["a", "b"], cut_after=1, cut_in_character=True))
    chunks = chunks_of(read_all(ask(server)))
    assert chunks[-1].endswith("🙂".encode()[:2])
    assert server.wait_request().sent_text == "a"


def test_resets_the_connection(server: ProviderServer) -> None:
    server.answer(Answer(text=["a", "b"], cut_after=1, reset=True))
    with pytest.raises(ConnectionResetError):
        read_all(ask(server))


def test_sends_what_no_client_expects(server: ProviderServer) -> None:
    server.answer(
        Answer(text=["a", "b"], malformed_at=1),
        Answer(text=["a", "b"], error_at=1),
        Answer(text="", finish_reason=None, usage=False, done=False),
        Answer(raw=[b": hi\n\n", 1.0, b"data: x\n\n"]),
    )
    malformed, error, empty, raw = (chunks_of(read_all(ask(server))) for _ in range(4))
    assert b'data: {"choices": [{"delta": \n\n' in malformed
    assert b"broke down" in error[-2]
    assert len(empty) == 2  # the role and the end
    assert raw == [b": hi\n\n", b"data: x\n\n", b""]


def test_thinks_first(server: ProviderServer) -> None:
    server.answer(Answer(thinking=["hm"], text="a"))
    chunks = chunks_of(read_all(ask(server)))
    assert b'"reasoning_content":"hm"' in chunks[1]
    assert server.wait_request().sent_text == "a"


def test_refuses_with_a_body_and_headers(server: ProviderServer) -> None:
    server.answer(
        Answer(status=429, headers={"Retry-After": "3"}), Answer(body="<html>", headers={"Content-Type": "text/html"})
    )
    refused = read_all(ask(server))
    assert refused.startswith(b"HTTP/1.1 429 ")
    assert b"\r\nRetry-After: 3\r\n" in refused
    assert read_all(ask(server)).endswith(b"\r\n\r\n<html>")


def test_answers_whole_where_told(server: ProviderServer) -> None:
    server.answer(Answer(text="all at once", not_a_stream=True))
    body = json.loads(read_all(ask(server)).partition(b"\r\n\r\n")[2])
    assert body["choices"][0]["message"]["content"] == "all at once"


def test_lists_models_and_answers_preflights(server: ProviderServer) -> None:
    with urllib.request.urlopen(f"{server.url}/models", timeout=5) as response:  # noqa: S310
        assert [row["id"] for row in json.load(response)["data"]] == server.models
    preflight = urllib.request.Request(f"{server.url}/chat/completions", method="OPTIONS")  # noqa: S310
    with urllib.request.urlopen(preflight, timeout=5) as response:  # noqa: S310
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert [request.method for request in server.other_requests] == ["GET", "OPTIONS"]
    assert server.exchanges == []


def test_forbids_other_origins_where_told() -> None:
    with ProviderServer(cors=False) as server:
        with urllib.request.urlopen(f"{server.url}/models", timeout=5) as response:  # noqa: S310
            assert response.headers["Access-Control-Allow-Origin"] is None
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"{server.url}/nowhere", timeout=5)  # noqa: S310
        refusal.value.close()
        assert refusal.value.code == 404


def test_closing_ends_what_still_streams() -> None:
    with ProviderServer(Answer(text=endless(), tokens_per_second=10)) as server:
        connection = ask(server)
        server.wait_request().wait_chunks(2)
        assert server.open_connections == 1
    assert server.open_connections == 0
    assert contents(b"".join(chunks_of(read_all(connection)))).startswith("word ")
