"""Ollama: https://docs.ollama.com/api/chat, …/api/streaming, …/api/errors and …/api/tags."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_BASE64, Contract, Json, Models, Stream, ndjson, roles


def line(**message: object) -> Json:
    return {
        "model": "llama3.2",
        "created_at": "2026-08-04T08:52:19.385406455-07:00",
        "message": {"role": "assistant", "content": "", **message},
        "done": False,
    }


def over(reason: str | None = "stop", **fields: object) -> Json:
    ended = line() | {"done": True, "total_duration": 4883583458, "load_duration": 1334875, **fields}
    return ended | ({"done_reason": reason} if reason else {})


HI = line(content="Hi")
COUNTS = {"prompt_eval_count": 26, "prompt_eval_duration": 342546000, "eval_count": 282, "eval_duration": 4535599000}


def ends(reason: str | None, meaning: FinishReason) -> Stream:
    return Stream(ndjson(HI, over(reason)), [TextDelta("Hi"), Finish(meaning)])


def body(messages: list[Json]) -> Json:
    return {"model": "m", "messages": messages, "stream": True}


def question(row: Preset) -> Json:
    messages: list[Json] = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "What is it?", "images": [PNG_BASE64]},
        {"role": "assistant", "content": "A cat"},
        {"role": "user", "content": "Sure?"},
    ]
    return body(messages) | {"options": {"temperature": 0.5, "num_predict": 100}}


CONTRACT = Contract(
    Dialect.OLLAMA,
    path="/api/chat",
    key=("Authorization", "Bearer {key}"),
    question=question,
    hello=lambda row: body([{"role": "user", "content": "Hello"}]),
    turns=lambda body: roles(body["messages"]),
    streams={
        "text": Stream(
            ndjson(line(content="Hé"), line(content=" 日\u2028🙂"), over()),
            [TextDelta("Hé"), TextDelta(" 日\u2028🙂"), Finish(FinishReason.STOP)],
        ),
        "thinking": Stream(
            ndjson(line(thinking="Hm"), line(thinking="."), line(content="Yes"), over()),
            [ThinkingDelta("Hm"), ThinkingDelta("."), TextDelta("Yes"), Finish(FinishReason.STOP)],
        ),
        "tool call": Stream(
            ndjson(
                line(tool_calls=[{"function": {"name": "get_weather", "arguments": {"city": "Paris"}}}]),
                line(tool_calls=[{"id": "c2", "function": {"index": 1, "name": "get_time", "arguments": {}}}]),
                over(),
            ),
            [
                ToolCallDelta(0, "", "get_weather", '{"city": "Paris"}'),
                ToolCallDelta(1, "c2", "get_time", "{}"),
                Finish(FinishReason.STOP),
            ],
        ),
        "usage": Stream(ndjson(HI, over(**COUNTS)), [TextDelta("Hi"), Finish(FinishReason.STOP), Usage(26, 282)]),
        "length": ends("length", FinishReason.LENGTH),
        "only loaded": ends("load", FinishReason.OTHER),
        "an older server": ends(None, FinishReason.STOP),
        "no line end": Stream(ndjson(HI, over()).removesuffix(b"\n"), [TextDelta("Hi"), Finish(FinishReason.STOP)]),
        "error in the middle": Stream(
            ndjson(HI, {"error": "an error was encountered while running the model"}),
            [TextDelta("Hi")],
            "in the middle of its reply: “an error was encountered while running the model”",
        ),
        "error at once": Stream(
            json.dumps({"error": "model requires more system memory"}).encode(),
            [],
            "“model requires more system memory”",
        ),
    },
    first_words=ndjson(line(content="Hello")),
    whole=Stream(
        json.dumps(over(**COUNTS) | {"message": {"role": "assistant", "content": "Hi"}}).encode(),
        [TextDelta("Hi"), Finish(FinishReason.STOP), Usage(26, 282)],
    ),
    models=Models(
        "/api/tags",
        {"models": [{"name": "gemma3", "model": "gemma3", "size": 3338801804}, {"name": "deepseek-r1:latest"}]},
        ["deepseek-r1:latest", "gemma3"],
    ),
    refusals={
        400: ({"error": "No such luck."}, BadRequest),
        401: ({"error": "No such luck."}, Refused),
        404: ({"error": "No such luck."}, NotFound),
        429: ({"error": "No such luck."}, RateLimited),
        500: ({"error": "No such luck."}, Unavailable),
    },
    lacks={
        "filter": "It runs models without filters.",
        "refusal": "A model that declines says so in words.",
    },
)
