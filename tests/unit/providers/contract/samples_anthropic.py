"""Messages: https://platform.claude.com/docs/en/build-with-claude/streaming and …/docs/en/api/errors."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_BASE64, Contract, Json, Models, Stream, roles, sse


def event(kind: str, **fields: object) -> tuple[str, Json]:
    return kind, {"type": kind, **fields}


def message(**fields: object) -> Json:
    return {
        "id": "msg_1nZdL29xx5MUA1yADyHTEsnR8uuvGzszyY",
        "type": "message",
        "role": "assistant",
        "model": "claude-sonnet-5-5",
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": 25,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 5,
            "output_tokens": 1,
        },
    } | fields


def begin(block: Json, index: int = 0) -> tuple[str, Json]:
    return event("content_block_start", index=index, content_block=block)


def delta(kind: str, index: int = 0, **fields: object) -> tuple[str, Json]:
    return event("content_block_delta", index=index, delta={"type": kind, **fields})


def end(index: int = 0) -> tuple[str, Json]:
    return event("content_block_stop", index=index)


def over(reason: str, **fields: object) -> tuple[tuple[str, Json], tuple[str, Json]]:
    stopped = {"stop_reason": reason, "stop_sequence": None, **fields}
    return event("message_delta", delta=stopped, usage={"output_tokens": 15}), event("message_stop")


START = event("message_start", message=message())
PING = event("ping")
TEXT = begin({"type": "text", "text": ""})
HI = delta("text_delta", text="Hi")
ASKED, COUNTED = Usage(30, None), Usage(30, 15)


def ends(reason: str, meaning: FinishReason) -> Stream:
    return Stream(sse(START, TEXT, HI, end(), *over(reason)), [ASKED, TextDelta("Hi"), Finish(meaning), COUNTED])


def body(messages: list[Json]) -> Json:
    return {"model": "m", "max_tokens": 32_000, "messages": messages, "stream": True}


def question(row: Preset) -> Json:
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG_BASE64}}
    messages: list[Json] = [
        {"role": "user", "content": [image, {"type": "text", "text": "What is it?"}]},
        {"role": "assistant", "content": "A cat"},
        {"role": "user", "content": "Sure?"},
    ]
    return body(messages) | {"system": "Be brief.", "temperature": 0.5, "max_tokens": 100}


def error(kind: str) -> Json:
    return {
        "type": "error",
        "error": {"type": kind, "message": "No such luck."},
        "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy",
    }


WHOLE = message(
    content=[
        {"type": "thinking", "thinking": "Hm.", "signature": "EqQBCgIYAhIM"},
        {"type": "text", "text": "Hi"},
        {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}},
    ],
    stop_reason="tool_use",
)

CONTRACT = Contract(
    Dialect.ANTHROPIC,
    path="/messages",
    key=("x-api-key", "{key}"),
    question=question,
    hello=lambda row: body([{"role": "user", "content": "Hello"}]),
    turns=lambda body: roles(body["messages"]),
    streams={
        "text": Stream(
            sse(
                *(START, PING, TEXT, delta("text_delta", text="Hé"), PING),
                *(delta("text_delta", text=" 日🙂"), event("an_event_of_next_year"), end(), *over("end_turn")),
            ),
            [ASKED, TextDelta("Hé"), TextDelta(" 日🙂"), Finish(FinishReason.STOP), COUNTED],
        ),
        "thinking": Stream(
            sse(
                *(START, begin({"type": "thinking", "thinking": "", "signature": ""})),
                *(delta("thinking_delta", thinking="Hm"), delta("thinking_delta", thinking=".")),
                *(delta("signature_delta", signature="EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk"), end()),
                *(begin({"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}, 1), end(1)),
                *(
                    begin({"type": "text", "text": ""}, 2),
                    delta("text_delta", 2, text="Yes"),
                    end(2),
                    *over("end_turn"),
                ),
            ),
            [
                *(ASKED, ThinkingDelta("Hm"), ThinkingDelta("."), TextDelta("Yes")),
                *(Finish(FinishReason.STOP), COUNTED),
            ],
        ),
        "tool call": Stream(
            sse(
                *(
                    START,
                    begin(
                        {
                            "type": "tool_use",
                            "id": "toolu_01T1x1fJ34qAmk2tNTrN7Up6",
                            "name": "get_weather",
                            "input": {},
                        },
                        1,
                    ),
                ),
                *(
                    delta("input_json_delta", 1, partial_json=""),
                    delta("input_json_delta", 1, partial_json='{"city": "Pa'),
                ),
                *(delta("input_json_delta", 1, partial_json='ris"}'), end(1), *over("tool_use")),
            ),
            [
                *(ASKED, ToolCallDelta(1, "toolu_01T1x1fJ34qAmk2tNTrN7Up6", "get_weather", "")),
                *(ToolCallDelta(1, "", "", '{"city": "Pa'), ToolCallDelta(1, "", "", 'ris"}')),
                *(Finish(FinishReason.TOOL_CALLS), COUNTED),
            ],
        ),
        "usage": Stream(
            sse(
                *(START, TEXT, HI, end()),
                event(
                    "message_delta",
                    delta={"stop_reason": "end_turn"},
                    usage={
                        "input_tokens": 10,
                        "cache_read_input_tokens": None,
                        "cache_creation_input_tokens": 7,
                        "output_tokens": 20,
                    },
                ),
                event("message_stop"),
            ),
            [ASKED, TextDelta("Hi"), Finish(FinishReason.STOP), Usage(22, 20)],
        ),
        "length": ends("max_tokens", FinishReason.LENGTH),
        "refusal": Stream(
            sse(
                *(START, TEXT, HI, end()),
                *over("refusal", stop_details={"type": "refusal", "category": "bio", "explanation": None}),
            ),
            [ASKED, TextDelta("Hi"), Finish(FinishReason.REFUSAL), COUNTED],
        ),
        "a stop sequence": ends("stop_sequence", FinishReason.STOP),
        "a full context": ends("model_context_window_exceeded", FinishReason.CONTEXT),
        "a pause": ends("pause_turn", FinishReason.OTHER),
        "error in the middle": Stream(
            sse(
                START,
                TEXT,
                HI,
                ("error", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
            ),
            [ASKED, TextDelta("Hi")],
            "in the middle of its reply: “Overloaded”",
        ),
        "error at once": Stream(
            sse(("error", {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})),
            [],
            "an error instead of a reply: “Overloaded”",
        ),
    },
    first_words=sse(START, TEXT, delta("text_delta", text="Hello")),
    counted=30,
    whole=Stream(
        json.dumps(WHOLE).encode(),
        [
            *(ThinkingDelta("Hm."), TextDelta("Hi"), ToolCallDelta(2, "toolu_1", "get_weather", '{"city": "Paris"}')),
            *(Finish(FinishReason.TOOL_CALLS), Usage(30, 1)),
        ],
    ),
    models=Models(
        "/models",
        {"data": [{"type": "model", "id": "claude-sonnet-5-5", "display_name": "Claude"}], "has_more": False},
        ["claude-sonnet-5-5"],
    ),
    refusals={
        400: (error("invalid_request_error"), BadRequest),
        401: (error("authentication_error"), Refused),
        404: (error("not_found_error"), NotFound),
        429: (error("rate_limit_error"), RateLimited),
        529: (error("overloaded_error"), Unavailable),
    },
    lacks={"filter": "What its classifiers end has the stop reason refusal."},
)
