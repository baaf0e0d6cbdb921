"""Streams as vendors document them: each gives the same events wherever the network cuts it."""

from __future__ import annotations

from typing import Any

import pytest

from halt.providers.errors import ErrorInStream, MalformedEvent, ProviderError
from halt.providers.events import Event, Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.openai_chat import OpenAIChat
from halt.providers.presets import preset
from tests.unit.providers.answers import Answer, cuts, delta, read, stream

STOP = Finish(FinishReason.STOP)
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}


def choiceless(**fields: Any) -> dict[str, Any]:
    return {**delta(), "choices": [], **fields}


def call(**fields: Any) -> dict[str, object]:
    return delta(None, tool_calls=[fields])


STREAMS: dict[str, tuple[bytes, list[Event]]] = {
    "openai": (
        stream(
            {**delta("", role="assistant", refusal=None), "usage": None},
            delta("Hé"),
            delta("llo 🙂"),
            delta(None, "stop"),
            choiceless(usage=USAGE),
        ),
        [TextDelta("Hé"), TextDelta("llo 🙂"), STOP, Usage(9, 2)],
    ),
    "openai, tools": (
        stream(
            call(index=0, id="call_1", type="function", function={"name": "weather", "arguments": ""}),
            call(index=0, function={"arguments": '{"city":'}),
            call(index=0, function={"arguments": '"Oslo"}'}),
            delta(None, "tool_calls"),
        ),
        [
            ToolCallDelta(0, "call_1", "weather", ""),
            ToolCallDelta(0, "", "", '{"city":'),
            ToolCallDelta(0, "", "", '"Oslo"}'),
            Finish(FinishReason.TOOL_CALLS),
        ],
    ),
    "openai, a refusal": (
        stream(delta(None, refusal="I can't"), delta(None, "content_filter")),
        [TextDelta("I can't"), Finish(FinishReason.FILTER)],
    ),
    "openrouter, comments and reasoning": (
        stream(
            ": OPENROUTER PROCESSING\n\n",
            ": OPENROUTER PROCESSING\n\n",
            delta("", reasoning="Let me see", reasoning_details=[{"type": "reasoning.text", "text": "Let me see"}]),
            delta("Yes"),
            {**delta("", "stop"), "native_finish_reason": "end_turn"},
            {**delta(""), "usage": {**USAGE, "cost": 0.01}},
        ),
        [ThinkingDelta("Let me see"), TextDelta("Yes"), STOP, Usage(9, 2, 0.01)],
    ),
    "deepseek": (
        stream(
            ": keep-alive\n\n",
            delta(None, reasoning_content="Hm."),
            delta("Ja", reasoning_content=None),
            {**delta("", "length"), "usage": USAGE},
        ),
        [ThinkingDelta("Hm."), TextDelta("Ja"), Finish(FinishReason.LENGTH), Usage(9, 2)],
    ),
    "llama.cpp": (
        stream(
            delta(None, role="assistant"),
            delta("Hi"),
            {**delta(None, "stop"), "timings": {"cache_n": 4, "prompt_n": 5, "prompt_ms": 1.5, "predicted_n": 2}},
        ),
        [TextDelta("Hi"), STOP, Usage(9, 2)],
    ),
    "ollama on /v1": (
        stream(
            {**delta("Hi", role="assistant"), "system_fingerprint": "fp_ollama"},
            {**delta("", "stop", role="assistant"), "system_fingerprint": "fp_ollama"},
            choiceless(usage=USAGE),
        ),
        [TextDelta("Hi"), STOP, Usage(9, 2)],
    ),
    "groq": (
        stream(
            {**delta("", role="assistant"), "x_groq": {"id": "req_1"}},
            delta("Hi"),
            {**delta(None, "stop"), "x_groq": {"id": "req_1", "usage": {**USAGE, "queue_time": 0.1}}},
        ),
        [TextDelta("Hi"), STOP, Usage(9, 2)],
    ),
    "mistral, content in parts": (
        stream(
            delta([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]),
            delta([{"type": "text", "text": "Oui"}]),
            {**delta("", "stop"), "usage": USAGE},
        ),
        [ThinkingDelta("Hm."), TextDelta("Oui"), STOP, Usage(9, 2)],
    ),
    "xai, usage growing in each chunk": (
        stream(
            {**delta("A"), "usage": {"prompt_tokens": 9, "completion_tokens": 1}},
            {**delta("B", "stop"), "usage": USAGE},
        ),
        [TextDelta("A"), TextDelta("B"), STOP, Usage(9, 2)],
    ),
    "no [DONE]": (stream(delta("Hi"), delta("", "stop"), done=False), [TextDelta("Hi"), STOP]),
    "no finish reason": (stream(delta("Hi")), [TextDelta("Hi"), Finish(FinishReason.OTHER)]),
    "an unknown reason, twice": (
        stream(delta("Hi", "eos"), delta("", "stop")),
        [TextDelta("Hi"), Finish(FinishReason.OTHER)],
    ),
    "an empty reply": (stream(delta("", "stop")), [STOP]),
    "odd but harmless": (
        stream("data:\n\n", {"choices": None}, {"choices": [{"delta": None}]}, {}, delta("Hi", ""), delta("", "stop")),
        [TextDelta("Hi"), STOP],
    ),
    "carriage returns": (
        stream(delta("Hi"), delta("", "stop")).replace(b"\n", b"\r\n"),
        [TextDelta("Hi"), STOP],
    ),
}


@pytest.mark.parametrize("name", STREAMS)
async def test_a_stream_however_it_is_cut(name: str) -> None:
    body, expected = STREAMS[name]
    for pieces in cuts(body):
        answer = Answer(pieces)
        assert await read(answer) == (expected, None), pieces
        assert answer.closed


@pytest.mark.parametrize(
    ("cost", "expected"),
    [(0.0012, 0.0012), (0, 0), (None, None), ("0.1", None), (True, None), ({"total": 1}, None), (-1, None)]
    + [(float(odd), None) for odd in ("nan", "inf")]
    + [(10**400, None)],
)
async def test_a_cost_is_read_where_it_is_an_amount(cost: object, expected: float | None) -> None:
    """S22"""
    body = stream({**delta("Hi", "stop"), "usage": {**USAGE, "cost": cost}})
    assert await read(Answer([body])) == ([TextDelta("Hi"), STOP, Usage(9, 2, expected)], None)


@pytest.mark.parametrize("count", [float("nan"), float("inf"), -1, True, "9", None])
async def test_a_count_that_is_none_breaks_nothing(count: object) -> None:
    """S22"""
    body = stream({**delta("Hi", "stop"), "usage": {"prompt_tokens": count, "completion_tokens": 2}})
    assert await read(Answer([body])) == ([TextDelta("Hi"), STOP, Usage(0, 2)], None)


async def test_what_comes_after_done_is_not_read() -> None:
    answer = Answer([stream(delta("Hi", "stop")), b"data: {}\n\n", b"data: {}\n\n"])
    assert await read(answer) == ([TextDelta("Hi"), STOP], None)
    assert answer.read == 1
    assert answer.closed


OPENAI_ERROR = {"error": {"message": "The server had an error", "type": "server_error", "code": None}}
OPENROUTER_ERROR = {
    **delta("", "error"),
    "error": {"code": "server_error", "message": "Provider disconnected"},
}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (stream(delta("Hi"), OPENAI_ERROR), "“The server had an error”"),
        (stream(delta("Hi"), OPENROUTER_ERROR), "“Provider disconnected”"),
        (stream(delta("Hi"), 'event: error\ndata: {"message": "overloaded"}\n\n'), "“overloaded”"),
        (stream(delta("Hi"), {"error": "out of memory"}), "“out of memory”"),
        (stream(delta("Hi"), delta("", "error")), "reported an error in the middle of its reply."),
    ],
)
async def test_an_error_in_the_stream_keeps_what_had_arrived(sent: bytes, said: str) -> None:
    for pieces in cuts(sent):
        events, error = await read(Answer(pieces))
        assert events == [TextDelta("Hi")]
        assert type(error) is ErrorInStream
        assert said in error.sentence
        assert "in the middle of its reply" in error.sentence
        assert "What had arrived is kept" in error.sentence


async def test_an_error_before_the_first_word() -> None:
    events, error = await read(Answer([stream(OPENAI_ERROR)]))
    assert events == []
    assert isinstance(error, ProviderError)
    assert "instead of a reply: “The server had an error”" in error.sentence


@pytest.mark.parametrize("event", ["data: {\n\n", "data: hello\n\n", "data: [1]\n\n", "data: null\n\n"])
async def test_a_malformed_event_keeps_what_had_arrived(event: str) -> None:
    for pieces in cuts(stream(delta("Hi"), event, delta("never"))):
        events, error = await read(Answer(pieces), OpenAIChat(preset("custom")))
        assert events == [TextDelta("Hi")]
        assert type(error) is MalformedEvent
        assert error.sentence.startswith("The server sent something in the stream that can't be read.")
        assert event[6:].strip() in error.details
