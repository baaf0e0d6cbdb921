"""Chat Completions: https://platform.openai.com/docs/api-reference/chat-streaming, and what others add to it."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_URL, Contract, Json, Models, Stream, roles, sse

DONE = "data: [DONE]\n\n"


def chunk(delta: Json, finish: str | None = None) -> Json:
    return {
        "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
        "object": "chat.completion.chunk",
        "created": 1741570283,
        "model": "gpt-5-mini",
        "system_fingerprint": "fp_44709d6fcb",
        "choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}],
    }


def said(text: str) -> Json:
    return chunk({"content": text})


def call(**fields: object) -> Json:
    return chunk({"tool_calls": [{"index": 0, **fields}]})


ROLE = chunk({"role": "assistant", "content": "", "refusal": None})
USAGE = {
    "id": "chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG",
    "object": "chat.completion.chunk",
    "choices": [],
    "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29},
}
STOPPED = Finish(FinishReason.STOP)


def body(row: Preset, messages: list[Json]) -> Json:
    options = {"stream_options": {"include_usage": True}} if row.stream_usage else {}
    return {"model": "m", "messages": messages, "stream": True} | options


def question(row: Preset) -> Json:
    image = {"type": "image_url", "image_url": {"url": PNG_URL}}
    return body(
        row,
        [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]},
            {"role": "assistant", "content": "A cat"},
            {"role": "user", "content": "Sure?"},
        ],
    ) | {"temperature": 0.5, row.max_tokens_field: 100}


WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29},
}

CONTRACT = Contract(
    Dialect.CHAT_COMPLETIONS,
    path="/chat/completions",
    key=("Authorization", "Bearer {key}"),
    question=question,
    hello=lambda row: body(row, [{"role": "user", "content": "Hello"}]),
    turns=lambda body: roles(body["messages"]),
    streams={
        "text": Stream(
            sse(": OPENROUTER PROCESSING\n\n", ROLE, said("Hé"), said(" 日🙂"), chunk({}, "stop"), end=DONE),
            [TextDelta("Hé"), TextDelta(" 日🙂"), STOPPED],
        ),
        "thinking": Stream(
            sse(ROLE, chunk({"reasoning_content": "Hm."}), said("Yes"), chunk({}, "stop"), end=DONE),
            [ThinkingDelta("Hm."), TextDelta("Yes"), STOPPED],
        ),
        "tool call": Stream(
            sse(
                call(id="call_1", type="function", function={"name": "get_weather", "arguments": ""}),
                call(function={"arguments": '{"city":'}),
                call(function={"arguments": '"Paris"}'}),
                chunk({}, "tool_calls"),
                end=DONE,
            ),
            [
                ToolCallDelta(0, "call_1", "get_weather", ""),
                ToolCallDelta(0, "", "", '{"city":'),
                ToolCallDelta(0, "", "", '"Paris"}'),
                Finish(FinishReason.TOOL_CALLS),
            ],
        ),
        "usage": Stream(sse(said("Hi"), chunk({}, "stop"), USAGE, end=DONE), [TextDelta("Hi"), STOPPED, Usage(19, 10)]),
        "length": Stream(
            sse(said("Hi"), chunk({}, "length"), end=DONE), [TextDelta("Hi"), Finish(FinishReason.LENGTH)]
        ),
        "filter": Stream(
            sse(said("Hi"), chunk({}, "content_filter"), end=DONE), [TextDelta("Hi"), Finish(FinishReason.FILTER)]
        ),
        "refusal": Stream(
            sse(chunk({"refusal": "I can't help with that."}), chunk({}, "stop"), end=DONE),
            [TextDelta("I can't help with that."), Finish(FinishReason.REFUSAL)],
        ),
        "error in the middle": Stream(
            sse(said("Hi"), {"error": {"message": "Provider disconnected.", "code": 502}}),
            [TextDelta("Hi")],
            "in the middle of its reply: “Provider disconnected.”",
        ),
    },
    first_words=sse(ROLE, said("Hello")),
    whole=Stream(json.dumps(WHOLE).encode(), [TextDelta("Hi"), STOPPED, Usage(19, 10)]),
    models=Models(
        "/models", {"object": "list", "data": [{"id": "gpt-5", "object": "model"}, {"id": "a"}]}, ["a", "gpt-5"]
    ),
    refusals={
        400: ({"error": {"message": "No such luck.", "type": "invalid_request_error", "code": None}}, BadRequest),
        401: ({"error": {"message": "No such luck.", "code": "invalid_api_key"}}, Refused),
        404: ({"error": {"message": "No such luck.", "code": "model_not_found"}}, NotFound),
        429: ({"error": {"message": "No such luck.", "code": "rate_limit_exceeded"}}, RateLimited),
        500: ({"error": {"message": "No such luck.", "type": "server_error"}}, Unavailable),
    },
    cancels={"koboldcpp": ("/api/extra/abort", None), "textgen": ("/v1/internal/stop-generation", None)},
)
