"""Responses: https://developers.openai.com/api/reference/resources/responses/streaming-events and …/background."""

from __future__ import annotations

import json

from halt.providers.errors import BadRequest, NotFound, RateLimited, Refused, Unavailable
from halt.providers.events import Finish, FinishReason, Named, TextDelta, ThinkingDelta, ToolCallDelta, Usage
from halt.providers.preset import Dialect, Preset

from .sample import PNG_URL, Contract, Json, Models, Stream, roles, sse

ID = "resp_67c9fdcecf488190bdd9a0409de3a1ec07b8b0ad4e5eb654"
USAGE = {
    "input_tokens": 37,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 11,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 48,
}


def response(status: str = "in_progress", **fields: object) -> Json:
    return {
        "id": ID,
        "object": "response",
        "status": status,
        "error": None,
        "incomplete_details": None,
        "output": [],
    } | fields


def event(kind: str, **fields: object) -> tuple[str, Json]:
    return kind, {"type": kind, "sequence_number": 1, **fields}


def piece(kind: str, delta: str, **fields: object) -> tuple[str, Json]:
    return event(f"response.{kind}.delta", item_id="msg_1", output_index=0, content_index=0, delta=delta, **fields)


def over(status: str = "completed", **fields: object) -> tuple[str, Json]:
    return event(f"response.{status}", response=response(status, **({"usage": USAGE} | fields)))


CREATED = event("response.created", response=response())
PROGRESS = event("response.in_progress", response=response())
ITEM = event(
    "response.output_item.added",
    output_index=0,
    item={"id": "msg_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []},
)
PART = event("response.content_part.added", output_index=0, part={"type": "output_text", "text": "", "annotations": []})
HI = piece("output_text", "Hi", logprobs=[])
TEXT_DONE = event("response.output_text.done", output_index=0, text="Hi")
NAMED, COUNTED = Named(ID), Usage(37, 11)


def incomplete(reason: str, meaning: FinishReason) -> Stream:
    body = sse(CREATED, HI, over("incomplete", incomplete_details={"reason": reason}))
    return Stream(body, [NAMED, TextDelta("Hi"), Finish(meaning), COUNTED])


def body(messages: list[Json]) -> Json:
    return {"model": "m", "input": messages, "stream": True, "store": False}


def question(row: Preset) -> Json:
    image = {"type": "input_image", "image_url": PNG_URL, "detail": "auto"}
    messages: list[Json] = [
        {"role": "user", "content": [image, {"type": "input_text", "text": "What is it?"}]},
        {"role": "assistant", "content": "A cat"},
        {"role": "user", "content": "Sure?"},
    ]
    return body(messages) | {"instructions": "Be brief.", "temperature": 0.5, "max_output_tokens": 100}


WHOLE = response(
    "completed",
    output=[
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "content": [{"type": "output_text", "text": "Hi", "annotations": []}]},
        {"type": "function_call", "call_id": "call_1", "name": "get_weather", "arguments": '{"city":"Paris"}'},
    ],
    usage=USAGE,
)

CONTRACT = Contract(
    Dialect.RESPONSES,
    path="/responses",
    key=("Authorization", "Bearer {key}"),
    question=question,
    hello=lambda row: body([{"role": "user", "content": "Hello"}]),
    turns=lambda body: roles(body["input"]),
    streams={
        "text": Stream(
            sse(
                *(CREATED, PROGRESS, ITEM, PART, piece("output_text", "Hé"), piece("output_text", " 日🙂")),
                *(TEXT_DONE, event("response.of_next_year"), over()),
            ),
            [NAMED, TextDelta("Hé"), TextDelta(" 日🙂"), Finish(FinishReason.STOP), COUNTED],
        ),
        "thinking": Stream(
            sse(
                event("response.queued", response=response("queued")),
                event("response.output_item.added", output_index=0, item={"type": "reasoning", "summary": []}),
                event("response.reasoning_summary_part.added", summary_index=0),
                piece("reasoning_summary_text", "Hm.", summary_index=0),
                event("response.reasoning_summary_part.added", summary_index=1),
                piece("reasoning_summary_text", "So.", summary_index=1),
                *(HI, over()),
            ),
            [
                *(NAMED, ThinkingDelta("Hm."), ThinkingDelta("\n\n"), ThinkingDelta("So.")),
                *(TextDelta("Hi"), Finish(FinishReason.STOP), COUNTED),
            ],
        ),
        "tool call": Stream(
            sse(
                CREATED,
                event(
                    "response.output_item.added",
                    output_index=0,
                    item={
                        "type": "function_call",
                        "id": "fc_1",
                        "call_id": "call_1",
                        "name": "get_weather",
                        "arguments": "",
                    },
                ),
                *(piece("function_call_arguments", '{"city":'), piece("function_call_arguments", '"Paris"}')),
                event("response.function_call_arguments.done", output_index=0, arguments='{"city":"Paris"}'),
                over(),
            ),
            [
                *(NAMED, ToolCallDelta(0, "call_1", "get_weather", ""), ToolCallDelta(0, "", "", '{"city":')),
                *(ToolCallDelta(0, "", "", '"Paris"}'), Finish(FinishReason.TOOL_CALLS), COUNTED),
            ],
        ),
        "usage": Stream(sse(CREATED, HI, over()), [NAMED, TextDelta("Hi"), Finish(FinishReason.STOP), COUNTED]),
        "length": incomplete("max_output_tokens", FinishReason.LENGTH),
        "filter": incomplete("content_filter", FinishReason.FILTER),
        "refusal": Stream(
            sse(CREATED, piece("refusal", "I can't help with that."), over()),
            [NAMED, TextDelta("I can't help with that."), Finish(FinishReason.REFUSAL), COUNTED],
        ),
        "error in the middle": Stream(
            sse(CREATED, HI, event("error", code="server_error", message="The server had an error.", param=None)),
            [NAMED, TextDelta("Hi")],
            "in the middle of its reply: “The server had an error.”",
        ),
        "a failure": Stream(
            sse(CREATED, HI, over("failed", error={"code": "server_error", "message": "The model failed."})),
            [NAMED, TextDelta("Hi")],
            "in the middle of its reply: “The model failed.”",
        ),
        "cancelled elsewhere": Stream(
            sse(CREATED, HI, over("cancelled")), [NAMED, TextDelta("Hi")], "The response was cancelled."
        ),
    },
    first_words=sse(CREATED, PROGRESS, ITEM, PART, piece("output_text", "Hello")),
    whole=Stream(
        json.dumps(WHOLE).encode(),
        [
            *(ThinkingDelta("Hm."), TextDelta("Hi"), ToolCallDelta(2, "call_1", "get_weather", '{"city":"Paris"}')),
            *(Finish(FinishReason.TOOL_CALLS), COUNTED),
        ],
    ),
    models=Models("/models", {"object": "list", "data": [{"id": "gpt-5-mini", "object": "model"}]}, ["gpt-5-mini"]),
    refusals={
        400: ({"error": {"message": "No such luck.", "type": "invalid_request_error"}}, BadRequest),
        401: ({"error": {"message": "No such luck.", "code": "invalid_api_key"}}, Refused),
        404: ({"error": {"message": "No such luck.", "code": "model_not_found"}}, NotFound),
        429: ({"error": {"message": "No such luck.", "code": "rate_limit_exceeded"}}, RateLimited),
        500: ({"error": {"message": "No such luck.", "type": "server_error"}}, Unavailable),
    },
    cancels={"openai-background": (f"/v1/responses/{ID}/cancel", None)},
)
