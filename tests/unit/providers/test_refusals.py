"""Answers that are not 2xx: what the person is told, and how long to wait."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from halt.providers.base import ProviderSettings
from halt.providers.errors import (
    BadRequest,
    ConnectionCut,
    NotAnAnswer,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from halt.providers.http_provider import REFUSAL_LIMIT
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from halt.providers.refusals import refusal, retry_after_ms
from halt.wire.transport import Cut
from tests.unit.providers.answers import Answer, read

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = "sk-proj-Abc123_def-456"


@pytest.mark.parametrize(
    ("status", "kind", "todo"),
    [
        (400, BadRequest, "Check Model, temperature"),
        (401, Refused, "https://platform.openai.com/api-keys"),
        (402, BadRequest, "credit is used up"),
        (403, Refused, "what the key is allowed to do"),
        (404, NotFound, "Check Base URL and Model"),
        (408, BadRequest, "retry"),
        (413, BadRequest, "retry"),
        (422, BadRequest, "Check Model"),
        (429, RateLimited, "retry"),
        (500, Unavailable, "retry"),
        (503, Unavailable, "retry"),
        (529, Unavailable, "retry"),
        (304, NotAnAnswer, "Check the Base URL"),
    ],
)
async def test_each_status_says_what_happened_and_what_to_do(status: int, kind: type[ProviderError], todo: str) -> None:
    provider = OpenAIChat(preset("openai"))
    provider.request([], ProviderSettings(api_key=KEY))
    body = json.dumps({"error": {"message": f"That is wrong with {KEY}"}}).encode()
    answer = Answer([body[:9], body[9:]], status, {"x-request-id": "req_7"})
    events, error = await read(answer, provider)
    assert events == []
    assert type(error) is kind
    assert "OpenAI" in error.sentence
    assert str(status) in error.sentence
    assert todo in error.sentence
    assert not error.interrupted
    if status != 304:
        assert "“That is wrong with [key]”" in error.sentence or status == 402
    assert "req_7" in error.details
    assert KEY not in f"{error!r} {error.sentence} {error.details}"
    assert answer.closed


def test_without_a_key_it_tells_where_to_get_one() -> None:
    error = refusal(401, {}, b"", preset("groq"))
    assert "wants an API key" in error.sentence
    assert "https://console.groq.com/keys" in error.sentence
    assert type(refusal(403, {}, b"", preset("ollama"))) is Refused


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        (b"Service overloaded", "“Service overloaded”"),
        (b"<html><title>502</title></html>", ""),
        (b"", ""),
        (b"\xff\xfe", "“\ufffd\ufffd”"),
    ],
)
def test_a_body_that_is_no_json(body: bytes, quoted: str) -> None:
    sentence = refusal(502, {}, body, preset("openai")).sentence
    assert quoted in sentence
    assert "<" not in sentence
    assert ("“" in sentence) == bool(quoted)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20_000),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "1.5"}, 1_500),
        ({"retry-after-ms": "250", "retry-after": "1"}, 250),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1_000),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:35 GMT"}, 30_000),
        ({"retry-after": "Fri, 02 Jan 2026 03:00:00 GMT"}, 0),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:35 -0000"}, 30_000),
        ({"retry-after": "later"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "9" * 400}, None),
    ],
)
def test_retry_after(headers: dict[str, str], wait: float | None) -> None:
    assert retry_after_ms(headers, NOW) == wait
    assert refusal(429, headers, b"", preset("openai"), now=NOW).retry_after_ms == wait
    assert refusal(503, headers, b"", preset("openai"), now=NOW).retry_after_ms == wait


def test_the_wait_is_said_in_words() -> None:
    assert "Retry in 20 seconds." in refusal(429, {"retry-after": "20"}, b"", preset("openai")).sentence
    assert "Retry in 1 second." in refusal(429, {"retry-after-ms": "250"}, b"", preset("openai")).sentence
    assert "Retry in 10 minutes." in refusal(429, {"retry-after": "600"}, b"", preset("openai")).sentence


async def test_a_refusal_without_an_end_is_read_to_a_bound() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield b"x" * 1024

    answer = Answer(endless(), 500)
    _, error = await read(answer)
    assert type(error) is Unavailable
    assert answer.read == REFUSAL_LIMIT // 1024
    assert answer.closed


async def test_a_refusal_that_breaks_off_is_a_cut_connection() -> None:
    _, error = await read(Answer([b'{"err'], 500, error=Cut("reset")))
    assert type(error) is ConnectionCut
