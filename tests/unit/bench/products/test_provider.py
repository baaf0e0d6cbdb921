"""The bench's provider: a process of its own that answers by the question's first word and tells what it saw."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from bench.options import QUICK, Rate
from bench.products.provider import ProviderProcess, long_chunks, messages_of, providing, question_of


@pytest.fixture(scope="module")
def provider() -> Iterator[ProviderProcess]:
    with providing() as process:
        yield process


@contextmanager
def ask(provider: ProviderProcess, question: str, timeout: float = 5) -> Iterator[HTTPResponse]:
    body = {"model": "any", "stream": True, "messages": [{"role": "user", "content": question}]}
    with closing(HTTPConnection(urlsplit(provider.url).netloc, timeout=timeout)) as connection:
        connection.request("POST", "/v1/chat/completions", json.dumps(body))
        with connection.getresponse() as response:
            yield response


def test_a_question_is_answered_and_found_by_its_mark(provider: ProviderProcess) -> None:
    with ask(provider, "short mark-a") as response:
        assert b"Fine" in response.read()
    seen = provider.wait("mark-a", lambda seen: seen.ended, 5)
    assert seen is not None
    assert (seen.text, seen.left_at) == ("Fine.", None)
    assert seen.chunks == len(seen.chunk_times) > 0
    assert seen.chunks_after(seen.received_at) == seen.chunks
    assert seen.chunks_after(seen.chunk_times[-1]) == 0
    assert seen.messages == [["user", "short mark-a"]]
    assert provider.find("mark") is None  # a mark is a whole word


def test_who_leaves_is_seen_to_leave_before_the_first_byte_and_in_a_flood(provider: ProviderProcess) -> None:
    with pytest.raises(TimeoutError), ask(provider, "silent mark-b", 0.2):
        pass
    assert provider.wait("mark-b", lambda seen: seen.left_at is not None, 5) is not None
    with ask(provider, "flood mark-c") as response:
        assert response.read(1000)
    seen = provider.wait("mark-c", lambda seen: seen.left_at is not None, 5)
    assert seen is not None
    assert seen.left_at is not None
    assert seen.chunks_after(seen.left_at) == 0


def test_what_was_not_asked_is_not_waited_for_without_end(provider: ProviderProcess) -> None:
    assert provider.wait_request("mark-d", 0.01) is None


def test_parts_of_a_message_are_its_text() -> None:
    parts = [{"type": "text", "text": "short "}, {"type": "text", "text": "mark"}, {"type": "image_url"}]
    told = messages_of({"messages": [{"role": "user", "content": parts}, {"role": "assistant", "content": None}]})
    assert told == [("user", "short mark"), ("assistant", "")]
    assert question_of(told) == "short mark"
    assert question_of(messages_of("nonsense")) == ""


@pytest.mark.parametrize("rate", [Rate(), QUICK])
def test_the_long_reply_is_the_same_at_each_rate(rate: Rate) -> None:
    assert len(long_chunks(rate)) == rate.chunks
    assert "".join(long_chunks(rate)) == "".join(long_chunks(QUICK))
    assert len("".join(long_chunks(rate))) == 60_000
